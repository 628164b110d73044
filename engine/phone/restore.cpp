// A stored state, read back: by StateLoaded in parts, or by the cold face in
// one piece. What is damaged is counted and left out; the rest counts. What was
// on its way is sent again, what lived is looked for or closed as lost.
#include <algorithm>
#include <utility>

#include "engine/phone/migrations.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/startup/startup.h"

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

std::string Phone::restore_json(std::string_view snapshot_json) {
  if (error_) return reply_json(error_);
  if (m_.root.phase != Phase::Loading) return reply_json({"bad_state", "a stored state is taken up before anything else happens"});
  auto json = wire::parse_object(snapshot_json, limits::kStateBytes);
  if (!json) return reply_json({"bad_json", "the stored state is one JSON object of at most 4 MiB"});
  reply_.changes.clear();
  out_.effects.clear();
  out_.inner.clear();
  Restoring state;
  if (const wire::Error error = read_part(*json, state)) return reply_json(error);
  take_up(state);
  derive();
  publish();
  return reply_json({});
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
  } else if (name == "StackEntry") {
    StackEntry entry;
    if (!read(Leaf::StackEntry, &entry) || state.stack.size() >= limits::kCallStack) return false;
    state.stack.push_back(entry);
  }
  return true;
}

/// REQUIRES: Loading. A second state replaces the first.
void Phone::take_up(Restoring& state) {
  for (std::size_t i = out_.timers.size(); i-- > 0;)
    if (out_.timers[i].purpose == TimerFor::LogRetry) out_.clear_timer(TimerFor::LogRetry, out_.timers[i].slot);
  m_.logs = std::move(state.logs);
  m_.drafts = std::move(state.drafts);
  m_.stack = std::move(state.stack);
  m_.calls_made = state.calls_made;
  out_.next_id = std::max(out_.next_id, state.next_id);
  show_all_ = kept_.all = true;
  double unsent = 0;
  for (std::uint32_t i = 0; i < m_.logs.size(); ++i) {
    CallLog& log = m_.logs[i];
    if (log.ended_at == 0 || log.status < LogStatus::Answered) close_lost(log);
    if (log.delivery == DeliveryState::Unwritten || log.delivery == DeliveryState::Creating || log.delivery == DeliveryState::Updating)
      log.delivery = DeliveryState::Waiting;
    if (log.delivery != DeliveryState::Waiting) continue;
    if (log.dirty_since == 0) log.dirty_since = log.ended_at;
    out_.set_timer(TimerFor::LogRetry, static_cast<std::uint16_t>(i), limits::kRestoreSpacing * unsent++);
  }
}

/// Nobody will tell the end of that call any more.
void Phone::close_lost(CallLog& log) {
  log.ended_at = log.connected_at != 0 ? log.connected_at : log.started_at;
  log.end_reason = EndReason::Lost;
  log.status = log.connected_at != 0             ? LogStatus::Answered
               : log.type == Direction::Inbound ? LogStatus::Missed
                                                : LogStatus::NoAnswered;
  ++log.revision;
  if (log.status == LogStatus::Answered && m_.drafts.size() < limits::kDrafts)  // its notes are still to be written
    m_.drafts.push_back({.call_log_id = log.key, .notes = log.notes, .disposition = log.disposition, .since = log.ended_at, .in_use = true});
  if (log.delivery == DeliveryState::Saved) log.delivery = DeliveryState::Waiting;
}

}  // namespace offhook
