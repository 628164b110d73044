// Any text as a stored state: refused and nothing changed, or a Phone that goes on.
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::kConfig);
  const std::string before = phone.snapshot();
  const std::string reply = phone.restore_json(fuzz::text_of(data, size));
  fuzz::must_be_reply(reply);
  if (reply.find(R"("error":null)") == std::string::npos) fuzz::must(phone.snapshot() == before, "a refused state changes nothing");
  for (const CallLog& log : phone.model().logs) fuzz::must(!log.in_use || log.status >= LogStatus::Answered, "no call_log lives on without its call");
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"OutboxRetried","at":2,"mono":2,"command":1})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"CallOffered","at":3,"mono":3,"call_id":"a","number":"+44207"})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Disposed","at":4,"mono":4})"));
  return 0;
}
