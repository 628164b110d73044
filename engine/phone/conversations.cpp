// Several conversations at once: who is talked to and who waits, swap, and two
// calls that become one and part again.
#include <bit>

#include "engine/call/call.h"
#include "engine/conference/conference.h"
#include "engine/consult/consult.h"
#include "engine/contact/contact.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/toggle/toggle.h"

namespace offhook {

/// Both in one conference, or on their way into it or out of it: no automatic
/// hold between them.
bool Phone::are_joined(const Call& a, const Call& b) const {
  const Conference& c = m_.conference;
  if (c.state == ConferenceState::Idle) return false;
  return (a.id == c.call_id && b.id == c.other_call_id) || (a.id == c.other_call_id && b.id == c.call_id);
}

void Phone::hold_others(std::uint16_t slot) {
  for (std::uint32_t left = used_calls_ & ~(1u << slot); left; left &= left - 1) {
    const auto i = static_cast<std::uint16_t>(std::countr_zero(left));
    const Call& other = m_.calls[i];
    if (other.state != CallState::Active || other.hold_wanted || are_joined(other, m_.calls[slot])) continue;
    Event hold{.type = EventType::HoldRequested, .at = out_.at, .mono = out_.mono};
    step_toggle(i, true, on(toggle::On::TurnOn), hold);
  }
}

/// The Phone's own wish: nobody waits for its answer, and a command that does
/// keeps its place.
void Phone::want_hold(std::uint16_t slot, bool held, const Event& none) {
  const Call& call = m_.calls[slot];
  if (call.state != CallState::Active || call.hold_wanted == held) return;
  step_toggle(slot, true, on(held ? toggle::On::TurnOn : toggle::On::TurnOff), none);
}

/// The conversation that a swap or a merge means besides `slot`: the held one,
/// the newest first. −1 when there is none.
int Phone::other_call(int slot) const {
  int best = -1;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const int i = std::countr_zero(left);
    const Call& call = m_.calls[static_cast<std::size_t>(i)];
    if (i == slot || call.state != CallState::Active) continue;
    if (best >= 0) {
      const Call& other = m_.calls[static_cast<std::size_t>(best)];
      if (call.hold_wanted != other.hold_wanted ? other.hold_wanted : call.started_at < other.started_at) continue;
    }
    best = i;
  }
  return best;
}

void Phone::request_swap(const Event& event) {
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason, event.call_id); };
  const Consult& consult = m_.consult;
  if (consult.state != ConsultState::Idle && consult.route == Route::Pbx && (event.call_id.empty() || event.call_id == consult.call_id))
    return step_consult(on(consult::On::Swap),
                        event);  // both talk on one leg of ours
  const int active = active_call();
  if (active < 0 && event.call_id.empty()) return refuse(Reason::NoSuchCall);
  const int found = event.call_id.empty() ? other_call(active) : find_call(event.call_id);
  if (found < 0) return refuse(event.call_id.empty() ? Reason::NoOtherCall : Reason::NoSuchCall);
  const auto slot = static_cast<std::uint16_t>(found);
  if (m_.calls[slot].state != CallState::Active) return refuse(Reason::NotConnected);
  if (active >= 0 && active != found && are_joined(m_.calls[slot], m_.calls[static_cast<std::size_t>(active)]))
    return out_.settle(command, Outcome::Done, Reason::Ok, event.call_id);  // both are talked to
  hold_others(slot);
  step_toggle(slot, true, on(toggle::On::TurnOff), event);
}

void Phone::request_merge(const Event& event) {
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason, event.call_id); };
  const int first = call_for(event, false);
  if (first < 0) return refuse(Reason::NoSuchCall);
  const int second = event.other_call_id.empty() ? other_call(first) : find_call(event.other_call_id);
  if (second < 0) return refuse(event.other_call_id.empty() ? Reason::NoOtherCall : Reason::NoSuchCall);
  if (first == second) return refuse(Reason::NoOtherCall);
  const Call *talking = &m_.calls[static_cast<std::size_t>(first)], *waiting = &m_.calls[static_cast<std::size_t>(second)];
  if (talking->state != CallState::Active || waiting->state != CallState::Active) return refuse(Reason::NotConnected);
  if (talking->hold_wanted && !waiting->hold_wanted) std::swap(talking, waiting);
  Event merge = event;
  merge.call_id = talking->id;
  merge.other_call_id = waiting->id;
  const bool pbx = !channel_of(*talking).empty() && !channel_of(*waiting).empty();
  step_conference(on(conference::On::MergeRequested), merge, route_for(m_.root.has_conference, pbx));
}

/// What the softphone says of a conference: of the one that is asked for, or of
/// one that its own button made.
void Phone::merge_confirmed(const Event& event) {
  const int first = find_call(event.call_id), second = find_call(event.other_call_id);
  if (first < 0 || second < 0 || first == second) return out_.count(Anomaly::UnknownCall);
  const Call &a = m_.calls[static_cast<std::size_t>(first)], &b = m_.calls[static_cast<std::size_t>(second)];
  if (m_.conference.state != ConferenceState::Idle && !are_joined(a, b)) return out_.count(Anomaly::IgnoredEvent);
  if (a.state != CallState::Active || b.state != CallState::Active) return out_.count(Anomaly::IgnoredEvent);
  step_conference(event.on ? on(conference::On::Joined) : on(conference::On::Parted), event, Route::Softphone);
}

/// Joined: both are talked to, and a third one waits. Parted: the one that waited before waits again.
void Phone::conference_changed(const Inner& inner, bool joined, const Event& none) {
  const int first = find_call(inner.a), second = find_call(inner.b);
  if (joined) {
    if (config_.auto_hold && first >= 0) hold_others(static_cast<std::uint16_t>(first));
    if (first >= 0) want_hold(static_cast<std::uint16_t>(first), false, none);
    if (second >= 0) want_hold(static_cast<std::uint16_t>(second), false, none);
  } else if (config_.auto_hold && first >= 0 && second >= 0 && m_.calls[static_cast<std::size_t>(first)].state == CallState::Active) {
    want_hold(static_cast<std::uint16_t>(second), true, none);
  }
  const Consult& consult = m_.consult;
  const bool ours = (inner.a == consult.call_id && inner.b == consult.consult_call_id) ||
                    (inner.b == consult.call_id && inner.a == consult.consult_call_id);
  if (ours && consult.state != ConsultState::Idle) step_consult(on(joined ? consult::On::Merged : consult::On::Parted), none);
}

/// A call that was joined with another has ended: the other goes on.
void Phone::leave_conference(const Call& call, const Event& none) {
  if (m_.conference.state == ConferenceState::Idle) return;
  if (call.id == m_.conference.call_id || call.id == m_.conference.other_call_id) step_conference(on(conference::On::CallOver), none);
}

/// The far end is another person now: the display follows, the call_log keeps
/// whom it was about.
void Phone::look_up_again(std::uint16_t slot, const Event& cause) {
  Call& call = m_.calls[slot];
  const std::string number = contact::normalise(strings_.view(call.number));
  const bool nobody = contact::is_nobody(strings_.view(call.number), number, config_);
  if ((nobody ? Text{} : strings_.intern(number)) == call.contact_number) return;
  call.contact = ContactState::Idle;
  call.contact_number = call.contact_id = call.contact_name = {};
  find_contact(call, cause);
}

}  // namespace offhook
