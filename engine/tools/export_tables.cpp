// Prints the engine's own description of itself: --schema (JSON of events,
// effects, leaves and machines), --markdown NAME, --mermaid NAME. The Centre's
// machines have no part in the Phone's schema.
#include <cstdio>
#include <cstring>
#include <string>

#include "engine/phone/phone.h"
#include "engine/tools/centre_tables.h"
#include "engine/tools/tables.h"

using namespace offhook;

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const std::string wanted = argc > 2 ? argv[2] : "";
  std::string text;
  if (mode == "--schema") {
    text = Phone::schema();
    text.pop_back();
    text += ",\"machines\":[";
    bool first = true;
    tools::each_machine([&]<class M>(std::string_view name, std::string_view) {
      if (!first) text += ',';
      first = false;
      text += fsm::to_json<M>(name);
    });
    text += "]}";
  } else if (mode == "--markdown" || mode == "--mermaid") {
    const auto show = [&]<class M>(std::string_view name, std::string_view) {
      if (name == wanted) text = mode == "--markdown" ? fsm::to_markdown<M>() : fsm::to_mermaid<M>();
    };
    tools::each_machine(show);
    tools::each_centre_machine(show);
    tools::each_acd_machine(show);
  }
  if (text.empty()) {
    std::fputs("usage: export_tables --schema | --markdown MACHINE | --mermaid MACHINE\nmachines:", stderr);
    const auto name_it = [&]<class M>(std::string_view name, std::string_view) { std::fprintf(stderr, " %.*s", int(name.size()), name.data()); };
    tools::each_machine(name_it);
    tools::each_centre_machine(name_it);
    tools::each_acd_machine(name_it);
    std::fputs("\n", stderr);
    return 2;
  }
  std::puts(text.c_str());
  return 0;
}
