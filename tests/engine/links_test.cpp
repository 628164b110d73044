// Connections that are half dead, clocks that are wrong, a device that slept, a
// network that came back, a call that only we still have.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

const Setup kProbing{.probe = true};

LinkState link(const PhoneDriver& desk) { return desk.model().connection.events; }

std::string pong(double server_time) {
  return R"({"type":"pong","server_time":)" + std::to_string(static_cast<long long>(server_time)) + "}";
}

void ready(PhoneDriver& desk, std::string_view features) {
  desk.start();
  desk.tell({.type = EventType::SoftphoneReady, .features = desk.text(features)});
  desk.answer_all();
}

bool pinged(const PhoneDriver& desk) {
  const Seen* sent = desk.last(EffectType::SocketSend);
  return sent && sent->body == R"({"type":"ping"})";
}

}  // namespace

TEST_CASE(
    "a socket that says nothing for 20 seconds is asked, and given up "
    "when it does not answer within 5") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(19'999);
  CHECK(link(desk) == LinkState::Open);
  desk.wait(1);
  CHECK(pinged(desk));
  desk.wait(999);
  CHECK(link(desk) == LinkState::Open);  // an answer may be on its way: nothing is shown
  desk.wait(1);
  CHECK(link(desk) == LinkState::Silent);
  desk.wait(3'999);
  CHECK(link(desk) == LinkState::Silent);
  desk.wait(1);
  CHECK(link(desk) == LinkState::Waiting);
  CHECK(desk.count(EffectType::SocketClose) == 1);
  desk.wait(1'250);
  CHECK(link(desk) == LinkState::Connecting);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE(
    "a socket that answers the question is open again, and is asked anew "
    "20 seconds later") {
  PhoneDriver desk(kProbing);
  desk.start();
  for (int round = 0; round < 3; ++round) {
    desk.wait(21'000);
    CHECK(link(desk) == LinkState::Silent);
    desk.hear(pong(desk.at));
    CHECK(link(desk) == LinkState::Open);
  }
  desk.wait(21'000);
  CHECK(link(desk) == LinkState::Silent);
  desk.hear(R"({"type":"error","code":"bad_message"})");  // it does not know
                                                          // ping, but it lives
  CHECK(link(desk) == LinkState::Open);
}

TEST_CASE(
    "a busy socket costs no timer a message: the one that runs looks "
    "when it last heard") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(1'000);
  for (int message = 0; message < 50; ++message) {
    desk.hear(R"({"type":"change","stream":"agent_status","revision":1,"item":{"extension":"1002","status":"BREAK","since":1}})");
    CHECK(desk.count(EffectType::TimerSet) == 0);
    CHECK(desk.count(EffectType::TimerClear) == 0);
    desk.wait(300);
  }
  desk.hear("garbage");
  desk.wait(19'999);
  CHECK_FALSE(pinged(desk));
  desk.wait(1);
  CHECK(pinged(desk));
}

TEST_CASE("an idle agent whose server answers the question sees nothing of it") {
  PhoneDriver desk(kProbing);
  desk.start();
  const double since = desk.model().connection.since;
  for (int round = 0; round < 5; ++round) {
    desk.wait(round == 0 ? 20'000 : 19'400);
    CHECK(pinged(desk));
    CHECK(link(desk) == LinkState::Open);
    desk.wait(400);
    desk.hear(pong(desk.at));
    desk.wait(600);
    CHECK(link(desk) == LinkState::Open);
    for (const BlockerEntry& entry : desk.model().blockers) CHECK((!entry.in_use || entry.reason != Blocker::LinkSilent));
  }
  CHECK(desk.model().connection.since == since);
}

TEST_CASE("a backend that knows no ping is never asked and never given up") {
  PhoneDriver desk;
  desk.start();
  desk.wait(3'600'000);
  CHECK(link(desk) == LinkState::Open);
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});
  CHECK(link(desk) == LinkState::Open);
  CHECK(desk.timers.empty());
}

TEST_CASE(
    "a silent socket still tells the registration, closes when it closes "
    "and when the phone goes") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(21'000);
  desk.tell({.type = EventType::Unregistered});
  CHECK(desk.last(EffectType::SocketSend)->said("registration") == "unregistered");
  CHECK(link(desk) == LinkState::Silent);
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  CHECK(link(desk) == LinkState::Waiting);
  desk.hear("late garbage");  // of the socket that is gone
  CHECK(link(desk) == LinkState::Waiting);

  PhoneDriver other(kProbing);
  other.start();
  other.wait(20'000);
  other.tell(EventType::Disposed);
  CHECK(link(other) == LinkState::Closed);
  CHECK(other.timers.empty());
}

TEST_CASE(
    "a timer that slept with the device does not give up a socket whose "
    "answer is waiting behind it") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(21'000);
  REQUIRE(link(desk) == LinkState::Silent);
  desk.skip(600'000);
  desk.wait(0);
  CHECK(link(desk) == LinkState::Silent);
  CHECK(pinged(desk));
  desk.hear(pong(desk.at));
  CHECK(link(desk) == LinkState::Open);
}

TEST_CASE(
    "after a sleep the socket is asked at once, and the phone registers "
    "again") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.answer_all();
  desk.skip(400'000);
  desk.tell({.type = EventType::Woke, .gap_ms = 400'000});
  CHECK(link(desk) == LinkState::Open);
  CHECK(pinged(desk));
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
  CHECK(desk.model().notice.code == Notice::TabFrozen);
  CHECK(desk.view(desk.model().notice.text) == "400");
  CHECK(desk.model().tab.frozen_ms == 400'000);
  desk.wait(1'000);
  CHECK(link(desk) == LinkState::Silent);
  desk.tell({.type = EventType::NetworkChanged, .on = false});
  desk.tell({.type = EventType::NetworkChanged, .on = true});  // asked once more, and given the whole time again
  CHECK(pinged(desk));
  desk.wait(4'999);
  CHECK(link(desk) == LinkState::Silent);
  desk.wait(1);
  CHECK(link(desk) == LinkState::Waiting);
  desk.tell({.type = EventType::Woke, .gap_ms = 3'000});  // waiting is over, too
  CHECK(link(desk) == LinkState::Connecting);
  CHECK(desk.model().connection.attempts == 0);
  CHECK(desk.model().tab.frozen_ms == 400'000);
  desk.tell({.type = EventType::Woke, .gap_ms = 3'000});
  CHECK(link(desk) == LinkState::Connecting);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("a short stand-still is nothing to tell the user") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.tell({.type = EventType::Woke, .gap_ms = 5'000});
  CHECK(desk.model().notice.code == Notice::None);
}

TEST_CASE(
    "a phone that dropped registers again after a sleep; one that was "
    "logged out stays out") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::Unregistered, .reason = desk.text("transport")});
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});
  CHECK(desk.model().registration.state == RegistrationState::Registering);
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});  // it is being registered already
  CHECK(desk.count(EffectType::SoftphoneRegister) == 0);
  desk.tell(EventType::Registered);

  desk.ask(EventType::LogoutRequested);
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});  // the softphone has not said it yet
  CHECK(desk.count(EffectType::SoftphoneRegister) == 0);
  desk.tell(EventType::Unregistered);
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});
  desk.tell({.type = EventType::NetworkChanged, .on = false});
  desk.tell({.type = EventType::NetworkChanged, .on = true});
  CHECK(desk.count(EffectType::SoftphoneRegister) == 0);
  CHECK(desk.model().registration.state == RegistrationState::Unregistered);
  desk.ask(EventType::LoginRequested);
  desk.tell(EventType::Registered);
  desk.tell({.type = EventType::Woke, .gap_ms = 60'000});
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE(
    "a network that goes tears nothing down; one that comes back is used "
    "at once") {
  PhoneDriver desk(kProbing);
  ready(desk, "transfer attended check");
  talk(desk, "a");
  desk.tell({.type = EventType::NetworkChanged, .on = false});
  CHECK(!desk.model().connection.online);
  CHECK(link(desk) == LinkState::Open);
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.all.size() == desk.last_from);  // no effect

  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  desk.wait(1'250);
  CHECK(link(desk) == LinkState::Connecting);  // a browser that says "offline" may be wrong
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  CHECK(desk.model().connection.attempts == 2);
  desk.tell({.type = EventType::NetworkChanged, .on = true});
  CHECK(desk.model().connection.online);
  CHECK(link(desk) == LinkState::Connecting);
  CHECK(desk.model().connection.attempts == 0);
  CHECK(desk.count(EffectType::SoftphoneRegister) == 1);
  CHECK(desk.count(EffectType::SoftphoneCheck) == 1);
  desk.tell({.type = EventType::NetworkChanged, .on = true});  // said twice
  CHECK(desk.all.size() == desk.last_from);
}

TEST_CASE(
    "after a sleep each live call is asked for; one that the softphone "
    "has lost ends, and is logged") {
  PhoneDriver desk;
  ready(desk, "transfer attended check");
  talk(desk, "a");
  desk.offer("b", "+33123456789");
  desk.answer_all();
  desk.skip(90'000);
  desk.tell({.type = EventType::Woke, .gap_ms = 90'000});
  CHECK(desk.count(EffectType::SoftphoneCheck) == 2);
  desk.tell({.type = EventType::CallAlive, .call_id = desk.text("a")});
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.call("a").last_alive == desk.at);
  desk.end("b", Origin::Unknown, 0, 0, "lost");
  desk.answer_all();
  CHECK(desk.log("b").status == LogStatus::Missed);
  desk.tell({.type = EventType::CallAlive, .call_id = desk.text("b")});  // crossed its end
  CHECK(desk.anomalies() == 0);
  desk.tell({.type = EventType::Woke, .gap_ms = 90'000});
  CHECK(desk.count(EffectType::SoftphoneCheck) == 1);
}

TEST_CASE(
    "a registration that was made again after a drop asks for the calls: "
    "a BYE may have been lost meanwhile") {
  PhoneDriver desk;
  ready(desk, "check");
  talk(desk, "a");
  desk.tell({.type = EventType::Unregistered, .reason = desk.text("transport")});
  CHECK(desk.call("a").state == CallState::Active);
  desk.tell(EventType::Registering);
  desk.tell(EventType::Registered);
  REQUIRE(desk.last(EffectType::SoftphoneCheck));
  CHECK(desk.last(EffectType::SoftphoneCheck)->call_id == "a");
  desk.tell(EventType::Registered);  // a refresh
  CHECK(desk.count(EffectType::SoftphoneCheck) == 0);
  desk.end("a", Origin::Unknown, 0, 0, "lost");
  CHECK(desk.log("a").end_reason == EndReason::Lost);
  CHECK(desk.log("a").status == LogStatus::Answered);
}

TEST_CASE("a softphone that cannot look for a call is not asked") {
  PhoneDriver desk;
  ready(desk, "transfer checkers attended");
  talk(desk, "a");
  desk.tell({.type = EventType::Woke, .gap_ms = 90'000});
  CHECK(desk.count(EffectType::SoftphoneCheck) == 0);
  CHECK(desk.model().root.has_transfer);
  CHECK(!desk.model().root.has_conference);
}

TEST_CASE(
    "a pong tells how wrong our clock is, half its way taken off; the "
    "user is told once when it is more than a minute") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(20'000);
  desk.skip(400);
  desk.hear(pong(desk.at - 200 + 90'000));
  CHECK(desk.model().connection.skew_ms == 90'000);
  CHECK(desk.model().notice.code == Notice::ClockWrong);
  CHECK(desk.view(desk.model().notice.text) == "90");
  desk.ask(EventType::NoticeDismissed);
  desk.wait(20'000);
  desk.hear(pong(desk.at + 120'000));  // a surer measurement
  CHECK(desk.model().connection.skew_ms == 120'000);
  CHECK(desk.model().notice.code == Notice::None);
  desk.wait(20'000);
  desk.skip(3'000);  // a slow answer moves nothing
  desk.hear(pong(desk.at + 119'000));
  CHECK(desk.model().connection.skew_ms == 120'000);
  desk.hear(pong(desk.at + 1'000'000));  // nobody asked
  CHECK(desk.model().connection.skew_ms == 120'000);
}

TEST_CASE("clocks that differ by less than two seconds are taken as equal") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.hear(R"({"type":"welcome","server_time":)" + std::to_string(static_cast<long long>(desk.at + 1'900)) + "}");
  CHECK(desk.model().connection.skew_ms == 0);
  for (const double nonsense : {-5.0, 0.0, 1e300}) {
    desk.wait(20'000);
    std::string text;
    JsonWriter(text).number(nonsense);
    desk.hear(R"({"type":"pong","server_time":)" + text + "}");
  }
  CHECK(desk.model().connection.skew_ms == 0);
}

TEST_CASE(
    "a clock that is set during the session is noticed: what was "
    "measured before is void") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(20'000);
  desk.hear(pong(desk.at + 3'600'000));
  CHECK(desk.model().connection.skew_ms == 3'600'000);
  desk.at += 3'600'000;  // the user sets the clock
  desk.wait(20'000);
  desk.skip(300);
  desk.hear(pong(desk.at - 150));
  CHECK(desk.model().connection.skew_ms == 0);
}

TEST_CASE("an answer that the page slept over says nothing of the clock") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(20'000);
  desk.skip(60'000);
  desk.hear(pong(desk.at - 60'000));
  CHECK(desk.model().connection.skew_ms == 0);
  CHECK(!desk.model().skew.known());
}

TEST_CASE("a pong that comes twice is not the answer to the next ping; a server whose clock was set back is believed the third time") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.wait(20'000);
  const double told = desk.at;
  desk.hear(pong(told));
  desk.skip(120'000);
  desk.tell({.type = EventType::Woke, .gap_ms = 120'000});
  desk.hear(pong(told));
  CHECK(desk.model().connection.skew_ms == 0);
  for (int times = 0; times < 3; ++times) {
    desk.tell({.type = EventType::Woke, .gap_ms = 1'000});
    desk.hear(pong(desk.at - 3'600'000));
  }
  CHECK(desk.model().connection.skew_ms == -3'600'000);
}

TEST_CASE(
    "a call_log goes to the CRM in the server's time, and the CRM's "
    "times are shown in ours") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  const double server = desk.at + 600'000;
  const Seen get = *desk.open(Request::AgentStatusGet);
  std::erase_if(desk.requests, [&](const Seen& seen) { return seen.id == get.id; });
  desk.tell({.type = EventType::HttpAnswered,
             .body = desk.text(R"({"status":"BREAK","since":)" + std::to_string(static_cast<long long>(server - 60'000)) + "}"),
             .request = get.id,
             .status_code = 200,
             .server_time = std::floor(server / 1000) * 1000});
  CHECK(std::abs(desk.model().connection.skew_ms - 600'000) <= 1'000);
  CHECK(std::abs(desk.agent().since - (desk.at - 60'000)) <= 1'000);
  const double skew = desk.model().connection.skew_ms;
  desk.tell(EventType::SoftphoneReady);
  desk.tell(EventType::Registered);
  desk.tell({.type = EventType::AgentStatusReceived, .extension = desk.text("1002"), .since = server, .status = AgentStatus::Online});
  CHECK(desk.model().presence[0].since == server - skew);

  auto ours = [](double time) { return std::to_string(static_cast<long long>(time)); };
  desk.offer("a");
  const double started = desk.at;
  CHECK(desk.open(Request::CallLogCreate)->said("started_at") == ours(started + skew));
  CHECK(desk.open(Request::CallLogCreate)->said("connected_at") == "null");
  CHECK(desk.call("a").started_at == started);
  CHECK(desk.log("a").started_at == started);
  desk.answer_all();
  desk.skip(2'000);
  desk.connect("a");
  CHECK(desk.open(Request::CallLogUpdate)->said("connected_at") == ours(desk.at + skew));
}

TEST_CASE(
    "a write that is repeated says the same again, whatever was learned "
    "of the clock meanwhile") {
  PhoneDriver desk(kProbing);
  desk.start();
  desk.answer_all();
  desk.offer("a");
  desk.answer_all();
  desk.connect("a");
  const std::string first = desk.open(Request::CallLogUpdate)->body;
  desk.lose(Request::CallLogUpdate);
  desk.hear(R"({"type":"welcome","server_time":)" + std::to_string(static_cast<long long>(desk.at + 30'000)) + "}");
  CHECK(desk.model().connection.skew_ms == 30'000);
  desk.wait(1'250);
  CHECK(desk.open(Request::CallLogUpdate)->body == first);  // same Idempotency-Key, same body
  desk.answer_all();
  desk.end("a");
  CHECK(desk.open(Request::CallLogUpdate)->said("ended_at") == std::to_string(static_cast<long long>(desk.at + 30'000)));
}
