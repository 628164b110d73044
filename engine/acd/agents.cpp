// Agents: one step of the machine after the other, what it wants written and told, and what the matcher hears of him.
#include <cmath>

#include "engine/acd/model.h"
#include "engine/centre_agent/centre_agent_table.h"

namespace offhook::acd {

using centre_agent::State;
using A = centre_agent::On;
using matcher::Why;

AgentEntry& Model::agent(const std::string& extension) {
  AgentEntry& entry = agents[extension];
  if (entry.extension.empty()) {
    entry.extension = entry.settings.extension = extension;
    entry.machine.link_live = link == Link::Live;
    tell_matcher(entry);
  }
  return entry;
}

AgentEntry* Model::find_agent(const std::string& extension) {
  const auto found = agents.find(extension);
  return found == agents.end() ? nullptr : &found->second;
}

/// The link's state is the matcher's own to know.
Why Model::why_of(const AgentEntry& entry) const {
  const centre_agent::Agent& a = entry.machine;
  switch (a.state) {
    case State::Offline: return Why::Offline;
    case State::Break: return Why::Break;
    case State::OnCall: return Why::OnCall;
    case State::Ringing: return Why::Ringing;
    case State::WrapUp: return Why::WrapUp;
    case State::Available: break;
  }
  if (!a.registered) return Why::NotRegistered;
  if (entry.rung > 0) return Why::Ringing;  // the PBX's own Queue() rang him in his break, and he has come back
  return a.cool_until > now ? Why::CoolDown : Why::Ready;
}

void Model::step(AgentEntry& entry, centre_agent::Event event) {
  event.at = at;
  event.mono = now;
  centre_agent::Agent& a = entry.machine;
  const centre_agent::Agent before = a;
  centre_agent::Effects fx;
  centre_agent::Context context{a};
  const int row = fsm::step<centre_agent::Machine>(a.state, context, event, fx);
  if (row < 0) {
    ++anomalies;
    return;
  }
  out->rows.push_back({1, static_cast<std::uint8_t>(row)});
  if (a.state != before.state) {
    a.since = at;
    if (a.state == State::Available && before.state != State::Ringing) entry.free_since = now;
  }
  if (a != before) {
    touch();
    out->agents.insert(entry.extension);
    for (const Member& member : entry.settings.queues) out->queues.insert(member.queue);
  }
  if (fx.write) {
    touch();
    Effect effect{.what = Effect::What::StatusWrite};
    effect.agent = entry.extension;
    effect.status = fx.status;
    effect.reason = fx.reason;
    out->list.push_back(std::move(effect));
  }
  if (fx.rona) note(entry.extension, "rona", {});
  if (fx.wrap_up_began) note(entry.extension, "wrap_up_began", a.wrap_up.call, utc(a.wrap_up_until));
  if (fx.wrap_up_ended) {
    note(entry.extension, fx.forced ? "wrap_up_forced" : "wrap_up_over", fx.ended.call);
    for (Record& record : entry.pending)
      if (record.id == fx.ended.record) {
        record.wrap_up_time = fx.wrap_up_ms;
        record.wrap_up_ended_at = at - fx.wrap_up_ago;
        count(record.queue_name, Count::WrapUps);
        count(record.queue_name, Count::WrapUpMs, fx.wrap_up_ms);
      }
  }
  if (a.wrap_up_until > 0) timers.set(Due::WrapUp, entry.extension, a.wrap_up_until);
  else timers.clear(Due::WrapUp, entry.extension);
  if (a.cool_until > 0) timers.set(Due::CoolDown, entry.extension, a.cool_until);
  else timers.clear(Due::CoolDown, entry.extension);
  if (a.owed.mode == WrapUpMode::Optional && entry.optional_until == 0) {
    entry.optional_until = now + limits::kOptionalMs;
    timers.set(Due::Optional, entry.extension, entry.optional_until);
  } else if (a.owed.mode != WrapUpMode::Optional && entry.optional_until != 0) {
    entry.optional_until = 0;
    timers.clear(Due::Optional, entry.extension);
  }
  sync(entry);
}

/// Tells the matcher what differs, and lets go of records that no wrap-up waits for.
void Model::sync(AgentEntry& entry) {
  const centre_agent::Agent& a = entry.machine;
  for (std::size_t i = 0; i < entry.pending.size();) {
    Record& record = entry.pending[i];
    if (record.id == a.owed.record || record.id == a.wrap_up.record) {
      ++i;
      continue;
    }
    record.final = true;
    write(record);
    touch();
    entry.pending.erase(entry.pending.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const Why why = why_of(entry);
  const Millis until = why == Why::CoolDown ? a.cool_until : why == Why::WrapUp ? a.wrap_up_until : why == Why::Ready ? entry.free_since : 0;
  if (why == entry.told && until == entry.told_until) return;
  const bool gone = matcher::is_absent(why) && !matcher::is_absent(entry.told);
  entry.told = why;
  entry.told_until = until;
  const matcher::AgentId id = agent_ids.id(entry.extension);
  if (why == Why::Ready) matcher.agent_free(id, entry.free_since);
  else matcher.agent_away(id, why, until);
  match_wanted = true;
  if (gone) went.push_back(entry.extension);  // not now: this may be a call's own step
}

/// Where nobody is left and nobody may wait for nobody, the waiting leave.
void Model::empty_queues(const AgentEntry& entry) {
  for (const Member& member : entry.settings.queues) {
    const auto queue = queues.find(member.queue);
    if (queue == queues.end() || queue->second.settings.join_empty || queue->second.settings.mode == Mode::Asterisk) continue;
    bool present = false;
    for (const std::string& extension : queue->second.agents) present = present || !matcher::is_absent(why_of(agents.find(extension)->second));
    if (present) continue;
    const std::set<std::string> waiting = queue->second.stays;
    for (const std::string& call : waiting)
      if (Stay* stay = find(call); stay && stay->number.empty()) step(*stay, {.on = queue_call::On::NoAgents});
  }
}

/// His part in a talk is over: by the queue's settings a wrap-up begins.
void Model::call_over(const std::string& extension, const Stay& stay) {
  AgentEntry* const entry = find_agent(extension);
  if (!entry) return;
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  const centre_agent::WrapUp wrap_up{s.wrap_up, s.wrap_up_ms, stay.call, stay.record.id};
  step(*entry, {.on = A::CallOver, .wrap_up = &wrap_up});
}

void Model::write_again(const AgentEntry& entry) {
  Effect effect{.what = Effect::What::StatusWrite};
  effect.agent = entry.extension;
  effect.status = static_cast<AgentStatus>(static_cast<int>(entry.machine.written) - 1);
  out->list.push_back(std::move(effect));
}

void Model::agent_event(const Event& event) {
  if (event.agent.empty()) return void(refuse("bad_value", "no agent is named"));
  const bool is_command = event.on == On::CompleteWrapUp || event.on == On::ExtendWrapUp;
  AgentEntry* entry = find_agent(event.agent);
  if (!entry) {
    if (is_command) return void(refuse("unknown_agent", event.agent));
    if (agents.size() >= limits::kAgents) return void(refuse("too_many_agents", event.agent));
    touch();
    entry = &agent(event.agent);
  }
  switch (event.on) {
    case On::Intent:
      // What the CRM holds when the hub begins. A wrap-up's begin or end that it does not know was lost on the way; anything else is a person's newer word.
      if (event.source == "kept" && entry->machine.written != MaybeStatus::None && static_cast<int>(entry->machine.written) != static_cast<int>(event.status) + 1 &&
          (event.status == AgentStatus::Online || event.status == AgentStatus::WrapUp))
        return write_again(*entry);
      return step(*entry, {.on = A::IntentChanged, .status = event.status, .reason = event.text, .ours = event.source == "acd" || event.source == "auto"});  // the hub stores ours as `auto`
    case On::Registered: return step(*entry, {.on = A::RegistrationChanged, .yes = event.yes});
    case On::PhoneBusy: return step(*entry, {.on = A::PhoneBusy, .yes = event.yes});
    case On::CompleteWrapUp:
      if (entry->machine.state != State::WrapUp) return void(refuse("not_in_wrap_up", event.agent));
      return step(*entry, {.on = A::CompleteWrapUp});
    case On::ExtendWrapUp:
      if (entry->machine.state != State::WrapUp) return void(refuse("not_in_wrap_up", event.agent));
      if (entry->machine.wrap_up_until == 0) return void(refuse("not_timed", event.agent));
      if (!(event.ms > 0 && event.ms <= 86'400'000) || event.ms != std::floor(event.ms)) return void(refuse("bad_value", "ms is 1 to 86400000"));
      step(*entry, {.on = A::ExtendWrapUp, .ms = event.ms});
      return note(entry->extension, "wrap_up_began", entry->machine.wrap_up.call, utc(entry->machine.wrap_up_until));
    default: return;
  }
}

}  // namespace offhook::acd
