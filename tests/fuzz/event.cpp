// Any text as events, one a line, on the cold face.
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::kConfig);
  std::string_view rest = fuzz::text_of(data, size);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string before = phone.snapshot();
    const std::string reply = phone.dispatch_json(rest.substr(0, end));
    fuzz::must_be_reply(reply);
    if (reply.find(R"("error":null)") == std::string::npos) fuzz::must(phone.snapshot() == before, "a refused event changes nothing");
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  Strings strings;  // what was read can be written, and read again as the same
  Event event;
  if (!wire::read_event(fuzz::text_of(data, size), strings, event)) {
    std::string once, twice;
    JsonWriter first(once), second(twice);
    wire::write_event(first, event, strings);
    Event again;
    fuzz::must(!wire::read_event(once, strings, again), "a written event can be read: " + once);
    wire::write_event(second, again, strings);
    fuzz::must(once == twice, "an event survives its writing: " + once + " became " + twice);
  }
  return 0;
}
