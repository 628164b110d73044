#include "engine/core/out.h"

#include <algorithm>

namespace offhook {

Effect& Out::effect(EffectType type) {
  if (effects.size() >= limits::kEffects) {  // our own mistake made harmless: the last one is replaced, and it is counted
    count(Anomaly::EffectsFull);
    effects.pop_back();
  }
  Effect& added = effects.emplace_back();
  added.type = type;
  added.id = next_id++;
  return added;
}

void Out::post(InnerType type, std::uint16_t slot) { post({.type = type, .slot = slot}); }

void Out::post(const Inner& event) {
  if (inner.size() >= limits::kInnerQueue) return count(Anomaly::InnerQueueFull);
  inner.push_back(event);
}

void Out::set_timer(TimerFor purpose, std::uint16_t slot, Millis delay_ms) {
  clear_timer(purpose, slot);
  if (timers.size() >= limits::kTimers) return count(Anomaly::EffectsFull);
  Effect& timer = effect(EffectType::TimerSet);
  timer.timer = timer.id;
  timer.delay_ms = delay_ms;
  timers.push_back({timer.id, purpose, slot, mono + delay_ms});
}

void Out::clear_timer(TimerFor purpose, std::uint16_t slot) {
  for (std::size_t i = 0; i < timers.size(); ++i) {
    if (timers[i].purpose != purpose || timers[i].slot != slot) continue;
    effect(EffectType::TimerClear).timer = timers[i].id;
    timers.erase(timers.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

double Out::request(Request kind, std::uint16_t slot, Text record, Text idempotency_key, std::string_view body) {
  if (requests.size() >= limits::kRequests) {
    count(Anomaly::OutboxFull);
    requests.erase(requests.begin());
  }
  Effect& send = effect(EffectType::HttpSend);
  send.request = kind;
  send.record = record;
  send.idempotency_key = idempotency_key;
  send.body = strings.intern(body);
  send.timeout_ms = limits::kRequestTimeout;
  requests.push_back({send.id, kind, slot, mono});
  return send.id;
}

void Out::settle(double& command, Outcome outcome, Reason reason, Text call_id) {
  if (command == 0) return;
  Effect& settled = effect(EffectType::CommandSettled);
  settled.command = command;
  settled.outcome = outcome;
  settled.reason = reason;
  settled.call_id = call_id;
  command = 0;
}

void Out::warn(Notice code, Text text, Text call_id) {
  notice.code = code;
  notice.text = text;
  notice.call_id = call_id;
  notice.at = at;
}

void Out::count(Anomaly anomaly) {
  ++anomalies;
  last_anomaly = anomaly;
  last_anomaly_at = at;
}

double Out::uniform() {  // xorshift64*: small, seeded, the same everywhere
  random ^= random >> 12;
  random ^= random << 25;
  random ^= random >> 27;
  return static_cast<double>((random * 0x2545F4914F6CDD1DULL) >> 11) / 9007199254740992.0;
}

Millis Out::retry_delay(double attempt, const Event& answer) {
  const Millis delay = back_off(attempt);
  const bool told = answer.type == EventType::HttpAnswered && (answer.status_code == 429 || answer.status_code == 503) && answer.retry_after_ms > 0;
  if (!told) return delay;
  const Millis after = std::min(answer.retry_after_ms, limits::kRetryAfterMost);
  return std::max(delay, static_cast<Millis>(static_cast<long long>(after * (1 + limits::kRetryJitter * uniform()))));
}

void Out::hasten_timer(TimerFor purpose, std::uint16_t slot, Millis delay_ms) {
  for (const Timer& timer : timers)
    if (timer.purpose == purpose && timer.slot == slot && timer.due_mono <= mono + delay_ms) return;
  set_timer(purpose, slot, delay_ms);
}

Millis Out::back_off(double attempt) {
  Millis delay = limits::kRetryFirst;
  for (double i = 0; i < attempt && delay < limits::kRetryMost; ++i) delay *= 2;
  delay = std::min(delay, limits::kRetryMost);
  const double factor = 1 - limits::kRetryJitter + 2 * limits::kRetryJitter * uniform();
  return static_cast<Millis>(static_cast<long long>(delay * factor));
}

}  // namespace offhook
