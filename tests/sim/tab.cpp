// One page: its Phone, the events it is told, the effects it asks for, and its
// ends: closed, reloaded, crashed, frozen.
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

std::string json_of(const Event& event, const Strings& strings) {
  const EventShape& shape = kEvents[static_cast<std::size_t>(event.type)];
  std::string text;
  JsonWriter json(text);
  json.open('{').key("type").string(shape.name).key("at").number(event.at).key("mono").number(event.mono);
  for (const Field& field : shape.fields) json.field(field, &event, strings);
  json.close('}');
  return text;
}

std::string json_of(const Effect& effect, const Strings& strings) {
  const EffectShape& shape = kEffects[static_cast<std::size_t>(effect.type)];
  std::string text;
  JsonWriter json(text);
  json.open('{').key("type").string(shape.name).key("id").number(effect.id);
  for (const Field& field : shape.fields) json.field(field, &effect, strings);
  json.close('}');
  return text;
}

}  // namespace

std::array<std::set<int>, kMachines>& rows_taken() {
  static std::array<std::set<int>, kMachines> taken;
  return taken;
}

Tab* World::find(int life) {
  for (auto& tab : tabs)
    if (tab->life == life && tab->state != Tab::State::Dead) return tab.get();
  return nullptr;
}

/// The tab that carries out what users ask.
Tab* World::leader() {
  for (auto& tab : tabs) {
    if (tab->state != Tab::State::Alive) continue;
    const Model& m = tab->phone->model();
    const bool leads = m.tab.state == TabState::Leader || (!has_tabs && m.tab.state == TabState::Alone);
    if (leads && m.root.phase != Phase::Loading && m.root.phase != Phase::Disposed) return tab.get();
  }
  return nullptr;
}

Tab& World::open_tab(int place) {
  auto made = std::make_unique<Tab>();
  Tab& tab = *made;
  tab.place = place;
  tab.life = next_life++;
  tab.name = "tab" + std::to_string(place) + "." + std::to_string(tab.life);
  for (const std::string_view word : {"transfer", "attended", "conference", "check", "resume"})
    if (random.chance(word == "resume" ? 500 : 800) && !(outside && word == "resume")) tab.features += (tab.features.empty() ? "" : " ") + std::string(word);
  if (tab.features.empty()) tab.features = "nothing";
  JsonWriter json(tab.config);
  json.open('{').key("extension").string("1001").key("extension_id").string("e-17").key("number").string("1001").key("name").string("Alice");
  json.key("wrap_up").open('{').key("mode").string(wrap_up).key("seconds").number(5 + static_cast<double>(seed % 26)).close('}');
  json.key("login").flag(seed % 3 == 0).key("has_events_socket").flag(true).key("has_storage").flag(has_storage).key("has_tabs").flag(has_tabs);
  json.key("transfer_route").string(kRouteChoiceWords[seed % 5 < 3 ? 0 : seed % 5 - 2]);
  json.key("tab").string(tab.name).key("seed").number(static_cast<double>(seed * 1000 + static_cast<std::uint64_t>(tab.life))).close('}');
  tab.phone = std::make_unique<Phone>(tab.config);
  tab.phone->trace({[](void*, MachineId machine, int row) {
                      if (row >= 0) rows_taken()[static_cast<std::size_t>(machine)].insert(row);
                    },
                    nullptr});
  if (tab.phone->error()) complain("the configuration is refused: " + std::string(tab.phone->error().message));
  if (recording) tab.recording.push_back(tab.config);
  tabs.push_back(std::move(made));
  const int life = tab.life;
  happens(life, [](Tab&) { return Event{.type = EventType::Started}; });
  return *find(life);
}

/// An event for a page: told now, or when it goes on; never, when it is gone.
void World::happens(int life, std::function<Event(Tab&)> what) {
  Tab* tab = find(life);
  if (!tab) return;
  if (tab->state == Tab::State::Frozen) {
    tab->inbox.push_back([this, life, what = std::move(what)] {
      if (Tab* there = find(life)) dispatch(*there, what(*there));
    });
    return;
  }
  dispatch(*tab, what(*tab));
}

void World::dispatch(Tab& tab, Event event) {
  if (tab.state == Tab::State::Dead || !problem.empty()) return;
  event.at = wall + now;
  event.mono = 1000 + now;
  ++events;
  if (tracing) note(&tab, json_of(event, tab.phone->strings()));
  if (recording) tab.recording.push_back(json_of(event, tab.phone->strings()));
  if (event.type == EventType::TabLockLost || event.type == EventType::TabLockGranted) tab.told_lost = event.type == EventType::TabLockLost;
  before(tab, event);
  tab.phone->dispatch(event);
  for (const Effect& effect : tab.phone->effects()) {
    const std::string text = json_of(effect, tab.phone->strings());
    if (tracing) note(&tab, "    -> " + text);
    for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3ULL;
  }
  after(tab, event);
  const int life = tab.life;
  perform(tab);
  if (Tab* still = find(life); still && !still->deposed) twice(*still, event);
}

void World::perform(Tab& tab) {
  const int life = tab.life;
  const std::vector<Effect> effects = tab.phone->effects();
  for (const Effect& effect : effects) {
    if (tab.acts_left == 0) return die(tab);
    if (tab.acts_left > 0) --tab.acts_left;
    perform_one(tab, effect);
    if (!find(life)) return;
  }
  if (tab.deposed) restart(tab.place);
}

void World::perform_one(Tab& tab, const Effect& effect) {
  const int life = tab.life;
  auto text = [&](Text t) { return std::string(tab.phone->strings().view(t)); };
  switch (effect.type) {
    case EffectType::HttpSend:
      if (tab.told_lost) complain(tab.name + " sends a request though another tab leads");
      return http(tab, effect);
    case EffectType::SocketOpen: return socket_open(tab);
    case EffectType::SocketSend: return socket_send(tab, tab.phone->strings().view(effect.body));
    case EffectType::SocketClose:
      connections.erase(tab.connection);
      tab.connection = 0;
      if (random.chance(300))  // the browser tells the end of what was given up, and a last frame of it
        in(random.between(1, 50), [this, life] {
          happens(life, [](Tab&) { return Event{.type = EventType::SocketClosed, .code = 1000}; });
          happens(life, [](Tab& there) { return Event{.type = EventType::SocketMessage, .body = there.phone->strings().intern("bye")}; });
        });
      return;
    case EffectType::TimerSet:
      tab.timers.insert(effect.timer);
      return in(effect.delay_ms, [this, life, timer = effect.timer] {
        auto fire = [this, life, timer] {
          Tab* there = find(life);
          if (there && there->timers.erase(timer) > 0) dispatch(*there, Event{.type = EventType::TimerFired, .timer = timer});
        };
        Tab* there = find(life);
        if (there && there->state == Tab::State::Frozen) there->inbox.push_back(fire);
        else fire();
      });
    case EffectType::TimerClear: tab.timers.erase(effect.timer); return;
    case EffectType::StorageLoad: return load(tab);
    case EffectType::StoragePut:
    case EffectType::StorageDelete: {  // durable a millisecond later, if the page has not died meanwhile
      if (tab.told_lost) complain(tab.name + " writes to the storage without the lock");
      const bool put = effect.type == EffectType::StoragePut;
      if (put && !calm && random.chance(trouble.write_fails))  // told to have failed: what another page did meanwhile; the record is there
        in(2, [this, life] { happens(life, [](Tab& there) { return Event{.type = EventType::StorageFailed, .reason = there.phone->strings().intern("AbortError")}; }); });
      return in(1, [this, page = &tab, put, name = text(effect.record), body = text(effect.body)] {
        if (page->state == Tab::State::Dead && !page->deposed && !page->closed) return;
        if (put) records[name] = body;
        else records.erase(name);
      });
    }
    case EffectType::TabClaim: return claim(tab, effect.on);
    case EffectType::TabPing:
      return in(random.between(1, 8), [this] {
        if (Tab* there = find(holder); there && there->state == Tab::State::Alive) broadcast(*there, false);
      });
    case EffectType::TabRelease:
      if (holder == life) broadcast(tab, true);
      return release(life);
    case EffectType::TabDeposed: tab.deposed = true; return;
    case EffectType::CommandSettled: {
      const auto found = asked.find(effect.command);
      if (found == asked.end()) return complain("a command was settled that nobody asked");
      if (++found->second.settled > 1) return complain("command " + std::to_string(static_cast<int>(effect.command)) + " was settled twice");
      found->second.outcome = effect.outcome;
      found->second.settled_at = now;
      const Ms took = now - found->second.at - (tab.frozen_total - found->second.frozen);
      if (took > 200'000) complain("a command was settled only after " + std::to_string(static_cast<int>(took / 1000)) + " s");
      return;
    }
    case EffectType::Log: return;
    default: return softphone(tab, effect);
  }
}

/// The page is gone, without a word: what it had asked for in this millisecond is lost with it.
void World::die(Tab& tab) {
  note(&tab, "DIES");
  tab.state = Tab::State::Dead;
  died_at[tab.life] = now;
  connections.erase(tab.connection);
  for (auto& [command, one] : asked)
    if (one.life == tab.life && (one.settled == 0 || one.settled_at >= now - 1)) one.excused = true;
  orphan(tab.life);
  const int life = tab.life;
  in(random.between(1, 40), [this, life, gone = &tab] {
    gone->phone.reset();
    release(life);
  });
}

/// The page is left in order: its Phone is disposed of first.
void World::close(Tab& tab) {
  const int life = tab.life;
  tab.closed = true;
  for (auto& leg : legs)  // its adapter's `stop` hangs up, wherever the library lives
    if (leg->life == life) leg->outlives = false;
  dispatch(tab, Event{.type = EventType::Disposed});
  if (Tab* still = find(life)) die(*still);
}

/// The engine was deposed: its host begins again, as a follower.
void World::restart(int place) {
  for (auto& tab : tabs) {
    if (tab->place != place || tab->state == Tab::State::Dead) continue;
    die(*tab);
    break;
  }
  in(random.between(1, 50), [this, place] {
    for (auto& tab : tabs)
      if (tab->place == place && tab->state != Tab::State::Dead) return;
    open_tab(place);
  });
}

void World::freeze(Tab& tab, Ms length) {
  note(&tab, "FREEZES for " + std::to_string(static_cast<int>(length)) + " ms");
  tab.state = Tab::State::Frozen;
  tab.frozen_since = now;
  const int life = tab.life;
  in(length, [this, life] { thaw(life); });
}

/// What was missed is told in its order; the host's own "it took long" comes first or last.
void World::thaw(int life) {
  Tab* tab = find(life);
  if (!tab || tab->state != Tab::State::Frozen) return;
  const Ms gap = now - tab->frozen_since;
  tab->frozen_total += gap;
  tab->state = Tab::State::Alive;
  note(tab, "GOES ON");
  std::deque<std::function<void()>> missed;
  missed.swap(tab->inbox);
  const auto woke = [gap](Tab&) { return Event{.type = EventType::Woke, .gap_ms = gap}; };
  const bool first = random.chance(500);
  if (tab->lock_gone) happens(life, [](Tab&) { return Event{.type = EventType::TabLockLost}; });
  if (first) happens(life, woke);
  for (auto& one : missed) one();
  if (!first) happens(life, woke);
}

}  // namespace offhook::sim
