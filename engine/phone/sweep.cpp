// Gives back the strings that no record means any more. Seldom and cold: once
// in some thousand new strings.
#include "engine/phone/phone.h"

namespace offhook {

/// Marks every string that some record still means, and gives back the rest.
void Phone::sweep() {
  strings_.begin_sweep();
  auto mark_fields = [this](std::span<const Field> fields, const void* base) {
    for (const Field& field : fields)
      if (field.kind >= Kind::String) strings_.mark(text_of(field, base));
  };
  auto mark = [&](Leaf leaf, const void* base) {
    const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(leaf)];
    mark_fields(shape.fields, base);
    mark_fields(shape.inner, base);
  };
  for (std::size_t leaf = 0; leaf < kSingleLeaves; ++leaf)
    mark(static_cast<Leaf>(leaf), record(static_cast<Leaf>(leaf), 0));
  for (const Call& call : m_.calls) mark(Leaf::Call, &call);
  for (const Call& call : shown_calls_) mark(Leaf::Call, &call);
  for (const Quality& quality : m_.quality) mark(Leaf::Quality, &quality);
  for (const BlockerEntry& blocker : m_.blockers) mark(Leaf::Blocker, &blocker);
  for (const CallLog& log : m_.logs) mark(Leaf::CallLog, &log);
  for (const Draft& draft : m_.drafts) mark(Leaf::Draft, &draft);
  for (const StackEntry& entry : m_.stack) mark(Leaf::StackEntry, &entry);
  for (const Presence& agent : m_.presence) mark(Leaf::Presence, &agent);
  for (const contact::Lookup& lookup : m_.lookups) strings_.mark(lookup.number), strings_.mark(lookup.name), strings_.mark(lookup.asker);
  for (const EarlyMessage& early : m_.early)
    mark_fields(event_fields::queue_number_received, &early.event);
  for (const Text id : m_.closed) strings_.mark(id);
  for (const std::vector<Text>* names : {&kept_.logs, &kept_.drafts, &kept_.dropped})
    for (const Text name : *names) strings_.mark(name);
  for (const KeptCall& call : kept_.calls)
    for (const Text text : {call.id, call.sip_call_id, call.number, call.call_log_id, call.dialog}) strings_.mark(text);
  if (restoring_) {
    if (restoring_->agent) mark(Leaf::Agent, &*restoring_->agent);
    for (const Call& call : restoring_->calls) mark(Leaf::Call, &call);
    for (const CallLog& log : restoring_->logs) mark(Leaf::CallLog, &log);
    for (const Draft& draft : restoring_->drafts) mark(Leaf::Draft, &draft);
    for (const StackEntry& entry : restoring_->stack) mark(Leaf::StackEntry, &entry);
  }
  for (const Effect& effect : out_.effects) mark_fields(kEffects[static_cast<std::size_t>(effect.type)].fields, &effect);
  for (const Text text : {config_.extension, config_.extension_id, config_.number, config_.name, config_.tab, out_.notice.text, out_.notice.call_id})
    strings_.mark(text);
  strings_.end_sweep(reply_.freed);
}

}  // namespace offhook
