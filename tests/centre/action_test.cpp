// What is sent to the PBX: never more than one action, whatever stands in a value.
#include <doctest/doctest.h>

#include "engine/ami/action.h"
#include "engine/ami/parser.h"

using namespace offhook;
using ami::Action;
using ami::ActionError;

TEST_CASE("an action as Asterisk reads it") {
  Action pause("QueuePause", "oh1-7");
  pause.header("Interface", "PJSIP/1001").header("Paused", "true").optional("Queue", "").header("Reason", "lunch: until 1").header("Priority", 1);
  CHECK(pause.error() == ActionError::None);
  CHECK(pause.text() == "Action: QueuePause\r\nActionID: oh1-7\r\nInterface: PJSIP/1001\r\nPaused: true\r\nReason: lunch: until 1\r\nPriority: 1\r\n\r\n");
  Action call("Originate", "oh1-8");
  call.variable("__TOKEN", "a,b=c").variable("PJSIP_HEADER(add,X-Y)", "no: a comma is not of a name");
  CHECK(call.error() == ActionError::BadKey);
  CHECK(call.wrong_key() == "PJSIP_HEADER(add,X-Y)");
  Action good("Originate", "oh1-9");
  CHECK(good.variable("__TOKEN", "a,b=c").text() == "Action: Originate\r\nActionID: oh1-9\r\nVariable: __TOKEN=a,b=c\r\n\r\n");
}

TEST_CASE("no value and no key can begin a second line or a second action") {
  const std::string_view bad[] = {"a\r\nAction: Command", "a\nb", "a\rb", {"a\0b", 3}, "\x1b[0m", "a\tb", "\xff", "Jos\xe9"};
  for (const std::string_view value : bad) {
    CHECK(Action("QueuePause", "1").header("Reason", value).error() == ActionError::BadValue);
    CHECK(Action("QueuePause", "1").header("Reason", value).text().empty());
    CHECK(Action("QueuePause", "1").header(value, "x").error() == ActionError::BadKey);
    CHECK(Action("QueuePause", "1").variable("NAME", value).error() == ActionError::BadValue);
    CHECK(Action("QueuePause", "1").variable(value, "x").error() == ActionError::BadKey);
    CHECK(Action("QueuePause", value).error() == ActionError::BadValue);
    CHECK(Action(value, "1").text().empty());
  }
  CHECK(Action("QueuePause", "1").header("", "x").error() == ActionError::BadKey);
  CHECK(Action("QueuePause", "1").header("Rea son", "x").error() == ActionError::BadKey);
  CHECK(Action("QueuePause", "1").header("Reason:", "x").error() == ActionError::BadKey);
  CHECK(Action("QueuePause", "1").header("Reason", "Zoë").error() == ActionError::None);
}

TEST_CASE("the first thing that was wrong is told, and nothing is sent, however good the rest is") {
  Action action("QueuePause", "1");
  action.header("Reason", "a\nb").header("", "x").header("Paused", "true");
  CHECK(action.error() == ActionError::BadValue);
  CHECK(action.wrong_key() == "Reason");
  CHECK(ami::word_of(action.error()) == "bad_value");
  CHECK(action.text().empty());
}

TEST_CASE("what Asterisk would cut is refused") {
  CHECK(Action("QueuePause", "1").header("Reason", std::string(1'015, 'x')).error() == ActionError::None);
  CHECK(Action("QueuePause", "1").header("Reason", std::string(1'016, 'x')).error() == ActionError::TooLong);
  Action many("Originate", "1");
  for (int i = 0; i < 200; ++i) many.variable("A", "1");
  CHECK(many.error() == ActionError::TooLong);
}
