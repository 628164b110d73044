#include "tests/acd/acd_driver.h"

#include <cstdlib>
#include <fstream>

#include "engine/core/json_writer.h"

namespace offhook::bench {

AcdDriver::~AcdDriver() {
  const char* const folder = std::getenv("OFFHOOK_ACD_LINES");
  if (!folder || lines.size() < 2) return;
  static int written = 0;
  std::ofstream file(std::string(folder) + "/story_" + std::to_string(++written) + ".jsonl");
  for (const std::string& line : lines) file << line << '\n';
}

void AcdDriver::take(const Event& event, const acd::Effects& effects) {
  for (const acd::Effects::Taken& taken : effects.rows) acd_rows()[taken.machine].insert(taken.row);
  if (effects.changed) {
    JsonWriter out(journal.emplace_back());
    acd::write_event(out, event);
    if (keeps_states) states.push_back(snapshot());
  }
  for (const acd::Effect& effect : effects.list) {
    std::string text;
    JsonWriter out(text);
    acd::write_effect(out, effect);
    all.push_back(text);
    json one = json::parse(text);
    if (one["type"] == "offer" || one["type"] == "callback.due") attempts[one["call"]] = one["attempt"];
    if (one["type"] == "record.write") {
      const json& row = one["record"];
      const std::string id = row["id"];
      if (!records.contains(id)) order[row["call_id"]].push_back(id);
      if (records.contains(id)) CHECK_MESSAGE((!records[id]["final"].get<bool>() || row["final"].get<bool>()), "a final record changes back");
      records[id] = row;
    }
    said.push_back(std::move(one));
  }
  for (const std::string& text : effects.ended) ended.push_back(json::parse(text));
}

}  // namespace offhook::bench
