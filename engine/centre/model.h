// The Centre's machines composed: what was seen of the PBX, one extension,
// endpoint and presence for each extension, one pause for each member, the
// commands under way. Each part has its own file; here is what they share. The
// link (engine/ami) tells when lists are read, whole or not, and when it is up.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/ami/lists.h"
#include "engine/centre/reply.h"
#include "engine/centre/routing.h"
#include "engine/centre/settings.h"
#include "engine/centre/timers.h"
#include "engine/endpoint/endpoint.h"
#include "engine/extension/extension.h"
#include "engine/member/member_pause.h"
#include "engine/member/presence.h"
#include "engine/pbx/channels.h"
#include "engine/pbx/contacts.h"
#include "engine/pbx/queues.h"

namespace offhook::wire {
class Json;
}

namespace offhook::centre {

/// What is told of an extension; compared with what was told last.
struct Shown {
  int code = 0;
  extension::Source source = extension::Source::Ami;
  std::string event, call_id, peer;
  int legs = 0;
  bool suspect = false;
  Millis stale_since = 0, registration_since = 0;
  std::string registration, registration_reason, name, endpoint, told;
  bool operator==(const Shown&) const = default;
};

/// One extension with everything that concerns it.
struct Tile {
  std::string extension;
  extension::Extension status;
  endpoint::Endpoint endpoint;
  member::presence::Presence presence;
  // The PBX's word comes from a hint, and where there is none from the device.
  bool hint_known = false, device_known = false;
  int hint = 0, device = 0;
  int literal = 0;  ///< with literal_seed_rules: the code that the rules hold
  std::string literal_call;
  bool routing_told = false;  ///< what the contact centre was told: registered
  Shown shown;
  bool is_shown = false;
  Millis code_at = 0;  ///< when the code that is to be shown began
  Millis held_since = 0;  ///< mono; the pass that began after it judges a held endpoint
  std::string told_registration;  ///< what a Phone said of itself
};

struct Command {
  enum class Kind : std::uint8_t { Pause, Hangup, Transfer, Recording, Conference };
  Kind kind;
  std::string id, action, action_id, extension, queue, channel, uniqueid, target, state;
  std::set<pbx::MemberKey> members;  ///< Pause: those that have not confirmed
  std::string call_log_id;
};

/// A consultation that was started by a command, by the agent's channel.
struct Consult {
  std::string channel, uniqueid, extension, target;
  bool ready = false;
};

struct Counters {
  double unusual = 0, disagreed = 0, suspects = 0, restored = 0, resyncs = 0;
};

class Model {
 public:
  explicit Model(const Settings& settings);

  // Now, of the call that is being answered:
  Millis at = 0, mono = 0;
  Reply reply;
  Timers timers;

  // The link's part (engine/centre/lists.cpp)
  void hear(const ami::Message& message);  ///< an event, live or of a list
  void answered(const ami::Message& message);  ///< the Response to an action of ours
  void lists_began();
  void list_asked(ami::List list);
  void list_over(ami::List list, bool complete);
  void list_denied(ami::List list, bool denied);  ///< an alarm says which permissions the account lacks
  void resynced();
  void link_lost();
  void pbx_restarted();
  bool live = false;    ///< read whole, and connected
  bool silent = false;  ///< connected, but nothing was heard for a while
  Millis last_event_at = 0;
  /// Lists that are to be asked now; taken by the owner of the link.
  ami::ListSet wanted_lists = 0;
  ami::ListSet denied_lists = 0;

  // The hub's part
  void set_agents(std::vector<pbx::AgentEntry> agents);
  /// The clock is known: what was made before with the configuration is stale since now.
  void started();
  void status_stored(const wire::Json& event);
  void status_refused(const std::string& extension, std::string_view code);
  void phone_told(const std::string& extension, const std::string& registration);
  void command(const wire::Json& event);
  /// False: `reply.error` says what is wrong with the event.
  bool refuse(std::string_view code, std::string_view message);

  void run_timers();
  /// Everything that changed is written into the reply.
  void publish();
  /// Everything that is shown.
  void publish_all();
  /// When the first timer is due, or a call without a leg is over; monotonic, -1: never.
  Millis due();

  Counters counters;
  pbx::Directory directory;
  pbx::Channels channels{directory};
  pbx::Queues queues{directory};

  // The contact centre's part
  Routing routing;
  /// Sends an action; its ActionID, or nothing when a value cannot be sent.
  std::string send(std::string_view action, const std::vector<std::pair<std::string_view, std::string>>& headers);
  /// What is known of agents, to a contact centre that has just got its settings.
  void tell_routing();
  void judge_wrapups_again();
  bool is_online(const std::string& extension) const;
  bool pulls_back() const { return settings_.pull_back; }
  bool tells_agent() const { return settings_.tell_agent; }

 private:
  // extensions.cpp
  Tile& tile(const std::string& extension);
  void not_known_yet(Tile& tile);
  void step(Tile& tile, extension::On on);
  void updateExtensionStatusFromCallEvent(const std::string& extension);
  void updateExtensionStatusFromCall(Tile& tile, int code, int legs, const std::string& call_id, const std::string& peer);
  void updateExtensionStatus(const std::string& extension, bool hint, int code);  ///< the PBX's own word
  void apply_literal_rules(const ami::Message& message, const std::string& call_id);
  void note(Tile& tile);  ///< something of it may differ: shown after the coalescing time
  Shown look_of(const Tile& tile) const;
  void show(Tile& tile);
  void write_extension(const Tile& tile, const Shown& shown);
  void infer_holds();

  // registrations.cpp
  void evaluate(const std::string& extension);
  void evaluate_all();
  void step(Tile& tile, const endpoint::Event& event);
  void step(Tile& tile, const member::presence::Event& event);
  void begin_pass();
  void end_pass();
  void judge_held();
  void count_vanishing();
  void reconcile();

  // pauses.cpp
  struct Slot {
    member::pause::Pause pause;
    std::string action_id;
    std::string shown;
    bool alarmed = false;  ///< a failure was told, and is not over
    bool noted = false;    ///< it may differ from what was told: told after the coalescing time
  };
  void want_pause(const Tile& tile, bool explicit_word);
  void want_pause(const pbx::MemberKey& key, bool paused, const std::string& reason, bool insists);
  void step(const pbx::MemberKey& key, member::pause::On on, std::string_view error = {});
  void observe_members();
  void note_member(const pbx::MemberKey& key, Slot& slot);
  void write_member(const pbx::MemberKey& key, bool whole);

  // wrapups.cpp
  void ask_wrapups();
  void wrapup_answered(const std::string& queue, const ami::Message& message);
  void judge_member_wrapups();
  void judge_wrapup(const std::string& name, std::int64_t seconds);

  // commands.cpp
  void tell_leg(const ami::Message& message);
  void tell_queue_number(const pbx::Leg& leg, std::string_view number);  ///< once for each leg
  void tell_missed_legs();
  void command_heard(const ami::Message& message);
  void settle_pauses();
  void settle(const std::string& id, bool ok, std::string_view code, std::string_view detail, std::string_view state);
  void phone_message(const std::string& extension, std::string_view message);
  void recording_message(const pbx::Leg& leg, std::string_view state);
  void start_command(Command command);

  // publish.cpp
  void publish_calls();
  void tell_calls(const std::vector<std::string>& ids);
  void tell_queues();  ///< and their members
  void publish_queues(const std::set<std::string>& names);
  void write_call(const pbx::Call& call);

  Settings settings_;
  pbx::Contacts contacts_, statuses_;
  std::unordered_map<std::string, std::string> devices_;
  std::map<std::string, std::string> agents_;  ///< of the Agents list: endpoint → Status
  std::map<std::string, Tile> tiles_;
  std::map<pbx::MemberKey, Slot> slots_;
  std::vector<pbx::MemberKey> noted_members_;
  std::map<std::string, Command> commands_;
  std::map<std::string, Consult> consults_;     ///< by the agent's channel
  std::unordered_map<std::string, std::string> actions_;  ///< ActionID → "command:<id>", "pause:<queue>\n<interface>" or "wrapup:<queue>"
  std::set<std::string> long_wrapups_, short_wrapups_;  ///< queues, or "queue interface", of which that was told
  std::map<std::string, std::int64_t> wrapups_;         ///< the same: what Asterisk has, seconds
  std::set<std::string> told_legs_;             ///< legs of which the Phone was told
  std::set<std::string> asked_again_;           ///< evidence changed: to be judged after this message
  std::string event_name_;                      ///< of the message that is being applied
  bool reading_ = false;                        ///< the lists of a resync are being read
  bool pass_running_ = false, mass_drop_ = false;
  Millis pass_began_ = 0;
  ami::ListSet state_lists_ = 0;                ///< asked for agents who came while the link was up, not over yet
  Millis lost_at_ = 0;                          ///< ms UTC: since then events were missed; 0: there was no link before
  ami::ListSet pass_lists_ = 0;                 ///< of the running pass, not over yet
  Millis counted_at_ = -1;                      ///< mono of the two counts
  int vanishing_ = 0, believed_ = 0;
  std::uint64_t next_action_ = 0;
};

}  // namespace offhook::centre
