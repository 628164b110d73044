// Any text as configuration: refused with a reason, or a Phone that works.
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::text_of(data, size));
  if (phone.error()) {
    fuzz::must(!phone.error().message.empty(), "an error has a message");
    fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})"));
    return 0;
  }
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"SoftphoneReady","at":2,"mono":2})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"CallOffered","at":3,"mono":3,"call_id":"a","number":"+44207"})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"CallConnected","at":4,"mono":4,"call_id":"a"})"));
  fuzz::must_be_reply(phone.dispatch_json(R"({"type":"CallEnded","at":5,"mono":5,"call_id":"a"})"));
  Phone restored(fuzz::text_of(data, size));
  const auto taken = wire::parse_object(restored.restore_json(phone.snapshot()), 1 << 26);
  fuzz::must(taken && taken->find("error")->type == wire::Json::Type::Null, "a Phone's own snapshot can be taken up");
  return 0;
}
