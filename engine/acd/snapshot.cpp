// The whole state as one JSON object, and back. What can be made anew from it (timers, the matcher's queues, what it was told) is not in it.
#include <algorithm>

#include "engine/acd/model.h"
#include "engine/acd/record_fields.h"
#include "engine/acd/settings_fields.h"

namespace offhook::acd {

namespace {
constexpr double kVersion = 1;
/// A queue's counters as plain lists of numbers.
struct MinuteLine {
  double minute = 0;
  Counts counts{};
};
struct LastRecord {
  std::string call, record;
};
struct QueueLine {
  QueueSettings settings;
  bool removed = false;
  MinuteLine today;
  std::vector<MinuteLine> minutes{};
};
struct Whole {
  Model& m;
  double version = kVersion;
  std::vector<QueueLine> queues{};
  std::vector<AgentEntry> agents{};
  std::vector<Stay> stays{};
  std::vector<LastRecord> last{};
};
}  // namespace

template <class Archive>
void fields(Archive& io, MinuteLine& line) {
  io("minute", line.minute);
  for (std::size_t i = 0; i < kCounts; ++i) io(kCountNames[i], line.counts[i]);
}
template <class Archive>
void fields(Archive& io, LastRecord& last) {
  io("call", last.call), io("record", last.record);
}
template <class Archive>
void fields(Archive& io, QueueLine& line) {
  io.full("settings", line.settings), io("removed", line.removed), io.object("today", line.today), io.list("minutes", line.minutes);
}
template <class Archive>
void fields(Archive& io, Missed& missed) {
  io("agent", missed.agent), io("until", missed.until);
}
template <class Archive>
void fields(Archive& io, Leg& leg) {
  io("agent", leg.agent), io("attempt", leg.attempt), io("offered", leg.offered), io("rang", leg.rang);
}

namespace {
constexpr WordList<7> kCauses = centre_agent::kCauseWords;
}

template <class Archive>
void fields(Archive& io, centre_agent::WrapUp& w) {
  io.word("mode", w.mode, kWrapUpModeWords), io("ms", w.ms), io("call", w.call), io("record", w.record);
}
template <class Archive>
void fields(Archive& io, centre_agent::Agent& a) {
  io.word("state", a.state, centre_agent::kStateWords), io("since", a.since), io.word("intent", a.intent, kAgentStatusWords), io("reason", a.reason);
  io("registered", a.registered), io("link_live", a.link_live), io("phone_busy", a.phone_busy), io("calls", a.calls), io("call", a.call), io("misses", a.misses);
  io.word("cool_cause", a.cool_cause, kCauses), io("cool_until", a.cool_until), io.word("next", a.next, kMaybeStatusWords), io("next_reason", a.next_reason);
  io.object("owed", a.owed), io.object("wrap_up", a.wrap_up), io("wrap_up_since", a.wrap_up_since), io("wrap_up_mono", a.wrap_up_mono);
  io("wrap_up_until", a.wrap_up_until), io.word("written", a.written, kMaybeStatusWords);
}
template <class Archive>
void fields(Archive& io, AgentEntry& e) {
  io("extension", e.extension), io.full("settings", e.settings), io.object("agent", e.machine), io("free_since", e.free_since);
  io("calls_today", e.calls_today), io("talk_ms_today", e.talk_ms_today), io("missed_today", e.missed_today), io("optional_until", e.optional_until);
  io.list("pending", e.pending);
}
template <class Archive>
void fields(Archive& io, queue_call::QueueCall& m) {
  io.word("state", m.state, queue_call::kStateWords), io.word("outcome", m.outcome, queue_call::kOutcomeWords);
  io.word("hangup_by", m.hangup_by, queue_call::kByWords), io("ringing", m.ringing), io("attempts", m.attempts), io("max_attempts", m.max_attempts);
  io("errors", m.errors), io("returns", m.returns), io("max_returns", m.max_returns), io("deadline_passed_at", m.deadline_passed_at);
  io("held_since", m.held_since), io("hold_ms", m.hold_ms);
}
template <class Archive>
void fields(Archive& io, Stay& s) {
  io("call", s.call), io("queue", s.queue), io("from", s.from), io("to", s.to), io("number", s.number), io.word("mode", s.mode, kModeWords);
  io.object("stay", s.machine), io("priority", s.priority), io.full("skills", s.skills), io("sticky", s.sticky);
  io("enqueued_at", s.enqueued_at), io("since", s.since), io("enqueued", s.enqueued), io("answered", s.answered);
  io("deadline", s.deadline), io("announce", s.announce), io("leave", s.leave), io("left", s.left);
  io.list("legs", s.legs), io.list("missed", s.missed), io("agent", s.agent), io("hops", s.hops), io("unseen", s.unseen), io("overflow_to", s.overflow_to);
  io("ring_began", s.ring_began), io("ring_ms", s.ring_ms), io("seq", s.seq), io.object("record", s.record);
}
/// A handle as the number that it is stored as; one that is none is nobody's.
std::uint32_t handle_of(double stored) { return stored >= 0 && stored < matcher::kNone ? static_cast<std::uint32_t>(stored) : matcher::kNone; }

template <class Archive>
void fields(Archive& io, matcher::State::Turn& t) {
  double queue = t.queue, agent = t.agent;
  io("queue", queue), io("position", t.position), io("agent", agent);
  t.queue = handle_of(queue);
  t.agent = handle_of(agent);
}
template <class Archive>
void fields(Archive& io, matcher::State::Load& l) {
  double agent = l.agent;
  io("agent", agent), io("calls", l.calls), io("talk_ms", l.talk_ms), io("newcomer", l.newcomer);
  l.agent = handle_of(agent);
}
template <class Archive>
void fields(Archive& io, matcher::State::Lift& l) {
  double agent = l.agent, queue = l.queue;
  io("agent", agent), io("queue", queue), io("lift", l.lift);
  l.agent = handle_of(agent);
  l.queue = handle_of(queue);
}
template <class Archive>
void fields(Archive& io, matcher::State& s) {
  double high = s.random_high, low = s.random_low;
  io("next_seq", s.next_seq), io("random_high", high), io("random_low", low), io.list("turns", s.turns), io.list("loads", s.loads), io.list("lifts", s.lifts);
  s.random_high = handle_of(high);
  s.random_low = handle_of(low);
}
template <class Archive>
void fields(Archive& io, Whole& w) {
  Model& m = w.m;
  io("version", w.version), io("seed", m.seed), io("next_id", m.next_id), io("next_attempt", m.next_attempt), io("started", m.started);
  io("at", m.last_at), io("mono", m.last_mono), io("now", m.last_now), io("shift", m.shift), io("midnight", m.midnight);
  io.word("link", m.link, kLinkWords), io("unseen_since", m.unseen_since), io("sweep_until", m.sweep_until);
  io.list("queue_ids", m.queue_ids.list), io.list("agent_ids", m.agent_ids.list), io.list("skill_ids", m.skill_ids.list);
  io.list("queues", w.queues), io.list("agents", w.agents), io.list("stays", w.stays), io.list("last_records", w.last);
}

void Acd::snapshot(std::string& text) const {
  Model& m = *model_;
  Whole whole{.m = m};
  for (const auto& [name, entry] : m.queues) {
    QueueLine line{.settings = entry.settings, .removed = entry.removed, .today = {0, entry.counters.today}};
    for (const Minute& minute : entry.counters.minutes()) line.minutes.push_back({minute.minute, minute.counts});
    whole.queues.push_back(std::move(line));
  }
  for (const auto& [name, entry] : m.agents) whole.agents.push_back(entry);
  for (const auto& [name, entry] : m.stays) whole.stays.push_back(entry);
  for (const std::string& call : m.last_order) whole.last.push_back({call, m.last_records.find(call)->second});
  matcher::State state = m.matcher.state();
  text.clear();
  JsonWriter json(text);
  json.open('{');
  Writer writer(json, true);
  fields(writer, whole);
  writer.object("matcher", state);
  json.close('}');
}

namespace {

bool once(const std::vector<std::string>& names) { return std::set<std::string_view>(names.begin(), names.end()).size() == names.size(); }

/// A word that is never left out.
bool has_direction(const Record& record) { return record.direction == "inbound" || record.direction == "outbound"; }

/// A stay as no machine leaves one; empty: it can be one.
std::string_view wrong_with(const Stay& stay) {
  using queue_call::State;
  const queue_call::QueueCall& m = stay.machine;
  if (stay.call.empty() || stay.call.size() > limits::kTextBytes) return "call";
  if (m.state == State::Idle || m.state == State::Completed) return "stay.state";
  if (m.ringing != static_cast<int>(stay.legs.size()) || (m.state == State::AgentRinging) == stay.legs.empty()) return "legs";
  if ((m.state == State::Active) == stay.agent.empty()) return "agent";
  if (stay.priority < -matcher::limits::kPriorityMost || stay.priority > matcher::limits::kPriorityMost) return "priority";
  if (!good_skills(stay.skills)) return "skills";
  if (stay.missed.size() > limits::kMissed) return "missed";
  if (!has_direction(stay.record)) return "record.direction";
  std::set<std::string_view> rung;
  for (const Leg& leg : stay.legs)
    if (leg.agent.empty() || !rung.insert(leg.agent).second) return "legs";
  return {};
}

/// What no snapshot of ours has: it was damaged, or made by somebody else. Empty: it can be one.
std::string wrong_with(const Whole& whole) {
  const Model& m = whole.m;
  if (m.next_id < 1 || m.next_attempt < 1) return "next_id";
  for (const Names* names : {&m.queue_ids, &m.agent_ids, &m.skill_ids})
    if (!once(names->list)) return "a name twice";
  const std::set<std::string_view> queues(m.queue_ids.list.begin(), m.queue_ids.list.end()), agents(m.agent_ids.list.begin(), m.agent_ids.list.end());
  Settings settings;
  for (const QueueLine& line : whole.queues) {
    if (!queues.contains(line.settings.queue)) return "queue_ids";
    settings.queues.push_back(line.settings);
  }
  for (const AgentEntry& entry : whole.agents) {
    if (!agents.contains(entry.extension) || entry.settings.extension != entry.extension) return "agent_ids";
    if (entry.machine.calls < 0 || entry.machine.misses < 0) return "agent";
    for (const Record& record : entry.pending)
      if (!has_direction(record)) return "pending.direction";
    settings.agents.push_back(entry.settings);
  }
  if (const std::string wrong = wrong_with(settings); !wrong.empty()) return wrong;
  std::set<std::string_view> calls;
  for (const Stay& stay : whole.stays) {
    if (const std::string_view wrong = wrong_with(stay); !wrong.empty()) return "stays." + std::string(wrong);
    if (!calls.insert(stay.call).second) return "a call twice";
  }
  calls.clear();
  for (const LastRecord& last : whole.last)
    if (!calls.insert(last.call).second) return "last_records";
  return {};
}

}  // namespace

bool Acd::restore(std::string_view text, std::string& error) {
  const auto refuse = [&](std::string_view code, std::string_view message) {
    error.clear();
    JsonWriter(error).open('{').key("code").string(code).key("message").string(message).close('}');
    model_ = std::make_unique<Model>(0);
    return false;
  };
  const auto json = wire::parse_object(text, limits::kSnapshotBytes);
  if (!json) return refuse("bad_snapshot", "not a JSON object");
  if (wire::number_at(*json, "version") != kVersion) return refuse("bad_snapshot", "of another version");
  auto model = std::make_unique<Model>(wire::number_at(*json, "seed"));
  Model& m = *model;
  Whole whole{.m = m};
  matcher::State state;
  Reader reader(*json, true);
  fields(reader, whole);
  reader.object("matcher", state);
  if (!reader.ok || state.next_seq < 1) return refuse("bad_snapshot", reader.ok ? "next_seq" : reader.wrong);
  if (const std::string wrong = wrong_with(whole); !wrong.empty()) return refuse("bad_snapshot", wrong);
  for (Names* names : {&m.queue_ids, &m.agent_ids, &m.skill_ids})
    for (std::size_t i = 0; i < names->list.size(); ++i) names->ids[names->list[i]] = static_cast<std::uint32_t>(i);
  m.at = m.last_at;
  m.now = m.last_now;
  Effects nobody;
  m.out = &nobody;
  for (QueueLine& line : whole.queues) {
    QueueEntry& entry = m.queues[line.settings.queue];
    entry.settings = std::move(line.settings);
    entry.removed = line.removed;
    entry.counters.today = line.today.counts;
    std::vector<Minute> minutes;
    for (const MinuteLine& minute : line.minutes) minutes.push_back({minute.minute, minute.counts});
    entry.counters.restore(std::move(minutes));
  }
  // The matcher gives its handles in order, so it is told in the order in which names were first met.
  for (const std::string& name : m.queue_ids.list)
    if (const auto found = m.queues.find(name); found != m.queues.end()) m.tell_matcher(found->second);
  for (AgentEntry& entry : whole.agents) {
    for (const Member& member : entry.settings.queues)
      if (const auto queue = m.queues.find(member.queue); queue != m.queues.end()) queue->second.agents.insert(entry.extension);
    std::string extension = entry.extension;
    m.agents.emplace(std::move(extension), std::move(entry));
  }
  for (const std::string& name : m.agent_ids.list)
    if (const auto found = m.agents.find(name); found != m.agents.end()) m.tell_matcher(found->second);
  for (const Stay& stay : whole.stays)
    for (const Leg& leg : stay.legs)
      if (AgentEntry* his = m.find_agent(leg.agent)) ++his->rung;
  m.matcher.restore(state);
  m.matcher.set_live(m.link == Link::Live);
  for (auto& [extension, entry] : m.agents) {
    const centre_agent::Agent& a = entry.machine;
    m.sync(entry);
    if (a.wrap_up_until > 0) m.timers.set(Due::WrapUp, extension, a.wrap_up_until);
    if (a.cool_until > 0) m.timers.set(Due::CoolDown, extension, a.cool_until);
    if (entry.optional_until > 0) m.timers.set(Due::Optional, extension, entry.optional_until);
  }
  for (Stay& stay : whole.stays) {
    const auto queue = m.queues.find(stay.queue);
    if (queue == m.queues.end()) return refuse("bad_snapshot", "a call in a queue that is none");
    queue->second.stays.insert(stay.call);
    std::string call = stay.call;
    Stay& here = m.stays.emplace(std::move(call), std::move(stay)).first->second;
    m.placed(here, queue_call::State::Idle);
    m.arm(here);
    m.arm_ring(here);
  }
  // Earlier calls first: equal places are told apart by the order in which they came.
  std::vector<Stay*> waiting;
  for (auto& [call, stay] : m.stays)
    if (stay.machine.state == queue_call::State::Queued) waiting.push_back(&stay);
  std::sort(waiting.begin(), waiting.end(), [](const Stay* a, const Stay* b) { return a->seq < b->seq; });
  for (Stay* stay : waiting) {
    m.enqueue(*stay);
    if (stay->machine.state == queue_call::State::Queued && stay->mode == Mode::Offhook && stay->handle == matcher::kNone) return refuse("bad_snapshot", "a call that cannot wait");
  }
  for (const LastRecord& last : whole.last) {
    m.last_records[last.call] = last.record;
    m.last_order.push_back(last.call);
  }
  m.arm_forget();
  if (m.sweep_until > 0) m.timers.set(Due::Sweep, {}, m.sweep_until);
  if (m.midnight > 0) m.timers.set(Due::Midnight, {}, m.now + std::max(0.0, m.midnight - m.at));
  model_ = std::move(model);
  return true;
}

}  // namespace offhook::acd
