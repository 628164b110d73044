// The machines extension, endpoint, presence and member_pause, one step at a time: every row, and why it is there.
#include <doctest/doctest.h>

#include "engine/endpoint/endpoint_table.h"
#include "engine/extension/extension_table.h"
#include "engine/member/member_pause_table.h"
#include "engine/member/presence_table.h"
#include "tests/centre/rows.h"

using namespace offhook;

namespace {

template <class M>
int taken(const char* name, typename M::State& state, typename M::Context context, const typename M::Event& event, typename M::Effects& effects) {
  const int row = fsm::step<M>(state, context, event, effects);
  if (row >= 0) bench::rows_taken()[name].insert(row);
  return row;
}

struct Status {
  extension::Extension e;
  extension::Effects out;
  void step(extension::On on) {
    out = {.at = 1000};
    taken<extension::Machine>("extension", e.state, extension::Context{e}, extension::Event{on}, out);
  }
  void legs(int count, int code) {
    e.legs = count;
    e.call.code = code;
    e.call.event = "Newstate";
    step(count ? extension::On::LegsChanged : extension::On::LegsGone);
  }
  void ami(int code) {
    e.ami = {.code = code, .at = 1000, .event = "ExtensionStatus", .call_id = {}, .peer = {}};
    step(extension::On::AmiSaid);
  }
};

struct Phone {
  endpoint::Endpoint e;
  endpoint::Effects out;
  int vanishing = 1, believed = 10;
  void step(endpoint::On on, endpoint::Verdict verdict = endpoint::Verdict::Unknown, std::string_view reason = {}) {
    out = {.at = 1000};
    taken<endpoint::Machine>("endpoint", e.state, endpoint::Context{e, vanishing, believed, 0.5, 3}, endpoint::Event{on, verdict, reason}, out);
  }
  void seen() { step(endpoint::On::Seen, endpoint::Verdict::Registered, "Reachable"); }
  void gone() { step(endpoint::On::Gone, endpoint::Verdict::Unregistered, "Removed"); }
};

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

namespace pause = member::pause;
struct Member {
  pause::Pause p;
  pause::Effects out;
  bool live = true;
  void step(pause::On on, std::string_view error = {}) {
    out = {};
    taken<pause::Machine>("member_pause", p.state, pause::Context{p, live}, pause::Event{on, error}, out);
  }
  void want(bool paused, const char* reason = "", bool insists = false) {
    p.wanted_known = true;
    p.wanted = paused;
    p.wanted_reason = reason;
    p.insists = insists;
    step(pause::On::Wanted);
  }
  void see(bool paused, const char* reason = "") {
    p.observed_known = true;
    p.observed = paused;
    p.observed_reason = reason;
    step(pause::On::Observed);
  }
};

}  // namespace

TEST_CASE("calls are shown at once, and the PBX's word when there is no call") {
  Status s;
  s.ami(extension::code::kUnavailable);
  CHECK(s.e.code == 4);
  s.ami(0);
  CHECK(s.e.source == extension::Source::Ami);
  s.legs(1, 8);
  CHECK(s.e.state == extension::State::InCall);
  CHECK(s.e.code == 8);
  CHECK(s.e.source == extension::Source::Call);
  s.ami(1);  // ahead of the call: the call is believed
  CHECK(s.e.code == 8);
  CHECK(s.out.disagreed);
  s.legs(1, 1);
  CHECK(s.e.code == 1);
  s.ami(16);  // no channel state tells of a hold
  CHECK(s.e.code == 16);
  CHECK(s.e.source == extension::Source::Ami);
  s.ami(1);
  CHECK(s.e.code == 1);
  s.legs(0, 0);
  CHECK(s.e.state == extension::State::Echo);
  CHECK(s.e.code == 0);
  CHECK(s.out.timer == 2000);
}

TEST_CASE("for two seconds after a call the PBX's 'in use' is about the call that ended; then it is a call nobody saw") {
  Status s;
  s.legs(1, 1);
  s.legs(0, 0);
  s.ami(1);
  CHECK(s.e.code == 0);
  s.ami(8);
  CHECK(s.e.code == 0);
  s.step(extension::On::TimeOver);
  CHECK(s.e.state == extension::State::Quiet);
  CHECK(s.e.code == 8);
  s.legs(0, 0);  // nothing more can go
  CHECK(s.e.code == 8);
}

TEST_CASE("the telephone that went away during the call is unavailable as soon as the call is over") {
  Status s;
  s.legs(1, 1);
  s.ami(4);
  CHECK(s.e.code == 1);
  s.legs(0, 0);
  CHECK(s.e.code == 4);
  Status t;
  t.legs(1, 1);
  t.legs(0, 0);
  t.ami(4);
  CHECK(t.e.code == 4);
  t.legs(1, 8);
  CHECK(t.e.state == extension::State::InCall);
  CHECK(t.out.timer == 0);
}

TEST_CASE("'free' during a call is disputed for ten seconds, then the channels are listed again") {
  Status s;
  s.legs(1, 1);
  s.ami(0);
  CHECK(s.e.state == extension::State::Disputed);
  CHECK(s.e.code == 1);
  CHECK(s.out.timer == 10'000);
  s.ami(0);
  CHECK(s.out.timer == -1);
  s.legs(2, 9);  // the call lives: ten seconds from now
  CHECK(s.out.timer == 10'000);
  s.step(extension::On::TimeOver);
  CHECK(s.e.state == extension::State::Suspect);
  CHECK(s.out.list_channels);
  SUBCASE("the list has the leg: the hint was wrong") {
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::InCall);
    CHECK(s.e.code == 9);
  }
  SUBCASE("the list does not have it") {
    s.legs(0, 0);
    CHECK(s.e.code == 0);
  }
  SUBCASE("the PBX changes its mind") {
    s.ami(1);
    CHECK(s.e.state == extension::State::InCall);
  }
  SUBCASE("the link goes") {
    s.step(extension::On::LinkDown);
    CHECK(s.e.state == extension::State::Stale);
    CHECK(s.e.code == 9);
  }
}

TEST_CASE("without the link nothing is free: the last value gets old, and the lists decide") {
  Status s;
  s.legs(1, 1);
  s.ami(0);
  s.step(extension::On::LinkDown);
  CHECK(s.out.timer == 0);
  CHECK(s.e.stale_since == 1000);
  CHECK(s.e.code == 1);
  s.step(extension::On::LinkDown);
  s.ami(8);
  s.legs(1, 8);
  s.legs(0, 0);
  CHECK(s.e.code == 1);
  SUBCASE("a call goes on") {
    s.e.legs = 1;
    s.e.call.code = 1;
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::InCall);
  }
  SUBCASE("no call is left") {
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::Quiet);
    CHECK(s.e.code == 8);
  }
  CHECK(s.e.stale_since == 0);
  s.step(extension::On::Listed);
  CHECK(s.e.stale_since == 0);
}

TEST_CASE("legs add up as Asterisk adds them") {
  using extension::LegState;
  const auto sum = [](std::initializer_list<LegState> legs) {
    extension::LegCount count;
    for (const LegState leg : legs) count.add(leg);
    return extension::aggregate(count);
  };
  CHECK(sum({}) == 0);
  CHECK(sum({LegState::Down}) == 0);
  CHECK(sum({LegState::Dialling}) == 1);
  CHECK(sum({LegState::Ringing}) == 8);
  CHECK(sum({LegState::Ringing, LegState::Up}) == 9);
  CHECK(sum({LegState::Ringing, LegState::Held}) == 9);
  CHECK(sum({LegState::Held}) == 16);
  CHECK(sum({LegState::Held, LegState::Up}) == 1);
  CHECK(sum({LegState::Busy, LegState::Up}) == 2);
}

TEST_CASE("codes have a text, a colour and a pulse; an unknown one says so") {
  CHECK(extension::getStatusText(0) == "Free");
  CHECK(extension::getStatusText(1) == "On Call");
  CHECK(extension::getUnifiedExtensionStatus(1).colour == "red");
  CHECK(extension::getUnifiedExtensionStatus(1).pulse);
  CHECK(extension::getUnifiedExtensionStatus(8).colour == "orange");
  CHECK(extension::getUnifiedExtensionStatus(8).pulse);
  CHECK_FALSE(extension::getUnifiedExtensionStatus(0).pulse);
  CHECK(extension::getStatusText(32) == "Unknown");
  for (const auto& [from, to] : {std::pair{0, 8}, {8, 1}, {1, 0}, {8, 0}, {1, 9}, {9, 1}, {1, 16}, {16, 1}, {2, 0}, {2, 8}, {1, 4}, {4, 0}}) CHECK(extension::is_usual(from, to));
  for (const auto& [from, to] : {std::pair{2, 1}, {4, 1}, {4, 8}, {0, 16}, {0, 9}}) CHECK_FALSE(extension::is_usual(from, to));
}

TEST_CASE("a page that is loaded anew is back before the grace period is over: nobody hears of it") {
  Phone p;
  p.seen();
  CHECK(p.out.back);
  p.seen();
  CHECK_FALSE(p.out.back);
  p.gone();
  CHECK(p.e.state == endpoint::State::Leaving);
  CHECK(endpoint::shown(p.e) == "unregistered");
  CHECK(p.out.timer == 30'000);
  p.gone();
  CHECK(p.out.timer == -1);
  p.seen();
  CHECK(p.e.state == endpoint::State::Registered);
  CHECK(p.out.timer == 0);
  CHECK_FALSE(p.out.gone);
}

TEST_CASE("a telephone that stays away is away after the grace period, and back at once") {
  Phone p;
  p.gone();
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Away);
  CHECK(p.out.gone);
  p.step(endpoint::On::LinkDown);
  CHECK(p.e.state == endpoint::State::Away);
  p.gone();
  p.seen();
  CHECK(p.out.back);
}

TEST_CASE("when more than half vanish at once, nobody is away before the next pass has said the same") {
  Phone p;
  p.seen();
  p.gone();
  p.vanishing = 6;
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Held);
  CHECK(p.out.mass_drop);
  CHECK_FALSE(p.out.gone);
  SUBCASE("the pass says so, too") {
    p.gone();
    p.step(endpoint::On::PassOver);
    CHECK(p.out.gone);
  }
  SUBCASE("they come back") {
    p.seen();
    CHECK(p.e.state == endpoint::State::Registered);
  }
  SUBCASE("the link was the reason") {
    p.step(endpoint::On::LinkDown);
    CHECK(p.e.state == endpoint::State::Unknown);
    CHECK(endpoint::shown(p.e) == "unknown");
  }
}

TEST_CASE("three of four are few enough to be people") {
  Phone p;
  p.seen();
  p.gone();
  p.vanishing = 3;
  p.believed = 4;
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Away);
}

TEST_CASE("no grace period runs out while the link is down") {
  Phone p;
  p.seen();
  p.gone();
  p.step(endpoint::On::LinkDown);
  CHECK(p.e.state == endpoint::State::Unknown);
  CHECK(p.out.timer == 0);
  Phone q;
  q.step(endpoint::On::LinkDown);
  CHECK(q.e.state == endpoint::State::Unknown);
}

TEST_CASE("evidence: contacts over devices over queues over the agent pool; contacts against each other are none") {
  using endpoint::Verdict;
  const Verdict yes = Verdict::Registered, no = Verdict::Unregistered, unreachable = Verdict::Unreachable, none = Verdict::Unknown;
  struct Row {
    endpoint::Evidence e;
    Verdict verdict;
  };
  const Row rows[] = {
      {{none, none, none, none, none}, none}, {{yes, none, no, no, none}, yes},  {{no, none, yes, yes, yes}, no},        {{no, yes, yes, yes, yes}, none}, {{unreachable, yes, none, none, none}, none},
      {{none, no, yes, none, none}, no},      {{none, none, yes, no, none}, yes}, {{none, none, none, no, yes}, no},      {{none, none, none, none, yes}, yes}, {{unreachable, no, yes, none, none}, unreachable},
  };
  for (const Row& row : rows) CHECK(endpoint::combine(row.e) == row.verdict);
  CHECK(endpoint::of_contact("NonQualified") == yes);
  CHECK(endpoint::of_contact("Unknown") == none);
  CHECK(endpoint::of_device("UNKNOWN") == none);
  CHECK(endpoint::of_device("INVALID") == no);
  CHECK(endpoint::of_device("INUSE") == yes);
  CHECK(endpoint::of_device("0") == none);
  CHECK(endpoint::of_device("4") == no);
  CHECK(endpoint::of_agent("AGENT_LOGGEDOFF") == none);
  CHECK(endpoint::of_peer("Unreachable") == unreachable);
}

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

TEST_CASE("a pause is compared, sent, and confirmed by the event alone") {
  Member m;
  m.see(false);
  CHECK(m.p.state == pause::State::untouched);
  m.want(false);
  CHECK_FALSE(m.out.send);
  CHECK(m.p.state == pause::State::synced);
  m.want(true, "BREAK");
  CHECK(m.out.send);
  CHECK(m.out.timer == 3000);
  m.see(false);
  CHECK(m.p.state == pause::State::pending);
  m.step(pause::On::LinkUp);
  m.step(pause::On::Check);
  m.see(true, "BREAK");
  CHECK(m.out.confirmed);
  CHECK(m.p.state == pause::State::synced);
  m.step(pause::On::Refused, "late");
  m.step(pause::On::Check);
  m.step(pause::On::LinkUp);
  CHECK_FALSE(m.out.send);
}

TEST_CASE("a PBX that does not answer is asked three times, then every minute; the failure is seen") {
  Member m;
  m.see(false);
  m.want(true, "MEETING");
  m.step(pause::On::TimeOver);
  CHECK(m.out.send);
  m.step(pause::On::TimeOver);
  CHECK(m.out.send);
  m.step(pause::On::TimeOver);
  CHECK(m.out.failed);
  CHECK(m.p.state == pause::State::failed);
  CHECK(m.p.error == "no answer");
  m.see(false);
  CHECK(m.p.state == pause::State::failed);
  SUBCASE("reconciled") {
    m.step(pause::On::Check);
    CHECK(m.p.state == pause::State::pending);
    CHECK(m.p.error == "no answer");
    m.see(true, "MEETING");
    CHECK(m.p.error.empty());
  }
  SUBCASE("it had only been late") {
    m.see(true, "MEETING");
    CHECK(m.p.state == pause::State::synced);
  }
  SUBCASE("nothing is wanted any more") {
    m.p.wanted = false;
    m.step(pause::On::Check);
    CHECK(m.p.state == pause::State::synced);
  }
}

TEST_CASE("a refusal has the PBX's words") {
  Member m;
  m.see(false);
  m.want(true, "PAUSE");
  m.step(pause::On::Refused, "Interface not found");
  CHECK(m.p.error == "Interface not found");
  CHECK(m.out.failed);
}

TEST_CASE("without the link only the last wish is kept, and told when it is back") {
  Member m;
  m.see(false);
  m.want(true, "BREAK");
  m.live = false;
  m.step(pause::On::LinkDown);
  CHECK(m.p.state == pause::State::deferred);
  CHECK(m.out.timer == 0);
  m.want(true, "MEETING");
  CHECK_FALSE(m.out.send);
  m.step(pause::On::LinkDown);
  m.step(pause::On::Check);
  m.see(false);
  CHECK(m.p.state == pause::State::deferred);
  m.live = true;
  SUBCASE("it is still to be done") {
    m.step(pause::On::LinkUp);
    CHECK(m.out.send);
    CHECK(m.p.wanted_reason == "MEETING");
  }
  SUBCASE("somebody has done it") {
    m.p.observed = true;
    m.p.observed_reason = "MEETING";
    m.step(pause::On::LinkUp);
    CHECK_FALSE(m.out.send);
    CHECK(m.p.state == pause::State::synced);
  }
}

TEST_CASE("what somebody changes at the PBX is put right by the next reconciliation") {
  Member m;
  m.see(false);
  m.want(true, "BREAK");
  m.see(true, "BREAK");
  m.see(false);
  CHECK(m.p.state == pause::State::differs);
  m.step(pause::On::Check);
  CHECK(m.out.send);
  m.see(true, "BREAK");
  CHECK(m.p.state == pause::State::synced);
  m.see(true, "BREAK");
  CHECK(m.p.state == pause::State::synced);
}

TEST_CASE("Asterisk's own Auto-Pause stays until a person says otherwise") {
  Member m;
  m.see(false);
  m.want(false);
  m.see(true, "Auto-Pause");
  CHECK(m.p.state == pause::State::synced);
  m.step(pause::On::Check);
  CHECK_FALSE(m.out.send);
  m.want(false);
  CHECK_FALSE(m.out.send);
  m.want(true, "WRAP_UP");
  CHECK_FALSE(m.out.send);
  m.want(false, "", true);
  CHECK(m.out.send);
}
