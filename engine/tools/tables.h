// Every machine of the Phone with the name of its document, for the exporter
// and the parity test. Native tools only.
#pragma once

#include "engine/agent_status/activity_table.h"
#include "engine/agent_status/pause_table.h"
#include "engine/agent_status/write_table.h"
#include "engine/call/call_table.h"
#include "engine/call_log/call_log_table.h"
#include "engine/conference/conference_table.h"
#include "engine/consult/consult_table.h"
#include "engine/contact/contact_table.h"
#include "engine/delivery/delivery_table.h"
#include "engine/dtmf/dtmf_table.h"
#include "engine/fsm/table_export.h"
#include "engine/link/link_table.h"
#include "engine/quality/quality_table.h"
#include "engine/recording/recording_table.h"
#include "engine/registration/registration_table.h"
#include "engine/startup/startup.h"
#include "engine/tabs/tabs_table.h"
#include "engine/toggle/toggle_table.h"
#include "engine/transfer/transfer_table.h"

namespace offhook::tools {

/// Calls `visit.operator()<Machine>(name, document)` for each machine; `document` is the page under docs/machines.
template <class Visit>
void each_machine(Visit&& visit) {
  visit.template operator()<startup::Machine>("startup", "startup");
  visit.template operator()<registration::Machine>("registration", "registration");
  visit.template operator()<link::Machine>("link", "link");
  visit.template operator()<call::Machine>("call", "call");
  visit.template operator()<toggle::Machine>("toggle", "toggle");
  visit.template operator()<dtmf::Machine>("dtmf", "dtmf");
  visit.template operator()<transfer::Machine>("transfer", "transfer");
  visit.template operator()<consult::Machine>("consult", "consult");
  visit.template operator()<conference::Machine>("conference", "conference");
  visit.template operator()<recording::Machine>("recording", "recording");
  visit.template operator()<contact::Machine>("contact", "contact");
  visit.template operator()<call_log::Machine>("call_log", "call_log");
  visit.template operator()<delivery::Machine>("delivery", "delivery");
  visit.template operator()<agent_status::activity::Machine>("activity", "agent_status");
  visit.template operator()<agent_status::write::Machine>("write", "agent_status");
  visit.template operator()<agent_status::pause::Machine>("pause", "agent_status");
  visit.template operator()<tabs::Machine>("tabs", "tabs");
  visit.template operator()<quality::Machine>("quality", "quality");
}

}  // namespace offhook::tools
