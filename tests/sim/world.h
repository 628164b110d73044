// A seeded world around real Phones: tabs of one extension, a softphone in each,
// a PBX with the far ends, a backend with its socket, a storage, a lock, and
// people who do as they please. Time is virtual; one seed is one run, and the
// same seed is the same run. docs/simulation.md says what may go wrong in it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/phone/phone.h"

namespace offhook::sim {

using Ms = double;

/// Choices from the seed (xorshift64*).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_((seed + 1) * 0x9E3779B97F4A7C15ULL | 1) { below(7); }
  std::uint32_t below(std::uint32_t bound) {
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return static_cast<std::uint32_t>((state_ * 0x2545F4914F6CDD1DULL) >> 33) % bound;
  }
  Ms between(Ms least, Ms most) { return least + below(static_cast<std::uint32_t>(most - least) + 1); }
  bool chance(std::uint32_t per_mille) { return below(1000) < per_mille; }
  template <class List>
  auto& of(List& list) { return list[below(static_cast<std::uint32_t>(list.size()))]; }

 private:
  std::uint64_t state_;
};

/// How often each kind of trouble comes, per mille of its occasions; drawn anew for each seed, many of them 0.
struct Trouble {
  std::uint32_t lost_request = 0, lost_answer = 0, slow = 0, twice = 0, busy = 0, unauthorized = 0, refused = 0, garbage = 0;
  std::uint32_t socket_close = 0, socket_dead = 0, message_twice = 0, message_late = 0;
  std::uint32_t softphone_refuses = 0, softphone_mute = 0, event_twice = 0, lost_bye = 0, transport = 0;
  std::uint32_t unasked = 0, start_fails = 0, write_fails = 0;
  std::uint32_t crash = 0, reload = 0, freeze = 0, sleep = 0, steal = 0, clock = 0, storage = 0;
};

struct World;

/// One call at the PBX: the far end and, perhaps, a softphone that has our side of it.
struct Leg {
  enum class Far : std::uint8_t { Ringing, Up, Gone };
  int id = 0;
  std::string call_id, sip_id, number, pbx_id;
  bool inbound = true;
  Far far = Far::Ringing;
  int life = 0;          ///< of the tab whose softphone has it; 0: none
  bool told = false;     ///< a Phone has heard of it
  bool told_up = false;  ///< a Phone has heard that both sides talk
  bool hold_failed = false;
  Ms logged_at = -1;     ///< when a Phone opened its record
  int logged_life = 0;
  Ms seen_at = -1;       ///< when a Phone had the call first
  bool clock_known = false;  ///< that Phone knew the server's clock by then
  bool outlives = false;     ///< the library that has it does not live in the page
  bool dropped = false;  ///< the page that had it died: the PBX ends it when it hears no sound
};

/// A request on its way, with its text.
struct Sent {
  int life = 0;
  double id = 0;
  Request request{};
  std::string record, key, body;
};

/// What the backend holds of one call_log, and what it has been told.
struct Stored {
  std::string id, key, status, end_reason, notes, disposition, sip_call_id;
  double revision = 0, started_at = 0, connected_at = 0, ended_at = 0, duration = 0;
  int finals = 0;  ///< different final statuses it was given
};

struct Connection {
  int id = 0, life = 0;
  bool open = false, greeted = false, dead = false;
};

/// A command that somebody waits for.
struct Asked {
  EventType type{};
  Ms at = 0, frozen = 0;  ///< when, and how long its phone had stood still until then
  int life = 0;           ///< the tab that carries it out
  int settled = 0;
  Ms settled_at = 0;
  bool excused = false;   ///< its page is gone
  Outcome outcome{};
  std::string call_log;  ///< of a draft, and of a discarded record
  int note = 0;          ///< which text was typed
};

/// One page: a Phone and the host around it.
struct Tab {
  enum class State : std::uint8_t { Alive, Frozen, Dead };
  int place = 0;  ///< which tab of the browser
  int life = 0;   ///< which engine: a reload begins a new one
  State state = State::Alive;
  std::unique_ptr<Phone> phone;
  std::string name, config;
  Ms frozen_since = 0, frozen_total = 0;
  std::deque<std::function<void()>> inbox;  ///< what happened while it was frozen
  std::set<double> timers;
  std::map<double, Sent> requests;
  std::vector<std::string> recording;
  int connection = 0;
  int acts_left = -1;  ///< the page dies after so many more effects; -1: it lives
  bool lock_gone = false;  ///< stolen while the page stood still
  bool granted = false;    ///< the lock's callback has run
  bool told_lost = false;  ///< it knows that another tab has the lock
  bool deposed = false, closed = false, load_failed = false;
  // its softphone
  bool soft_started = false, soft_ready = false, registered = false, transport_down = false;
  std::string features;
  // what the checks remember
  ActivityState activity = ActivityState::Idle;
  MaybeStatus next_status = MaybeStatus::None;
  struct Log {
    LogStatus status;
    double revision;
  };
  std::map<std::string, Log> logs;
};

struct World {
  explicit World(std::uint64_t seed, bool trace, bool record);
  /// Everything, up to the last check. False: `problem` says what does not hold.
  bool run();

  std::uint64_t seed;
  Random random;
  Trouble trouble;
  bool tracing, recording;
  bool calm = false;  ///< trouble has stopped
  std::string problem;
  std::uint64_t hash = 0xcbf29ce484222325ULL;  ///< of everything the Phones have asked for
  std::size_t events = 0;

  // time
  Ms now = 0;
  Ms wall = 1'700'000'000'000;  ///< our clock's reading at now == 0
  Ms server_wall = 0;
  bool clock_moved = false;
  void in(Ms delay, std::function<void()> what);
  void until(Ms time);
  bool idle() const;

  // the tabs (tab.cpp)
  std::vector<std::unique_ptr<Tab>> tabs;
  int next_life = 1;
  std::map<int, Ms> died_at;  ///< by life
  bool has_tabs = false, has_storage = false;
  std::string wrap_up;
  Tab* find(int life);
  Tab* leader();
  Tab& open_tab(int place);
  void happens(int life, std::function<Event(Tab&)> what);
  void dispatch(Tab& tab, Event event);
  void perform(Tab& tab);
  void perform_one(Tab& tab, const Effect& effect);
  void die(Tab& tab);
  void close(Tab& tab);
  void freeze(Tab& tab, Ms length);
  void thaw(int life);
  void restart(int place);

  // storage, lock and channel between the tabs (host.cpp)
  std::map<std::string, std::string> records;
  int holder = 0;
  std::deque<int> waiting;
  void claim(Tab& tab, bool steal);
  void grant();
  void granted(int life);
  bool load_failed = false;  ///< what was stored is not yet known to any page again
  void release(int life);
  void load(Tab& tab);
  void broadcast(const Tab& from, bool leaving);

  // the backend (backend.cpp)
  std::map<std::string, Stored> logs;        ///< by key
  std::map<std::string, std::string> log_ids;  ///< id → key
  std::string agent_status, agent_reason;
  Ms agent_since = 0;
  double agent_revision = 0;
  std::map<int, Connection> connections;
  int next_connection = 1;
  void http(Tab& tab, const Effect& effect);
  void arrive(const Sent& sent, bool answer_lost);
  std::pair<int, std::string> serve(const Sent& sent);
  std::string store_log(const Sent& sent, bool create, int& status);
  void answer(const Sent& sent, int status, std::string body, Ms retry_after = 0);
  void socket_open(Tab& tab);
  void socket_send(Tab& tab, std::string_view body);
  void tell(int connection, std::string body);
  void tell_all(const std::string& body);
  void set_status(std::string_view status, std::string_view reason);
  Ms server_time() const { return wall_start + server_wall + now; }
  static constexpr Ms wall_start = 1'700'000'000'000;

  // the PBX and the softphones (pbx.cpp)
  std::vector<std::unique_ptr<Leg>> legs;
  int contact = 0;  ///< the life whose softphone the PBX rings
  void softphone(Tab& tab, const Effect& effect);
  void sip(int life, Ms delay, std::function<Event(Tab&)> what);
  void end_leg(Leg& leg, Origin origin, double status, std::string_view reason, bool tell = true);
  Leg* leg_of(const Tab& tab, std::string_view call_id);
  void incoming();
  void dial(Tab& tab, const Effect& effect);
  void answer_leg(Leg& leg);
  void connect(Leg& leg, Ms delay);
  void transfer(Tab& tab, const Effect& effect);
  void register_phone(Tab& tab);
  void drop_transport(Tab& tab);
  void orphan(int life);
  bool outside = false;  ///< the softphone library lives outside the page, and keeps its talks

  // what nobody asked for (unasked.cpp)
  void unasked(Tab& lead);
  void sounds(Leg& leg, int left, std::size_t level);
  void tell_recording(std::string_view channel, std::string_view state);
  void take_up_talks(Tab& tab);

  // people (people.cpp)
  std::map<double, Asked> asked;
  double next_command = 0;
  int notes_typed = 0;
  std::set<std::string> discarded;  ///< keys of records that a user gave up
  void happen();
  void ask(Tab& tab, std::function<Event(Tab&)> what);
  void carry_out(Tab& tab, double command, const std::function<Event(Tab&)>& what);
  void ask_anything();
  void begin();
  void settle();

  // checks (checks.cpp)
  void complain(const std::string& what);
  void before(Tab& tab, const Event& event);
  void after(Tab& tab, const Event& event);
  void twice(Tab& tab, const Event& event);
  void at_end();
  void check_calls(Tab& tab);
  void check_agent(Tab& tab, const Event& event);
  void check_records();

  void note(const Tab* tab, const std::string& text);  ///< into the trace

 private:
  struct Due {
    Ms at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator>(const Due& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t order_ = 0;
  Agent agent_before_;
};

/// Rows of the machines' tables that any Phone has taken, by machine.
std::array<std::set<int>, kMachines>& rows_taken();

/// Events of different channels within 100 ms, in two orders: empty, or what differs in the end.
std::string order_matters(std::uint64_t seed);

}  // namespace offhook::sim
