// Every machine of the Centre with the name of its document, for the exporter and the parity test. Native tools only.
#pragma once

#include "engine/ami/link_table.h"
#include "engine/fsm/table_export.h"

namespace offhook::tools {

/// As `each_machine`, for the Centre.
template <class Visit>
void each_centre_machine(Visit&& visit) {
  visit.template operator()<ami::link::Machine>("ami_link", "ami_link");
}

}  // namespace offhook::tools
