// What the softphone says of sound: how a call is heard, and which microphone
// and speaker there are. The audio itself never comes here.
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/quality/quality.h"

namespace offhook {

void Phone::quality_measured(std::uint16_t slot, const Event& event) {
  Quality& quality = m_.quality[slot];
  if (!quality.in_use) quality = {.call_id = m_.calls[slot].id, .since = out_.at, .in_use = true};
  step_quality(slot, on(quality::On::Measured), event);
}

/// The call is gone, or its slot is used for another.
void Phone::forget_quality(std::uint16_t slot) {
  if (!m_.quality[slot].in_use) return;
  m_.quality[slot] = Quality{};
  touched_quality_ &= ~(1u << slot);
  changed(Leaf::Quality, slot, false);
}

/// A microphone that may not be used is said once, when it becomes so; until
/// then the browser may still ask.
void Phone::devices_changed(const Event& event) {
  auto unusable = [](Permission permission) { return permission == Permission::Denied || permission == Permission::Missing; };
  const bool was = unusable(m_.devices.permission);
  m_.devices = {.permission = event.permission, .microphone = event.microphone, .speaker = event.speaker};
  touch(Leaf::Devices);
  if (unusable(event.permission) && !was)
    out_.warn(Notice::MicrophoneDenied, strings_.intern(kPermissionWords[static_cast<std::size_t>(event.permission)]));
}

}  // namespace offhook
