// Start-up, registration and the backend's socket (mission: Case Init).
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("starting listens on the agent-status socket, starts the softphone and asks the CRM for the status, in this order") {
  PhoneDriver desk;
  CHECK(desk.model().root.phase == Phase::Loading);
  desk.tell(EventType::Started);
  CHECK(desk.model().root.phase == Phase::Initializing);
  CHECK(desk.count(EffectType::SocketOpen) == 1);
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
  REQUIRE(desk.open(Request::AgentStatusGet));
  CHECK(desk.open(Request::AgentStatusGet)->record == "1001");
  desk.tell(EventType::SoftphoneReady);
  CHECK(desk.model().root.phase == Phase::Ready);
  desk.tell(EventType::SoftphoneReady);  // a library that says it twice
  CHECK(desk.model().root.phase == Phase::Ready);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("a softphone that cannot start is told to the user, and can be started again") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::SoftphoneFailed, .reason = desk.text("no microphone")});
  CHECK(desk.model().root.phase == Phase::Failed);
  CHECK(desk.view(desk.model().notice.text) == "no microphone");
  desk.tell(EventType::Started);
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
  CHECK(desk.count(EffectType::HttpSend) == 0);
  desk.tell({.type = EventType::SoftphoneFailed, .reason = desk.text("again")});
  desk.tell(EventType::SoftphoneReady);  // late, but ready all the same
  CHECK(desk.model().root.phase == Phase::Ready);
}

TEST_CASE("starting again after a failure does not wait for the socket's back-off") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::SoftphoneFailed});
  desk.tell(EventType::SocketClosed);
  CHECK(desk.model().connection.events == LinkState::Waiting);
  desk.tell(EventType::Started);
  CHECK(desk.model().connection.events == LinkState::Connecting);
  CHECK(desk.count(EffectType::SocketOpen) == 1);
  desk.tell({.type = EventType::SoftphoneFailed});
  desk.tell(EventType::Started);  // it is being opened already
  CHECK(desk.count(EffectType::SocketOpen) == 0);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("no command is accepted before the phone has started, and each is told so") {
  PhoneDriver desk;
  CHECK(desk.outcome(desk.ask(EventType::LoginRequested)) == "refused not_ready");
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text("100")})) == "refused not_ready");
  CHECK(desk.model().can.call.reason == Reason::NotReady);
}

TEST_CASE("a call cannot be made while the phone is not registered") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell(EventType::SoftphoneReady);
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text("100")})) == "refused not_registered");
  desk.tell(EventType::Registered);
  CHECK(desk.model().can.call.reason == Reason::Ok);
}

TEST_CASE("each change of registration is told as agent information on the socket, a refresh is not") {
  PhoneDriver desk;
  desk.start();
  const auto told = [&] { return desk.count(EffectType::SocketSend); };
  CHECK(desk.ever_last(EffectType::SocketSend)->said("type") == "agent_information");
  CHECK(desk.ever_last(EffectType::SocketSend)->said("registration") == "registered");
  CHECK(desk.ever_last(EffectType::SocketSend)->said("extension_id") == "e-17");
  desk.tell(EventType::Registering);
  desk.tell(EventType::Registered);
  CHECK(told() == 0);
  desk.tell({.type = EventType::Unregistered, .reason = desk.text("transport")});
  CHECK(desk.last(EffectType::SocketSend)->said("registration") == "unregistered");
  desk.tell({.type = EventType::Unregistered});
  CHECK(told() == 0);
  desk.tell({.type = EventType::RegistrationFailed, .reason = desk.text("Forbidden"), .status_code = 403});
  CHECK(desk.last(EffectType::SocketSend)->said("registration") == "failed");
  CHECK(desk.model().registration.status_code == 403);
  CHECK(desk.model().notice.code == Notice::RegistrationFailed);
}

TEST_CASE("a refresh of the registration changes nothing: neither the status nor the CRM nor the PBX") {
  PhoneDriver desk;
  desk.start("BREAK");
  desk.answer_all();
  const auto version = desk.phone.dispatch({.type = EventType::Registering, .at = desk.at, .mono = desk.mono}).version;
  const std::size_t before = desk.all.size();
  for (int minute = 0; minute < 60; ++minute) {
    desk.tell(EventType::Registering);
    desk.tell(EventType::Registered);
    desk.wait(60'000);
  }
  CHECK(desk.all.size() == before);
  CHECK(desk.agent().status == AgentStatus::Break);
  CHECK(desk.phone.dispatch({.type = EventType::Registered, .at = desk.at, .mono = desk.mono}).version == version);
}

TEST_CASE("logging in registers the softphone, and logging out unregisters it after the CRM was told OFFLINE") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell(EventType::SoftphoneReady);
  CHECK(desk.outcome(desk.ask(EventType::LoginRequested)) == "done");
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
  CHECK(desk.outcome(desk.ask(EventType::LoginRequested)) == "done");
  CHECK(desk.count(EffectType::SoftphoneRegister) == 0);
  desk.tell(EventType::Registered);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);

  const double logout = desk.ask(EventType::LogoutRequested);
  CHECK(desk.outcome(logout) == "pending");
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "OFFLINE");
  CHECK(desk.count(EffectType::SoftphoneUnregister) == 1);
  desk.answer_all();
  CHECK(desk.outcome(logout) == "done");
  CHECK(desk.ever_last(Request::QueuePause)->said("paused") == "true");
  CHECK(desk.ever_last(Request::QueuePause)->said("reason_paused") == "offline");
  desk.tell(EventType::Unregistered);
  const double again = desk.ask(EventType::LogoutRequested);
  CHECK(desk.count(EffectType::SoftphoneUnregister) == 0);
  desk.answer_all();
  CHECK(desk.outcome(again) == "done");
}

TEST_CASE("a refused registration is told with its status, and logging in tries again") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell(EventType::SoftphoneReady);
  desk.ask(EventType::LoginRequested);
  desk.refused("", Command::Register, "wrong password");
  CHECK(desk.model().registration.state == RegistrationState::Failed);
  desk.ask(EventType::LoginRequested);
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
}

TEST_CASE("the socket is greeted with its topics, and with the last revision after a reconnect") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell(EventType::SocketOpened);
  const Seen* hello = desk.last(EffectType::SocketSend);
  REQUIRE(hello);
  CHECK(hello->body == R"({"type":"hello","topics":["agent_status","call_log"],"last_revision":{}})");
  desk.hear(R"({"type":"snapshot","stream":"agent_status","revision":12,"items":[{"extension":"1002","name":"Bob","status":"BREAK","since":5}]})");
  CHECK(desk.model().presence.size() == 1);
  CHECK(desk.model().connection.last_heard_at == desk.at);
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  CHECK(desk.model().connection.events == LinkState::Waiting);
  desk.tell({.type = EventType::SocketClosed, .code = 1006});  // the same end told twice
  desk.wait(2'000);
  CHECK(desk.model().connection.events == LinkState::Connecting);
  desk.tell(EventType::SocketOpened);
  CHECK(desk.last(EffectType::SocketSend)->body.find(R"("last_revision":{"agent_status":12})") != std::string::npos);
  CHECK(desk.model().presence.size() == 1);  // down means unknown: nobody was forgotten
}

TEST_CASE("a lost socket is opened again after 1 s doubling to 30 s, each within 25 %") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  double expected = 1'000;
  std::set<double> seen;
  for (int attempt = 0; attempt < 12; ++attempt) {
    desk.tell({.type = EventType::SocketClosed, .code = 1006});
    const Seen* timer = desk.last(EffectType::TimerSet);
    REQUIRE(timer);
    CHECK(timer->delay_ms >= expected * 0.75);
    CHECK(timer->delay_ms <= expected * 1.25);
    CHECK(desk.model().connection.retry_at == desk.at + timer->delay_ms);
    seen.insert(timer->delay_ms / expected);
    desk.wait(timer->delay_ms);
    CHECK(desk.count(EffectType::SocketOpen) == 1);
    expected = std::min(30'000.0, expected * 2);
  }
  CHECK(seen.size() > 6);  // thousands of phones do not come back in the same millisecond
}

TEST_CASE("a socket that neither opens nor fails is given up after ten seconds") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.wait(10'000);
  CHECK(desk.count(EffectType::SocketClose) == 1);
  CHECK(desk.model().connection.events == LinkState::Waiting);
}

TEST_CASE("a phone without an events socket works, and opens none") {
  PhoneDriver desk({.socket = false});
  desk.start();
  CHECK(desk.ever_last(EffectType::SocketOpen) == nullptr);
  CHECK(desk.agent().status == AgentStatus::Online);
  desk.tell({.type = EventType::SocketClosed});
  desk.tell(EventType::Disposed);
  CHECK(desk.model().connection.events == LinkState::Closed);
}

TEST_CASE("bad, foreign and unknown frames are harmless; only bad ones are counted") {
  PhoneDriver desk;
  desk.start();
  for (const char* frame : {R"({"type":"welcome","server_time":1})", R"({"type":"pong"})", R"({"type":"change","stream":"call_log","item":{}})",
                            R"({"type":"later","x":[1]})"})
    desk.hear(frame);
  CHECK(desk.anomalies() == 0);
  for (const char* frame : {"", "{", "[]", "null", "\"text\"", R"({"event":"call_log"})", R"({"type":"change","stream":"agent_status"})",
                            R"({"type":"snapshot","stream":"agent_status","items":[1,{"extension":"7"},{"status":"ONLINE"}]})",
                            R"({"type":"error","code":"token_invalid"})"}) {
    const double before = desk.anomalies();
    desk.hear(frame);
    CHECK_MESSAGE(desk.anomalies() > before, frame);
    CHECK(desk.last_anomaly() == Anomaly::BadMessage);
  }
  CHECK(desk.model().presence.empty());
}

TEST_CASE("others' presence follows the stream; what is older than what is shown changes nothing") {
  PhoneDriver desk;
  desk.start();
  const auto change = [&](const char* status, int revision) {
    desk.hear(std::string(R"({"type":"change","stream":"agent_status","revision":)") + std::to_string(revision) +
              R"(,"item":{"extension":"1002","name":"Bob","status":")" + status + "\"}}");
  };
  change("ONLINE", 5);
  change("BREAK", 7);
  change("MEETING", 6);
  REQUIRE(desk.model().presence.size() == 1);
  CHECK(desk.model().presence[0].status == AgentStatus::Break);
  desk.tell({.type = EventType::AgentStatusReceived, .extension = desk.text("1003"), .status = AgentStatus::Training});
  CHECK(desk.model().presence.size() == 2);
  desk.tell({.type = EventType::AgentStatusReceived, .status = AgentStatus::Training});
  CHECK(desk.last_anomaly() == Anomaly::BadMessage);
}

TEST_CASE("a disposed phone with live calls tells the CRM how they ended and settles what was asked") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double hold = desk.ask_hold("a", true);
  desk.offer("b", "+33 1 23 45 67 89");
  const double answer = desk.ask(EventType::AnswerRequested, "b");
  const std::string out = desk.dial("+15550001");
  desk.tell(EventType::Disposed);
  CHECK(desk.model().root.phase == Phase::Disposed);
  CHECK(desk.log("a").end_reason == EndReason::Lost);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.log("b").status == LogStatus::Missed);
  CHECK(desk.log(out).status == LogStatus::NoAnswered);
  CHECK(desk.outcome(hold) == "refused call_ended");
  CHECK(desk.outcome(answer) == "refused call_ended");
  CHECK(desk.count(EffectType::SocketClose) == 1);
  PhoneDriver idle;
  idle.start();
  const double status = idle.ask_status(AgentStatus::Break);
  const double queued = idle.ask_status(AgentStatus::Meeting);
  idle.tell(EventType::Disposed);  // nobody will hear the CRM's answer
  CHECK(idle.outcome(status) == "refused disposed");
  CHECK(idle.outcome(queued) == "refused disposed");
  const double before = desk.anomalies();
  desk.tell(EventType::Disposed);
  desk.offer("c");
  CHECK(desk.anomalies() == before + 2);
  CHECK(desk.call("c").in_use == false);
}

TEST_CASE("a command after the end is refused, not forgotten") {
  PhoneDriver desk;
  desk.start();
  desk.tell(EventType::Disposed);
  CHECK(desk.outcome(desk.ask(EventType::LoginRequested)) == "refused disposed");
}

TEST_CASE("a backend that accepts the socket and closes it at once is met with growing back-off, until it says something") {
  PhoneDriver desk;
  desk.start();
  double last = 0;
  for (int i = 0; i < 4; ++i) {
    desk.tell(EventType::SocketOpened);
    desk.tell({.type = EventType::SocketMessage, .body = desk.text(R"({"type":"error","code":"token_invalid"})")});
    desk.tell({.type = EventType::SocketClosed, .code = 4401});
    const double delay = desk.model().connection.retry_at - desk.at;
    CHECK(delay > last);
    last = delay;
    desk.wait(delay);
  }
  desk.tell(EventType::SocketOpened);
  desk.tell({.type = EventType::SocketMessage, .body = desk.text(R"({"type":"welcome"})")});
  CHECK(desk.model().connection.attempts == 0);
}
