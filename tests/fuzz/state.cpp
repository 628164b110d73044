// Any text as a stored state, in one piece or as a part: refused and nothing changed, or a Phone that goes on.
#include <algorithm>

#include "tests/fuzz/json_mutator.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::kConfig);
  const std::string before = phone.snapshot();
  const std::string reply = phone.restore_json(fuzz::text_of(data, size));
  fuzz::must_be_reply(reply);
  if (reply.find(R"("error":null)") == std::string::npos) fuzz::must(phone.snapshot() == before, "a refused state changes nothing");
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"OutboxRetried","at":2,"mono":2,"command":1})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"CallOffered","at":3,"mono":3,"call_id":"a","number":"+44207"})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Disposed","at":4,"mono":4})"));
  for (const CallLog& log : phone.model().logs) fuzz::must(!log.in_use || log.status >= LogStatus::Answered, "no call_log lives on without its call");

  // The same text as the host's answer to storage.load, after a part that was good.
  Phone kept(fuzz::kStored);
  auto tell = [&kept](Event event) { kept.dispatch(event); };
  tell(fuzz::event(EventType::Started, 1));
  Event part = fuzz::event(EventType::StateLoaded, 2);
  part.body = kept.strings().intern(R"({"schema":2,"saved_at":1700000000000,"leaves":[{"leaf":"CallLog","value":{"key":"k","status":"talking"}}]})");
  tell(part);
  part.body = kept.strings().intern(fuzz::text_of(data, std::min(size, limits::kJsonBytes)));
  part.on = true;
  tell(part);
  fuzz::must(kept.model().root.phase == Phase::Initializing, "whatever was stored, the phone starts");
  tell(fuzz::event(EventType::SoftphoneReady, 3));
  tell(fuzz::event(EventType::Registered, 4));
  Event resumed = fuzz::event(EventType::CallResumed, 5);
  resumed.call_id = kept.strings().intern("a");
  tell(resumed);
  const std::string again = kept.snapshot();
  Phone next(fuzz::kStored);
  fuzz::must_be_reply(next.restore_json(again));
  tell(fuzz::event(EventType::Disposed, 6));
  for (const CallLog& log : kept.model().logs) fuzz::must(!log.in_use || log.status >= LogStatus::Answered, "disposed, every call_log is final");
  return 0;
}
