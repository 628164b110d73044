// Records (a row of call_records for each stay, and for each agent's part in it), what is counted, and what an agent is told.
#include <cmath>

#include "engine/acd/model.h"
#include "engine/reports/fate.h"

namespace offhook::acd {

using queue_call::Outcome;
static_assert(reports::kOutcomeWords == queue_call::kOutcomeWords, "one list of outcomes: what acd counts by it is what the reports count");

/// A UUID that nobody else makes: of the seed, how many were made, and when. Version 8: it says of itself that its bits are our own.
std::string Model::new_id(std::string_view salt) {
  const auto mix = [](std::uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  };
  std::uint64_t text = 1469598103934665603u;
  for (const char c : salt) text = (text ^ static_cast<unsigned char>(c)) * 1099511628211u;
  const std::uint64_t first = mix(static_cast<std::uint64_t>(std::fabs(seed)) ^ mix(static_cast<std::uint64_t>(next_id++)) ^ text);
  const std::uint64_t second = mix(first ^ static_cast<std::uint64_t>(at));
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    unsigned digit = static_cast<unsigned>((i < 16 ? first >> (60 - 4 * i) : second >> (124 - 4 * i)) & 15);
    if (i == 12) digit = 8;
    if (i == 16) digit = 8 + (digit & 3);
    id += kHex[digit];
  }
  return id;
}

void Model::open_record(Stay& stay, const std::string& from_record, int part) {
  Record record;
  record.id = new_id(stay.call);
  record.call_id = stay.call;
  record.customer_session_id = stay.call;
  record.queue_name = stay.queue;
  record.from = stay.from;
  record.to = stay.to;
  record.mode = stay.mode;
  record.direction = stay.number.empty() ? "inbound" : "outbound";
  record.offered_at = at;
  record.enqueued_at = stay.enqueued_at;
  record.transfer_from_record = from_record;
  record.part = part;
  stay.record = std::move(record);
  stay.ring_ms = stay.ring_began = 0;
  write(stay.record);
}

void Model::write(const Record& record) {
  Effect effect{.what = Effect::What::WriteRecord};
  effect.row = record;
  out->list.push_back(std::move(effect));
}

/// The part that is open ends now. `talked`: with an agent, who may write his notes.
void Model::close_record(Stay& stay, bool talked) {
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  ring_ended(stay);
  Record& record = stay.record;
  const bool lost = stay.machine.outcome == Outcome::Lost || stay.machine.outcome == Outcome::PbxRestart;
  const Millis end = lost && unseen_since != 0 ? std::min(now, unseen_since) : now;  // when it was seen last
  record.ended_at = utc(end);
  record.outcome = queue_call::kOutcomeWords[static_cast<std::size_t>(stay.machine.outcome)];
  record.hangup_by = queue_call::kByWords[static_cast<std::size_t>(stay.machine.hangup_by)];
  record.attempts = stay.machine.attempts;
  record.ring_time = stay.ring_ms;
  record.end_estimated = lost;
  const Millis waited = std::max(0.0, end - stay.enqueued);
  if (talked) {
    record.hold_time = stay.machine.hold_ms;
    record.talk_time = std::max(0.0, end - stay.answered - stay.machine.hold_ms);
    count(stay.queue, Count::TalkMs, record.talk_time);
    count(stay.queue, Count::HoldMs, record.hold_time);
  } else {
    record.wait_time = waited;
  }
  const auto outcome = static_cast<reports::Outcome>(stay.machine.outcome);
  if (talked && reports::is_transfer(outcome)) count(stay.queue, Count::Transfers);
  if (!talked && record.part == 0) {  // who came back was answered before, and is counted as that
    switch (reports::fate_of(outcome, false)) {
      case reports::Fate::Abandoned:
        count(stay.queue, Count::Abandoned);
        count(stay.queue, Count::WaitAbandonedMs, waited);
        if (reports::is_short_abandon(waited, s.short_abandon_ms)) count(stay.queue, Count::ShortAbandoned);
        if (reports::in_service_level(waited, s.sl_ms)) count(stay.queue, Count::AbandonedInSl);
        break;
      case reports::Fate::Timeout: count(stay.queue, Count::Timeout); break;
      case reports::Fate::Overflowed: count(stay.queue, Count::Overflowed); break;
      case reports::Fate::Refused: count(stay.queue, Count::Refused); break;
      case reports::Fate::Lost: count(stay.queue, Count::Lost); break;
      case reports::Fate::Answered:
      case reports::Fate::Open: break;
    }
  }
  AgentEntry* const entry = talked ? find_agent(stay.agent) : nullptr;
  if (!entry) {
    record.final = true;
    write(record);
    return;
  }
  entry->talk_ms_today += record.talk_time;
  matcher.talked(agent_ids.id(stay.agent), record.talk_time);
  entry->pending.push_back(record);
  call_over(stay.agent, stay);
  // Without a wrap-up it was written as final meanwhile, as was an older one whose wrap-up gives way to this one's.
  for (const Record& waits : entry->pending)
    if (waits.id == record.id) return write(record);
}

/// A call that comes back to a queue names the record that it comes from.
void Model::remember(const Stay& stay) {
  if (last_records.insert_or_assign(stay.call, stay.record.id).second) last_order.push_back(stay.call);
  while (last_order.size() > limits::kLastRecords) {
    last_records.erase(last_order.front());
    last_order.pop_front();
  }
  if (stay.seq == 0) return;
  if (seqs.insert_or_assign(stay.call, stay.seq).second) seq_order.push_back(stay.call);
  while (seq_order.size() > limits::kLastRecords) {
    seqs.erase(seq_order.front());
    seq_order.pop_front();
  }
}

void Model::count(const std::string& queue, Count what, double amount) {
  const auto found = queues.find(queue);
  if (found == queues.end()) return;  // gone from the settings meanwhile
  found->second.counters.add(what, amount, std::floor(at / 60'000));
  out->queues.insert(queue);
  touch();
  if (!timers.is_set(Due::Forget, {})) arm_forget();
}

/// When the oldest of what was counted falls out of the last half hour.
void Model::arm_forget() {
  double minute = 0;
  for (const auto& [name, entry] : queues)
    if (const double next = entry.counters.forgets_at(); next > 0 && (minute == 0 || next < minute)) minute = next;
  if (minute > 0) timers.set(Due::Forget, {}, now + std::max(1.0, minute * 60'000 - at));
}

void Model::midnight_passed() {
  touch();
  for (auto& [name, entry] : queues) {
    entry.counters.today = {};
    out->queues.insert(name);
  }
  for (auto& [extension, entry] : agents) {
    entry.calls_today = entry.talk_ms_today = entry.missed_today = 0;
    out->agents.insert(extension);
  }
  matcher.forget_loads();
  midnight += 86'400'000;  // until the host tells the next one: a day is not always so long
  timers.set(Due::Midnight, {}, now + std::max(1.0, midnight - at));
}

void Model::note(const std::string& agent, std::string_view code, const std::string& call, Millis until) {
  if (agent.empty()) return;
  Effect effect{.what = Effect::What::Note};
  effect.agent = agent;
  effect.code = code;
  effect.call = call;
  effect.until = until;
  out->list.push_back(std::move(effect));
}

}  // namespace offhook::acd
