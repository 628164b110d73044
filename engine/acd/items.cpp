// Items as docs/queues.md has them: queues, agents, calls, explanations. They are written, never read.
#include <algorithm>

#include "engine/acd/limits.h"
#include "engine/acd/model.h"
#include "engine/core/json_writer.h"

namespace offhook::acd {

using queue_call::State;
namespace agents_are = centre_agent;

namespace {
void maybe(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty()) json.null(); else json.string(text);
}
void when(JsonWriter& json, std::string_view key, Millis time) {
  json.key(key);
  if (time == 0) json.null(); else json.number(time);
}
void write_counts(JsonWriter& json, std::string_view key, const Counts& counts) {
  json.key(key).open('{');
  for (std::size_t i = 0; i < kCounts; ++i) json.key(kCountNames[i]).number(counts[i]);
  json.close('}');
}
double of(const Counts& counts, Count count) { return counts[static_cast<std::size_t>(count)]; }
std::string_view status_word(MaybeStatus status) { return kMaybeStatusWords[static_cast<std::size_t>(status)]; }
}  // namespace

/// Who is among the first of a line, or was, and has another place now looks different. Further back nobody is told: a line of ten thousand would be told anew
/// for each caller who leaves it.
void Model::tell_places() {
  std::vector<matcher::CallId> line;
  for (const std::string& name : moved) {
    const auto queue = queues.find(name);
    if (queue == queues.end()) continue;
    std::vector<std::string>& front = queue->second.front;
    matcher.in_order(queue_ids.id(name), line, limits::kPlacesTold);
    std::vector<std::string> now_there;
    for (const matcher::CallId call : line)
      if (const auto found = handles.find(call); found != handles.end()) now_there.push_back(found->second);
    for (std::size_t i = 0; i < std::max(front.size(), now_there.size()); ++i) {
      if (i < front.size() && i < now_there.size() && front[i] == now_there[i]) continue;
      for (const auto* list : {&front, &now_there})
        if (i < list->size() && stays.contains((*list)[i])) out->calls.insert((*list)[i]);
    }
    front = std::move(now_there);
  }
  moved.clear();
}

void Model::write_queue(JsonWriter& json, const QueueEntry& entry) const {
  const QueueSettings& s = entry.settings;
  struct {
    double logged_in = 0, available = 0, ringing = 0, on_call = 0, hold = 0, wrap_up = 0, pause = 0, offline = 0, unreachable = 0;
  } n;
  for (const std::string& extension : entry.agents) {
    const agents_are::Agent& a = agents.find(extension)->second.machine;
    if (a.state == agents_are::State::Offline) {
      ++n.offline;
      continue;
    }
    ++n.logged_in;
    switch (a.state) {
      case agents_are::State::Ringing: ++n.ringing; break;
      case agents_are::State::OnCall: {
        const auto stay = stays.find(a.call);
        ++(stay != stays.end() && stay->second.machine.held_since != 0 ? n.hold : n.on_call);
        break;
      }
      case agents_are::State::WrapUp: ++n.wrap_up; break;
      case agents_are::State::Break: ++n.pause; break;
      default: ++(a.registered ? n.available : n.unreachable);
    }
  }
  const double waiting = static_cast<double>(entry.waiting.size());
  const auto longest = entry.waiting.empty() ? stays.end() : stays.find(entry.waiting.begin()->second);
  json.open('{').key("queue").string(s.queue).key("mode").string(kModeWords[static_cast<std::size_t>(s.mode)]).key("open").flag(s.open && !entry.removed);
  json.key("waiting").number(waiting);
  when(json, "longest_wait_since", longest == stays.end() ? 0 : longest->second.enqueued_at);
  maybe(json, "longest_call_id", longest == stays.end() ? std::string_view{} : std::string_view(longest->first));
  json.key("agents").open('{').key("logged_in").number(n.logged_in).key("available").number(n.available).key("ringing").number(n.ringing);
  json.key("on_call").number(n.on_call).key("hold").number(n.hold).key("wrap_up").number(n.wrap_up).key("break").number(n.pause);
  json.key("offline").number(n.offline).key("unreachable").number(n.unreachable).close('}');
  json.key("in_progress").number(entry.active);
  // Who joins now waits until so many talks and wrap-ups are over, by as many agents as work.
  const Counts& today = entry.counters.today;
  const double answered = of(today, Count::Answered), staffed = n.available + n.ringing + n.on_call + n.hold + n.wrap_up;
  const double handled = of(today, Count::TalkMs) + of(today, Count::HoldMs) + of(today, Count::WrapUpMs);
  json.key("ewt_ms");
  if (n.available > waiting) json.number(0);
  else if (answered == 0 || staffed == 0 || handled == 0) json.null();
  else json.number(static_cast<double>(static_cast<long long>((waiting + 1) * handled / answered / staffed)));
  write_counts(json, "today", today);
  write_counts(json, "last_30", entry.counters.last_30());
  json.key("sl_formula").string(s.sl_formula).key("sl_ms").number(s.sl_ms).key("as_of").number(at).close('}');
}

void Model::write_agent(JsonWriter& json, const AgentEntry& entry) const {
  const agents_are::Agent& a = entry.machine;
  using S = agents_are::State;
  std::string_view why = "ready";
  Millis until = 0;
  if (a.state == S::Offline || a.state == S::Break) why = "intent";
  else if (a.state == S::WrapUp) why = "wrap_up", until = a.wrap_up_until;
  else if (a.state == S::OnCall) why = a.calls > 0 ? "on_call" : "other_call";
  else if (a.state == S::Ringing) why = "reserved";
  else if (!a.link_live) why = "link_down";
  else if (!a.registered) why = "not_registered";
  else if (a.cool_until > now) why = "cool_down", until = a.cool_until;
  const auto stay = stays.find(a.call);
  json.open('{').key("extension").string(entry.extension).key("state").string(agents_are::kStateWords[static_cast<std::size_t>(a.state)]);
  when(json, "since", a.since);
  json.key("why").string(why);
  when(json, "until", utc(until));
  json.key("status").string(kAgentStatusWords[static_cast<std::size_t>(a.intent)]);
  maybe(json, "reason", a.reason);
  maybe(json, "next_status", status_word(a.next));
  maybe(json, "call_id", a.call);
  maybe(json, "queue", stay == stays.end() ? std::string_view{} : std::string_view(stay->second.queue));
  json.key("skills").open('[');
  for (const SkillLevel& skill : entry.settings.skills) json.open('{').key("skill").string(skill.skill).key("level").number(skill.level).close('}');
  json.close(']').key("queues").open('[');
  for (const Member& member : entry.settings.queues) json.string(member.queue);
  json.close(']').key("calls_today").number(entry.calls_today).key("talk_ms_today").number(entry.talk_ms_today).key("missed_today").number(entry.missed_today);
  json.key("wrap_up");
  if (a.state != S::WrapUp) json.null();
  else {
    json.open('{');
    maybe(json, "call_id", a.wrap_up.call);
    json.key("since").number(a.wrap_up_since);
    when(json, "until", utc(a.wrap_up_until));
    json.key("mode").string(kWrapUpModeWords[static_cast<std::size_t>(a.wrap_up.mode)]).close('}');
  }
  json.close('}');
}

/// Why it waits.
std::string_view Model::reason_of(const Stay& stay) const {
  if (stay.machine.state == State::AgentRinging) return "ringing";
  if (stay.machine.state != State::Queued) return {};
  if (stay.mode == Mode::Asterisk) return "asterisk";
  if (link != Link::Live) return "link_down";
  const auto queue = queue_ids.ids.find(stay.queue);
  if (stay.handle == matcher::kNone || queue == queue_ids.ids.end()) return "nobody_free";
  if (matcher.present(queue->second) == 0) return queues.find(stay.queue)->second.agents.empty() ? "no_members" : "nobody_present";
  return matcher.free(queue->second) == 0 ? "nobody_free" : "nobody_suitable";
}

void Model::write_stay(JsonWriter& json, const Stay& stay, bool gone, std::string_view supervisors) const {
  const queue_call::QueueCall& m = stay.machine;
  json.open('{').key("call_id").string(stay.call).key("queue").string(stay.queue).key("mode").string(kModeWords[static_cast<std::size_t>(stay.mode)]);
  json.key("state").string(queue_call::kStateWords[static_cast<std::size_t>(m.state)]);
  maybe(json, "from", stay.from);
  json.key("priority").number(stay.priority).key("enqueued_at").number(stay.enqueued_at);
  const double position = stay.handle == matcher::kNone ? 0 : matcher.position(stay.handle);
  when(json, "position", position);
  maybe(json, "agent", !stay.agent.empty() ? stay.agent : stay.legs.empty() ? std::string{} : stay.legs.front().agent);
  json.key("agents").open('[');
  for (const Leg& leg : stay.legs) json.string(leg.agent);
  json.close(']');
  when(json, "attempt", stay.legs.empty() ? 0 : stay.legs.front().attempt);
  json.key("attempts").number(m.attempts).key("returns").number(m.returns).key("since").number(stay.since);
  when(json, "answered_at", stay.record.answered_at);
  const auto queue = queues.find(stay.queue);
  const Millis ring = queue == queues.end() ? 0 : queue->second.settings.ring_ms;
  when(json, "offer_until", stay.legs.empty() || stay.mode == Mode::Asterisk ? 0 : utc((stay.legs.front().rang ? stay.legs.front().rang : stay.legs.front().offered) + ring));
  json.key("held").flag(m.held_since != 0).key("recording").flag(!stay.record.recording_url.empty()).key("record_id").string(stay.record.id);
  json.key("supervisors").raw(supervisors.empty() ? "[]" : supervisors);
  maybe(json, "reason", reason_of(stay));
  when(json, "ended_at", stay.record.ended_at);
  maybe(json, "outcome", queue_call::kOutcomeWords[static_cast<std::size_t>(m.outcome)]);
  if (gone) json.key("gone").flag(true);
  json.close('}');
}

bool Acd::write_queue(JsonWriter& json, const std::string& queue) const {
  const auto found = model_->queues.find(queue);
  if (found == model_->queues.end()) return false;
  model_->write_queue(json, found->second);
  return true;
}

bool Acd::write_agent(JsonWriter& json, const std::string& agent) const {
  const auto found = model_->agents.find(agent);
  if (found == model_->agents.end()) return false;
  model_->write_agent(json, found->second);
  return true;
}

bool Acd::write_call(JsonWriter& json, const std::string& call, std::string_view supervisors) const {
  const auto found = model_->stays.find(call);
  if (found == model_->stays.end()) return false;
  model_->write_stay(json, found->second, false, supervisors);
  return true;
}

void Acd::names(Effects& out) const {
  for (const auto& [name, entry] : model_->queues) out.queues.insert(name);
  for (const auto& [name, entry] : model_->agents) out.agents.insert(name);
  for (const auto& [name, entry] : model_->stays) out.calls.insert(name);
}

bool Acd::explain(JsonWriter& json, const std::string& call) const {
  const Model& m = *model_;
  matcher::Explanation e;
  const auto stay = m.stays.find(call);
  const auto over = m.seqs.find(call);
  if (stay != m.stays.end() && stay->second.handle != matcher::kNone) {
    if (!m.matcher.explain(stay->second.handle, m.now, e)) return false;
  } else {
    const double seq = stay != m.stays.end() ? stay->second.seq : over != m.seqs.end() ? over->second : 0;
    if (seq == 0 || !m.matcher.explain_decision(seq, e)) return false;
  }
  const auto agent = [&](matcher::AgentId id) { return id < m.agent_ids.list.size() ? std::string_view(m.agent_ids.list[id]) : std::string_view{}; };
  json.open('{').key("call_id").string(call).key("queue").string(e.queue < m.queue_ids.list.size() ? m.queue_ids.list[e.queue] : std::string{});
  when(json, "at", m.utc(e.at));
  json.key("strategy").string(matcher::kStrategyNames[static_cast<std::size_t>(e.strategy)]).key("order_key").number(e.order_key);
  json.key("step").number(e.step).key("position").number(e.position).key("decision").open('{');
  maybe(json, "agent", e.agent == matcher::kNone ? std::string_view{} : agent(e.agent));
  json.key("reason").string(matcher::kReasonNames[static_cast<std::size_t>(e.reason)]).close('}').key("candidates").open('[');
  for (const matcher::Candidate& one : e.candidates) {
    json.open('{').key("agent").string(agent(one.agent)).key("rank").number(one.rank).key("score").open('[');
    for (const double score : one.score) json.number(score);
    json.close(']').key("chosen").flag(one.chosen).close('}');
  }
  json.close(']').key("excluded").open('[');
  for (const matcher::Excluded& one : e.excluded) {
    // The matcher forgets a call that it has given away; whose it is, is known here.
    std::string_view why = matcher::kWhyNames[static_cast<std::size_t>(one.why)];
    if (one.why == matcher::Why::Ringing || one.why == matcher::Why::OtherQueueFirst) {
      const auto his = m.agents.find(agent(one.agent));
      const auto rings = his == m.agents.end() ? m.stays.end() : m.stays.find(his->second.machine.call);
      const bool other = stay != m.stays.end() && rings != m.stays.end() && rings->second.queue != stay->second.queue && his->second.machine.since >= stay->second.enqueued_at;
      why = other ? "other_queue_first" : "ringing";
    }
    json.open('{').key("agent").string(agent(one.agent)).key("reason").string(why);
    when(json, "until", m.utc(one.until));
    if (one.skill != matcher::kNone && one.skill < m.skill_ids.list.size()) json.key("skill").string(m.skill_ids.list[one.skill]).key("level").number(one.level);
    json.close('}');
  }
  json.close(']').key("candidate_count").number(e.candidate_count).key("excluded_count").number(e.excluded_count).key("ahead").number(e.ahead).close('}');
  return true;
}

}  // namespace offhook::acd
