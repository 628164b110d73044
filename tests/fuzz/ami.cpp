// Any bytes as AMI, in chunks that the bytes themselves choose: no crash, bounded, the same messages as whole, and what is
// handed on can be written as JSON and as an action.
#include <string>
#include <vector>

#include "engine/ami/action.h"
#include "engine/ami/parser.h"
#include "engine/ami/utf8.h"
#include "tests/fuzz/fuzz.h"

using namespace offhook;

namespace {

std::vector<std::string> read(std::string_view bytes, std::string_view cuts, ami::Parser& parser) {
  std::vector<std::string> found;
  std::size_t turn = 0;
  while (!bytes.empty()) {
    const std::size_t length = cuts.empty() ? bytes.size() : 1 + static_cast<unsigned char>(cuts[turn++ % cuts.size()]);
    const std::string chunk(bytes.substr(0, length));
    bytes.remove_prefix(chunk.size());
    std::string_view rest = chunk;
    while (const ami::Message* message = parser.next(rest)) {
      std::string text(message->name);
      for (const std::string_view line : message->lines) text.append("\n").append(line);
      for (const std::string_view line : message->output) text.append("\n>").append(line);
      for (const std::string_view line : message->lines) {
        fuzz::must(ami::is_text(line), "a line is text");
        const ami::Header header = ami::split(line);
        ami::Action action("UserEvent", "1");
        action.header("Key", header.value);
        const std::string sent = action.text();
        fuzz::must(sent.empty() || sent.find("\r\n\r\n") == sent.size() - 4, "one action is one action");
      }
      fuzz::must(message->lines.size() <= ami::kLines, "the lines are bounded");
      found.push_back(std::move(text));
    }
    fuzz::must(parser.held() <= ami::kMessageBytes, "what is held is bounded");
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (text.empty()) return 0;
  const std::size_t cuts = std::min<std::size_t>(text.size() - 1, static_cast<unsigned char>(text[0]) % 16);
  const std::string_view bytes = text.substr(1 + cuts);
  ami::Parser whole, cut;
  static constexpr ami::Unwanted unwanted = [] {
    ami::Unwanted some{};
    some[static_cast<std::size_t>(ami::Word::VarSet)] = some[static_cast<std::size_t>(ami::Word::Unknown)] = true;
    return some;
  }();
  if (text[0] & 16) whole.set_unwanted(&unwanted), cut.set_unwanted(&unwanted);
  const auto once = read(bytes, {}, whole);
  const auto twice = read(bytes, text.substr(1, cuts), cut);
  fuzz::must(whole.error() == cut.error(), "who speaks is the same in any chunking");
  fuzz::must(once == twice, "the messages are the same in any chunking");
  fuzz::must(whole.counters().dropped == cut.counters().dropped && whole.counters().replaced == cut.counters().replaced, "what was dropped is, too");
  fuzz::must(whole.counters().events == cut.counters().events, "what is unwanted is counted");
  std::string_view after = "\r\n\r\n\r\nEvent: Hangup\r\nUniqueid: 1\r\n\r\n";
  whole.reset();
  std::string_view banner = "Asterisk Call Manager/11.0.0\r\n";
  fuzz::must(whole.next(banner) != nullptr, "a new connection is greeted");
  fuzz::must(whole.next(after) != nullptr, "and heard");
  return 0;
}
