// Any event at any time: what a Phone must hold whatever comes. A choice is a
// number below a bound, from a seed or from a fuzzer's bytes; the host in here
// knows what is open (timers, requests, commands), so that many choices mean
// something. Header only: the fuzz targets are single files.
#pragma once

#include <bit>
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/phone/phone.h"

namespace offhook::bench {

/// Choices from a seed (xorshift64*), or from bytes until they are used up.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  Choices(const std::uint8_t* bytes, std::size_t size) : bytes_(bytes), left_(size) {}

  std::uint32_t below(std::uint32_t bound) {
    if (bytes_) {
      if (left_ == 0) return 0;
      --left_;
      std::uint32_t value = *bytes_++;
      if (bound > 256 && left_ > 0) --left_, value = value << 8 | *bytes_++;
      return value % bound;
    }
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return static_cast<std::uint32_t>((state_ * 0x2545F4914F6CDD1DULL) >> 33) % bound;
  }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  bool over() const { return bytes_ && left_ == 0; }
  template <class T, std::size_t N>
  const T& of(const std::array<T, N>& list) { return list[below(N)]; }

 private:
  std::uint64_t state_ = 1;
  const std::uint8_t* bytes_ = nullptr;
  std::size_t left_ = 0;
};

/// An event as values in the order of its shape's fields, for either face.
struct Told {
  EventType type = EventType::Started;
  double at = 0, mono = 0;
  std::array<double, 8> numbers{};
  std::array<std::string, 8> texts{};
  std::span<const Field> fields() const { return kEvents[static_cast<std::size_t>(type)].fields; }
};

inline bool is_text(Kind kind) { return kind == Kind::String || kind == Kind::Name || kind == Kind::Blob; }

inline std::string to_json(const Told& told) {
  Strings none;
  std::string text;
  JsonWriter json(text);
  json.open('{').key("type").string(kEvents[static_cast<std::size_t>(told.type)].name).key("at").number(told.at).key("mono").number(told.mono);
  for (std::size_t i = 0; i < told.fields().size(); ++i) {
    const Field& field = told.fields()[i];
    json.key(field.name);
    if (is_text(field.kind)) json.string(told.texts[i]);
    else if (field.kind == Kind::Word) json.string(field.words[static_cast<std::size_t>(told.numbers[i])]);
    else if (field.kind == Kind::Flag) json.flag(told.numbers[i] != 0);
    else json.number(told.numbers[i]);
  }
  json.close('}');
  return text;
}

/// The event as the hot face takes it: `in` is filled, the blob returned.
inline std::string to_hot(const Told& told, Phone& phone, std::array<double, 64>& in) {
  std::string blob;
  in[0] = told.at, in[1] = told.mono;
  for (std::size_t i = 0; i < told.fields().size(); ++i) {
    const Kind kind = told.fields()[i].kind;
    if (kind == Kind::Blob) {
      blob = told.texts[i];
      in[i + 2] = static_cast<double>(blob.size());
    } else if (is_text(kind)) {
      const Text text = phone.strings().intern(told.texts[i]);
      in[i + 2] = text.id;
    } else {
      in[i + 2] = told.numbers[i];
    }
  }
  return blob;
}

/// Which leaves a hot reply carries; the records themselves are read from the Phone.
inline std::vector<Change> changes_of(const std::vector<double>& out) {
  std::vector<Change> changes;
  const double* next = out.data() + 2 + static_cast<std::size_t>(out[1]) * 3;
  for (auto left = static_cast<std::size_t>(*next++); left > 0; --left) {
    const Change change{static_cast<Leaf>(next[0]), static_cast<std::uint32_t>(next[1]), next[2] != 0};
    const bool part = next[2] == 2;
    const auto moved = part ? static_cast<std::uint32_t>(next[3]) : 0;
    next += 3 + (part ? 1 + static_cast<std::size_t>(std::popcount(moved)) : change.live ? width_of(kLeafShapes[static_cast<std::size_t>(change.leaf)].fields) : 0);
    changes.push_back(change);
  }
  return changes;
}

/// What the host has open, and what must hold after every event. `problem` says in words what does not.
class Host {
 public:
  double at = 1'700'000'000'000, mono = 5'000;
  std::string problem;
  bool disposed = false;

  struct Open {
    double id, due_mono;
    std::string about;  ///< of a request: what there may be one of only
  };
  std::vector<Open> timers, requests;
  std::map<double, int> commands;  ///< → times settled
  std::vector<std::string> dialled;
  double next_command = 0;

  Told next(Choices& choose);
  /// REQUIRES: the Phone has just handled `told` by its hot face.
  void after(const Told& told, Phone& phone);
  /// What is due next within `until`: a timer, or a request that times out.
  std::optional<Told> due(double until);

 private:
  void check(Phone& phone);
  void complain(const std::string& what) { if (problem.empty()) problem = what; }
  std::map<std::string, std::string> shown_;  ///< the store as the changes built it: leaf and slot → value
  struct LogSeen {
    LogStatus status;
    double revision;
  };
  std::map<std::string, LogSeen> logs_;
};

inline const std::array<std::string, 9> kNumbers{"+442079460123", "00442079460123", "1002", "", "anonymous", "sip:bob@pbx", "+33123456789", "*98", "Zoë <b>"};
inline const std::array<std::string, 8> kCallIds{"a", "b", "c", "d", "ghost", "", "a", "b"};
inline const std::array<std::string, 6> kTexts{"", "note", "Auto: SIP not registered", "lost", "Call completed elsewhere", "\"\\\n\x01 ☎"};
inline const std::array<std::string, 14> kBodies{
    R"({"id":"7","name":"Ann"})", R"({"id":12})", "{}", "", "<html>", R"({"status":"BREAK","reason":"x","since":5})",
    R"({"status":"OFFLINE","reason":"Auto: SIP not registered"})", R"({"synced":true})",
    R"({"type":"queue_number","extension":"1001","call_from":"+442079460123","queue_name":"Support","queue_number":"queue-6402","yeastar_call_id":"1651.1","channel_id":"PJSIP/1"})",
    R"({"event":"call_log","data":{"queue_name":"Sales","server_call_log_token":"t"}})",
    R"({"type":"snapshot","stream":"agent_status","revision":3,"items":[{"extension":"1002","name":"Bob","status":"ONLINE"},{"extension":"1001","status":"MEETING"},7]})",
    R"({"type":"change","stream":"agent_status","revision":2,"item":{"extension":"1002","status":"PAUSE","since":9}})",
    R"({"pbx":{"paused":true,"reason":"lunch"}})", R"([[[[{"a":1}]]]])"};
inline const std::array<double, 12> kCodes{0, 100, 180, 183, 200, 202, 401, 404, 409, 486, 487, 503};
inline const std::array<double, 7> kCauses{0, 16, 17, 19, 21, 26, 127};

inline Told Host::next(Choices& choose) {
  Told told;
  at += choose.below(8) == 0 ? choose.below(20'000) : choose.below(400);
  mono += choose.below(8) == 0 ? choose.below(20'000) : choose.below(400);
  if (choose.one_in(40)) at -= 5'000;  // the wall clock is corrected
  told.at = at, told.mono = mono;
  // Half of what happens is what was asked for.
  if (choose.one_in(4) && !timers.empty()) told.type = EventType::TimerFired;
  else if (choose.one_in(4) && !requests.empty()) told.type = choose.one_in(3) ? EventType::HttpFailed : EventType::HttpAnswered;
  else told.type = static_cast<EventType>(choose.below(kEventTypes));
  if (told.type == EventType::Disposed && !choose.one_in(30)) told.type = EventType::CallOffered;
  for (std::size_t i = 0; i < told.fields().size(); ++i) {
    const Field& field = told.fields()[i];
    double& number = told.numbers[i];
    std::string& text = told.texts[i];
    if (field.name == "timer") number = timers.empty() || choose.one_in(10) ? choose.below(100) : timers[choose.below(static_cast<std::uint32_t>(timers.size()))].id;
    else if (field.name == "request") number = requests.empty() || choose.one_in(10) ? choose.below(100) : requests[choose.below(static_cast<std::uint32_t>(requests.size()))].id;
    else if (field.name == "command") number = choose.one_in(8) ? 0 : ++next_command;
    else if (field.name == "status_code") number = choose.of(kCodes);
    else if (field.name == "q850") number = choose.of(kCauses);
    else if (field.kind == Kind::Flag) number = choose.below(2);
    else if (field.kind == Kind::Word) number = choose.below(static_cast<std::uint32_t>(field.words.size()));
    else if (field.name == "body") text = choose.of(kBodies);
    else if (field.name == "call_id" || field.name == "other_call_id")
      text = !dialled.empty() && choose.one_in(2) ? dialled[dialled.size() - 1 - choose.below(static_cast<std::uint32_t>(std::min<std::size_t>(4, dialled.size())))] : choose.of(kCallIds);
    else if (field.name == "number" || field.name == "target" || field.name == "call_from") text = choose.of(kNumbers);
    else if (field.name == "digits") text = choose.one_in(5) ? "x" : std::string(1 + choose.below(30), '5');
    else if (field.name == "extension") text = choose.one_in(2) ? "1001" : "10" + std::to_string(choose.below(60));
    else if (field.name == "call_log_id") text = logs_.empty() || choose.one_in(4) ? "7" : std::next(logs_.begin(), choose.below(static_cast<std::uint32_t>(logs_.size())))->first;
    else if (is_text(field.kind)) text = choose.of(kTexts);
    else number = choose.below(2'000) / 4.0;
  }
  return told;
}

inline std::string base_key(std::string_view key) { return std::string(key.substr(0, key.find(':'))); }

inline void Host::after(const Told& told, Phone& phone) {
  for (std::size_t i = 0; i < told.fields().size(); ++i) {
    if (told.fields()[i].name == "timer") std::erase_if(timers, [&](const Open& o) { return o.id == told.numbers[i]; });
    if (told.fields()[i].name == "request") std::erase_if(requests, [&](const Open& o) { return o.id == told.numbers[i]; });
    if (told.fields()[i].name == "command" && told.numbers[i] != 0) commands[told.numbers[i]];
  }
  disposed = disposed || told.type == EventType::Disposed;
  auto view = [&](Text text) { return std::string(phone.strings().view(text)); };
  for (const Effect& effect : phone.effects()) {
    switch (effect.type) {
      case EffectType::TimerSet: timers.push_back({effect.timer, mono + effect.delay_ms, {}}); break;
      case EffectType::TimerClear: std::erase_if(timers, [&](const Open& o) { return o.id == effect.timer; }); break;
      case EffectType::HttpSend: {
        std::string about(kRequestWords[static_cast<std::size_t>(effect.request)]);
        if (effect.request == Request::CallLogCreate || effect.request == Request::CallLogUpdate) about = "log " + base_key(view(effect.idempotency_key));
        if (effect.request >= Request::CallTransfer) about = view(effect.idempotency_key);  // each is a command of its own
        if (effect.request == Request::ContactFindOrCreate) about = "contact " + view(effect.body);
        const bool single = effect.request != Request::QueuePause && effect.request != Request::AgentStatusGet;  // a newer wish replaces
        for (const Open& open : requests)
          if (single && open.about == about) complain("two requests at once: " + about);
        requests.push_back({effect.id, mono + effect.timeout_ms, about});
        break;
      }
      case EffectType::CommandSettled:
        if (!commands.contains(effect.command)) complain("a command was settled that nobody asked: " + std::to_string(effect.command));
        else if (++commands[effect.command] > 1) complain("command " + std::to_string(effect.command) + " was settled twice");
        break;
      case EffectType::SoftphoneDial: dialled.push_back(view(effect.call_id)); break;
      default: break;
    }
  }
  check(phone);
}

inline void Host::check(Phone& phone) {
  const Model& m = phone.model();
  const Strings& strings = phone.strings();
  const Call* active = nullptr;
  for (const Call& call : m.calls) {
    if (!call.in_use) continue;
    if (call.duration_ms < 0 || call.held_ms < 0) complain("a negative duration");
    if (call.id == m.root.active_call_id) active = &call;
    for (const Call& other : m.calls)
      if (&other != &call && other.in_use && other.id == call.id) complain("two calls with one id");
    if (call.state == CallState::Idle) complain("a call in use is Idle");
    if (call.state == CallState::Ended && (call.hold != SwitchState::Off || call.dtmf != DtmfState::Idle)) complain("an ended call still holds or sends");
  }
  if (!m.root.active_call_id.empty() && (!active || active->state == CallState::Ended)) complain("the active call does not live");
  if (m.logs.size() > limits::kCallLogs || m.drafts.size() > limits::kDrafts || m.stack.size() > limits::kCallStack ||
      m.early.size() > limits::kQueueMessages || m.closed.size() > limits::kClosedCalls || timers.size() > limits::kTimers)
    complain("a list has outgrown its bound");
  for (const CallLog& log : m.logs) {
    if (!log.in_use) continue;
    const auto [seen, fresh] = logs_.try_emplace(std::string(strings.view(log.key)), LogSeen{log.status, log.revision});
    if (!fresh) {
      const bool was_final = seen->second.status >= LogStatus::Answered;
      if (was_final && log.status != seen->second.status) complain("a final status was reopened");
      if (log.status < seen->second.status) complain("a status went back");
      if (log.revision < seen->second.revision) complain("a revision went back");
      seen->second = {log.status, log.revision};
    }
    if (log.written_revision > log.revision) complain("more written than known");
  }
  // The store that the changes have built is the engine's state.
  auto value = [&](Leaf leaf, std::uint32_t slot) {
    std::string text;
    JsonWriter json(text);
    json.open('{');
    for (const Field& field : kLeafShapes[static_cast<std::size_t>(leaf)].fields) json.field(field, phone.record(leaf, slot), strings);
    json.close('}');
    return text;
  };
  auto name = [](Leaf leaf, std::uint32_t slot) {
    return std::string(kLeafShapes[static_cast<std::size_t>(leaf)].name) + " " + std::to_string(slot);
  };
  for (const Change& change : changes_of(phone.hot_out())) {
    if (change.leaf == Leaf::StackEntry) continue;
    if (change.live) shown_[name(change.leaf, change.slot)] = value(change.leaf, change.slot);
    else shown_.erase(name(change.leaf, change.slot));
  }
  std::size_t expected = 0;
  auto compare = [&](Leaf leaf, std::uint32_t slot, bool in_use) {
    if (!in_use) return shown_.contains(name(leaf, slot)) ? complain("shown, and no more there: " + name(leaf, slot)) : void();
    ++expected;
    const auto found = shown_.find(name(leaf, slot));
    if (found == shown_.end()) complain("not published: " + name(leaf, slot));
    else if (found->second != value(leaf, slot)) complain("published " + found->second + " but it is " + value(leaf, slot));
  };
  for (std::size_t one = 0; one < kSingleLeaves; ++one) compare(static_cast<Leaf>(one), 0, true);
  for (std::uint32_t i = 0; i < m.calls.size(); ++i) compare(Leaf::Call, i, m.calls[i].in_use);
  for (std::uint32_t i = 0; i < m.quality.size(); ++i) compare(Leaf::Quality, i, m.quality[i].in_use);
  for (std::uint32_t i = 0; i < m.blockers.size(); ++i) compare(Leaf::Blocker, i, m.blockers[i].in_use);
  for (std::uint32_t i = 0; i < m.logs.size(); ++i) compare(Leaf::CallLog, i, m.logs[i].in_use);
  for (std::uint32_t i = 0; i < m.drafts.size(); ++i) compare(Leaf::Draft, i, m.drafts[i].in_use);
  for (std::uint32_t i = 0; i < m.presence.size(); ++i) compare(Leaf::Presence, i, true);
  if (!problem.empty() || expected == shown_.size()) return;
  std::string all;
  for (const auto& [leaf, what] : shown_) all += leaf + ", ";
  complain("something is shown that is no more, of: " + all);
}

inline std::optional<Told> Host::due(double until) {
  const auto earlier = [](const Open& a, const Open& b) { return a.due_mono < b.due_mono; };
  const auto timer = std::min_element(timers.begin(), timers.end(), earlier);
  const auto request = std::min_element(requests.begin(), requests.end(), earlier);
  const bool timer_first = timer != timers.end() && (request == requests.end() || timer->due_mono <= request->due_mono);
  if (!timer_first && request == requests.end()) return std::nullopt;
  const Open& next = timer_first ? *timer : *request;
  if (next.due_mono > until) return std::nullopt;
  const double passes = std::max(0.0, next.due_mono - mono);
  at += passes, mono += passes;
  Told told{.type = timer_first ? EventType::TimerFired : EventType::HttpFailed, .at = at, .mono = mono};
  told.numbers[0] = next.id;
  if (!timer_first) told.numbers[1] = static_cast<double>(HttpFailure::Timeout);
  return told;
}

}  // namespace offhook::bench
