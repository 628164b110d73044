// Every machine of the Centre with the name of its document, for the exporter and the parity test. Native tools only.
#pragma once

#include "engine/ami/link_table.h"
#include "engine/centre_agent/centre_agent_table.h"
#include "engine/endpoint/endpoint_table.h"
#include "engine/extension/extension_table.h"
#include "engine/fsm/table_export.h"
#include "engine/member/member_pause_table.h"
#include "engine/member/presence_table.h"
#include "engine/queue_call/queue_call_table.h"
#include "engine/supervisor/supervisor_table.h"

namespace offhook::tools {

/// As `each_machine`, for the Centre.
template <class Visit>
void each_centre_machine(Visit&& visit) {
  visit.template operator()<ami::link::Machine>("ami_link", "ami_link");
  visit.template operator()<extension::Machine>("extension", "extension");
  visit.template operator()<endpoint::Machine>("endpoint", "endpoint");
  visit.template operator()<member::presence::Machine>("presence", "presence");
  visit.template operator()<member::pause::Machine>("member_pause", "member_pause");
  visit.template operator()<supervisor::Machine>("supervisor", "supervisor");
}

/// The contact centre's.
template <class Visit>
void each_acd_machine(Visit&& visit) {
  visit.template operator()<queue_call::Machine>("queue_call", "queue_call");
  visit.template operator()<centre_agent::Machine>("centre_agent", "centre_agent");
}

}  // namespace offhook::tools
