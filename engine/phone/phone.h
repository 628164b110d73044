// The Phone: its machines, composed. One event in, run to completion, one reply
// out: which leaves of the store differ, and what the host must do. This is the
// only header that the wasm glue includes.
#pragma once

#include <memory>
#include <string>

#include "engine/core/out.h"
#include "engine/phone/ask.h"
#include "engine/phone/keep.h"
#include "engine/phone/model.h"
#include "engine/wire/codec.h"

namespace offhook {

namespace agent_status::activity {
struct Event;
}

/// Machines in the order of their numbers in a trace; names as in docs/machines.
enum class MachineId : std::uint8_t {
  Startup, Registration, Link, Call, Hold, Mute, Dtmf, Transfer, Contact, CallLog, Delivery, Activity, StatusWrite, Pause, Tabs, Quality,
  Consult, Conference, Recording
};
inline constexpr std::size_t kMachines = 19;

/// A leaf of the store that differs since the last reply.
struct Change {
  Leaf leaf;
  std::uint32_t slot;
  bool live;  ///< false: the slot was emptied
  std::uint32_t fields = 0;  ///< of a Call that was shown before: a bit for each shown field that moved. 0: any may have
};

/// What one event brought. Valid until the next dispatch.
struct Reply {
  double version = 0;
  std::vector<Change> changes;
  std::vector<std::uint32_t> freed;  ///< string handles that may be given out again
};

/// Called for every row taken; for tests and the inspector. Costs one comparison when unset.
struct Trace {
  void (*row)(void* user, MachineId machine, int row) = nullptr;  ///< row -1: no row, ignored
  void* user = nullptr;
};

/// Why a hot event was refused.
enum class HotError : int { None, UnknownType, BadTime, BadText, BadWord, Dead };

class Phone {
 public:
  explicit Phone(std::string_view config_json);
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  /// Why the configuration was refused; a Phone with an error must not be used further.
  const wire::Error& error() const { return error_; }

  /// Handles one event. REQUIRES: no error().
  const Reply& dispatch(const Event& event);
  const std::vector<Effect>& effects() const { return out_.effects; }

  /// The hot face (docs/ARCHITECTURE.md, The boundary): reads the event's fields from `in`, leaves the reply in hot_out().
  /// Returns 0, or the number of a HotError; then nothing has changed.
  int dispatch_hot(int type, const double* in, std::string_view blob);
  const std::vector<double>& hot_out() const { return hot_; }

  /// The cold face: JSON in, JSON out; never fails otherwise than by an error in the reply.
  std::string dispatch_json(std::string_view event_json);
  std::string snapshot() const;
  static std::string schema();
  /// Takes up a stored state: what lived is closed as lost, what was unsent is sent; a damaged leaf is counted and left out.
  /// Refused unless nothing happened yet.
  std::string restore_json(std::string_view snapshot_json);
  /// The same for the hot face: what it brought is in hot_out(), unless it was refused.
  wire::Error restore_hot(std::string_view snapshot_json);

  /// checkpoint.cpp: the whole Phone as text (empty while a stored state is coming in), and one that goes on exactly where the other
  /// stood; refused unless nothing happened yet.
  /// Without `agents` the others' presence is left out: ten thousand of them are a megabyte, and the host has each as it is shown.
  std::string checkpoint(bool agents = true) const;
  std::string resume_json(std::string_view checkpoint_json);

  /// Address of the record behind a live change, for the hot writer.
  const void* record(Leaf leaf, std::uint32_t slot) const;

  Strings& strings() { return strings_; }
  const Model& model() const { return m_; }
  void trace(Trace trace) { trace_ = trace; }

 private:
  // phone.cpp: one event, start to end. `event` is already in whole milliseconds.
  void handle(const Event& event);
  void route(const Event& event);
  void drain(const Event& cause);
  void route_inner(const Inner& inner, const Event& cause);
  void route_timer(const Event& event);

  // commands.cpp: what the user asks
  void route_command(const Event& event);
  void dial(const Event& event);
  Text start_call(std::uint16_t slot, const Event& event);
  int call_for(const Event& event, bool ringing) const;
  static std::string dialable(std::string_view typed);
  void save_draft(const Event& event);
  void keep_draft(Text key, const Event& cause);
  void start_wrap_up(const Event& event);
  void logout(const Event& event);

  // transfers.cpp: transfers, blind and attended; recording
  Reach reach_of(Text target) const;
  bool is_ourselves(Text target) const;
  Text channel_of(const Call& call) const;
  Text record_of(const Call& call) const;
  Route route_for(bool softphone_can, bool pbx_can) const;
  void request_transfer(std::uint16_t slot, const Event& event);
  void request_consult(const Event& event);
  void route_consult(const Inner& inner, const Event& none);
  void tell_consult(const Call& call, bool ended, const Event& none);
  void transfer_over(std::uint16_t slot, bool done, const Event& none);
  void request_recording(std::uint16_t slot, const Event& event);

  // conversations.cpp: who is talked to and who waits
  bool are_joined(const Call& a, const Call& b) const;
  void hold_others(std::uint16_t slot);
  void want_hold(std::uint16_t slot, bool held, const Event& none);
  int other_call(int slot) const;
  void request_swap(const Event& event);
  void request_merge(const Event& event);
  void merge_confirmed(const Event& event);
  void conference_changed(const Inner& inner, bool joined, const Event& none);
  void leave_conference(const Call& call, const Event& none);
  void look_up_again(std::uint16_t slot, const Event& cause);

  // pbx_answers.cpp: what the backend says of what the PBX carries out
  void call_answered(const PendingRequest& request, const Event& event, bool accepted, std::string_view state, std::string_view why);
  bool call_message(std::string_view type, const wire::Json& json, const Event& blank);

  // calls.cpp: what the softphone says, and what follows from it
  void route_softphone(const Event& event);
  void offer(const Event& event);
  void call_connected(std::uint16_t slot, const Event& cause);
  void call_finished(std::uint16_t slot, const Event& cause);
  int open_log(Call& call, const Event& cause);
  void log_unheard(const Event& event);
  void find_contact(Call& call, const Event& cause);
  void look_up(std::uint16_t slot, const Event& cause);
  void contact_known(const Inner& inner, bool known, const Event& cause);
  void end_all(const Event& cause);
  void settle_all(Reason reason);

  // media.cpp: what the softphone says of sound and devices
  void quality_measured(std::uint16_t slot, const Event& event);
  void forget_quality(std::uint16_t slot);
  void devices_changed(const Event& event);

  void push_stack(StackEvent event, const Call& call);
  int find_call(Text id) const;
  int free_call() const;
  int new_log();
  int find_log(Text key) const;
  int find_any_log(Text id) const;
  int log_of(const Call& call) const;
  void use_call(std::uint16_t slot, Text id, Direction direction);

  // backend.cpp: answers and socket messages
  void answered(const Event& event);
  void failed(const Event& event);
  void bound_rejected(const Event& cause);
  bool take_request(double id, PendingRequest& found);
  void request_over(const PendingRequest& request, const Event& event, bool definite_refusal);
  void socket_message(const Event& event);
  void agent_status(const Event& event);
  void queue_number(const Event& event);
  void attach_early(std::uint16_t slot, const Event& cause);
  bool attach(const Event& message, const Event& cause);

  // links.cpp: what connections and clocks are worth after a sleep, a drop, a change of network
  void woke(const Event& event);
  void network_changed(const Event& event);
  void check_links(const Event& cause);
  void check_calls();
  void softphone_ready(const Event& event);
  void measure_skew(Millis server, Millis asked_mono, double grain_ms);

  // publish.cpp: derived leaves and the difference to what was shown
  void derive();
  void derive_outbox();
  void publish();
  [[gnu::noinline]] void changed(Leaf leaf, std::uint32_t slot, bool live);
  void sweep();
  void derive_calls();
  void derive_blockers();
  int active_call() const;
  void touch(Leaf leaf) { touched_ |= 1u << static_cast<unsigned>(leaf); }
  bool touched(Leaf leaf) const { return touched_ & (1u << static_cast<unsigned>(leaf)); }

  // verdicts.cpp: what each command would be told now
  Reason allowed(Ask ask, const Call* call = nullptr) const;
  Reason allowed_in_call(Ask ask, const Call* call) const;
  Reason allowed_to_swap(const Call& active) const;
  Reason allowed_of_consult(Ask ask) const;
  Reason allowed_to_take_over() const;
  int consult_sought() const;
  Millis answer_due(double request) const;
  Millis changes_at(Ask ask, const Call* call, Reason reason) const;
  Millis due_at(TimerFor purpose, std::uint16_t slot) const;
  double live_calls() const;
  int newest_draft() const;
  void judge(Ask ask, const Call* call);
  void derive_can(Ask from, Ask to, const Call* active = nullptr, const Call* ringing = nullptr);

  // cold.cpp
  std::string reply_json(const wire::Error& error) const;

  // keep.cpp: what is worth keeping over a reload, as effects
  void keep();
  void keep_beat();
  void keep_slot(std::string_view kind, std::vector<Text>& names, Leaf leaf, std::uint32_t slot, Text name, bool write);
  void keep_call(std::uint32_t slot);
  void keep_consult();
  void keep_meta();
  void put(std::string_view kind, Text name, Leaf leaf, std::uint32_t slot);
  void forget(std::string_view kind, Text name);
  void write_leaf(JsonWriter& json, Leaf which, std::uint32_t slot) const;

  // restore.cpp: a stored state, read back
  void state_loaded(const Event& event);
  void storage_failed(const Event& event);
  void storage_recovered();
  wire::Error restore(std::string_view snapshot_json);
  wire::Error read_part(wire::Json& json, Restoring& state);
  bool read_leaf(const wire::Json& item, Restoring& state);
  void take_up(Restoring& state);
  void close_lost(CallLog& log, Millis alive);
  void take_up_call(Call call, Millis alive);
  void take_up_agent(const Agent& agent);
  void take_up_consult(const Consult& stored);
  void resumed(const Event& event);
  int record_of_ended(Call& call, Text sip_call_id);
  void registered(const Event& event);
  void look_for_calls(const Event& cause);

  // checkpoint.cpp
  wire::Error resume(const wire::Json& json);
  template <class Self, class Visit>
  static void each_shown(Self& self, Visit&& visit);

  // each machine's step, traced and counted
  void step_call(std::uint16_t slot, int on, const Event& event);
  void step_toggle(std::uint16_t slot, bool hold, int on, const Event& event);
  void step_dtmf(std::uint16_t slot, int on, const Event& event);
  void step_transfer(std::uint16_t slot, int on, const Event& event, Route route = Route::None, Reach reach = Reach::Unknown,
                     Reason why = Reason::SoftphoneRefused);
  void step_consult(int on, const Event& event, Route route = Route::None, Reach reach = Reach::Unknown,
                    Reason why = Reason::SoftphoneRefused, bool answered = false);
  void step_conference(int on, const Event& event, Route route = Route::None, Reason why = Reason::SoftphoneRefused);
  void step_recording(std::uint16_t slot, int on, const Event& event, Reason why = Reason::BackendRefused);
  void step_log(std::uint16_t slot, int on, const Event& event, const Call* call = nullptr, Text contact_id = {}, Text contact_name = {});
  void step_delivery(std::uint16_t slot, int on, const Event& event, Text id = {}, Text error = {});
  void step_contact(std::uint16_t slot, int on, const Event& event, Text id = {}, Text name = {});
  void step_quality(std::uint16_t slot, int on, const Event& event);
  void step_registration(int on, const Event& event);
  void step_link(int on, const Event& event);
  void step_startup(int on, const Event& event);
  void step_tabs(int on, const Event& event, Millis late_ms = 0, Reason why = Reason::Ok);
  void step_activity(int on, const Event& event, Text call_log_id = {}, bool follows = true);
  void step_activity(const agent_status::activity::Event& event);
  const Call& conversation_of(const Call& call) const;
  void centre_wrap_up(const wire::Json& message, const Event& event);
  void step_write(int on, const Event& event, AgentStatus status = AgentStatus::Online, Text reason = {},
                  StatusSource source = StatusSource::Agent);
  void step_pause(int on, const Event& event, AgentStatus status = AgentStatus::Online, Text reason = {}, bool synced = false);
  void traced(MachineId machine, int row);

  // hot.cpp
  void write_hot();
  double* write_record(std::span<const Field> fields, const void* base, double* to);
  double* write_part(std::uint32_t moved, const Call& call, double* to);
  double* write_field(Kind kind, const char* from, double* to);
  [[gnu::noinline]] void tell(Text text);

  Strings strings_;
  Config config_;
  wire::Error error_;
  Out out_;
  Model m_;
  Reply reply_;
  Trace trace_;
  Kept kept_;
  std::unique_ptr<Restoring> restoring_;  ///< between the first and the last part of a load

  // what the store shows now
  Root shown_root_;
  Registration shown_registration_;
  Agent shown_agent_;
  Connection shown_connection_;
  Outbox shown_outbox_;
  QueueInfo shown_queue_info_;
  AttendantTransferForm shown_transfer_form_;
  NoticeRecord shown_notice_;
  Tab shown_tab_;
  Consult shown_consult_;
  Conference shown_conference_;
  Devices shown_devices_;
  std::array<Call, limits::kCalls> shown_calls_;
  // what the present event may have changed: only that is compared and derived anew
  std::uint32_t touched_ = 0;        ///< bit of each Leaf
  std::uint32_t touched_calls_ = 0;   ///< bit of each call slot
  std::uint32_t switched_calls_ = 0;  ///< the same for those that only hold or mute has touched
  std::uint32_t used_calls_ = 0;     ///< slots in use
  bool full_ = false;                ///< as many live calls as there may be
  bool judged_anew_ = true;          ///< some verdict is not the one that is shown
  bool awaited_ = true;              ///< some verdict changes by itself as time goes by
  std::uint32_t touched_quality_ = 0;  ///< the same for their quality
  std::vector<std::uint16_t> dirty_logs_, dirty_drafts_, dirty_blockers_;
  std::vector<std::uint32_t> dirty_presence_;
  std::uint32_t stack_new_ = 0;
  Event hot_event_;  ///< empty but for its type between two dispatches
  std::vector<double> hot_;
  std::vector<std::uint32_t> hot_new_;
  bool show_all_ = true;  ///< the next reply carries every leaf
};

}  // namespace offhook
