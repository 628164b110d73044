// Events of independent channels have no order between them: two calls, the
// socket and each request are told in two orders within the same moment, and
// the records, the drafts and the agent's status must be the same in the end.
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

/// What one channel has to say; `request` answers the oldest open one of that name.
struct Told {
  int channel = 0;
  std::function<void(class Desk&)> tell;
};

/// A Phone, its time and its open requests, without faults.
class Desk {
 public:
  explicit Desk(std::string_view config) : phone(config) {}
  Phone phone;
  double now = 5'000;
  std::map<std::string, double> requests;  ///< what it is about → its id
  std::vector<std::pair<double, double>> timers;

  Text text(std::string_view s) { return phone.strings().intern(s); }

  void tell(Event event) {
    event.at = 1'700'000'000'000 + now;
    event.mono = now;
    phone.dispatch(event);
    for (const Effect& effect : phone.effects()) {
      if (effect.type == EffectType::TimerSet) timers.push_back({now + effect.delay_ms, effect.timer});
      if (effect.type == EffectType::TimerClear) std::erase_if(timers, [&](const auto& timer) { return timer.second == effect.timer; });
      if (effect.type != EffectType::HttpSend) continue;
      std::string about(kRequestWords[static_cast<std::size_t>(effect.request)]);
      if (effect.request == Request::CallLogCreate || effect.request == Request::CallLogUpdate)
        about = "log " + std::string(phone.strings().view(effect.idempotency_key).substr(0, 32));
      if (effect.request == Request::ContactFindOrCreate) about = "contact " + std::string(phone.strings().view(effect.body));
      requests[about] = effect.id;
    }
  }

  void answer(const std::string& about) {
    const auto found = requests.find(about);
    if (found == requests.end()) return;
    const double id = found->second;
    requests.erase(found);
    std::string body = R"({"status":"ONLINE","synced":true,"since":1})";
    if (about.starts_with("log ")) body = R"({"id":"L)" + about.substr(4, 8) + "\"}";
    if (about.starts_with("contact ")) body = R"({"id":"c)" + std::to_string(about.size()) + R"(","name":"Ann"})";
    tell({.type = EventType::HttpAnswered, .body = text(body), .request = id, .status_code = 200});
  }

  void wait(double ms) {
    const double until = now + ms;
    for (;;) {
      const auto next = std::min_element(timers.begin(), timers.end());
      if (next == timers.end() || next->first > until) break;
      const auto [due, id] = *next;
      timers.erase(next);
      now = std::max(now, due);
      tell({.type = EventType::TimerFired, .timer = id});
    }
    now = until;
  }

  /// What must not depend on the order.
  std::string summary() {
    std::map<std::string, std::string> logs;
    const Model& m = phone.model();
    const Strings& strings = phone.strings();
    for (const CallLog& log : m.logs) {
      if (!log.in_use) continue;
      std::string line;
      JsonWriter json(line);
      json.open('{').key("status").string(kLogStatusWords[static_cast<std::size_t>(log.status)]);
      json.key("end").string(kEndReasonWords[static_cast<std::size_t>(log.end_reason)]).key("contact").string(strings.view(log.contact_id));
      json.key("queue").string(strings.view(log.queue_name)).key("pbx").string(strings.view(log.yeastar_call_id)).key("duration").number(log.duration);
      json.key("saved").flag(log.delivery == DeliveryState::Saved);
      bool draft = false;
      for (const Draft& one : m.drafts) draft = draft || (one.in_use && one.call_log_id == log.key);
      json.key("draft").flag(draft).close('}');
      logs[std::string(strings.view(log.sip_call_id))] += line;
    }
    std::string all;
    for (const auto& [sip, line] : logs) all += sip + " " + line + "\n";
    for (const Presence& one : m.presence) all += std::string(strings.view(one.extension)) + std::string(kAgentStatusWords[static_cast<std::size_t>(one.status)]) + "\n";
    return all + std::string(kAgentStatusWords[static_cast<std::size_t>(m.agent.status)]) + (m.agent.paused_wanted ? " paused" : "");
  }
};

/// One call's life, a step at a time.
Told call_step(Random& random, int call, int& step) {
  const std::string id = "c" + std::to_string(call);
  const int at = step++;
  const bool hangs_up = random.chance(400);
  return {call, [id, at, hangs_up](Desk& desk) {
            const Text name = desk.text(id);
            if (at == 0) {
              desk.tell({.type = EventType::CallOffered, .call_id = name, .sip_call_id = desk.text("sip-" + id), .number = desk.text("+44207946012" + id.substr(1)),
                         .uniqueid = desk.text("pbx-" + id)});
            } else if (at == 1 && hangs_up) {
              desk.tell({.type = EventType::CallEnded, .call_id = name, .status_code = 487, .origin = Origin::Remote});
            } else if (at == 1) {
              desk.tell({.type = EventType::CallConnected, .call_id = name});
            } else {
              desk.tell({.type = EventType::CallEnded, .call_id = name, .origin = Origin::Remote});
            }
          }};
}

std::string play(std::uint64_t seed, bool shuffled) {
  Random random(seed);
  Random order(seed ^ 0x5bd1e995);
  Desk desk(R"({"extension":"1001","extension_id":"e","number":"1001","probe":false,"wrap_up":{"mode":"timed","seconds":15},"seed":5})");
  desk.tell({.type = EventType::Started});
  desk.tell({.type = EventType::SoftphoneReady});
  desk.tell({.type = EventType::Registered});
  desk.answer("agent_status_get");
  std::array<int, 4> steps{};
  for (int round = 0; round < 10; ++round) {
    std::vector<Told> told;
    for (int call = 0; call < 4; ++call)
      if (steps[static_cast<std::size_t>(call)] < 3 && random.chance(500)) told.push_back(call_step(random, call, steps[static_cast<std::size_t>(call)]));
    if (random.chance(500)) {
      const int call = static_cast<int>(random.below(4));
      const std::string id = "c" + std::to_string(call);
      bool steps_on = false;  // a message that crosses the end of its own call is late, and counted: those two are not independent
      for (const Told& one : told) steps_on = steps_on || (one.channel == call && steps[static_cast<std::size_t>(call)] > 1);
      if (!steps_on) told.push_back({10, [id](Desk& there) {
                        there.tell({.type = EventType::QueueNumberReceived, .extension = there.text("1001"), .queue_name = there.text("Support"),
                                    .yeastar_call_id = there.text("pbx-" + id), .queue_number = there.text("6402"), .call_from = there.text("+44207946012" + id.substr(1))});
                      }});
    }
    if (random.chance(300))
      told.push_back({10, [round](Desk& there) {
                        there.tell({.type = EventType::AgentStatusReceived, .extension = there.text("1002"), .revision = round + 1.0,
                                    .status = round % 2 ? AgentStatus::Break : AgentStatus::Online});
                      }});
    int channel = 20;
    for (const auto& [about, id] : desk.requests) {  // the same in both orders, whatever else is open
      std::uint64_t sum = seed * 31 + static_cast<std::uint64_t>(round);
      for (const char c : about) sum = sum * 0x100000001b3ULL + static_cast<unsigned char>(c);
      if (Random(sum).chance(700)) told.push_back({channel, [about = about](Desk& there) { there.answer(about); }});
      ++channel;
    }
    if (shuffled) {  // any order that leaves each channel its own
      std::vector<Told> mixed;
      while (!told.empty()) {
        const auto pick = order.below(static_cast<std::uint32_t>(told.size()));
        const int whose = told[pick].channel;
        const auto first = std::find_if(told.begin(), told.end(), [whose](const Told& one) { return one.channel == whose; });
        mixed.push_back(std::move(*first));
        told.erase(first);
      }
      told = std::move(mixed);
    }
    for (const Told& one : told) one.tell(desk);
    desk.wait(random.between(200, 9'000));
  }
  for (int call = 0; call < 4; ++call)
    if (steps[static_cast<std::size_t>(call)] > 0)
      desk.tell({.type = EventType::CallEnded, .call_id = desk.text("c" + std::to_string(call)), .origin = Origin::Remote});
  for (int round = 0; round < 40; ++round) {
    while (!desk.requests.empty()) desk.answer(std::string(desk.requests.begin()->first));
    desk.wait(2'000);
  }
  return desk.summary();
}

}  // namespace

std::string order_matters(std::uint64_t seed) {
  const std::string one = play(seed, false), other = play(seed, true);
  return one == other ? std::string() : "the order of independent channels changes the end (I10):\n" + one + "\nagainst\n" + other;
}

}  // namespace offhook::sim
