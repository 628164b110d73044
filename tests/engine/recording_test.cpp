// Recording of a call at the PBX: asked for, confirmed, and told by the socket.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

using enum RecordingAction;

double ask(PhoneDriver& desk, RecordingAction action) {
  return desk.ask({.type = EventType::RecordingRequested, .call_id = desk.text("a"), .action = action});
}
void told(PhoneDriver& desk, std::string_view state) {
  desk.hear(R"({"type":"recording","yeastar_call_id":"1651.1","state":")" + std::string(state) + "\"}");
}
RecordingState state(PhoneDriver& desk) { return desk.call("a").recording; }

void queue_talk(PhoneDriver& desk) {
  desk.start();
  talk(desk, "a");
  desk.hear_queue("1651.1");
}

void done(PhoneDriver& desk, RecordingAction action) {
  const double command = ask(desk, action);
  desk.answer(Request::CallRecording);
  REQUIRE(desk.outcome(command) == "done");
}

}  // namespace

TEST_CASE("a call's recording is started, paused while a card number is said, resumed and stopped") {
  PhoneDriver desk;
  queue_talk(desk);
  const double start = ask(desk, Start);
  CHECK(state(desk) == RecordingState::Starting);
  const Seen* asked = desk.open(Request::CallRecording);
  REQUIRE(asked);
  CHECK(asked->record == "PJSIP/1001-1651.1");
  CHECK(asked->body == R"({"action":"start"})");
  for (const RecordingAction action : {Start, Pause, Resume, Stop}) CHECK(desk.outcome(ask(desk, action)) == "refused pending");
  desk.wait(1'000);
  for (const Verdict& verdict : {desk.model().can.start_recording, desk.model().can.stop_recording}) {
    CHECK(verdict.reason == Reason::Pending);
    CHECK(verdict.retry_in == limits::kRequestTimeout);  // counted from when the verdict began
    CHECK(verdict.retry_at == desk.at - 1'000 + limits::kRequestTimeout);
  }
  CHECK(desk.outcome(start) == "pending");
  desk.answer(Request::CallRecording, 200, R"({"state":"on"})");
  CHECK(desk.outcome(start) == "done");
  CHECK(state(desk) == RecordingState::On);
  CHECK(desk.outcome(ask(desk, Start)) == "done");
  CHECK(desk.outcome(ask(desk, Resume)) == "done");
  const double pause = ask(desk, Pause);
  CHECK(state(desk) == RecordingState::Pausing);
  desk.answer(Request::CallRecording);
  CHECK(desk.outcome(pause) == "done");
  CHECK(state(desk) == RecordingState::Paused);
  CHECK(desk.outcome(ask(desk, Pause)) == "done");
  done(desk, Resume);
  CHECK(state(desk) == RecordingState::On);
  done(desk, Pause);
  done(desk, Start);  // "record" on a paused recording: go on
  CHECK(desk.ever_last(Request::CallRecording)->said("action") == "resume");
  const double stop = ask(desk, Stop);
  CHECK(state(desk) == RecordingState::Stopping);
  desk.answer(Request::CallRecording);
  CHECK(desk.outcome(stop) == "done");
  CHECK(state(desk) == RecordingState::Off);
  for (const RecordingAction action : {Pause, Resume, Stop}) CHECK(desk.outcome(ask(desk, action)) == "refused not_recording");
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("recording needs a conversation and the PBX's channel") {
  PhoneDriver desk;
  desk.start();
  CHECK(desk.outcome(ask(desk, Start)) == "refused no_such_call");
  desk.offer("a");
  CHECK(desk.outcome(ask(desk, Start)) == "refused not_connected");
  desk.ask(EventType::AnswerRequested, "a");
  desk.connect("a");
  CHECK(desk.outcome(ask(desk, Start)) == "refused not_supported");
  CHECK_FALSE(desk.open(Request::CallRecording));
}

TEST_CASE("what the backend refuses or does not answer is as it was before, and the user is told") {
  PhoneDriver desk;
  queue_talk(desk);
  const double start = ask(desk, Start);
  desk.answer(Request::CallRecording, 501);
  CHECK(desk.outcome(start) == "refused backend_refused");
  CHECK(state(desk) == RecordingState::Off);
  CHECK(desk.model().notice.code == Notice::RecordingFailed);
  done(desk, Start);
  const double pause = ask(desk, Pause);
  desk.lose(Request::CallRecording, HttpFailure::Timeout);
  CHECK(desk.outcome(pause) == "refused backend_unreachable");
  CHECK(state(desk) == RecordingState::On);  // it must be taken that it still runs
  ask(desk, Stop);
  desk.answer(Request::CallRecording, 500);
  CHECK(state(desk) == RecordingState::On);
  done(desk, Pause);
  ask(desk, Resume);
  desk.answer(Request::CallRecording, 409);
  CHECK(state(desk) == RecordingState::Paused);
  ask(desk, Stop);
  desk.answer(Request::CallRecording, 409);
  CHECK(state(desk) == RecordingState::Paused);
}

TEST_CASE("what the socket tells of a recording is the truth, asked for or not") {
  PhoneDriver desk;
  queue_talk(desk);
  told(desk, "on");  // a rule of the PBX records
  CHECK(state(desk) == RecordingState::On);
  told(desk, "on");
  told(desk, "paused");
  told(desk, "paused");
  CHECK(state(desk) == RecordingState::Paused);
  told(desk, "off");
  told(desk, "off");
  CHECK(state(desk) == RecordingState::Off);
  const double start = ask(desk, Start);
  told(desk, "on");  // before the answer
  CHECK(desk.outcome(start) == "done");
  desk.answer(Request::CallRecording);
  CHECK(state(desk) == RecordingState::On);
  const double pause = ask(desk, Pause);
  told(desk, "on");  // what was so before the question is no answer to it
  CHECK(desk.outcome(pause) == "pending");
  told(desk, "off");  // somebody stopped it meanwhile
  CHECK(desk.outcome(pause) == "refused backend_refused");
  CHECK(state(desk) == RecordingState::Off);
  desk.answer(Request::CallRecording, 409);
  CHECK(state(desk) == RecordingState::Off);
  CHECK(desk.anomalies() == 0);
  told(desk, "perhaps");
  CHECK(desk.last_anomaly() == Anomaly::BadMessage);
  desk.hear(R"({"type":"recording","channel_id":"PJSIP/other","state":"on"})");
  CHECK(desk.last_anomaly() == Anomaly::UnknownCall);
}

TEST_CASE("the answer's own state counts: paused by the PBX's rule as soon as it began") {
  PhoneDriver desk;
  queue_talk(desk);
  const double start = ask(desk, Start);
  desk.answer(Request::CallRecording, 200, R"({"state":"paused"})");
  CHECK(desk.outcome(start) == "done");
  CHECK(state(desk) == RecordingState::Paused);
}

TEST_CASE("a recording ends with its call, and what was being asked is answered") {
  PhoneDriver desk;
  queue_talk(desk);
  done(desk, Start);
  const double pause = ask(desk, Pause);
  desk.end("a");
  CHECK(desk.outcome(pause) == "refused call_ended");
  CHECK(state(desk) == RecordingState::Off);
  desk.answer(Request::CallRecording);
  CHECK(state(desk) == RecordingState::Off);
}
