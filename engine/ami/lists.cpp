#include "engine/ami/lists.h"

namespace offhook::ami {

void Lists::begin(ListSet set) {
  for (ListState& state : states_) state = {};
  asking_ = kListCount;
  add(set);
}

void Lists::add(ListSet set) {
  for (std::size_t i = 0; i < kListCount; ++i)
    if ((set & (1u << i)) && i != asking_) states_[i] = {.outcome = ListOutcome::Waiting};
}

bool Lists::waiting() const {
  for (const ListState& state : states_)
    if (state.outcome == ListOutcome::Waiting) return true;
  return false;
}

bool Lists::ask_next(std::string_view id) {
  for (std::size_t i = 0; i < kListCount; ++i) {
    if (states_[i].outcome != ListOutcome::Waiting) continue;
    states_[i].outcome = ListOutcome::Asked;
    asking_ = i;
    id_ = id;
    return true;
  }
  return false;
}

Lists::Heard Lists::over(ListOutcome outcome) {
  states_[asking_].outcome = outcome;
  asking_ = kListCount;
  return Heard::Over;
}

Lists::Heard Lists::hear(const Message& message) {
  if (!asking() || message.get("ActionID") != id_) return Heard::NotMine;
  ListState& state = states_[asking_];
  if (message.kind == Kind::Response) {
    if (message.name != "Error") return Heard::Begun;
    state.message = message.get("Message").substr(0, 200);
    const std::string_view said = state.message;
    if (said.starts_with("Permission denied")) return over(ListOutcome::Denied);
    if (said.starts_with("Invalid/unknown command")) return over(ListOutcome::Absent);
    // "No Contacts found", "No AORs found", "No Inbound Registrations found" …: how res_pjsip says that there are none.
    if (said.starts_with("No ")) return over(ListOutcome::Empty);
    return over(ListOutcome::Failed);
  }
  if (message.word != kLists[asking_].complete) {
    ++state.items;
    return Heard::Item;
  }
  const std::int64_t told = message.number("ListItems", state.items);
  const std::string_view how = message.get("EventList");
  const bool whole = told == state.items && how != "Cancelled" && how != "cancelled";
  return over(whole ? ListOutcome::Complete : ListOutcome::Incomplete);
}

void Lists::give_up() {
  if (asking()) over(ListOutcome::TimedOut);
}

void Lists::abandon() {
  for (ListState& state : states_)
    if (state.outcome == ListOutcome::Waiting || state.outcome == ListOutcome::Asked) state.outcome = ListOutcome::TimedOut;
  asking_ = kListCount;
}

}  // namespace offhook::ami
