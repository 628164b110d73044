// AMI's bytes to messages: recordings in any chunking, and everything that a peer may do wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "tests/centre/recordings.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// A parser that has heard the greeting.
struct Greeted : ami::Parser {
  Greeted() {
    std::string_view banner = "Asterisk Call Manager/11.0.0\r\n";
    const ami::Message* message = next(banner);
    REQUIRE(message);
    CHECK(message->kind == ami::Kind::Banner);
    CHECK(message->name == "Asterisk Call Manager/11.0.0");
  }
};

std::vector<std::string> all(ami::Parser& parser, std::string_view bytes, std::size_t chunk = 1 << 20) {
  return messages_of(parser, bytes, [&] { return chunk; });
}

/// That reading goes on behind whatever went before.
void goes_on(ami::Parser& parser) {
  const auto found = all(parser, "\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n");
  REQUIRE(!found.empty());
  CHECK(found.back() == "Event Hangup\nEvent: Hangup\nUniqueid: 1.1");
}

}  // namespace

TEST_CASE("each recording gives the same messages whole, byte by byte, in random chunks and with bare line feeds") {
  REQUIRE(recordings().size() > 50);
  std::mt19937 random(7);
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    const auto whole = messages_of(recording.bytes);
    CHECK(whole.size() >= 2);
    ami::Parser parser;
    CHECK(messages_of(parser, recording.bytes, [] { return 1; }) == whole);
    CHECK(parser.counters().bytes == recording.bytes.size());
    CHECK(parser.counters().dropped == 0);
    CHECK(parser.counters().unrecognised == 0);
    for (int pass = 0; pass < 3; ++pass) {
      ami::Parser cut;
      CHECK(messages_of(cut, recording.bytes, [&] { return 1 + random() % (pass == 0 ? 20 : pass == 1 ? 700 : 20'000); }) == whole);
    }
    std::string bare;
    for (const char c : recording.bytes) if (c != '\r') bare += c;
    CHECK(messages_of(bare) == whole);
  }
}

TEST_CASE("a recording with its greeting before it is the same, cut at every place of the greeting") {
  const std::string banner = "Asterisk Call Manager/11.0.0\r\n";
  const std::string event = "Event: Hangup\r\nUniqueid: 1.1\r\n\r\n";
  for (std::size_t cut = 0; cut <= banner.size() + 3; ++cut) {
    ami::Parser parser;
    std::size_t first = cut == 0 ? 1 : cut;
    const auto found = messages_of(parser, banner + event, [&] { return std::exchange(first, std::size_t{1000}); });
    CHECK(found == std::vector<std::string>{"Banner Asterisk Call Manager/11.0.0\nAsterisk Call Manager/11.0.0", "Event Hangup\nEvent: Hangup\nUniqueid: 1.1"});
  }
}

TEST_CASE("what is asked of a message: values with colons, empty ones, repeated keys, numbers") {
  Greeted parser;
  std::string_view bytes =
      "Event: Newexten\r\nAppData: PJSIP/1001,12: now\r\nAccountCode: \r\nNoBlank:x\r\nChanVariable: a=1\r\nChanVariable: b=2\r\n"
      "ListItems: 12\r\nWait: -3\r\nBad: 12x\r\nContext-more: y\r\nno colon at all\r\n\r\n";
  const ami::Message* message = parser.next(bytes);
  REQUIRE(message);
  CHECK(message->word == ami::Word::Newexten);
  CHECK(message->get("AppData") == "PJSIP/1001,12: now");
  CHECK(message->get("AccountCode").empty());
  CHECK(message->has("AccountCode"));
  CHECK(!message->has("Account"));
  CHECK(message->get("NoBlank") == "x");
  CHECK(message->get("Context").empty());
  std::string variables;
  message->all("ChanVariable", [&](std::string_view value) { variables.append(value).append(" "); });
  CHECK(variables == "a=1 b=2 ");
  CHECK(message->number("ListItems") == 12);
  CHECK(message->number("Wait") == -3);
  CHECK(message->number("Bad", 7) == 7);
  CHECK(message->number("Absent", 9) == 9);
  CHECK(ami::split("no colon at all").key == "no colon at all");
  CHECK(message->lines.size() == 11);
}

TEST_CASE("a command's output: `Response: Follows` before Asterisk 14, `Output:` lines after") {
  const std::string old =
      "Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\nName/username  Host\n\n2 sip peers: fine\n--END COMMAND--\r\n\r\nEvent: Hangup\r\n\r\n";
  for (std::size_t chunk : {1u, 2u, 7u, 1000u}) {
    Greeted parser;
    const auto found = all(parser, old, chunk);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == "Response Follows\nResponse: Follows\nPrivilege: Command\nActionID: 7\n> Name/username  Host\n> \n> 2 sip peers: fine");
  }
  Greeted unended;
  const auto found = all(unended, "Response: Follows\r\nActionID: 8\r\nlast line without its end--END COMMAND--\r\n\r\n", 5);
  CHECK(found == std::vector<std::string>{"Response Follows\nResponse: Follows\nActionID: 8\n> last line without its end"});
  Greeted parser;
  std::string_view now = "Response: Success\r\nMessage: Command output follows\r\nOutput: one\r\nOutput: \r\nOutput: two: 2\r\n\r\n";
  std::string output;
  parser.next(now)->all("Output", [&](std::string_view line) { output.append(line).append("|"); });
  CHECK(output == "one||two: 2|");
}

TEST_CASE("events that nobody knows are handed out as unknown, what is neither event nor response is counted") {
  Greeted parser;
  CHECK(all(parser, "Event: SomethingNew\r\nX: 1\r\n\r\nWhat: is this\r\n\r\n\r\n\r\nResponse: Goodbye\r\n\r\n").size() == 2);
  CHECK(parser.counters().unrecognised == 1);
  CHECK(parser.counters().events == 1);
  CHECK(parser.counters().responses == 1);
  std::string_view bytes = "Event: SomethingNew\r\n\r\n";
  CHECK(parser.next(bytes)->word == ami::Word::Unknown);
}

TEST_CASE("what nobody wants is passed over unread and counted, in any chunking") {
  static constexpr ami::Unwanted unwanted = [] {
    ami::Unwanted some{};
    some[static_cast<std::size_t>(ami::Word::VarSet)] = some[static_cast<std::size_t>(ami::Word::Unknown)] = true;
    return some;
  }();
  std::mt19937 random(3);
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    std::vector<std::string> wanted;
    std::size_t events = 0;
    for (const std::string& text : messages_of(recording.bytes)) {
      const bool is_event = text.starts_with("Event ");
      events += is_event;
      const ami::Word word = ami::word_of(text.substr(6, text.find('\n') - 6));
      if (!is_event || !unwanted[static_cast<std::size_t>(word)]) wanted.push_back(text);
    }
    std::string bare;
    for (const char c : recording.bytes) if (c != '\r') bare += c;
    for (const std::string& bytes : {recording.bytes, bare}) {
      for (int most : {1, 2, 40, 700, 1 << 20}) {
        ami::Parser parser;
        parser.set_unwanted(&unwanted);
        CHECK(messages_of(parser, bytes, [&] { return 1 + random() % most; }) == wanted);
        CHECK(parser.counters().events == events);
        CHECK(parser.counters().dropped == 0);
      }
    }
  }
}

TEST_CASE("a message that lies whole in a chunk is not copied, one that is cut is held and then given up") {
  Greeted parser;
  const std::string chunk = "Event: Hangup\r\nUniqueid: 1.1\r\n\r\nEvent: Hang";
  std::string_view bytes = chunk;
  const ami::Message* message = parser.next(bytes);
  CHECK(message->lines[0].data() == chunk.data());
  CHECK(parser.held() == 0);
  CHECK(parser.next(bytes) == nullptr);
  CHECK(parser.held() == 11);
  parser.reset();
  CHECK(parser.held() == 0);
}

TEST_CASE("a hundred million bytes without a line feed are held by nobody, and reading goes on") {
  Greeted parser;
  const std::string chunk(1 << 20, 'x');
  std::size_t most = 0;
  for (int i = 0; i < 100; ++i) {
    CHECK(all(parser, chunk).empty());
    most = std::max(most, parser.held());
  }
  CHECK(most <= ami::kMessageBytes);
  CHECK(parser.counters().dropped == 1);
  goes_on(parser);
}

TEST_CASE("a line, a message and a number of headers beyond the bound: dropped, counted, and the next is read") {
  const std::string too_long_line = "Event: A\r\nKey: " + std::string(ami::kLineBytes, 'x') + "\r\nMore: 1\r\n\r\n";
  std::string too_long = "Event: A\r\n";
  while (too_long.size() < ami::kMessageBytes) too_long += "Key: " + std::string(1'000, 'y') + "\r\n";
  too_long += "\r\n";
  std::string too_many = "Event: A\r\n";
  for (int i = 0; i < 10'000; ++i) too_many += "Key: 1\r\n";
  too_many += "\r\n";
  for (const std::string& bytes : {too_long_line, too_long, too_many}) {
    for (std::size_t chunk : {std::size_t{1}, std::size_t{4'096}, std::size_t{1} << 20}) {
      Greeted parser;
      CHECK(all(parser, bytes, chunk).empty());
      CHECK(parser.counters().dropped == 1);
      CHECK(parser.held() == 0);
      CHECK(all(parser, "Event: Hangup\r\nUniqueid: 1.1\r\n\r\n", chunk).size() == 1);
    }
  }
}

TEST_CASE("what is just within the bounds is read") {
  std::string line = "Key: " + std::string(ami::kLineBytes - 5, 'x');
  std::string most = "Event: A\r\n";
  for (std::size_t i = 1; i < ami::kLines; ++i) most += "Key: 1\r\n";
  for (std::size_t chunk : {std::size_t{1}, std::size_t{4'096}, std::size_t{1} << 20}) {
    Greeted parser;
    CHECK(all(parser, "Event: A\r\n" + line + "\r\n\r\n", chunk).size() == 1);
    CHECK(all(parser, most + "\r\n", chunk).size() == 1);
    CHECK(parser.counters().dropped == 0);
  }
}

TEST_CASE("a dropped message ends at its blank line, wherever the chunks are cut") {
  std::string bytes = "Event: A\r\nKey: " + std::string(ami::kLineBytes + 10, 'x') + "\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n";
  for (std::size_t back = 0; back < 50; ++back) {
    Greeted parser;
    std::size_t first = bytes.size() - back - 1;
    CHECK(messages_of(parser, bytes, [&] { return std::exchange(first, std::size_t{1'000'000}); }).size() == 1);
  }
}

TEST_CASE("bytes that are no text become U+FFFD, and the message is told all the same") {
  struct Case { std::string value, told; };
  const std::string bad = "\xef\xbf\xbd";
  const Case cases[] = {
      {std::string("a\0b", 3), "a" + bad + "b"},
      {"\x1b[1m", bad + "[1m"},
      {"Jos\xe9", "Jos" + bad},             // Latin-1
      {"\xc3\xa9\xc3", "é" + bad},          // cut in a character
      {"\xc0\xaf", bad + bad},              // overlong
      {"\xed\xa0\x80", bad + bad + bad},    // a surrogate
      {"\xf4\x90\x80\x80", bad + bad + bad + bad},
      {"\xf0\x9f\x93", bad},                // one maximal part
      {"\x7f", bad},
      {"Zoë \xf0\x9f\x93\x9e\tx", "Zoë \xf0\x9f\x93\x9e\tx"},
      {"a\rb", "a" + bad + "b"},            // a carriage return within a line
  };
  for (const Case& one : cases) {
    CAPTURE(one.told);
    for (std::size_t chunk : {1u, 3u, 1000u}) {
      Greeted parser;
      const auto found = all(parser, "Event: NewCallerid\r\nCallerIDName: " + one.value + "\r\nExten: 1\r\n\r\n", chunk);
      REQUIRE(found.size() == 1);
      CHECK(found[0] == "Event NewCallerid\nEvent: NewCallerid\nCallerIDName: " + one.told + "\nExten: 1");
      CHECK(parser.counters().replaced == (one.value == one.told ? 0 : 1));
    }
  }
}

TEST_CASE("a peer that speaks something else is known by its first bytes, and nothing more is read") {
  for (const std::string& said : {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string("\x15\x03\x03\x00\x02", 5),
                                  std::string("\r\n\r\n"), std::string("Asterisk Call Center\r\n"), "Asterisk Call Manager/" + std::string(300, '9'),
                                  std::string("Action: Login\r\n"), std::string("Eve\r\n"), std::string(2'000'000, 'x')}) {
    for (std::size_t chunk : {1u, 5u, 4'000'000u}) {
      ami::Parser parser;
      CHECK(all(parser, said, chunk).empty());
      CHECK(parser.error() == ami::ParserError::NotAmi);
      CHECK(parser.peer_said().size() <= 64);
      CHECK(all(parser, "Event: Hangup\r\n\r\n").empty());
      CHECK(parser.held() == 0);
      parser.reset();
      CHECK(all(parser, "Asterisk Call Manager/5.0.4\r\nEvent: Hangup\r\n\r\n").size() == 2);
    }
  }
}

TEST_CASE("any 300,000 random bytes are survived, and what comes after them is read") {
  std::mt19937 random(11);
  for (int pass = 0; pass < 20; ++pass) {
    std::string noise;
    const char alphabet[] = "\r\n\r\n: EventRsponse:\0\xff\xc3\xa9-END COMMAND--Follows";
    for (int i = 0; i < 300'000; ++i) noise += alphabet[random() % (sizeof alphabet - 1)];
    Greeted parser;
    all(parser, noise, 1 + random() % 5'000);
    parser.reset();
    CHECK(all(parser, "Asterisk Call Manager/5.0.4\r\n").size() == 1);
    goes_on(parser);
  }
}
