// What the tabs of one browser share: the storage, the lock (Web Locks), the
// channel between them (BroadcastChannel).
#include <algorithm>

#include "tests/sim/world.h"

namespace offhook::sim {

void World::claim(Tab& tab, bool steal) {
  const int life = tab.life;
  if (std::find(waiting.begin(), waiting.end(), life) != waiting.end()) waiting.erase(std::find(waiting.begin(), waiting.end(), life));
  if (!steal) {
    waiting.push_back(life);
    return grant();
  }
  if (holder == life) return;
  const int victim = holder;
  holder = life;
  if (Tab* there = find(victim); there && !there->granted) waiting.push_back(victim);  // it never knew: its host asks again
  else if (there) {
    auto lost = [this, victim] {
      if (Tab* still = find(victim)) dispatch(*still, Event{.type = EventType::TabLockLost});
    };
    in(random.between(0, 3), [this, victim, lost] {
      Tab* still = find(victim);
      if (still && still->state == Tab::State::Frozen) still->lock_gone = true;  // the host asks for its lock before it tells what was missed
      else lost();
    });
  }
  in(random.between(1, 5), [this, life] { granted(life); });
}

/// The lock's callback runs: from here on the page knows.
void World::granted(int life) {
  Tab* there = find(life);
  if (!there || holder != life) return;
  if (there->state == Tab::State::Frozen) return there->inbox.push_back([this, life] { granted(life); });
  there->granted = true;
  dispatch(*there, Event{.type = EventType::TabLockGranted});
}

/// The first that waits gets a free lock.
void World::grant() {
  while (holder == 0 && !waiting.empty()) {
    const int life = waiting.front();
    waiting.pop_front();
    if (!find(life)) continue;
    holder = life;
    in(random.between(1, 20), [this, life] { granted(life); });
  }
}

void World::release(int life) {
  std::erase(waiting, life);
  if (holder == life) holder = 0;
  grant();
}

/// One BroadcastChannel message to all other tabs.
void World::broadcast(const Tab& from, bool leaving) {
  for (const auto& tab : tabs) {
    if (tab->life == from.life || tab->state == Tab::State::Dead) continue;
    in(random.between(1, 10), [this, life = tab->life, name = from.name, leaving] {
      happens(life, [name, leaving](Tab& there) {
        return Event{.type = EventType::TabHeard, .tab = there.phone->strings().intern(name), .on = leaving};
      });
    });
  }
}

/// The records as the host gives them: the members of `meta`, and the others as leaves, in one part or two.
void World::load(Tab& tab) {
  const int life = tab.life;
  if (random.chance(trouble.storage)) {
    load_failed = tab.load_failed = true;
    return in(random.between(1, 50), [this, life] {
      happens(life, [](Tab& there) { return Event{.type = EventType::StorageFailed, .reason = there.phone->strings().intern("blocked")}; });
    });
  }
  in(random.between(2, 40), [this, life] {
    const auto meta = records.find("meta");
    std::vector<std::string> parts{meta == records.end() ? "{" : meta->second.substr(0, meta->second.size() - 1) + ","};
    parts.back() += "\"leaves\":[";
    const std::size_t half = random.chance(300) ? records.size() / 2 : records.size();
    std::size_t at = 0;
    bool first = true;
    for (const auto& [name, body] : records) {
      if (name == "meta") continue;
      if (at++ == half && half < records.size() && half > 0) {
        parts.back() += "]}";
        parts.push_back("{\"leaves\":[");
        first = true;
      }
      parts.back() += (first ? "" : ",") + body;
      first = false;
    }
    parts.back() += "]}";
    for (std::size_t i = 0; i < parts.size(); ++i)
      happens(life, [part = parts[i], last = i + 1 == parts.size()](Tab& there) {
        return Event{.type = EventType::StateLoaded, .body = there.phone->strings().intern(part), .on = last};
      });
  });
}

}  // namespace offhook::sim
