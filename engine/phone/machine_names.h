// The machines by name, for those who watch: hold and mute are two machines of
// one table, `toggle`.
#pragma once

#include "engine/phone/phone.h"

namespace offhook {

constexpr std::string_view machine_name(MachineId machine) {
  switch (machine) {
    case MachineId::Startup: return "startup";
    case MachineId::Registration: return "registration";
    case MachineId::Link: return "link";
    case MachineId::Call: return "call";
    case MachineId::Hold: return "hold";
    case MachineId::Mute: return "mute";
    case MachineId::Dtmf: return "dtmf";
    case MachineId::Transfer: return "transfer";
    case MachineId::Contact: return "contact";
    case MachineId::CallLog: return "call_log";
    case MachineId::Delivery: return "delivery";
    case MachineId::Activity: return "activity";
    case MachineId::StatusWrite: return "write";
    case MachineId::Pause: return "pause";
    case MachineId::Tabs: return "tabs";
    case MachineId::Quality: return "quality";
    case MachineId::Consult: return "consult";
    case MachineId::Conference: return "conference";
    case MachineId::Recording: return "recording";
  }
  return {};
}

}  // namespace offhook
