#include "tests/engine/phone_driver.h"

#include <algorithm>

namespace offhook::bench {
namespace {

void note_row(void*, MachineId machine, int row) {
  if (row >= 0) rows_taken()[static_cast<std::size_t>(machine)].insert(row);
}

}  // namespace

std::array<std::set<int>, kMachines>& rows_taken() {
  static std::array<std::set<int>, kMachines> taken;
  return taken;
}

std::string Seen::said(std::string_view member) const {
  const auto json = wire::parse_object(body, limits::kJsonBytes);
  const wire::Json* found = json ? json->find(member) : nullptr;
  if (!found) return "absent";
  switch (found->type) {
    case wire::Json::Type::Null: return "null";
    case wire::Json::Type::Flag: return found->flag ? "true" : "false";
    case wire::Json::Type::String: return found->text;
    case wire::Json::Type::Number: {
      std::string text;
      JsonWriter(text).number(found->number);
      return text;
    }
    default: return "nested";
  }
}

std::string config_of(const Setup& setup) {
  std::string text;
  JsonWriter json(text);
  json.open('{').key("extension").string("1001").key("extension_id").string("e-17").key("number").string("1001");
  json.key("name").string("Alice").key("wrap_up").open('{').key("mode").string(setup.wrap_up).key("seconds");
  json.number(setup.wrap_up_seconds).close('}').key("login").flag(setup.login).key("has_events_socket").flag(setup.socket);
  json.key("auto_hold").flag(setup.auto_hold).key("calls_max").number(setup.calls_max).key("probe").flag(setup.probe);
  json.key("transfer_route").string(setup.route).key("seed").number(setup.seed).key("has_storage").flag(setup.storage).key("has_tabs").flag(setup.tabs);
  json.key("tab").string("tab-1").close('}');
  return text;
}

PhoneDriver::PhoneDriver(const Setup& setup) : phone(config_of(setup)), features(setup.features) {
  REQUIRE_MESSAGE(!phone.error(), phone.error().message);
  phone.trace({note_row, nullptr});
}

void PhoneDriver::tell(Event event) {
  event.at = at;
  event.mono = mono;
  phone.dispatch(event);
  last_from = all.size();
  for (const Effect& effect : phone.effects()) {
    auto copy = [this](Text t) { return std::string(view(t)); };
    all.push_back({effect.type, effect.id, copy(effect.call_id), copy(effect.number), copy(effect.digits), copy(effect.target),
                   copy(effect.other_call_id), copy(effect.record), copy(effect.idempotency_key), copy(effect.body), effect.timer,
                   effect.delay_ms, effect.command, effect.on, effect.request, effect.outcome, effect.reason});
    const Seen& seen = all.back();
    if (seen.type == EffectType::TimerSet) timers.push_back({seen.timer, mono + seen.delay_ms});
    if (seen.type == EffectType::TimerClear) std::erase_if(timers, [&](const Armed& timer) { return timer.id == seen.timer; });
    if (seen.type == EffectType::HttpSend) requests.push_back(seen), request_due_.push_back({seen.id, mono + effect.timeout_ms});
    if (seen.type == EffectType::CommandSettled) {
      std::string how(kOutcomeWords[static_cast<std::size_t>(seen.outcome)]);
      if (seen.reason != Reason::Ok) how += " " + std::string(kReasonWords[static_cast<std::size_t>(seen.reason)]);
      settled_[seen.command].push_back(how);
    }
  }
}

void PhoneDriver::wait(double ms) {
  const double until = mono + ms;
  for (;;) {
    const auto next = std::min_element(timers.begin(), timers.end(),
                                       [](const Armed& a, const Armed& b) { return a.due_mono < b.due_mono; });
    if (next == timers.end() || next->due_mono > until) break;
    const Armed timer = *next;
    timers.erase(next);
    skip(std::max(0.0, timer.due_mono - mono));
    tell({.type = EventType::TimerFired, .timer = timer.id});
  }
  skip(until - mono);
}

void PhoneDriver::silence(double ms) {
  const double until = mono + ms;
  while (mono < until) {
    double step = until;
    for (const auto& [id, due] : request_due_) step = std::min(step, due);
    wait(std::max(0.0, step - mono));
    std::vector<double> over;
    for (const auto& [id, due] : request_due_)
      if (due <= mono) over.push_back(id);
    for (const double id : over) {
      settle_request(id);
      tell({.type = EventType::HttpFailed, .request = id, .failure = HttpFailure::Timeout});
    }
  }
}

void PhoneDriver::settle_request(double id) {
  std::erase_if(requests, [id](const Seen& seen) { return seen.id == id; });
  std::erase_if(request_due_, [id](const auto& due) { return due.first == id; });
}

void PhoneDriver::start(std::string_view status) {
  if (model().root.phase == Phase::Loading) tell(EventType::Started);
  if (open(Request::AgentStatusGet)) {
    if (status.empty()) answer(Request::AgentStatusGet, 404, R"({"code":"agent_unknown"})");
    else answer(Request::AgentStatusGet, 200, R"({"extension":"1001","status":")" + std::string(status) + R"(","reason":null,"since":1})");
  }
  tell({.type = EventType::SoftphoneReady, .features = text(features)});
  tell(EventType::Registering);
  tell(EventType::Registered);
  if (model().connection.events == LinkState::Connecting) tell(EventType::SocketOpened);
}

void PhoneDriver::offer(std::string_view id, std::string_view number, std::string_view pbx_id) {
  tell({.type = EventType::CallOffered, .call_id = text(id), .sip_call_id = text("sip-" + std::string(id)), .number = text(number),
        .uniqueid = text(pbx_id)});
}

std::string PhoneDriver::dial(std::string_view number) {
  const double command = ask({.type = EventType::DialRequested, .number = text(number)});
  REQUIRE(outcome(command) == "done");
  const Seen* dialed = last(EffectType::SoftphoneDial);
  REQUIRE(dialed);
  const std::string id = dialed->call_id;
  tell({.type = EventType::CallDialed, .call_id = text(id), .sip_call_id = text("sip-" + id)});
  return id;
}

void PhoneDriver::progress(std::string_view id, double status) {
  tell({.type = EventType::CallProgress, .call_id = text(id), .status_code = status});
}
void PhoneDriver::connect(std::string_view id) { tell({.type = EventType::CallConnected, .call_id = text(id)}); }
void PhoneDriver::end(std::string_view id, Origin origin, double status, double q850, std::string_view reason) {
  tell({.type = EventType::CallEnded, .call_id = text(id), .reason = text(reason), .status_code = status, .q850 = q850, .origin = origin});
}
void PhoneDriver::hold_confirmed(std::string_view id, bool on) {
  tell({.type = EventType::HoldConfirmed, .call_id = text(id), .on = on});
}
void PhoneDriver::refused(std::string_view id, Command what, std::string_view reason) {
  tell({.type = EventType::CommandRefused, .call_id = text(id), .reason = text(reason), .refused = what});
}

double PhoneDriver::ask(Event command) {
  command.command = ++next_command_;
  settled_[command.command];
  tell(command);
  return command.command;
}
double PhoneDriver::ask(EventType type, std::string_view call_id) { return ask({.type = type, .call_id = text(call_id)}); }
double PhoneDriver::ask_status(AgentStatus status, std::string_view reason) {
  return ask({.type = EventType::StatusRequested, .reason = text(reason), .status = status});
}
double PhoneDriver::ask_hold(std::string_view id, bool on) {
  return ask({.type = EventType::HoldRequested, .call_id = text(id), .on = on});
}
double PhoneDriver::ask_mute(std::string_view id, bool on) {
  return ask({.type = EventType::MuteRequested, .call_id = text(id), .on = on});
}
double PhoneDriver::ask_dtmf(std::string_view id, std::string_view digits) {
  return ask({.type = EventType::DtmfRequested, .call_id = text(id), .digits = text(digits)});
}
double PhoneDriver::ask_transfer(std::string_view id, std::string_view target, std::string_view other) {
  return ask({.type = EventType::TransferRequested, .call_id = text(id), .target = text(target), .other_call_id = text(other)});
}
double PhoneDriver::ask_draft(EventType type, std::string_view log, std::string_view notes, std::string_view disposition) {
  return ask({.type = type, .call_log_id = text(log), .notes = text(notes), .disposition = text(disposition)});
}

std::string PhoneDriver::outcome(double command) const {
  const auto found = settled_.find(command);
  if (found == settled_.end()) return "never asked";
  if (found->second.empty()) return "pending";
  return found->second.size() == 1 ? found->second.front() : "settled twice";
}

const Seen* PhoneDriver::open(Request kind) const {
  for (const Seen& seen : requests)
    if (seen.request == kind) return &seen;
  return nullptr;
}
std::size_t PhoneDriver::open_count(Request kind) const {
  return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [kind](const Seen& s) { return s.request == kind; }));
}

void PhoneDriver::answer(Request kind, double status, std::string_view body) {
  const Seen* request = open(kind);
  REQUIRE_MESSAGE(request, "no open request " << kRequestWords[static_cast<std::size_t>(kind)]);
  const double id = request->id;
  settle_request(id);
  tell({.type = EventType::HttpAnswered, .body = text(body), .request = id, .status_code = status});
}

void PhoneDriver::lose(Request kind, HttpFailure why) {
  const Seen* request = open(kind);
  REQUIRE_MESSAGE(request, "no open request " << kRequestWords[static_cast<std::size_t>(kind)]);
  const double id = request->id;
  settle_request(id);
  tell({.type = EventType::HttpFailed, .request = id, .failure = why});
}

void PhoneDriver::answer_all() {
  while (!requests.empty()) {
    const Seen request = requests.front();
    switch (request.request) {
      case Request::ContactFindOrCreate: answer(request.request, 200, R"({"id":"c-1","name":"Ann Caller","created":false})"); break;
      case Request::CallLogCreate: answer(request.request, 201, R"({"id":"log-)" + std::to_string(static_cast<int>(++logs_stored_)) + "\"}"); break;
      case Request::CallLogUpdate: answer(request.request, 200, R"({"id":")" + request.record + "\"}"); break;
      case Request::AgentStatusGet: answer(request.request, 200, R"({"extension":"1001","status":"ONLINE","reason":null})"); break;
      case Request::AgentStatusPut: answer(request.request, 200, "{}"); break;
      case Request::QueuePause: answer(request.request, 200, R"({"synced":true})"); break;
      case Request::CallTransfer:
      case Request::CallConference:
      case Request::CallRecording:
      case Request::WrapUpExtend: answer(request.request, 200, "{}"); break;
    }
  }
}

void PhoneDriver::hear(std::string_view message) { tell({.type = EventType::SocketMessage, .body = text(message)}); }

void PhoneDriver::presence(std::string_view extension, std::string_view status) {
  hear(R"({"type":"change","stream":"agent_status","item":{"extension":")" + std::string(extension) + R"(","status":")" + std::string(status) + "\"}}");
}

void PhoneDriver::hear_queue(std::string_view pbx_id, std::string_view from, std::string_view name, std::string_view token) {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("type").string("queue_number").key("extension").string("1001").key("call_from").string(from);
  json.key("queue_name").string(name).key("queue_number").string("queue-6402").key("server_call_log_token").string(token);
  json.key("yeastar_call_id").string(pbx_id).key("channel_id").string("PJSIP/1001-" + std::string(pbx_id)).close('}');
  hear(body);
}

const Call& PhoneDriver::call(std::string_view id) {
  static const Call none;
  for (const Call& call : model().calls)
    if (call.in_use && view(call.id) == id) return call;
  return none;
}

const CallLog& PhoneDriver::log(std::string_view call_id) {
  static const CallLog none;
  for (const CallLog& log : model().logs)
    if (log.in_use && view(log.call_id) == call_id) return log;
  return none;
}

std::size_t PhoneDriver::logs() const {
  return static_cast<std::size_t>(std::count_if(model().logs.begin(), model().logs.end(), [](const CallLog& l) { return l.in_use; }));
}
std::size_t PhoneDriver::drafts() const {
  return static_cast<std::size_t>(std::count_if(model().drafts.begin(), model().drafts.end(), [](const Draft& d) { return d.in_use; }));
}

std::size_t PhoneDriver::count(EffectType type) const {
  std::size_t n = 0;
  for (std::size_t i = last_from; i < all.size(); ++i) n += all[i].type == type;
  return n;
}
const Seen* PhoneDriver::last(EffectType type) const {
  for (std::size_t i = all.size(); i-- > last_from;)
    if (all[i].type == type) return &all[i];
  return nullptr;
}
std::size_t PhoneDriver::count_all(Request kind) const {
  std::size_t n = 0;
  for (const Seen& seen : all) n += seen.type == EffectType::HttpSend && seen.request == kind;
  return n;
}
const Seen* PhoneDriver::ever_last(EffectType type) const {
  for (std::size_t i = all.size(); i-- > 0;)
    if (all[i].type == type) return &all[i];
  return nullptr;
}
const Seen* PhoneDriver::ever_last(Request kind) const {
  for (std::size_t i = all.size(); i-- > 0;)
    if (all[i].type == EffectType::HttpSend && all[i].request == kind) return &all[i];
  return nullptr;
}

void talk(PhoneDriver& desk, std::string_view id, std::string_view number) {
  desk.offer(id, number);
  desk.answer_all();
  const double answer = desk.ask(EventType::AnswerRequested, id);
  desk.connect(id);
  desk.answer_all();
  REQUIRE(desk.outcome(answer) == "done");
}

}  // namespace offhook::bench
