// What happens: calls come, users ask for anything from any tab, supervisors
// set statuses, pages die, devices sleep, clocks are set. Then calm: trouble
// stops, and everything that is open must come to its end.
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

Text text(Tab& tab, std::string_view s) { return tab.phone->strings().intern(s); }

}  // namespace

void World::begin() {
  for (std::uint32_t* rate : {&trouble.lost_request, &trouble.lost_answer, &trouble.slow, &trouble.twice, &trouble.busy, &trouble.unauthorized,
                              &trouble.refused, &trouble.garbage, &trouble.socket_close, &trouble.socket_dead, &trouble.message_twice,
                              &trouble.message_late, &trouble.softphone_refuses, &trouble.softphone_mute, &trouble.event_twice, &trouble.lost_bye,
                              &trouble.storage, &trouble.unasked, &trouble.start_fails, &trouble.write_fails})
    *rate = random.chance(500) ? 0 : random.below(random.chance(200) ? 600 : 150);
  for (std::uint32_t* rate : {&trouble.transport, &trouble.crash, &trouble.reload, &trouble.freeze, &trouble.sleep, &trouble.clock})
    *rate = random.chance(500) ? 0 : 1 + random.below(8);
  static const std::vector<std::string> modes{"timed", "manual", "none", "optional"};
  wrap_up = modes[random.below(4)];
  server_wall = random.chance(500) ? 0 : random.between(0, 600'000) - 300'000;
  if (random.chance(600)) {
    static const std::vector<std::string> statuses{"ONLINE", "OFFLINE", "BREAK", "WRAP_UP"};
    agent_status = statuses[random.below(4)];
    agent_reason = agent_status == "OFFLINE" && random.chance(500) ? "Auto: SIP not registered" : "";
    agent_since = server_time() - 60'000;
  }
#if __has_include("engine/tabs/tabs.h")
  has_storage = random.chance(800);
  has_tabs = has_storage && random.chance(700);
#endif
  if (!has_storage) trouble.crash = trouble.reload = 0;  // nothing could be kept
  outside = has_storage && !has_tabs && random.chance(350);
  const int count = has_tabs ? 1 + static_cast<int>(random.below(5)) : 1;
  for (int place = 0; place < count; ++place) open_tab(place);
}

/// A command from a user at `tab`; carried to the leading tab where this one follows.
void World::ask(Tab& tab, std::function<Event(Tab&)> what) {
  const double command = ++next_command;
  Asked& one = asked[command];
  one.at = now;
  one.life = tab.life;
  if (!has_tabs || leader() == &tab || random.chance(30)) return carry_out(tab, command, what);
  in(random.between(1, 10), [this, command, what = std::move(what)] {
    Tab* there = leader();
    if (there) carry_out(*there, command, what);
    else asked[command].excused = true;  // the host says so when its own limit is over
  });
}

void World::carry_out(Tab& tab, double command, const std::function<Event(Tab&)>& what) {
  Event event = what(tab);
  event.command = command;
  Asked& one = asked[command];
  one.type = event.type;
  one.life = tab.life;
  one.frozen = tab.frozen_total;
  if (event.type == EventType::DraftEdited || event.type == EventType::DraftSaved || event.type == EventType::OutboxDiscarded)
    one.call_log = tab.phone->strings().view(event.call_log_id);
  if (event.type == EventType::DraftSaved || event.type == EventType::DraftEdited) one.note = notes_typed;
  dispatch(tab, event);
}

void World::ask_anything() {
  std::vector<Tab*> alive;
  for (auto& tab : tabs)
    if (tab->state == Tab::State::Alive) alive.push_back(tab.get());
  if (alive.empty()) return;
  Tab& at = *random.of(alive);
  Tab* lead = leader();
  const Model& m = (lead ? lead : &at)->phone->model();
  auto named = [&](Text t) { return std::string((lead ? lead : &at)->phone->strings().view(t)); };
  std::vector<std::string> calls{"", "ghost"}, offered, keys{"nobody"};
  for (const Call& call : m.calls) {
    if (!call.in_use) continue;
    calls.push_back(named(call.id));
    if (call.state == CallState::Offered) offered.push_back(named(call.id));
  }
  for (const CallLog& log : m.logs)
    if (log.in_use) keys.push_back(named(log.key));
  const std::string call = random.of(calls), other = random.of(calls), key = keys[keys.size() - 1 - random.below(static_cast<std::uint32_t>(std::min<std::size_t>(4, keys.size())))];
  static const std::vector<std::string> numbers{"+442079460123", "1003", "+33 1 23 45 67 89", "", "call me", "*98"};
  const std::string number = numbers[random.below(6)];
  auto simple = [&](EventType type) { ask(at, [type](Tab&) { return Event{.type = type}; }); };
  auto on_call = [&](EventType type, std::string id, bool on = false) {
    ask(at, [=](Tab& there) { return Event{.type = type, .call_id = text(there, id), .on = on}; });
  };
  std::vector<std::string> talking;
  for (const Call& one : m.calls)
    if (one.in_use && one.state == CallState::Active) talking.push_back(named(one.id));
  if (!talking.empty() && random.chance(350)) {  // what one does with a call that talks
    const std::string mine = random.of(talking), target = random.chance(700) ? (random.chance(500) ? "1003" : "+442079460123") : number;
    const auto action = static_cast<RecordingAction>(random.below(4));
    switch (random.below(12)) {
      case 8: {  // typed on, held and taken back in one breath
        const std::string digits = random.chance(500) ? "1" : "*2#";
        for (int left = 1 + static_cast<int>(random.below(3)); left > 0; --left)
          in(random.between(0, 400), [this, life = at.life, mine, digits] {
            Tab* there = find(life);
            if (there && there->state == Tab::State::Alive) ask(*there, [=](Tab& told) { return Event{.type = EventType::DtmfRequested, .call_id = text(told, mine), .digits = text(told, digits)}; });
          });
        return;
      }
      case 9: {
        const auto type = random.chance(500) ? EventType::HoldRequested : EventType::MuteRequested;
        for (int turn = 0; turn < 3; ++turn)
          in(random.between(0, 150) + turn * 20, [this, life = at.life, mine, type, turn] {
            Tab* there = find(life);
            if (there && there->state == Tab::State::Alive) ask(*there, [=](Tab& told) { return Event{.type = type, .call_id = text(told, mine), .on = turn % 2 == 0}; });
          });
        return;
      }
      case 10:  // asked twice, or to a call that is there already
        for (int turn = 0; turn < 2 && at.state == Tab::State::Alive; ++turn)
          ask(at, [=](Tab& there) { return Event{.type = EventType::TransferRequested, .call_id = text(there, mine), .target = text(there, target)}; });
        return;
      case 11: return ask(at, [=](Tab& there) { return Event{.type = EventType::ConsultRequested, .call_id = text(there, mine), .target = text(there, other)}; });
      case 0: case 1:
        return ask(at, [=](Tab& there) { return Event{.type = EventType::RecordingRequested, .call_id = text(there, mine), .action = action}; });
      case 2: return ask(at, [=](Tab& there) { return Event{.type = EventType::TransferRequested, .call_id = text(there, mine), .target = text(there, target)}; });
      case 3: return ask(at, [=](Tab& there) { return Event{.type = EventType::ConsultRequested, .call_id = text(there, mine), .target = text(there, target)}; });
      case 4: return simple(random.chance(600) ? EventType::ConsultCompleted : EventType::ConsultCancelled);
      case 5: return ask(at, [=](Tab& there) { return Event{.type = EventType::MergeRequested, .call_id = text(there, mine)}; });
      case 6: return on_call(EventType::SwapRequested, "");
      default: return on_call(EventType::HoldRequested, mine, random.chance(500));
    }
  }
  if (!offered.empty() && random.chance(500)) return on_call(random.chance(850) ? EventType::AnswerRequested : EventType::RejectRequested, random.of(offered));
  switch (random.below(34)) {
    case 0: case 1: case 2: case 3:
      return ask(at, [=](Tab& there) { return Event{.type = EventType::DialRequested, .number = text(there, number)}; });
    case 4: case 5: return on_call(EventType::AnswerRequested, call);
    case 6: return on_call(EventType::RejectRequested, call);
    case 7: case 8: return on_call(EventType::HangupRequested, call);
    case 9: case 10: return on_call(EventType::HoldRequested, call, random.chance(500));
    case 11: return on_call(EventType::MuteRequested, call, random.chance(500));
    case 12: return ask(at, [=](Tab& there) { return Event{.type = EventType::DtmfRequested, .call_id = text(there, call), .digits = text(there, "12#")}; });
    case 13: return ask(at, [=](Tab& there) { return Event{.type = EventType::TransferRequested, .call_id = text(there, call), .target = text(there, number)}; });
    case 14:
      return ask(at, [=](Tab& there) { return Event{.type = EventType::TransferRequested, .call_id = text(there, call), .other_call_id = text(there, other)}; });
    case 15: case 16:
      return ask(at, [=](Tab& there) { return Event{.type = EventType::ConsultRequested, .call_id = text(there, call), .target = text(there, number)}; });
    case 17: return simple(EventType::ConsultCompleted);
    case 18: return simple(EventType::ConsultCancelled);
    case 19: return on_call(EventType::SwapRequested, call);
    case 20: return ask(at, [=](Tab& there) { return Event{.type = EventType::MergeRequested, .call_id = text(there, call), .other_call_id = text(there, other)}; });
    case 21: return simple(EventType::SplitRequested);
    case 22: {
      const auto action = static_cast<RecordingAction>(random.below(4));
      return ask(at, [=](Tab& there) { return Event{.type = EventType::RecordingRequested, .call_id = text(there, call), .action = action}; });
    }
    case 23: case 24: {
      const auto status = static_cast<AgentStatus>(random.below(9));
      return ask(at, [=](Tab& there) { return Event{.type = EventType::StatusRequested, .reason = text(there, "wish"), .status = status}; });
    }
    case 25: return simple(EventType::NextStatusCancelled);
    case 26: return simple(EventType::WrapUpFinished);
    case 27: return ask(at, [](Tab&) { return Event{.type = EventType::WrapUpExtended, .seconds = 10}; });
    case 28: return simple(EventType::WrapUpRequested);
    case 29: case 30: case 31: {
      const EventType type = random.chance(500) ? EventType::DraftSaved : EventType::DraftEdited;
      return ask(at, [=, this](Tab& there) {
        return Event{.type = type, .call_log_id = text(there, key), .notes = text(there, "note " + std::to_string(++notes_typed)), .disposition = text(there, "sale")};
      });
    }
    case 32: return simple(random.chance(700) ? EventType::OutboxRetried : EventType::NoticeDismissed);
    default:
      if (random.chance(300)) return simple(random.chance(700) ? EventType::LoginRequested : EventType::LogoutRequested);
      if (random.chance(300))
        return ask(at, [=](Tab& there) { return Event{.type = EventType::OutboxDiscarded, .call_log_id = text(there, key)}; });
      return simple(EventType::OutboxRetried);
  }
}

void World::happen() {
  std::vector<Tab*> alive;
  for (auto& tab : tabs)
    if (tab->state == Tab::State::Alive) alive.push_back(tab.get());
  if (alive.empty()) {
    for (auto& tab : tabs)
      if (tab->state == Tab::State::Frozen) return;
    return restart(0);
  }
  Tab& tab = random.chance(600) && leader() ? *leader() : *random.of(alive);
  const int life = tab.life;
  auto often = [this](std::uint32_t rate) { return random.chance(rate * 10); };
  if (often(trouble.transport)) return drop_transport(tab);
  if (often(trouble.crash)) {
    if (random.chance(500)) return die(tab);
    tab.acts_left = static_cast<int>(random.below(6));  // in the middle of what it does next
    return;
  }
  if (often(trouble.reload)) {
    const int place = tab.place;
    if (random.chance(500)) close(tab);
    else die(tab);
    return restart(place);
  }
  if (often(trouble.freeze)) return freeze(tab, random.between(500, 90'000));
  if (often(trouble.sleep)) {
    const Ms length = random.between(2'000, 600'000);
    for (Tab* one : alive) freeze(*one, length);
    return;
  }
  if (often(trouble.clock)) {
    wall += random.chance(500) ? random.between(0, 7'200'000) - 3'600'000 : random.between(0, 4'000) - 2'000;
    clock_moved = true;
    return note(nullptr, "OUR CLOCK IS SET");
  }
  const std::uint32_t what = random.below(100);
  if (what < 22) return incoming();
  if (what < 26 && random.chance(trouble.unasked) && leader() && !leader()->told_lost) return unasked(*leader());
  if (what < 80) return ask_anything();
  if (what < 84) {
    static const std::vector<std::pair<std::string, std::string>> wishes{
        {"OFFLINE", "Auto: SIP not registered"}, {"OFFLINE", "by supervisor"}, {"BREAK", "lunch"}, {"ONLINE", ""}, {"WRAP_UP", ""}};
    const auto& [status, reason] = wishes[random.below(5)];
    if (random.chance(400)) {  // a colleague's
      std::string body;
      JsonWriter(body).open('{').key("type").string("change").key("stream").string("agent_status").key("revision").number(++agent_revision).key("item").open('{')
          .key("extension").string("1003").key("name").string("Sue").key("status").string(status).key("reason").string(reason).key("since").number(server_time())
          .close('}').close('}');
      return tell_all(body);
    }
    return set_status(status, reason);
  }
  if (what < 86) {
    const bool on = random.chance(500);
    return happens(life, [on](Tab&) { return Event{.type = EventType::NetworkChanged, .on = on}; });
  }
  if (what < 90 && !connections.empty()) {
    auto& [id, connection] = *std::next(connections.begin(), random.below(static_cast<std::uint32_t>(connections.size())));
    if (random.chance(trouble.socket_dead)) {
      connection.dead = true;
      return note(nullptr, "a socket is half dead");
    }
    if (!random.chance(trouble.socket_close) || !connection.open) return;
    const int whose = connection.life;
    Tab* there = find(whose);
    connections.erase(connections.find(id));
    if (there) there->connection = 0;
    return happens(whose, [](Tab&) { return Event{.type = EventType::SocketClosed, .code = 1006}; });
  }
  if (what < 93 && has_tabs) {
    if (alive.size() > 1 && random.chance(500)) return close(tab);
    std::set<int> taken;
    for (auto& one : tabs)
      if (one->state != Tab::State::Dead) taken.insert(one->place);
    for (int place = 0; place < 5; ++place)
      if (!taken.contains(place)) return void(open_tab(place));
    return;
  }
  Tab* lead = leader();
  if (!lead || lead->told_lost) return;
  if (lead->phone->model().root.phase == Phase::Failed && random.chance(500)) return dispatch(*lead, Event{.type = EventType::Started});
  if (random.chance(trouble.unasked * 2)) return unasked(*lead);
  for (auto& leg : legs) {
    if (leg->life != lead->life || leg->far != Leg::Far::Up || !leg->told_up || !random.chance(300)) continue;
    if (random.chance(500))
      return sip(lead->life, 1, [id = leg->call_id](Tab& there) {
        return Event{.type = EventType::QualityMeasured, .call_id = text(there, id), .mos = 3.9, .jitter_ms = 12, .loss_percent = 1, .rtt_ms = 80};
      });
    return sip(lead->life, 1, [id = leg->call_id](Tab& there) {
      return Event{.type = EventType::RemoteChanged, .call_id = text(there, id), .number = text(there, "1007"), .name = text(there, "Sue")};
    });
  }
}

/// Trouble stops. Whoever is there comes to an end with what is open.
void World::settle() {
  note(nullptr, "CALM");
  calm = true;
  trouble = {};
  for (auto& [id, connection] : connections) connection.dead = false;
  for (auto& tab : tabs) {
    tab->acts_left = -1;
    if (tab->state == Tab::State::Frozen) thaw(tab->life);
  }
  if (load_failed)  // a page that reads again finds what the others could not
    for (auto& tab : tabs)
      if (tab->state != Tab::State::Dead) die(*tab);
  for (auto& tab : tabs)  // "try again", where a softphone did not start
    if (tab->state == Tab::State::Alive && tab->phone->model().root.phase == Phase::Failed) dispatch(*tab, Event{.type = EventType::Started});
  until(now + 30'000);  // transports come back, thawed tabs find their places
  int left = 0;
  for (std::size_t i = 0; i < tabs.size(); ++i)
    if (tabs[i]->state == Tab::State::Alive && ++left > 2) close(*tabs[i]);
  if (left == 0) restart(0);
  until(now + 10'000);
  for (auto& leg : legs)
    if (leg->far != Leg::Far::Gone) in(random.between(0, 5'000), [this, there = leg.get()] { end_leg(*there, Origin::Remote, 487, ""); });
  until(now + 40'000);
  for (int round = 0; round < 20 && problem.empty(); ++round) {
    Tab* lead = leader();
    if (!lead) {
      until(now + 10'000);
      continue;
    }
    std::vector<std::string> live;
    for (const Call& call : lead->phone->model().calls)
      if (call.in_use && call.state != CallState::Ended) live.emplace_back(lead->phone->strings().view(call.id));
    for (const std::string& id : live)
      if (Tab* still = leader()) ask(*still, [id](Tab& there) { return Event{.type = EventType::HangupRequested, .call_id = text(there, id)}; });
    if (Tab* still = leader(); still && round < 3) ask(*still, [](Tab&) { return Event{.type = EventType::OutboxRetried}; });
    until(now + 40'000);
    lead = leader();
    if (lead && live.empty() && lead->phone->model().outbox.pending == 0 && lead->requests.empty() && round >= 1) return;
  }
}

}  // namespace offhook::sim
