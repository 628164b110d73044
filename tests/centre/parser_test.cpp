// AMI's bytes to messages: recordings in any chunking.
#include <doctest/doctest.h>

#include "tests/centre/recordings.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("each recording gives the same messages whole and byte by byte") {
  REQUIRE(recordings().size() > 50);
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    const auto whole = messages_of(recording.bytes);
    CHECK(whole.size() >= 2);
    ami::Parser parser;
    CHECK(messages_of(parser, recording.bytes, [] { return 1; }) == whole);
    CHECK(parser.counters().bytes == recording.bytes.size());
    CHECK(parser.counters().dropped == 0);
    CHECK(parser.counters().unrecognised == 0);
  }
}
