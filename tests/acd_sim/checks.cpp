// What must hold in the simulated centre, after every event and at the end. Who may take a call is worked out here anew, plainly: the matcher is
// not asked.
#include "engine/core/json_writer.h"
#include "engine/core/pause_rules.h"
#include "engine/reports/report.h"
#include "engine/wire/json_in.h"
#include "tests/acd_sim/world.h"

namespace offhook::acd_sim {

using acd::AgentEntry;
using acd::Model;
using acd::On;
using acd::Stay;
using queue_call::State;
using What = acd::Effect::What;

namespace {
double key(const Model& m, const Stay& stay) { return stay.enqueued - stay.priority * m.queues.find(stay.queue)->second.settings.ageing_ms; }

bool has_skills(const AgentEntry& agent, const std::vector<acd::SkillNeed>& needs) {
  for (const acd::SkillNeed& need : needs) {
    bool has = !need.mandatory;
    for (const acd::SkillLevel& level : agent.settings.skills) has = has || (level.skill == need.skill && level.level >= need.min);
    if (!has) return false;
  }
  return true;
}
}  // namespace

/// He is one for whom this call waits, if only he is free.
bool World::can_take(const AgentEntry& agent, const Stay& stay) const {
  const Model& m = model();
  const acd::QueueSettings& s = m.queues.find(stay.queue)->second.settings;
  bool member = false;
  for (const acd::Member& one : agent.settings.queues) member = member || one.queue == stay.queue;
  if (!member) return false;
  const std::vector<acd::SkillNeed>* needs = &s.skills;
  for (const acd::RelaxStep& step : s.relaxation)
    if (m.now >= stay.enqueued + step.after_ms) needs = &step.skills;
  if (!has_skills(agent, *needs) || !has_skills(agent, stay.skills)) return false;
  for (const acd::Missed& missed : stay.missed)
    if (missed.agent == agent.extension && missed.until > m.now) return false;
  if (s.strategy == "sticky" && !stay.sticky.empty() && stay.sticky != agent.extension && m.now < stay.enqueued + s.sticky_ms) return false;
  return true;
}

/// The earliest of those whom he can take, by their order key: nobody overtakes, whatever his priority is, by more than it is worth.
void World::check_offer(const acd::Effect& offer) {
  const Model& m = model();
  const Stay& stay = m.stays.find(offer.call)->second;
  const AgentEntry& agent = m.agents.find(offer.agent)->second;
  int held = 0;
  for (const auto& [id, other] : m.stays) {
    held += other.agent == offer.agent && other.machine.state == State::Active;
    for (const acd::Leg& leg : other.legs) held += leg.agent == offer.agent;
    if (other.queue != stay.queue || other.mode != acd::Mode::Offhook || other.machine.state != State::Queued || &other == &stay) continue;
    const bool earlier = key(m, other) < key(m, stay) || (key(m, other) == key(m, stay) && other.seq < stay.seq);
    if (earlier && can_take(agent, other)) return fail("call " + stay.call + " overtook " + other.call + " to " + offer.agent);
  }
  if (held != 1) return fail("agent " + offer.agent + " was offered " + offer.call + " and has " + std::to_string(held) + " calls");
  if (stay.legs.size() > 1 && m.queues.find(stay.queue)->second.settings.strategy != "ring_all") return fail("call " + stay.call + " rings two agents");
  if (agent.machine.cool_until > m.now) return fail("agent " + offer.agent + " has his short pause, and was offered a call");
  for (const acd::Missed& missed : stay.missed)
    if (missed.agent == offer.agent && missed.until > m.now) return fail("agent " + offer.agent + " was offered call " + offer.call + " again at once, which he did not take");
  if (!agent.machine.registered) return fail("agent " + offer.agent + " is not registered, and was offered a call");
  for (const auto& rule : agent_status::kPauseRules)
    if (rule.status == agent.machine.intent && rule.paused) return fail("agent " + offer.agent + " is paused, and was offered a call");
  if (m.link != acd::Link::Live) fail("an offer without a link");
}

void World::check_effects(const acd::Event& event, const acd::Effects& effects, const std::map<std::string, AgentStatus>& before) {
  const Model& m = model();
  for (const auto& [name, status] : before)
    if (m.agents.find(name)->second.machine.intent != status) return fail("link or registration changed the status of " + name);
  for (const acd::Effect& effect : effects.list) {
    switch (effect.what) {
      case What::Offer:
      case What::CallbackDue: check_offer(effect); break;
      case What::StatusWrite:
        if (!before.empty()) return fail("link or registration wrote the status of " + effect.agent);
        break;
      case What::WriteRecord: {
        const acd::Record& r = effect.row;
        Row& row = records_[r.id];
        if (row.final) return fail("record " + r.id + " of call " + r.call_id + " was final, and is written again");
        if (row.record.call_id != r.call_id && !row.record.call_id.empty()) return fail("record " + r.id + " is of two calls");
        for (const double span : {r.wait_time, r.ring_time, r.hold_time, r.talk_time, r.wrap_up_time})
          if (!(span >= 0)) return fail("record of call " + r.call_id + ": a time below nothing");
        if (r.final && (r.outcome.empty() || r.ended_at == 0)) return fail("record of call " + r.call_id + " is final without an outcome");
        if (r.wrap_up_ended_at > 0 && r.answered_at == 0) return fail("record of call " + r.call_id + ": wrap-up without an answer");
        if (r.answered_at > 0 && r.agent_id.empty()) return fail("record of call " + r.call_id + ": answered by nobody");
        row = {r.final, r};
        written_.push_back({journal_.size() - (effects.changed ? 1 : 0), r});
        if (!effects.changed) return fail("a record was written, and the journal does not know");
        break;
      }
      case What::Note: {
        if (effect.code == "wrap_up_began" && event.on != On::ExtendWrapUp) {
          if (wrapping_[effect.agent]) return fail("agent " + effect.agent + ": wrap-up in a wrap-up");
          wrapping_[effect.agent] = true;
          bool answered = effect.call.empty();
          for (const auto& [id, row] : records_) answered = answered || (row.record.call_id == effect.call && row.record.agent_id == effect.agent && row.record.answered_at > 0);
          if (!answered) return fail("agent " + effect.agent + " writes notes of call " + effect.call + ", which he did not answer");
        } else if (effect.code == "wrap_up_over" || effect.code == "wrap_up_forced") {
          if (!wrapping_[effect.agent]) return fail("agent " + effect.agent + ": a wrap-up ended twice");
          wrapping_[effect.agent] = false;
        }
        break;
      }
      case What::Withdraw:
      case What::Overflow:
      case What::Announce: break;
    }
    if (!problem.empty()) return;
  }
}

void World::check_state() {
  const Model& m = model();
  std::map<std::string, int> talks, rings;
  for (const auto& [id, stay] : m.stays) {
    const State state = stay.machine.state;
    const bool rung = state == State::AgentRinging;
    if (rung == stay.legs.empty() || stay.machine.ringing != static_cast<int>(stay.legs.size())) return fail("call " + id + ": its rings are not its state's");
    if ((state == State::Active) == stay.agent.empty()) return fail("call " + id + ": its agent is not its state's");
    if (stay.mode == acd::Mode::Offhook && (state == State::Queued) != (stay.handle != matcher::kNone)) return fail("call " + id + ": the matcher and its state do not agree");
    if (state == State::Idle || state == State::Completed) return fail("call " + id + " is over, and still there");
    if (!m.queues.contains(stay.queue) || !m.queues.find(stay.queue)->second.stays.contains(id)) return fail("call " + id + " is in no queue");
    for (const acd::Leg& leg : stay.legs) ++rings[leg.agent];
    if (state == State::Active) ++talks[stay.agent];
    if (stay.mode != acd::Mode::Offhook || state != State::Queued || m.link != acd::Link::Live) continue;
    for (const auto& [name, agent] : m.agents) {
      if (m.why_of(agent) != matcher::Why::Ready || !can_take(agent, stay)) continue;
      return fail("call " + id + " waits, and agent " + name + " is free for it");
    }
  }
  for (const auto& [name, agent] : m.agents) {
    const centre_agent::Agent& a = agent.machine;
    if (a.calls != talks[name]) return fail("agent " + name + " has " + std::to_string(a.calls) + " calls, and there are " + std::to_string(talks[name]));
    if (a.state == centre_agent::State::Ringing && rings[name] == 0) return fail("agent " + name + " rings for nothing");
    if (a.state == centre_agent::State::OnCall && a.calls == 0 && !a.phone_busy) return fail("agent " + name + " is in no call");
    if ((a.state == centre_agent::State::WrapUp) != wrapping_[name]) return fail("agent " + name + ": wrap-up began or ended and nobody was told");
    if (a.link_live != (m.link == acd::Link::Live)) return fail("agent " + name + " believes another link");
  }
  check_sums();
}

void World::check_sums() {
  using acd::Count;
  const Model& m = model();
  for (const auto& [name, queue] : m.queues) {
    const acd::Counts& today = queue.counters.today;
    const auto of = [&today](Count what) { return today[static_cast<std::size_t>(what)]; };
    double open = 0;
    for (const std::string& id : queue.stays) {
      const Stay& stay = m.stays.find(id)->second;
      open += stay.machine.state != State::Active && stay.machine.returns == 0;
    }
    const double gone = of(Count::Answered) + of(Count::Abandoned) + of(Count::Timeout) + of(Count::Overflowed) + of(Count::Lost);
    if (of(Count::Offered) != gone + open)
      return fail("queue " + name + ": " + std::to_string(static_cast<int>(of(Count::Offered))) + " offered, " + std::to_string(static_cast<int>(gone)) + " gone, " +
                  std::to_string(static_cast<int>(open)) + " open");
    for (const double count : queue.counters.today)
      if (!(count >= 0)) return fail("queue " + name + ": a count below nothing");
  }
}

/// What the wallboard says of today is what a report makes of the records that were written, counter by counter.
void World::check_reports() {
  std::string error;
  const auto report = reports::Report::create(R"({"by":["queue"],"edges":[1,8000000000000000],"sl_ms":)" + std::to_string(static_cast<long long>(sl_ms_)) +
                                                  R"(,"short_abandon_ms":)" + std::to_string(static_cast<long long>(short_ms_)) + "}", error);
  if (!report) return fail("no report: " + error);
  std::string page;
  JsonWriter json(page);
  std::map<std::string, const acd::Record*> open;  // what is not over yet is written when something of it ends
  for (const auto& [id, stay] : model().stays) open[stay.record.id] = &stay.record;
  json.open('{').key("records").open('[');
  for (const auto& [id, row] : records_) {
    std::string text;
    JsonWriter one(text);
    acd::write_record(one, open.contains(id) ? *open[id] : row.record);
    json.raw(text);
  }
  json.close(']').close('}');
  if (!report->add(page)) return fail("a report cannot read the records");
  const auto result = wire::parse_object(report->result(), 1 << 24);
  if (const wire::Json* ignored = result ? wire::object_at(*result, "ignored") : nullptr; !ignored || wire::number_at(*ignored, "malformed", 1) != 0 || wire::number_at(*ignored, "outside", 1) != 0)
    return fail("a report ignored records");
  std::map<std::string, const wire::Json*> rows;
  for (const wire::Json& row : wire::array_at(*result, "rows")->items) rows[wire::text_at(row, "queue")] = wire::object_at(row, "counters");
  for (const auto& [name, queue] : model().queues) {
    if (uncounted_.contains(name)) continue;
    for (std::size_t i = 0; i < acd::kCounts; ++i) {
      const double told = queue.counters.today[i], counted = rows.contains(name) ? wire::number_at(*rows[name], acd::kCountNames[i], -1) : 0;
      if (told == counted) continue;
      return fail("queue " + name + ": " + std::string(acd::kCountNames[i]) + " is " + std::to_string(told) + " on the wallboard and " + std::to_string(counted) + " in the report");
    }
  }
}

/// All is calm: nothing is left, and everybody is what he wanted to be.
void World::check_end() {
  const Model& m = model();
  check_reports();
  if (!problem.empty()) return;
  for (const auto& [id, stay] : m.stays) return fail("call " + id + " is there for ever: " + std::string(queue_call::kStateWords[static_cast<std::size_t>(stay.machine.state)]));
  for (const auto& [id, row] : records_)
    if (!row.final) return fail("record " + id + " of call " + row.record.call_id + " is never final");
  for (const auto& [id, call] : calls_)
    if (call.where != PbxCall::Where::Gone) return fail("the PBX has call " + id + " for ever");
  for (const auto& [name, agent] : m.agents) {
    const centre_agent::Agent& a = agent.machine;
    const Person& person = people_[name];
    if (a.state == centre_agent::State::Ringing || a.state == centre_agent::State::OnCall || a.state == centre_agent::State::WrapUp)
      return fail("agent " + name + " is " + std::string(centre_agent::kStateWords[static_cast<std::size_t>(a.state)]) + " for ever");
    if (a.intent != person.status) return fail("agent " + name + ": the CRM holds another status");
    if (a.next != MaybeStatus::None) return fail("agent " + name + ": the next status was never applied");
    if (!agent.pending.empty()) return fail("agent " + name + ": a record waits for a wrap-up");
    const bool own = person.wish == AgentStatus::WrapUp || person.reason == "RONA" || tainted_.contains(name);
    if (!own && a.intent != person.wish) return fail("agent " + name + " is not what he wanted to be");
    if (!phones_[name].with.empty()) return fail("telephone " + name + " rings for ever");
  }
}

}  // namespace offhook::acd_sim
