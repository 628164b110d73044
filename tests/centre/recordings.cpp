#include "tests/centre/recordings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace offhook::bench {

const std::vector<Recording>& recordings() {
  static const std::vector<Recording> all = [] {
    std::vector<Recording> found;
    for (const auto& entry : std::filesystem::directory_iterator(OFFHOOK_ROOT "/tests/traces/ami")) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".ami.txt")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      found.push_back({name.substr(0, name.size() - 8), {std::istreambuf_iterator<char>(file), {}}});
    }
    std::sort(found.begin(), found.end(), [](const Recording& a, const Recording& b) { return a.name < b.name; });
    return found;
  }();
  return all;
}

std::string to_text(const ami::Message& message) {
  std::string text = message.kind == ami::Kind::Banner ? "Banner" : message.kind == ami::Kind::Response ? "Response" : "Event";
  text.append(" ").append(message.name);
  for (const std::string_view line : message.lines) text.append("\n").append(line);
  for (const std::string_view line : message.output) text.append("\n> ").append(line);
  return text;
}

}  // namespace offhook::bench
