// One function a machine: builds its context, takes the step, traces the row.
// An event without a row changes nothing and is counted. Here stand the
// machines that step with every click in a call and are compiled for speed; all
// others stand in steps_seldom.cpp and are compiled for size.
#include "engine/call/call_table.h"
#include "engine/dtmf/dtmf_table.h"
#include "engine/phone/phone.h"
#include "engine/toggle/toggle_table.h"

namespace offhook {

void Phone::traced(MachineId machine, int row) {
  if (row < 0) out_.count(Anomaly::IgnoredEvent);
  if (trace_.row) trace_.row(trace_.user, machine, row);
}

void Phone::step_call(std::uint16_t slot, int on, const Event& event) {
  touched_calls_ |= 1u << slot;
  call::Context context{m_.calls[slot], slot};
  traced(MachineId::Call, fsm::step<call::Machine>(m_.calls[slot].state, context, {static_cast<call::On>(on), event}, out_));
}

void Phone::step_toggle(std::uint16_t slot, bool hold, int on, const Event& event) {
  switched_calls_ |= 1u << slot;
  toggle::Context context{m_.calls[slot], slot, hold ? toggle::Which::Hold : toggle::Which::Mute};
  traced(hold ? MachineId::Hold : MachineId::Mute,
         fsm::step_as_code<toggle::Machine>(context.state(), context, {static_cast<toggle::On>(on), event}, out_));
}

void Phone::step_dtmf(std::uint16_t slot, int on, const Event& event) {
  touched_calls_ |= 1u << slot;
  dtmf::Context context{m_.calls[slot], slot};
  traced(MachineId::Dtmf, fsm::step<dtmf::Machine>(m_.calls[slot].dtmf, context, {static_cast<dtmf::On>(on), event}, out_));
}

}  // namespace offhook
