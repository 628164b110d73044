// The machine presence, one step at a time: every row, and why it is there.
#include <doctest/doctest.h>

#include "engine/member/presence_table.h"
#include "tests/centre/rows.h"

using namespace offhook;
using bench::taken;

namespace {

using member::presence::Presence;
namespace presence = member::presence;
struct Agent {
  Presence p;
  presence::Effects out;
  void step(presence::Event event) {
    out = {.at = 1000, .reason = {}, .error = {}};
    taken<presence::Machine>("presence", p.state, presence::Context{p}, event, out);
  }
  void stored(AgentStatus status, std::string_view reason = {}) { step({.on = presence::On::Stored, .status = status, .reason = reason, .since = 5}); }
  void on(presence::On on) { step({.on = on}); }
};

}  // namespace

TEST_CASE("an agent on a break whose telephone goes is OFFLINE, and on his break when it is back") {
  Agent a;
  a.stored(AgentStatus::Break, "lunch");
  a.on(presence::On::Back);
  CHECK_FALSE(a.out.write);
  a.on(presence::On::Lost);
  CHECK(a.out.write);
  CHECK(a.out.status == AgentStatus::Offline);
  CHECK(a.out.reason == "Auto: SIP not registered");
  a.on(presence::On::Back);  // while it is being written: decided when it is
  a.on(presence::On::Lost);  // the CRM has not answered: asked again
  CHECK(a.out.write);
  a.stored(AgentStatus::Offline, "Auto: SIP not registered");
  CHECK(a.p.state == presence::State::AutoOffline);
  a.on(presence::On::Lost);
  CHECK_FALSE(a.out.write);
  a.stored(AgentStatus::Offline, "Auto: SIP not registered");
  CHECK(a.p.state == presence::State::AutoOffline);
  a.on(presence::On::Back);
  CHECK(a.out.status == AgentStatus::Break);
  CHECK(a.out.reason == "lunch");
  a.stored(AgentStatus::Offline, "Auto: SIP not registered");
  CHECK(a.p.state == presence::State::Returning);
  a.on(presence::On::Lost);
  a.on(presence::On::Back);
  CHECK(a.out.write);
  a.stored(AgentStatus::Break, "lunch");
  CHECK(a.p.state == presence::State::Own);
}

TEST_CASE("what calls made of an agent comes back as ONLINE, with the automatic reason") {
  for (const AgentStatus status : {AgentStatus::Online, AgentStatus::OnCall, AgentStatus::WrapUp}) {
    Agent a;
    a.stored(status, "x");
    a.on(presence::On::Lost);
    a.stored(AgentStatus::Offline, "Auto: SIP not registered");
    a.on(presence::On::Back);
    CHECK(a.out.status == AgentStatus::Online);
    CHECK(a.out.reason == "Auto: SIP registered");
  }
}

TEST_CASE("an OFFLINE by hand is never touched") {
  Agent a;
  a.stored(AgentStatus::Offline, "going home");
  a.on(presence::On::Lost);
  CHECK_FALSE(a.out.write);
  a.on(presence::On::Back);
  CHECK_FALSE(a.out.write);
  Agent unknown;
  unknown.on(presence::On::Lost);
  CHECK_FALSE(unknown.out.write);
}

TEST_CASE("after a restart of the hub what was taken comes from the CRM") {
  Agent a;
  a.step({.on = presence::On::Stored, .status = AgentStatus::Offline, .reason = "Auto: SIP not registered", .restores = AgentStatus::Meeting, .restores_reason = "standup"});
  CHECK(a.p.state == presence::State::AutoOffline);
  a.on(presence::On::Back);
  CHECK(a.out.status == AgentStatus::Meeting);
  CHECK(a.out.reason == "standup");
}

TEST_CASE("who speaks meanwhile has the last word, and a refusal is logged") {
  Agent a;
  a.stored(AgentStatus::Online);
  a.on(presence::On::Lost);
  a.stored(AgentStatus::Training);
  CHECK(a.p.state == presence::State::Own);
  a.on(presence::On::Refused);
  CHECK(a.out.error.empty());
  a.on(presence::On::Lost);
  a.on(presence::On::Refused);
  CHECK(a.out.error == "Failed to set agent offline");
  CHECK(a.p.state == presence::State::Own);
  a.on(presence::On::Lost);
  a.stored(AgentStatus::Offline, "Auto: SIP not registered");
  a.on(presence::On::Back);
  a.on(presence::On::Refused);
  CHECK(a.out.error == "Failed to set agent online");
  CHECK(a.p.state == presence::State::AutoOffline);
  a.stored(AgentStatus::Break);
  CHECK(a.p.state == presence::State::Own);
}
