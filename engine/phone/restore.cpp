// A stored state, read back: by StateLoaded in parts, or by the cold face in
// one piece. What is damaged is counted and left out; the rest counts. What was
// on its way is sent again, what lived is looked for or closed as lost.
#include <algorithm>
#include <utility>

#include "engine/agent_status/agent_status.h"
#include "engine/call/call.h"
#include "engine/consult/consult.h"
#include "engine/phone/migrations.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/registration/registration.h"
#include "engine/startup/startup.h"
#include "engine/toggle/toggle.h"

namespace offhook {
namespace {

bool is_time(double value) { return value >= 0 && value < 1e15; }

}  // namespace

/// The host's answer to storage.load, or a part of it. Only a phone that is starting, and leads, has asked.
void Phone::state_loaded(const Event& event) {
  const bool leads = m_.tab.state == TabState::Alone || m_.tab.state == TabState::Leader;
  if (!config_.has_storage || !leads) return out_.count(Anomaly::IgnoredEvent);
  if (m_.root.phase == Phase::Loading) {
    if (!restoring_) restoring_ = std::make_unique<Restoring>();
    auto json = wire::parse_object(strings_.view(event.body), limits::kJsonBytes);
    if (!json) out_.count(Anomaly::BadState);
    else if (const wire::Error error = read_part(*json, *restoring_)) {
      out_.count(Anomaly::BadState);
      restoring_->refused = true;
      out_.warn(Notice::StorageFailed, strings_.intern(error.code));
    }
    if (event.on) {
      kept_.state = restoring_->refused ? Kept::State::Refused : Kept::State::On;
      if (!restoring_->refused) take_up(*restoring_);
      restoring_.reset();
    }
  }
  step_startup(on(startup::On::StateLoaded), event);
}

/// The storage cannot be read, or not be written. What is known goes on living in this page, and is still offered to be written.
void Phone::storage_failed(const Event& event) {
  const bool leads = m_.tab.state == TabState::Alone || m_.tab.state == TabState::Leader;
  if (!config_.has_storage || !leads) return out_.count(Anomaly::IgnoredEvent);
  m_.storage_failed_at = out_.at;
  if (m_.root.phase == Phase::Loading) {
    if (restoring_ && !restoring_->refused) take_up(*restoring_);  // the parts that came are better than none
    kept_.state = restoring_ && restoring_->refused ? Kept::State::Refused : Kept::State::On;
    kept_.all = true;
    restoring_.reset();
  }
  step_startup(on(startup::On::StorageFailed), event);
}

/// A write has succeeded after one that had not: what could not be written meanwhile is put anew, all of it.
void Phone::storage_recovered() {
  if (m_.storage_failed_at == 0 || kept_.state != Kept::State::On) return out_.count(Anomaly::IgnoredEvent);
  m_.storage_failed_at = 0;
  kept_.all = true;
  kept_.ids_until = 0;  // the meta, too
  for (KeptCall& call : kept_.calls) call = {.id = call.id};
  if (out_.notice.code == Notice::StorageFailed) out_.notice = NoticeRecord{};
  touch(Leaf::Tab);  // derived anew: what stands in the way of calls, and whether another tab may take over
}

wire::Error Phone::restore(std::string_view snapshot_json) {
  if (error_) return error_;
  if (m_.root.phase != Phase::Loading) return {"bad_state", "a stored state is taken up before anything else happens"};
  auto json = wire::parse_object(snapshot_json, limits::kStateBytes);
  if (!json) return {"bad_json", "the stored state is one JSON object of at most 4 MiB"};
  if (!wire::array_at(*json, "leaves")) return {"bad_state", "\"leaves\" is missing"};
  reply_.changes.clear();
  out_.effects.clear();
  out_.inner.clear();
  Restoring state;
  if (const wire::Error error = read_part(*json, state)) return error;
  if (out_.at == 0) out_.at = state.saved_at;  // no event has told the time yet
  take_up(state);
  drain(Event{.at = out_.at, .mono = out_.mono});
  derive();
  publish();
  return {};
}

/// An error refuses the whole: another extension's, or a schema that no migration leads from.
wire::Error Phone::read_part(wire::Json& json, Restoring& state) {
  const wire::Json* extension = json.find("extension");
  if (extension && wire::text_at(json, "extension") != strings_.view(config_.extension))
    return {"bad_state", "the stored state belongs to another extension"};
  const double schema = wire::number_at(json, "schema", state.schema != 0 ? state.schema : kStateSchema);
  if (!migrate(json, schema)) return {"bad_schema", "the stored state has another schema version"};
  state.schema = schema;

  const double next_id = wire::number_at(json, "next_id", state.next_id), calls_made = wire::number_at(json, "calls_made", state.calls_made);
  const double saved_at = wire::number_at(json, "saved_at");
  if (next_id >= 1 && next_id < 1e15 && calls_made >= 0 && calls_made < 1e15) state.next_id = next_id, state.calls_made = calls_made;
  else out_.count(Anomaly::BadState);
  if (is_time(saved_at)) state.saved_at = std::max(state.saved_at, saved_at);

  const wire::Json* leaves = wire::array_at(json, "leaves");
  if (!leaves) return {};  // nothing stored yet, or the meta alone
  for (const wire::Json& item : leaves->items)
    if (!read_leaf(item, state)) out_.count(Anomaly::BadState);
  return {};
}

/// False: damaged, or one too many. A leaf that is not kept over a reload is passed over.
bool Phone::read_leaf(const wire::Json& item, Restoring& state) {
  const std::string name = wire::text_at(item, "leaf");
  const wire::Json* value = wire::object_at(item, "value");
  const wire::Json* inner = wire::object_at(item, "inner");
  if (!value) return false;
  auto read = [&](Leaf leaf, void* base) {
    const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(leaf)];
    return !wire::read_fields(*value, shape.fields, base, strings_) && !(inner && wire::read_fields(*inner, shape.inner, base, strings_));
  };
  if (name == "CallLog") {
    CallLog log;
    if (!read(Leaf::CallLog, &log) || log.key.empty() || state.logs.size() >= limits::kCallLogs) return false;
    if (!(is_time(log.revision) && log.written_revision <= log.revision && is_time(log.attempts) && is_time(log.started_at) &&
          is_time(log.connected_at) && is_time(log.ended_at) && log.duration >= 0))
      return false;
    for (const CallLog& other : state.logs)
      if (other.key == log.key) return false;
    log.in_use = true;
    state.logs.push_back(log);
  } else if (name == "Draft") {
    Draft draft;
    if (!read(Leaf::Draft, &draft) || draft.call_log_id.empty() || state.drafts.size() >= limits::kDrafts) return false;
    for (const Draft& other : state.drafts)
      if (other.call_log_id == draft.call_log_id) return false;
    draft.in_use = true;
    state.drafts.push_back(draft);
  } else if (name == "Call") {
    Call call;
    if (!read(Leaf::Call, &call) || call.id.empty() || state.calls.size() >= limits::kCalls) return false;
    for (const Millis time : {call.started_at, call.ringing_at, call.connected_at, call.ended_at, call.held_since, call.held_ms, call.last_alive})
      if (!is_time(time)) return false;
    for (const Call& other : state.calls)
      if (other.id == call.id) return false;
    state.calls.push_back(call);
  } else if (name == "Agent") {
    Agent agent;
    if (!read(Leaf::Agent, &agent) || !is_time(agent.since) || !is_time(agent.intent_since) || !is_time(agent.wrap_up_ends_at)) return false;
    state.agent = agent;
  } else if (name == "Consult") {
    Consult consult;
    if (!read(Leaf::Consult, &consult) || !is_time(consult.since)) return false;
    state.consult = consult;
  } else if (name == "StackEntry") {
    StackEntry entry;
    if (!read(Leaf::StackEntry, &entry) || state.stack.size() >= limits::kCallStack) return false;
    state.stack.push_back(entry);
  }
  return true;
}

/// REQUIRES: Loading. A second state replaces the first.
void Phone::take_up(Restoring& state) {
  for (std::size_t i = out_.timers.size(); i-- > 0;) {
    const Timer timer = out_.timers[i];
    if (timer.purpose == TimerFor::LogRetry || timer.purpose == TimerFor::CallSetup) out_.clear_timer(timer.purpose, timer.slot);
  }
  for (std::uint32_t i = 0; i < m_.calls.size(); ++i)
    if (m_.calls[i].state == CallState::Recovering) m_.calls[i] = Call{}, used_calls_ &= ~(1u << i);
  m_.logs = std::move(state.logs);
  m_.drafts = std::move(state.drafts);
  m_.stack = std::move(state.stack);
  m_.calls_made = std::max(m_.calls_made, state.calls_made);
  out_.next_id = std::max(out_.next_id, state.next_id);
  show_all_ = kept_.all = true;
  const Millis alive = std::min(state.saved_at, out_.at);
  for (const Call& call : state.calls) take_up_call(call, alive);

  m_.consult = {};
  touch(Leaf::Consult);
  if (state.consult) take_up_consult(*state.consult);

  bool talking = false;
  std::vector<bool> lives(m_.logs.size());
  for (const Call& call : m_.calls) {
    if (call.state != CallState::Recovering) continue;
    talking = talking || call.connected_at != 0;
    if (const int log = log_of(call); log >= 0) lives[static_cast<std::size_t>(log)] = true;
  }
  double unsent = 0;
  for (std::uint32_t i = 0; i < m_.logs.size(); ++i) {
    CallLog& log = m_.logs[i];
    if (!lives[i] && (log.ended_at == 0 || log.status < LogStatus::Answered)) close_lost(log, alive);
    if (log.delivery == DeliveryState::Unwritten || log.delivery == DeliveryState::Creating || log.delivery == DeliveryState::Updating)
      log.delivery = DeliveryState::Waiting;
    if (log.delivery != DeliveryState::Waiting) continue;
    if (log.dirty_since == 0) log.dirty_since = log.ended_at != 0 ? log.ended_at : log.started_at;
    out_.set_timer(TimerFor::LogRetry, static_cast<std::uint16_t>(i), limits::kRestoreSpacing * unsent++);
  }
  if (state.agent) take_up_agent(*state.agent);
  if (state.agent || talking) step_activity(on(agent_status::activity::On::Resumed), Event{.at = out_.at, .mono = out_.mono, .on = talking});
}

/// No call goes with that record: nobody will tell its end any more.
void Phone::close_lost(CallLog& log, Millis alive) {
  const Millis began = log.connected_at != 0 ? log.connected_at : log.started_at;
  log.ended_at = std::max(began, alive);
  log.duration = log.connected_at != 0 ? log.ended_at - log.connected_at : 0;
  log.end_reason = EndReason::Lost;
  log.status = log.connected_at != 0             ? LogStatus::Answered
               : log.type == Direction::Inbound ? LogStatus::Missed
                                                : LogStatus::NoAnswered;
  ++log.revision;
  if (log.status == LogStatus::Answered && m_.drafts.size() < limits::kDrafts)  // its notes are still to be written
    m_.drafts.push_back({.call_log_id = log.key, .notes = log.notes, .disposition = log.disposition, .since = log.ended_at, .in_use = true});
  if (log.delivery == DeliveryState::Saved) log.delivery = DeliveryState::Waiting;
}

/// A call that lived when the page went: looked for, until the softphone says that it has it, or time is over.
void Phone::take_up_call(Call call, Millis alive) {
  const bool lived = call.state != CallState::Idle && call.state != CallState::Ended;
  const int log = find_log(call.call_log_id);
  const bool over = log >= 0 && m_.logs[static_cast<std::size_t>(log)].status >= LogStatus::Answered;
  const int found = lived && !over && find_call(call.id) < 0 ? free_call() : -1;
  if (found < 0) return kept_.dropped.push_back(call.id);
  const auto slot = static_cast<std::uint16_t>(found);
  const bool was_sought = call.state == CallState::Recovering;  // a second reload: the first one's page never had it
  call.log_slot = log;
  if (log < 0) call.call_log_id = {};
  else call.connected_at = m_.logs[static_cast<std::size_t>(log)].connected_at;  // the record counts
  if (!was_sought) call.last_alive = std::max(call.last_alive, alive);
  const bool held = call.connected_at != 0 && (call.hold == SwitchState::On || call.hold == SwitchState::TurningOff) && call.held_since != 0;
  if (held) {
    const Millis until = std::max(call.held_since, std::min(call.last_alive, out_.at));
    call.held_ms += until - call.held_since;
    call.held_since = until;
    call.held_mono = out_.mono - std::max(0.0, out_.at - until);
  } else {
    call.held_since = 0;
  }
  call.hold = held ? SwitchState::On : SwitchState::Off;
  call.mute_wanted = call.mute == SwitchState::On || call.mute_wanted;
  call.mute = SwitchState::Off;
  call.hold_wanted = held;
  call.dtmf = DtmfState::Idle;
  call.dtmf_digits = {};
  call.transfer = TransferState::Idle;
  call.transfer_target = call.transfer_other = {};
  switch (call.recording) {  // what was asked for is not known to have happened
    case RecordingState::Starting: call.recording = RecordingState::Off; break;
    case RecordingState::Pausing:
    case RecordingState::Stopping: call.recording = RecordingState::On; break;
    case RecordingState::Resuming: call.recording = RecordingState::Paused; break;
    default: break;
  }
  call.end_reason = EndReason::None;
  call.end_origin = Origin::Unknown;
  call.ended_at = call.duration_ms = 0;
  call.state = CallState::Idle;
  call.in_use = true;
  const bool look_up = call.contact == ContactState::Looking;
  if (look_up) call.contact = ContactState::Idle;
  m_.calls[slot] = call;
  used_calls_ |= 1u << slot;
  step_call(slot, on(call::On::Recover), Event{.at = out_.at, .mono = out_.mono});
  if (look_up) out_.post(InnerType::LookUpContact, slot);
}

/// The status goes on; what was on its way to the CRM or to the PBX is sent again.
void Phone::take_up_agent(const Agent& stored) {
  Agent agent = stored;
  // A page that is loaded anew is given `login` again, though nobody has signed in: wrap-up and calls that go on are not ended by it.
  agent.login_pending = agent.login_pending || (m_.agent.login_pending && stored.activity == ActivityState::Idle);
  if (agent.write != StatusWriteState::Settled && agent.requested != MaybeStatus::None) {
    agent.write = StatusWriteState::Waiting;
    out_.set_timer(TimerFor::StatusRetry, 0, limits::kRestoreSpacing);
  } else {
    agent.write = StatusWriteState::Settled;
    agent.requested = agent.queued = MaybeStatus::None;
  }
  if (agent.pause == PauseState::Pending) out_.set_timer(TimerFor::PauseRetry, 0, limits::kRestoreSpacing);
  m_.agent = agent;
  touch(Leaf::Agent);
}

/// REQUIRES: its calls are taken up. Without them there is nobody to go on with.
void Phone::take_up_consult(const Consult& stored) {
  kept_.consult = true;  // deleted with the next puts, unless it goes on
  if (stored.state == ConsultState::Idle) return;
  const bool at_pbx = stored.route == Route::Pbx;
  const int customer = find_call(stored.call_id), target = find_call(stored.consult_call_id);
  if (customer < 0 || m_.calls[static_cast<std::size_t>(customer)].connected_at == 0 || (target < 0 && !at_pbx)) return;
  m_.consult = {.call_id = stored.call_id, .consult_call_id = stored.consult_call_id, .target = stored.target, .route = stored.route,
                .since = stored.since};
  const bool answered = at_pbx ? stored.state != ConsultState::Consulting : m_.calls[static_cast<std::size_t>(target)].connected_at != 0;
  const Event none{.at = out_.at, .mono = out_.mono};
  step_consult(on(consult::On::TakenUp), none, stored.route, Reach::Unknown, Reason::SoftphoneRefused, answered);
}

/// The softphone still has a call of before the reload, or one that was never heard of.
void Phone::resumed(const Event& event) {
  int found = find_call(event.call_id), before = -1;
  for (std::size_t i = 0; found < 0 && i < m_.calls.size() && !event.sip_call_id.empty(); ++i)
    if (m_.calls[i].state == CallState::Recovering && m_.calls[i].sip_call_id == event.sip_call_id) found = static_cast<int>(i);
  if (found < 0) {
    found = event.call_id.empty() ? -1 : free_call();
    if (found < 0) return out_.count(Anomaly::TooManyCalls);
    use_call(static_cast<std::uint16_t>(found), event.call_id, Direction::Inbound);
    before = record_of_ended(m_.calls[static_cast<std::size_t>(found)], event.sip_call_id);
  }
  const auto slot = static_cast<std::uint16_t>(found);
  step_call(slot, on(call::On::Resumed), event);
  Call& call = m_.calls[slot];
  if (before >= 0) {  // it has talked since then
    call.connected_at = m_.logs[static_cast<std::size_t>(before)].connected_at;
    call.connected_mono = out_.mono - std::max(0.0, out_.at - call.connected_at);
  }
  if (call.state != CallState::Active) return;
  const bool was_held = call.hold == SwitchState::On;
  if (event.on != was_held) step_toggle(slot, true, on(event.on ? toggle::On::ConfirmedOn : toggle::On::ConfirmedOff), event);
  // Taken up anew, it talks: who was on hold must not suddenly hear the room, nor who was muted be heard.
  const Event wish{.at = event.at, .mono = event.mono};
  if (was_held && !event.on && !event.dialog.empty()) step_toggle(slot, true, on(toggle::On::TurnOn), wish);
  if (call.mute_wanted && call.mute == SwitchState::Off) step_toggle(slot, false, on(toggle::On::TurnOn), wish);
}

/// A talk that was taken for lost, or for ended, and is not: its record goes on, and one call keeps one record. Its slot, or −1.
int Phone::record_of_ended(Call& call, Text sip_call_id) {
  if (sip_call_id.empty()) return -1;
  for (std::size_t i = 0; i < m_.logs.size(); ++i) {
    const CallLog& log = m_.logs[i];
    if (!log.in_use || log.sip_call_id != sip_call_id || log.status != LogStatus::Answered) continue;
    call.direction = log.type;
    call.call_log_id = log.key;
    return call.log_slot = static_cast<std::int32_t>(i);
  }
  return -1;
}

void Phone::registered(const Event& event) {
  const bool again = m_.registration.state == RegistrationState::Registered;
  step_registration(on(registration::On::Registered), event);
  if (!again) look_for_calls(event);
}

/// The softphone is there and known to the PBX: now or never.
void Phone::look_for_calls(const Event& cause) {
  if (m_.root.phase != Phase::Ready || m_.registration.state != RegistrationState::Registered) return;
  Event reachable = cause;
  reachable.on = m_.root.has_resume;
  for (std::size_t i = 0; i < m_.calls.size(); ++i)
    if (m_.calls[i].state == CallState::Recovering) step_call(static_cast<std::uint16_t>(i), on(call::On::Reachable), reachable);
}

}  // namespace offhook
