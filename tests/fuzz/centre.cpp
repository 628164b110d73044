// A PBX that says anything, and a hub that asks for anything, at any time: the Centre answers in JSON that can be read,
// wakes no earlier than now, and what it shows is what its own lists hold.
#include <string>
#include <vector>

#include "engine/centre/centre.h"
#include "engine/wire/json_in.h"
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string error;
  auto centre = Centre::create(R"({"learn_extensions":true,"agents":[{"extension":"1001","endpoint":"PJSIP/1001"}],"grace_ms":2000,"sync_ms":5000,"reconcile_ms":3000})", error);
  double mono = 1;
  std::string login;
  std::vector<std::string> sent;
  const auto read = [&](std::string_view reply) {
    if (reply.empty()) return;
    const auto json = wire::parse_object(reply, 64 * 1024 * 1024);
    fuzz::must(json.has_value(), "a reply is JSON");
    const double wake = wire::number_at(*json, "wake_ms", 0);
    fuzz::must(wake >= 0, "nothing is due before now");
    if (const wire::Json* effects = wire::array_at(*json, "effects"))
      for (const wire::Json& effect : effects->items) {
        if (const std::string type = wire::text_at(effect, "type"); type == "ami.login") login = wire::text_at(effect, "action_id");
        else if (type == "ami.send") sent.push_back(wire::text_at(effect, "text"));
      }
  };
  const auto tell = [&](const std::string& fields) {
    read(centre->dispatch("{\"at\":" + std::to_string(1'700'000'000'000 + mono) + ",\"mono\":" + std::to_string(mono) + "," + fields + "}"));
  };
  const auto hear = [&](std::string_view bytes) { read(centre->receive(bytes, 1'700'000'000'000 + mono, mono)); };
  tell(R"("type":"Started")");
  tell(R"("type":"AmiOpened")");
  hear("Asterisk Call Manager/11.0.0\r\n");
  hear("Response: Success\r\nActionID: " + login + "\r\n\r\nEvent: FullyBooted\r\nUptime: 3\r\n\r\n");
  // Every action is answered with an empty list, or refused: then it is live.
  for (std::size_t i = 0; i < sent.size() && i < 100; ++i) {
    const std::size_t id = sent[i].find("ActionID: ") + 10;
    hear("Response: Error\r\nActionID: " + sent[i].substr(id, sent[i].find('\r', id) - id) + "\r\nMessage: No Contacts found\r\n\r\n");
  }
  fuzz::must(centre->state().find("\"state\":\"live\"") != std::string_view::npos, "the link is live");
  std::string_view text = fuzz::text_of(data, size);
  while (!text.empty()) {
    const auto what = static_cast<unsigned char>(text[0]);
    text.remove_prefix(1);
    const std::string_view some = text.substr(0, (what % 32) * 24);
    switch (what / 32) {
      case 0:
        mono += (what % 32) * 700;
        tell(R"("type":"Woke")");
        break;
      case 1: tell(R"("type":"AmiClosed","reason":"x")"); break;
      case 2: tell(std::string(R"("type":"StatusStored","extension":"1001","status":)") + (what % 2 ? R"("BREAK")" : R"("ONLINE")") + R"(,"reason":"","source":"agent","since":5)"); break;
      case 3: tell(std::string(R"("type":"CommandRequested","id":"c)") + std::to_string(what) + R"(","command":"hangup","channel_id":"PJSIP/1001-1")"); break;
      default:
        text.remove_prefix(some.size());
        hear(some);
    }
  }
  read(centre->state());
  return 0;
}
