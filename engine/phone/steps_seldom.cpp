// The steps of the machines that take one now and then: a few in a call, not
// one a click. Small first; the other half is in steps.cpp.
#include "engine/agent_status/activity_table.h"
#include "engine/agent_status/pause_table.h"
#include "engine/agent_status/write_table.h"
#include "engine/call_log/call_log_table.h"
#include "engine/conference/conference_table.h"
#include "engine/consult/consult_table.h"
#include "engine/contact/contact_table.h"
#include "engine/delivery/delivery_table.h"
#include "engine/link/link_table.h"
#include "engine/phone/phone.h"
#include "engine/quality/quality_table.h"
#include "engine/recording/recording_table.h"
#include "engine/registration/registration_table.h"
#include "engine/startup/startup.h"
#include "engine/tabs/tabs_table.h"
#include "engine/transfer/transfer_table.h"

namespace offhook {

void Phone::step_transfer(std::uint16_t slot, int on, const Event& event, Route route, Reach reach, Reason why) {
  touched_calls_ |= 1u << slot;
  transfer::Context context{m_.calls[slot], slot};
  const transfer::Event step{static_cast<transfer::On>(on), event, route, reach, channel_of(m_.calls[slot]), record_of(m_.calls[slot]), why};
  traced(MachineId::Transfer, fsm::step<transfer::Machine>(m_.calls[slot].transfer, context, step, out_));
}

void Phone::step_consult(int on, const Event& event, Route route, Reach reach, Reason why, bool answered) {
  touch(Leaf::Consult);
  const int target = find_call(m_.consult.consult_call_id), customer = find_call(m_.consult.call_id);
  consult::Context context{m_.consult};
  if (target >= 0) context.target = &m_.calls[static_cast<std::size_t>(target)];
  if (customer >= 0) {
    context.channel_id = channel_of(m_.calls[static_cast<std::size_t>(customer)]);
    context.call_log_id = record_of(m_.calls[static_cast<std::size_t>(customer)]);
  }
  const consult::Event step{static_cast<consult::On>(on), event, route, reach, why, event.reason, answered};
  traced(MachineId::Consult, fsm::step<consult::Machine>(m_.consult.state, context, step, out_));
}

void Phone::step_conference(int on, const Event& event, Route route, Reason why) {
  touch(Leaf::Conference);
  const bool asked = m_.conference.state != ConferenceState::Idle;
  const int first = find_call(asked ? m_.conference.call_id : event.call_id);
  const int second = find_call(asked ? m_.conference.other_call_id : event.other_call_id);
  conference::Context context{m_.conference};
  if (first >= 0) context.channel_id = channel_of(m_.calls[static_cast<std::size_t>(first)]);
  if (second >= 0) context.other_channel_id = channel_of(m_.calls[static_cast<std::size_t>(second)]);
  const conference::Event step{static_cast<conference::On>(on), event, route, why};
  traced(MachineId::Conference, fsm::step<conference::Machine>(m_.conference.state, context, step, out_));
}

void Phone::step_recording(std::uint16_t slot, int on, const Event& event, Reason why) {
  touched_calls_ |= 1u << slot;
  recording::Context context{m_.calls[slot], slot};
  const recording::Event step{static_cast<recording::On>(on), event, channel_of(m_.calls[slot]), why, event.reason};
  traced(MachineId::Recording, fsm::step<recording::Machine>(m_.calls[slot].recording, context, step, out_));
}

void Phone::step_log(std::uint16_t slot, int on, const Event& event, const Call* call, Text contact_id, Text contact_name) {
  call_log::Context context{m_.logs[slot], slot};
  traced(MachineId::CallLog,
         fsm::step<call_log::Machine>(m_.logs[slot].status, context,
                                      {static_cast<call_log::On>(on), event, call, contact_id, contact_name}, out_));
  dirty_logs_.push_back(slot);
}

void Phone::step_delivery(std::uint16_t slot, int on, const Event& event, Text id, Text error) {
  delivery::Context context{m_.logs[slot], slot};
  traced(MachineId::Delivery,
         fsm::step<delivery::Machine>(m_.logs[slot].delivery, context, {static_cast<delivery::On>(on), event, id, error}, out_));
  dirty_logs_.push_back(slot);
}

void Phone::step_contact(std::uint16_t slot, int on, const Event& event, Text id, Text name) {
  contact::Context context{m_.lookups[slot], slot};
  traced(MachineId::Contact,
         fsm::step<contact::Machine>(m_.lookups[slot].state, context, {static_cast<contact::On>(on), event, id, name}, out_));
}

void Phone::step_quality(std::uint16_t slot, int on, const Event& event) {
  touched_quality_ |= 1u << slot;
  quality::Context context{m_.quality[slot]};
  traced(MachineId::Quality, fsm::step<quality::Machine>(m_.quality[slot].state, context, {static_cast<quality::On>(on), event}, out_));
}

void Phone::step_registration(int on, const Event& event) {
  touch(Leaf::Registration);
  registration::Context context{m_.registration};
  traced(MachineId::Registration, fsm::step<registration::Machine>(m_.registration.state, context,
                                                                   {static_cast<registration::On>(on), event}, out_));
}

void Phone::step_link(int on, const Event& event) {
  touch(Leaf::Connection);
  link::Context context{m_.connection, m_.registration, config_.probe};
  traced(MachineId::Link, fsm::step<link::Machine>(m_.connection.events, context, {static_cast<link::On>(on), event}, out_));
}

void Phone::step_startup(int on, const Event& event) {
  touch(Leaf::Root);
  startup::Context context{m_.root, config_};
  traced(MachineId::Startup, fsm::step<startup::Machine>(m_.root.phase, context, {static_cast<startup::On>(on), event}, out_));
}

void Phone::step_tabs(int on, const Event& event, Millis late_ms, Reason why) {
  touch(Leaf::Tab);
  tabs::Context context{m_.tab};
  traced(MachineId::Tabs, fsm::step<tabs::Machine>(m_.tab.state, context, {static_cast<tabs::On>(on), event, late_ms, why}, out_));
}

void Phone::step_activity(int on, const Event& event, Text call_log_id, bool follows) {
  step_activity({.on = static_cast<agent_status::activity::On>(on), .in = event, .call_log_id = call_log_id, .follows = follows});
}

void Phone::step_activity(const agent_status::activity::Event& event) {
  touch(Leaf::Agent);
  agent_status::Context context{m_.agent, m_.registration, strings_};
  traced(MachineId::Activity, fsm::step<agent_status::activity::Machine>(m_.agent.activity, context, event, out_));
}

void Phone::step_write(int on, const Event& event, AgentStatus status, Text reason, StatusSource source) {
  touch(Leaf::Agent);
  agent_status::Context context{m_.agent, m_.registration, strings_};
  traced(MachineId::StatusWrite,
         fsm::step<agent_status::write::Machine>(m_.agent.write, context,
                                                 {static_cast<agent_status::write::On>(on), event, status, reason, source}, out_));
}

void Phone::step_pause(int on, const Event& event, AgentStatus status, Text reason, bool synced) {
  touch(Leaf::Agent);
  agent_status::Context context{m_.agent, m_.registration, strings_};
  traced(MachineId::Pause,
         fsm::step<agent_status::pause::Machine>(m_.agent.pause, context,
                                                 {static_cast<agent_status::pause::On>(on), event, status, reason, synced}, out_));
}

}  // namespace offhook
