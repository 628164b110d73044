// A manager that says anything at any time, on a link whose time goes by as the bytes say: it never ends in a state that
// waits for nothing, sends nothing that is no action, and keeps no more than it may.
#include <string>

#include "engine/ami/session.h"
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ami::Session session({.event_classes = "system,call,agent,user", .seed = 5});
  double mono = 1;
  std::string login = "", last;
  auto with = [&](auto&& work) {
    std::vector<ami::Tell> tells;
    ami::LinkOut out{1'700'000'000'000 + mono, mono, tells};
    work(out);
    for (const ami::Tell& tell : tells) {
      if (tell.what == ami::Tell::What::Login) login = tell.text;
      if (tell.what != ami::Tell::What::Send) continue;
      fuzz::must(tell.text.starts_with("Action: ") && tell.text.find("\r\n\r\n") == tell.text.size() - 4, "what is sent is one action");
      const std::size_t id = tell.text.find("ActionID: ") + 10;
      last = tell.text.substr(id, tell.text.find('\r', id) - id);
    }
    if (session.state() == ami::LinkState::Live) while (session.next_kept()) {}
  };
  auto hear = [&](std::string_view bytes) {
    for (bool more = true; more;) {
      with([&](ami::LinkOut& out) {
        ami::Heard heard;
        more = session.receive(bytes, heard, out) != nullptr;
      });
    }
  };
  with([&](ami::LinkOut& out) { session.start(out); });
  std::string_view text = fuzz::text_of(data, size);
  while (!text.empty()) {
    const auto what = static_cast<unsigned char>(text[0]);
    text.remove_prefix(1);
    const std::string_view some = text.substr(0, what % 64);
    switch (what / 32) {
      case 0: with([&](ami::LinkOut& out) { session.opened(out); }); break;
      case 1: with([&](ami::LinkOut& out) { session.closed("gone", out); }); break;
      case 2: hear("Asterisk Call Manager/11.0.0\r\n"); break;
      case 3: hear("Response: Success\r\nActionID: " + (what % 2 ? login : last) + "\r\n\r\n"); break;
      case 4: hear("Event: AgentsComplete\r\nActionID: " + last + "\r\nEventList: Complete\r\nListItems: 0\r\n\r\nEvent: FullyBooted\r\nUptime: 3\r\n\r\n"); break;
      case 5:
        mono += (what % 32) * 1'000;
        with([&](ami::LinkOut& out) { session.woke(out); });
        break;
      case 6: with([&](ami::LinkOut& out) { what % 2 ? session.resync(out) : session.refresh(what, out); }); break;
      default:
        text.remove_prefix(some.size());
        hear(some);
    }
    fuzz::must(session.due_mono() != 0, "there is always a time at which something is done");
  }
  return 0;
}
