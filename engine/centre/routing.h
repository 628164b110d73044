// Between the PBX and the contact centre (engine/acd): what Asterisk says of callers in the hub's waiting room, of rings and talks becomes
// events of acd, acd's effects become AMI actions, one Redirect an offer. The lease is kept here, supervisors are joined here. It decides
// nothing of who gets whom. The operator's side is hub/asterisk/hub_queue.conf; the page is docs/queues.md, "On the PBX".
//
// Five rules hold: one open decision a call and an agent; the answer to an action proves nothing, DialBegin or HubRingEnd with our attempt
// does; a call that talks is redirected by a person's order only; HubFallback, HubOverflow and Hangup end what we know of a caller; and
// only an active hub redirects anybody or writes HUB_UNTIL.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/acd/acd.h"
#include "engine/ami/message.h"
#include "engine/core/schema.h"
#include "engine/pbx/channels.h"
#include "engine/supervisor/supervisor.h"

namespace offhook::wire {
class Json;
}

namespace offhook::centre {

class Model;

/// A call of acd as the PBX has it.
struct Caller {
  enum class Place : std::uint8_t {
    Waiting,   ///< hub-wait
    Ringing,   ///< hub-ring, or being sent there
    Talking,
    Fallback,  ///< in the PBX's own Queue()
    Leaving    ///< sent to an overflow
  };
  struct Ring {
    std::string agent;
    double attempt = 0;
    std::string leg;  ///< Uniqueid, once DialBegin told it
  };
  std::string call, queue;
  std::string uniqueid, channel;  ///< the customer's; empty: a callback
  Place place = Place::Waiting;
  std::vector<Ring> rings;
  double asked = 0;               ///< the attempt that HubRingEnd will quote
  std::string agent, agent_leg, agent_channel;  ///< who talks
  acd::Side by = acd::Side::None; ///< who hung up first
  bool gone = false;              ///< the customer's leg is over, the agent's not yet
  bool observed = false;          ///< the PBX's own queue has him: he is never redirected
  bool taking = false;            ///< he is on his way to a supervisor: the end of the agent's leg is not the talk's
  // What the channel's variables were set to last:
  long ring_s = 15;
  std::string dial, record, key;
};

/// One supervisor at one call.
struct Supervision {
  supervisor::Session session;
  std::string supervisor, call;   ///< extension, call id
  std::string agent;
  std::string leg, channel;       ///< of his telephone; the Uniqueid is chosen by us
  std::string spied_leg, spied_channel;
  Millis since = 0;
  std::vector<std::string> commands;  ///< to be settled when the wanted mode has begun, or has not
};

class Routing {
 public:
  Routing(Model& model, double seed);

  /// How long a wrap-up of this queue lasts by its settings; −1: it has none with a time, or is none of ours.
  Millis wrap_up_of(const std::string& queue) const;
  // The link's part
  void hear(const ami::Message& message);
  /// The Response to an action of ours; false: it is somebody else's.
  bool answered(const ami::Message& message);
  void resynced();
  void link_lost();
  void pbx_restarted();

  // The model's part
  void registered(const std::string& extension, bool yes);
  void status_is(const std::string& extension, AgentStatus status, const std::string& reason, const std::string& source);
  void legs_changed(const std::string& extension);
  /// The channel that a recording of this leg's call is made on: the customer's, for a call of ours.
  std::string recorded_channel(const pbx::Leg& leg) const;
  /// The customer's channel, for an agent's leg that talks to one of ours: who ends that leg by an order ends his. Empty: it is no such leg.
  std::string customer_of(const pbx::Leg& leg) const;

  // The hub's part; false: `reply.error` says why.
  bool queues_changed(const wire::Json& event);
  bool restore(const wire::Json& event);
  void snapshot_asked();
  /// False: it is no command of the contact centre.
  bool command(const wire::Json& event);

  // Time
  void renew_lease();
  void woke() { tell({.on = acd::On::Woke}); }
  void spy_time_over(const std::string& supervisor);
  void arrival_over(const std::string& channel);
  Millis due() const { return begun_ ? acd_.due() : -1; }
  void set_midnight(Millis midnight) { midnight_ = midnight; }

  void publish_all();

 private:
  // routing.cpp
  void tell(acd::Event event, std::string_view settles = {});
  void carry_out(const acd::Effects& effects);
  void publish(const acd::Effects& effects);
  void write_call_item(const std::string& call);
  bool routes() const { return active_ && routed_queues_ && !draining_; }
  void set_active(bool active);
  Caller* by_leg(std::string_view uniqueid);
  Caller* find(std::string_view call);
  void forget(const std::string& call);
  void engage(const std::string& agent, const std::string& call);
  void disengage(const std::string& agent, const std::string& call);

  // routing_calls.cpp
  void user_event(const ami::Message& message);
  void caller_arrived(const ami::Message& message);
  void take_back(const std::string& uniqueid, const std::string& channel, const std::string& queue);
  void ring_ended(const ami::Message& message);
  void leg_lost(const ami::Message& message);
  bool goes_on(Caller& caller, std::string_view leg);
  void dialled(const ami::Message& message);
  void dial_ended(const ami::Message& message);
  void hung_up(const ami::Message& message);
  void transferred(const ami::Message& message, bool attended);
  void originated(const ami::Message& message);
  void talks(Caller& caller, const Caller::Ring& ring, const std::string& leg, const std::string& channel);

  // routing_offers.cpp
  void ring(Caller& caller);
  void call_back(const acd::Effect& effect);
  void overflow(const acd::Effect& effect);
  void announce(const acd::Effect& effect);
  void redirect(const std::string& channel, std::string_view context, const std::string& exten);
  void set_variable(const std::string& channel, std::string_view name, const std::string& value);
  void set_key(Caller& caller);
  void waits_again(Caller& caller);

  // routing_sweep.cpp
  void sweep_item(const ami::Message& message);
  void sweep_over();
  void mirror_members();

  // routing_observed.cpp
  void observe(const ami::Message& message);
  void observe_entries();

  // routing_commands.cpp
  void queue_a_call(const wire::Json& event, const std::string& id);
  void drain(const std::string& id);

  // routing_supervise.cpp
  void supervise(const wire::Json& event, const std::string& id);
  void step(Supervision& session, const supervisor::Event& event);
  void spy_heard(const ami::Message& message);
  void spied_call_over(const std::string& call, bool customer_gone);
  void show(Supervision& session);

  /// A channel of the sweep that has variables of ours.
  struct Found {
    std::string uniqueid, channel, context, exten, bridge, queue, since, call, agent, attempt, role, caller;
    std::string spied, supervisor, spied_call;  ///< of a supervisor's leg
  };
  void adopt_sessions(const std::vector<Found>& found);

  Model& model_;
  acd::Acd acd_;
  bool begun_ = false;          ///< settings were told
  bool routed_queues_ = false;  ///< a queue of mode `offhook` is among them
  bool active_ = true, draining_ = false;
  Millis midnight_ = 0;
  std::map<std::string, Caller, std::less<>> callers_;
  std::map<std::string, std::string, std::less<>> legs_;  ///< Uniqueid of a customer's or a talking agent's leg → call
  std::map<std::string, std::string> engaged_;            ///< agent → the call that rings him, or that he talks to
  std::map<std::string, std::string, std::less<>> fallen_;  ///< Uniqueid of who went to the PBX's own queue → call
  std::set<std::string, std::less<>> ours_;               ///< agents' legs that are, or were, of an offer or a talk
  std::map<std::string, bool> busy_;                      ///< what acd was told last
  std::string sweep_id_;                                  ///< ActionID of the Status that is being answered
  std::vector<Found> found_;
  std::map<std::string, std::string> actions_;            ///< ActionID → "lease", "sweep", "offer:<call>", "settle:<id>"
  std::map<std::string, std::string> arriving_;           ///< channel that was sent to a queue by a command → the command
  std::map<std::string, Supervision> sessions_;           ///< by supervisor
  std::set<std::string> mirrored_;                        ///< "queue\ninterface" that QueueAdd was sent for
  acd::Settings settings_;
  double next_spy_ = 0, next_callback_ = 0;
};

}  // namespace offhook::centre
