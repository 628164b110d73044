// One call and several: mission, Cases Inbound and Outbound Ringing, Connect, Ongoing Call, Call End.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("an incoming call rings: contact looked up, call_log filled and created at once with duration 0") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+44 20 7946-0123");
  CHECK(desk.call("a").state == CallState::Offered);
  CHECK(desk.open(Request::ContactFindOrCreate)->said("number") == "+442079460123");
  const Seen* create = desk.open(Request::CallLogCreate);
  REQUIRE(create);  // it does not wait for the contact
  CHECK(create->said("call_from") == "+44 20 7946-0123");
  CHECK(create->said("call_to") == "1001");
  CHECK(create->said("extension_id") == "e-17");
  CHECK(create->said("type") == "inbound");
  CHECK(create->said("status") == "ringing");
  CHECK(create->said("duration") == "0");
  CHECK(create->said("contact_id") == "null");
  CHECK(create->key == create->said("key"));
  CHECK(desk.model().stack.back().event == StackEvent::InBoundRinging);
  CHECK(desk.active().empty());  // it is offered, not yet this agent's
  CHECK(desk.model().can.answer.reason == Reason::Ok);
}

TEST_CASE("an answered incoming call talks: the clock starts, the call_log is updated with the contact") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.answer_all();
  const double answer = desk.ask(EventType::AnswerRequested);
  CHECK(desk.call("a").state == CallState::Answering);
  CHECK(desk.last(EffectType::SoftphoneAnswer)->call_id == "a");
  CHECK(desk.outcome(answer) == "pending");
  desk.connect("a");
  CHECK(desk.outcome(answer) == "done");
  CHECK(desk.active() == "a");
  const Seen* update = desk.open(Request::CallLogUpdate);
  REQUIRE(update);
  CHECK(update->record == "log-1");
  CHECK(update->said("status") == "talking");
  CHECK(update->said("contact_id") == "c-1");
  CHECK(update->said("type") == "inbound");
  CHECK(update->said("duration") == "0");
  CHECK(desk.model().stack.back().event == StackEvent::InBoundConnect);
  desk.wait(60'000);
  CHECK(desk.log("a").status == LogStatus::Talking);
}

TEST_CASE("an outgoing call rings: call_log and contact begin when the network has taken it, call_from is ours") {
  PhoneDriver desk;
  desk.start();
  const double dial = desk.ask({.type = EventType::DialRequested, .number = desk.text("+44 (20) 7946-0123")});
  CHECK(desk.outcome(dial) == "done");
  const std::string id = desk.last(EffectType::SoftphoneDial)->call_id;
  CHECK(desk.last(EffectType::SoftphoneDial)->number == "+442079460123");
  CHECK(desk.last(EffectType::CommandSettled)->call_id == id);
  CHECK(desk.active() == id);
  CHECK(desk.open(Request::CallLogCreate) == nullptr);
  desk.tell({.type = EventType::CallDialed, .call_id = desk.text(id), .sip_call_id = desk.text("sip-1"), .line = desk.text("2")});
  CHECK(desk.open(Request::ContactFindOrCreate));
  const Seen* create = desk.open(Request::CallLogCreate);
  REQUIRE(create);
  CHECK(create->said("call_from") == "1001");
  CHECK(create->said("call_to") == "+442079460123");
  CHECK(create->said("type") == "outbound");
  CHECK(create->said("status") == "ringing");
  CHECK(create->said("sip_call_id") == "sip-1");
  CHECK(desk.model().stack.back().event == StackEvent::OutBoundRinging);
  desk.progress(id, 183);  // early media is not ringing
  CHECK(desk.call(id).state == CallState::Dialing);
  desk.progress(id, 180);
  CHECK(desk.call(id).state == CallState::Ringing);
  desk.progress(id, 180);
  desk.tell({.type = EventType::CallDialed, .call_id = desk.text(id)});
  CHECK(desk.call(id).line == desk.text("2"));
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("an answered outgoing call talks, and its end is answered with the measured duration and a draft") {
  PhoneDriver desk;
  desk.start();
  const std::string id = desk.dial();
  desk.progress(id);
  desk.answer_all();
  desk.connect(id);
  CHECK(desk.open(Request::CallLogUpdate)->said("status") == "talking");
  CHECK(desk.model().stack.back().event == StackEvent::OutBoundConnect);
  desk.answer_all();
  desk.skip(754'321);  // a laptop asleep: no timer fired, the two readings count
  desk.end(id);
  CHECK(desk.log(id).status == LogStatus::Answered);
  CHECK(desk.log(id).duration == 754'321);
  CHECK(desk.log(id).end_reason == EndReason::RemoteHangup);
  CHECK(desk.open(Request::CallLogUpdate)->said("duration") == "754321");
  CHECK(desk.drafts() == 1);
  CHECK(desk.model().stack.back().event == StackEvent::CallEnd);
}

TEST_CASE("the duration is from the monotonic clock: a corrected wall clock changes nothing") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.at -= 3'600'000;
  desk.mono += 5'000;
  desk.end("a");
  CHECK(desk.log("a").duration == 5'000);
}

TEST_CASE("a call nobody answered ends as missed, without draft and without wrap-up, and the CRM is told") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.answer_all();
  desk.end("a");
  CHECK(desk.log("a").status == LogStatus::Missed);
  CHECK(desk.log("a").duration == 0);
  CHECK(desk.open(Request::CallLogUpdate)->said("status") == "missed");
  CHECK(desk.drafts() == 0);
  CHECK(desk.agent().activity == ActivityState::Idle);
  desk.answer_all();
  desk.wait(5'000);  // shown for five seconds, then cleared
  CHECK_FALSE(desk.call("a").in_use);
}

TEST_CASE("an outgoing call nobody took ends as no_answered, whatever the reason") {
  struct { double status, q850; EndReason why; } const ends[] = {
      {486, 17, EndReason::Busy}, {480, 19, EndReason::NoAnswer}, {603, 16, EndReason::NoAnswer}, {404, 3, EndReason::Failed}};
  for (const auto& [status, q850, why] : ends) {
    PhoneDriver desk;
    desk.start();
    const std::string id = desk.dial();
    desk.end(id, Origin::Remote, status, q850);
    CHECK(desk.log(id).status == LogStatus::NoAnswered);
    CHECK(desk.log(id).end_reason == why);
    CHECK(desk.drafts() == 0);
  }
}

TEST_CASE("queue data of a call are cleared when that call ends, its record keeps them") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+442079460123");
  desk.hear_queue("1651.1");
  CHECK(desk.view(desk.model().queue_info.queue_name) == "Support");
  CHECK(desk.view(desk.model().transfer_form.channel_id) == "PJSIP/1001-1651.1");
  desk.answer_all();
  desk.end("a");
  CHECK(desk.model().queue_info.queue_name.empty());
  CHECK(desk.model().transfer_form.channel_id.empty());
  CHECK(desk.ever_last(Request::CallLogUpdate)->said("queue_name") == "Support");
  CHECK(desk.ever_last(Request::CallLogUpdate)->said("channel_id") == "PJSIP/1001-1651.1");
}

TEST_CASE("the agent rejects: the softphone refuses, the call ends as missed, rejected") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  const double reject = desk.ask(EventType::RejectRequested);
  CHECK(desk.last(EffectType::SoftphoneReject)->call_id == "a");
  CHECK(desk.outcome(desk.ask(EventType::RejectRequested, "a")) == "refused not_ringing");
  CHECK(desk.outcome(desk.ask(EventType::AnswerRequested, "a")) == "refused not_ringing");
  desk.end("a", Origin::Local);
  CHECK(desk.outcome(reject) == "done");
  CHECK(desk.log("a").status == LogStatus::Missed);
  CHECK(desk.log("a").end_reason == EndReason::Rejected);
  CHECK(desk.outcome(desk.ask(EventType::RejectRequested, "a")) == "refused not_ringing");
}

TEST_CASE("hanging up a ringing call rejects it, hanging up a dialling one cancels it, hanging up a talking one ends it") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  const double first = desk.ask(EventType::HangupRequested, "a");
  CHECK(desk.count(EffectType::SoftphoneReject) == 1);
  desk.end("a", Origin::Local);
  CHECK(desk.outcome(first) == "done");

  const std::string out = desk.dial();
  const double second = desk.ask(EventType::HangupRequested);
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == out);
  CHECK(desk.outcome(desk.ask(EventType::HangupRequested)) == "refused already_ending");
  desk.progress(out);                                                                    // crossing the cancel
  desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text(out), .name = desk.text("Late")});
  desk.tell({.type = EventType::CallDialed, .call_id = desk.text(out)});
  desk.connect(out);                                                                     // so does the answer: ended again
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == out);
  desk.end(out, Origin::Local, 487);
  CHECK(desk.outcome(second) == "done");
  CHECK(desk.log(out).end_reason == EndReason::Cancelled);
  CHECK(desk.outcome(desk.ask(EventType::HangupRequested, out)) == "refused already_ending");

  talk(desk, "b");
  const double third = desk.ask(EventType::HangupRequested);
  desk.end("b", Origin::Local);
  CHECK(desk.outcome(third) == "done");
  CHECK(desk.log("b").end_reason == EndReason::AgentHangup);
}

TEST_CASE("a dialling that nobody answers is ended after two minutes, as no answer") {
  PhoneDriver desk;
  desk.start();
  const std::string id = desk.dial();
  desk.progress(id);
  desk.wait(120'000);
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == id);
  desk.end(id, Origin::Local, 487);  // our own CANCEL comes back
  CHECK(desk.log(id).end_reason == EndReason::NoAnswer);
}

TEST_CASE("an end that is never reported is ours to close after eight seconds") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double hangup = desk.ask(EventType::HangupRequested);
  desk.wait(8'000);
  CHECK(desk.outcome(hangup) == "done");
  CHECK(desk.log("a").end_reason == EndReason::AgentHangup);
  CHECK(desk.log("a").duration == 8'000);
  desk.end("a", Origin::Local);  // late
  CHECK(desk.last_anomaly() == Anomaly::IgnoredEvent);
  CHECK(desk.log("a").end_reason == EndReason::AgentHangup);

  const std::string out = desk.dial();
  desk.wait(120'000);
  desk.wait(8'000);
  CHECK(desk.log(out).end_reason == EndReason::NoAnswer);
}

TEST_CASE("an answer that the softphone refuses, or never carries out, leaves the call ringing") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  const double first = desk.ask(EventType::AnswerRequested);
  CHECK(desk.outcome(desk.ask(EventType::AnswerRequested, "a")) == "refused not_ringing");
  desk.refused("a", Command::Answer, "no microphone");
  CHECK(desk.outcome(first) == "refused softphone_refused");
  CHECK(desk.call("a").state == CallState::Offered);
  const double second = desk.ask(EventType::AnswerRequested);
  desk.wait(15'000);
  CHECK(desk.outcome(second) == "timed_out softphone_refused");
  CHECK(desk.call("a").state == CallState::Offered);
  CHECK(desk.model().notice.code == Notice::CallFailed);
  desk.connect("a");  // the user pressed the headset's button
  CHECK(desk.call("a").state == CallState::Active);
}

TEST_CASE("a caller who gives up while we answer is a missed call, and the answer is settled") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  const double answer = desk.ask(EventType::AnswerRequested);
  desk.end("a", Origin::Remote, 487, 127, "Q.850;cause=127");
  CHECK(desk.outcome(answer) == "refused call_ended");
  CHECK(desk.log("a").end_reason == EndReason::CallerCancel);
}

TEST_CASE("a dialling that the softphone refuses is a failed call, with a call_log") {
  PhoneDriver desk;
  desk.start();
  desk.ask({.type = EventType::DialRequested, .number = desk.text("100")});
  const std::string id = desk.active();
  desk.refused(id, Command::Dial, "no media");
  CHECK(desk.call(id).state == CallState::Ended);
  CHECK(desk.log(id).end_reason == EndReason::Failed);
  CHECK(desk.log(id).status == LogStatus::NoAnswered);

  desk.ask({.type = EventType::DialRequested, .number = desk.text("100")});
  const std::string second = desk.active();
  const double hangup = desk.ask(EventType::HangupRequested);
  desk.refused(second, Command::Dial, "no media");
  CHECK(desk.outcome(hangup) == "done");
  CHECK(desk.log(second).end_reason == EndReason::Cancelled);

  const std::string third = desk.dial("100");
  const double last = desk.ask(EventType::HangupRequested);
  desk.refused(third, Command::Hangup, "no such session");
  CHECK(desk.outcome(last) == "done");
  CHECK(desk.call(third).state == CallState::Ended);
}

TEST_CASE("the far end's new name after a transfer is shown") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text("a"), .number = desk.text("1002"), .name = desk.text("Bob")});
  CHECK(desk.view(desk.call("a").number) == "1002");
  CHECK(desk.view(desk.call("a").name) == "Bob");
  desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text("a"), .number = desk.text("1002")});
  CHECK(desk.view(desk.call("a").name) == "Bob");
  // Bob has handed over somebody whose name nobody says: it is not Bob any more.
  desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text("a"), .number = desk.text("+442079460999")});
  CHECK(desk.view(desk.call("a").number) == "+442079460999");
  CHECK(desk.call("a").name.empty());
}

TEST_CASE("a second call is put beside the first: answering it holds the other, and back again") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.offer("b", "+33123456789");
  CHECK(desk.active() == "a");
  desk.ask(EventType::AnswerRequested, "b");
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
  CHECK(desk.last(EffectType::SoftphoneHold)->on);
  desk.hold_confirmed("a", true);
  desk.connect("b");
  CHECK(desk.active() == "b");
  const double back = desk.ask_hold("a", false);
  CHECK(desk.count(EffectType::SoftphoneHold) == 2);  // b goes on hold, a comes back
  desk.hold_confirmed("b", true);
  desk.hold_confirmed("a", false);
  CHECK(desk.outcome(back) == "done");
  CHECK(desk.active() == "a");
  CHECK(desk.log("a").call_id != desk.log("b").call_id);
}

TEST_CASE("a second call answered at the headset holds the first just the same") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.offer("b", "+33123456789");
  desk.connect("b");
  REQUIRE(desk.last(EffectType::SoftphoneHold));
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
}

TEST_CASE("with automatic hold switched off, a second call leaves the first alone") {
  PhoneDriver desk({.auto_hold = false});
  desk.start();
  talk(desk, "a");
  desk.dial();
  CHECK(desk.ever_last(EffectType::SoftphoneHold) == nullptr);
}

TEST_CASE("each of several calls has its own queue data, contact and call_log") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+441", "1.1");
  desk.offer("b", "+442", "2.1");
  desk.hear_queue("2.1", "", "Sales");
  desk.hear_queue("1.1", "", "Support");
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-a"})");
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-b"})");
  CHECK(desk.view(desk.log("a").queue_name) == "Support");
  CHECK(desk.view(desk.log("b").queue_name) == "Sales");
  CHECK(desk.view(desk.call("a").contact_id) == "c-a");
  CHECK(desk.view(desk.call("b").contact_id) == "c-b");
  CHECK(desk.count_all(Request::CallLogCreate) == 2);
  desk.end("a");
  CHECK(desk.view(desk.model().queue_info.queue_name) == "Sales");
}

TEST_CASE("answering without a call id takes the call that has rung longest") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.wait(10);
  desk.offer("b");
  desk.ask(EventType::AnswerRequested);
  CHECK(desk.last(EffectType::SoftphoneAnswer)->call_id == "a");
}

TEST_CASE("calls beyond the limit are refused, and a call offered twice is one call") {
  PhoneDriver desk({.calls_max = 2});
  desk.start();
  desk.offer("a");
  desk.offer("a");
  CHECK(desk.last_anomaly() == Anomaly::DuplicateCall);
  CHECK(desk.logs() == 1);
  desk.offer("b");
  desk.offer("c");
  CHECK(desk.last(EffectType::SoftphoneReject)->call_id == "c");
  CHECK(desk.last_anomaly() == Anomaly::TooManyCalls);
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text("100")})) == "refused too_many_calls");
  desk.end("b");
  desk.offer("c");
  CHECK(desk.call("c").state == CallState::Offered);
}

TEST_CASE("what is not a number is not dialled") {
  PhoneDriver desk;
  desk.start();
  for (const char* bad : {"", "   ", "()", "-.-", "<script>", "+44\x01", "12;34"})
    CHECK_MESSAGE(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text(bad)})) == "refused bad_number", bad);
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text(std::string(200, '1'))})) == "refused bad_number");
  struct { const char* typed; const char* dialled; } const good[] = {
      {"+44 (20) 7946-0123", "+442079460123"}, {"*98#", "*98#"}, {"020/7946.0123", "02079460123"}, {"bob@example.com", "bob@example.com"}};
  for (const auto& [typed, dialled] : good) {
    desk.ask({.type = EventType::DialRequested, .number = desk.text(typed)});
    REQUIRE(desk.last(EffectType::SoftphoneDial));
    CHECK(desk.last(EffectType::SoftphoneDial)->number == dialled);
    desk.refused(desk.active(), Command::Dial);
  }
}

TEST_CASE("events of a call nobody knows are counted, and change nothing") {
  PhoneDriver desk;
  desk.start();
  desk.connect("ghost");
  CHECK(desk.last_anomaly() == Anomaly::UnknownCall);
  desk.tell({.type = EventType::TimerFired, .timer = 4711});
  CHECK(desk.last_anomaly() == Anomaly::UnknownTimer);
  talk(desk, "a");
  desk.connect("a");
  CHECK(desk.last_anomaly() == Anomaly::IgnoredEvent);
  CHECK(desk.anomalies() == 3);
  for (const EventType type : {EventType::HangupRequested, EventType::AnswerRequested, EventType::RejectRequested})
    CHECK(desk.outcome(desk.ask(type, "ghost")) == "refused no_such_call");
}

TEST_CASE("the call_stack lists the mission's events in their order, the last sixty-four of them") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.end("a");
  CHECK(desk.model().stack.size() == 3);
  for (int i = 0; i < 40; ++i) {
    desk.offer("x" + std::to_string(i));
    desk.end("x" + std::to_string(i));
  }
  CHECK(desk.model().stack.size() == 64);
  CHECK(desk.model().stack.back().event == StackEvent::CallEnd);
  CHECK(desk.view(desk.model().stack.back().call_id) == "x39");
}

TEST_CASE("a softphone that never says the call is dialled still gets its contact looked up, once") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::DialRequested, .number = desk.text("+442079460123")});
  const std::string id(desk.phone.strings().view(desk.model().calls[0].id));
  CHECK(desk.open(Request::ContactFindOrCreate) == nullptr);
  desk.connect(id);
  CHECK(desk.call(id).contact == ContactState::Looking);
  REQUIRE(desk.open(Request::ContactFindOrCreate));
  CHECK(desk.open(Request::ContactFindOrCreate)->said("number") == "+442079460123");
}
