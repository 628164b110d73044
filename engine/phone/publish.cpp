// What is derived from the rest (the active call, what may be commanded, the
// outbox's sums), and the difference between the state and what the store shows.
#include <algorithm>
#include <bit>
#include <utility>

#include "engine/phone/blockers.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

/// The call a headset means: what is being set up, else who is talking, else who is held.
int focus(const Call& call) {
  switch (call.state) {
    case CallState::Dialing:
    case CallState::Ringing:
    case CallState::Answering: return 4;
    case CallState::Active: return call.hold == SwitchState::On ? 2 : 3;
    case CallState::Recovering:
    case CallState::Ending: return 1;
    default: return 0;
  }
}

/// Each slot once, in order. The lists are short or already in order, so that insertion is all it takes.
template <class Slots>
void ascending(Slots& slots) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto slot = slots[i];
    std::size_t at = kept;
    while (at > 0 && slots[at - 1] > slot) --at;
    if (at > 0 && slots[at - 1] == slot) continue;
    for (std::size_t j = kept; j > at; --j) slots[j] = slots[j - 1];
    slots[at] = slot;
    ++kept;
  }
  slots.resize(kept);
}

/// A bit for each shown field in which the two differ.
std::uint32_t moved_fields(const Call& now, const Call& shown) {
  auto differs = [&]<std::size_t I>() -> std::uint32_t {
    constexpr const Field& field = kCallFields[I];
    const char *a = reinterpret_cast<const char*>(&now) + field.offset, *b = reinterpret_cast<const char*>(&shown) + field.offset;
    bool same;
    if constexpr (field.kind == Kind::Number || field.kind == Kind::Time) same = *reinterpret_cast<const double*>(a) == *reinterpret_cast<const double*>(b);
    else if constexpr (field.kind == Kind::String || field.kind == Kind::Name) same = *reinterpret_cast<const Text*>(a) == *reinterpret_cast<const Text*>(b);
    else same = *a == *b;
    return same ? 0 : 1u << I;
  };
  static_assert(kCallFields.size() <= 31 && width_of(kCallFields) == kCallFields.size());  // one number each, and bits of a JavaScript int32
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return (differs.template operator()<I>() | ...); }(std::make_index_sequence<kCallFields.size()>());
}

}  // namespace

int Phone::active_call() const {
  int best = -1;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const int i = std::countr_zero(left);
    const Call& call = m_.calls[static_cast<std::size_t>(i)];
    if (focus(call) == 0) continue;
    if (best >= 0) {
      const Call& other = m_.calls[static_cast<std::size_t>(best)];
      if (focus(call) < focus(other) || (focus(call) == focus(other) && call.started_at < other.started_at)) continue;
    }
    best = i;
  }
  return best;
}

void Phone::derive() {
  m_.root.anomalies = out_.anomalies;
  m_.root.last_anomaly = out_.last_anomaly;
  m_.root.last_anomaly_at = out_.last_anomaly_at;
  m_.notice = out_.notice;
  if (!dirty_logs_.empty() || show_all_) derive_outbox();
  auto bits = [](auto... leaf) { return ((1u << static_cast<unsigned>(leaf)) | ...); };
  const bool all = show_all_ || touched(Leaf::Root);
  const bool registration = touched(Leaf::Registration) ||
                            (touched(Leaf::Connection) && m_.registration.state != RegistrationState::Registered);
  // Hold and mute of the only call decide nothing: it is the active one either way, and no command depends on them.
  const bool switched = switched_calls_ && (awaited_ || !std::has_single_bit(used_calls_));
  const bool calls = all || registration || touched_calls_ || switched || !dirty_logs_.empty() || touched_ & bits(Leaf::Consult, Leaf::Conference);
  const bool agent = all || registration || touched(Leaf::Agent) || !dirty_drafts_.empty();
  if (calls) derive_calls();
  if (agent) derive_can(Ask::SetStatus, Ask::Logout);
  if (all || !dirty_logs_.empty()) derive_can(Ask::RetryOutbox, Ask::DiscardOutbox);
  if (calls || agent || touched(Leaf::Tab) || m_.notice != shown_notice_) derive_can(Ask::TakeOver, Ask::DismissNotice);
  const bool full = calls ? live_calls() >= config_.calls_max : full_;
  const bool in_the_way = agent || touched_ & bits(Leaf::Connection, Leaf::Devices, Leaf::Tab) || m_.notice != shown_notice_;
  if (in_the_way || full != full_) derive_blockers();
  full_ = full;
}

/// What follows from the calls: the active one, its queue, and what may be done with it.
void Phone::derive_calls() {
  awaited_ = false;
  int offered = -1;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const int i = std::countr_zero(left);
    if (m_.calls[static_cast<std::size_t>(i)].state == CallState::Offered) offered = i;
  }
  const int active = active_call();
  const Call* call = active >= 0 ? &m_.calls[static_cast<std::size_t>(active)] : nullptr;
  const Call* ringing = offered >= 0 ? &m_.calls[static_cast<std::size_t>(offered)] : nullptr;
  m_.root.active_call_id = call ? call->id : Text{};

  const Call* of = call ? call : ringing;
  const int log = of ? log_of(*of) : -1;
  m_.queue_info = {};
  m_.transfer_form = {};
  if (log >= 0) {
    const CallLog& record = m_.logs[static_cast<std::size_t>(log)];
    m_.queue_info = {record.queue_name, record.server_call_log_token, record.yeastar_call_id, record.queue_number};
    m_.transfer_form = {record.channel_id};
  }
  derive_can(Ask::Call, Ask::StopRecording, call, ringing);
}

/// Compared entry by entry: one that lasts keeps the time it was first seen.
void Phone::derive_blockers() {
  BlockerList now;  // as long as there are reasons at most
  const std::size_t count = find_blockers(m_, config_, now);
  auto& shown = m_.blockers;
  const std::size_t was = shown.size();
  BlockerList before;
  std::copy(shown.begin(), shown.end(), before.begin());
  for (std::size_t i = 0; i < std::max(count, was); ++i) {
    BlockerEntry entry = i < count ? now[i] : BlockerEntry{};
    if (entry.in_use && entry.since == 0) {
      entry.since = out_.at;
      for (std::size_t j = 0; j < was; ++j)
        if (before[j].in_use && before[j].reason == entry.reason) entry.since = before[j].since;
    }
    if (i == shown.size()) shown.emplace_back();
    if (shown[i] == entry) continue;
    shown[i] = entry;
    dirty_blockers_.push_back(static_cast<std::uint16_t>(i));
  }
}

void Phone::derive_outbox() {
  m_.outbox = {};
  for (const CallLog& record : m_.logs) {
    if (!record.in_use || record.delivery == DeliveryState::Saved || record.delivery == DeliveryState::Unwritten ||
        record.delivery == DeliveryState::Discarded)
      continue;
    ++m_.outbox.pending;
    if (record.delivery == DeliveryState::Waiting) ++m_.outbox.failing;
    if (record.delivery == DeliveryState::Rejected) ++m_.outbox.rejected;
    if (record.dirty_since != 0 && (m_.outbox.oldest == 0 || record.dirty_since < m_.outbox.oldest)) m_.outbox.oldest = record.dirty_since;
  }
}

void Phone::changed(Leaf leaf, std::uint32_t slot, bool live) { reply_.changes.push_back({leaf, slot, live}); }

void Phone::publish() {
  auto one = [this](Leaf leaf, const auto& now, auto& shown) {
    if (!show_all_ && now == shown) return;
    shown = now;
    changed(leaf, 0, true);
  };
  // What changes seldom is compared and copied in few bytes rather than in few nanoseconds.
  auto seldom = [this](Leaf leaf, const auto& now, auto& shown) __attribute__((noinline, minsize)) {
    if (!show_all_ && now == shown) return;
    shown = now;
    changed(leaf, 0, true);
  };
  one(Leaf::Root, m_.root, shown_root_);
  if (touched(Leaf::Registration) || show_all_) seldom(Leaf::Registration, m_.registration, shown_registration_);
  if (touched(Leaf::Agent) || show_all_) seldom(Leaf::Agent, m_.agent, shown_agent_);
  if (touched(Leaf::Connection) || show_all_) seldom(Leaf::Connection, m_.connection, shown_connection_);
  if (!dirty_logs_.empty() || show_all_) seldom(Leaf::Outbox, m_.outbox, shown_outbox_);
  one(Leaf::QueueInfo, m_.queue_info, shown_queue_info_);
  one(Leaf::AttendantTransferForm, m_.transfer_form, shown_transfer_form_);
  if (judged_anew_ || show_all_) reply_.changes.push_back({Leaf::Can, 0, true});
  judged_anew_ = false;
  one(Leaf::Notice, m_.notice, shown_notice_);
  if (touched(Leaf::Tab) || show_all_) seldom(Leaf::Tab, m_.tab, shown_tab_);
  if (touched(Leaf::Consult) || show_all_) seldom(Leaf::Consult, m_.consult, shown_consult_);
  if (touched(Leaf::Conference) || show_all_) seldom(Leaf::Conference, m_.conference, shown_conference_);
  if (touched(Leaf::Devices) || show_all_) seldom(Leaf::Devices, m_.devices, shown_devices_);

  for (std::uint32_t left = show_all_ ? (1u << limits::kCalls) - 1 : touched_calls_ | switched_calls_; left; left &= left - 1) {
    const auto i = static_cast<std::uint32_t>(std::countr_zero(left));
    Call& shown = shown_calls_[i];
    const Call& call = m_.calls[i];
    if (!call.in_use && !shown.in_use) continue;
    const bool same_call = !show_all_ && shown.in_use && call.in_use && call.id == shown.id;
    const std::uint32_t moved = same_call ? moved_fields(call, shown) : 0;
    if (moved == 0 && !show_all_ && call == shown) continue;
    if (!same_call && shown.in_use && (!call.in_use || call.id != shown.id)) changed(Leaf::Call, i, false);
    shown = call;
    if (call.in_use) reply_.changes.push_back({Leaf::Call, i, true, moved});
  }
  for (std::uint32_t left = show_all_ ? (1u << limits::kCalls) - 1 : touched_quality_; left; left &= left - 1) {
    const auto i = static_cast<std::uint32_t>(std::countr_zero(left));
    if (m_.quality[i].in_use) changed(Leaf::Quality, i, true);
  }
  auto each = [this](Leaf leaf, auto& dirty, const auto& records) {
    if (show_all_) {
      dirty.clear();
      for (std::size_t i = 0; i < records.size(); ++i) dirty.push_back(static_cast<typename std::remove_reference_t<decltype(dirty)>::value_type>(i));
    }
    ascending(dirty);
    for (const auto slot : dirty) changed(leaf, slot, records[slot].in_use);
  };
  each(Leaf::CallLog, dirty_logs_, m_.logs);
  each(Leaf::Draft, dirty_drafts_, m_.drafts);
  each(Leaf::Blocker, dirty_blockers_, m_.blockers);
  if (show_all_) stack_new_ = static_cast<std::uint32_t>(m_.stack.size());
  for (std::uint32_t i = 0; i < stack_new_; ++i)
    changed(Leaf::StackEntry, static_cast<std::uint32_t>(m_.stack.size()) - stack_new_ + i, true);
  if (show_all_) {
    dirty_presence_.clear();
    for (std::uint32_t i = 0; i < m_.presence.size(); ++i) dirty_presence_.push_back(i);
  }
  ascending(dirty_presence_);
  for (const std::uint32_t slot : dirty_presence_) changed(Leaf::Presence, slot, true);
  show_all_ = false;
  if (!reply_.changes.empty()) ++reply_.version;
}

const void* Phone::record(Leaf leaf, std::uint32_t slot) const {
  switch (leaf) {
    case Leaf::Root: return &m_.root;
    case Leaf::Registration: return &m_.registration;
    case Leaf::Agent: return &m_.agent;
    case Leaf::Connection: return &m_.connection;
    case Leaf::Outbox: return &m_.outbox;
    case Leaf::QueueInfo: return &m_.queue_info;
    case Leaf::AttendantTransferForm: return &m_.transfer_form;
    case Leaf::Can: return &m_.can;
    case Leaf::Notice: return &m_.notice;
    case Leaf::Tab: return &m_.tab;
    case Leaf::Consult: return &m_.consult;
    case Leaf::Conference: return &m_.conference;
    case Leaf::Devices: return &m_.devices;
    case Leaf::Quality: return &m_.quality[slot];
    case Leaf::Blocker: return &m_.blockers[slot];
    case Leaf::Call: return &m_.calls[slot];
    case Leaf::CallLog: return &m_.logs[slot];
    case Leaf::Draft: return &m_.drafts[slot];
    case Leaf::StackEntry: return &m_.stack[slot];
    case Leaf::Presence: return &m_.presence[slot];
  }
  return nullptr;
}

}  // namespace offhook
