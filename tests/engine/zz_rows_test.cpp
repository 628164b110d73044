// Runs last (doctest takes files in the order of their names): every row of
// every table must have been taken by the stories before it.
#include "engine/tools/tables.h"
#include "tests/engine/phone_driver.h"

using namespace offhook;

namespace offhook::bench {
extern bool whole_run;
}

TEST_CASE("the stories have taken every row of every table") {
  if (!bench::whole_run) return;
  std::size_t taken = 0, rows = 0;
  const auto& seen = bench::rows_taken();
  auto covers = [&]<class M>(std::string_view name, std::initializer_list<MachineId> ids) {
    for (std::size_t i = 0; i < M::table.size(); ++i) {
      bool was = false;
      for (const MachineId id : ids) was = was || seen[static_cast<std::size_t>(id)].contains(static_cast<int>(i));
      ++rows;
      taken += was;
      CHECK_MESSAGE(was, name << " row " << i + 1 << ": " << fsm::states_of<M>(M::table[i], ", ") << " | "
                              << M::event_names[static_cast<std::size_t>(M::table[i].on)] << " | "
                              << (M::table[i].when ? M::table[i].when->name : ""));
    }
  };
  using enum MachineId;
  covers.template operator()<startup::Machine>("startup", {Startup});
  covers.template operator()<registration::Machine>("registration", {Registration});
  covers.template operator()<link::Machine>("link", {Link});
  covers.template operator()<call::Machine>("call", {Call});
  covers.template operator()<toggle::Machine>("toggle", {Hold, Mute});
  covers.template operator()<dtmf::Machine>("dtmf", {Dtmf});
  covers.template operator()<transfer::Machine>("transfer", {Transfer});
  covers.template operator()<consult::Machine>("consult", {Consult});
  covers.template operator()<conference::Machine>("conference", {Conference});
  covers.template operator()<recording::Machine>("recording", {Recording});
  covers.template operator()<contact::Machine>("contact", {Contact});
  covers.template operator()<call_log::Machine>("call_log", {CallLog});
  covers.template operator()<delivery::Machine>("delivery", {Delivery});
  covers.template operator()<agent_status::activity::Machine>("activity", {Activity});
  covers.template operator()<agent_status::write::Machine>("write", {StatusWrite});
  covers.template operator()<agent_status::pause::Machine>("pause", {Pause});
  covers.template operator()<tabs::Machine>("tabs", {Tabs});
  covers.template operator()<quality::Machine>("quality", {Quality});
  MESSAGE(taken << " of " << rows << " rows");
}
