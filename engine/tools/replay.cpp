// Runs a recording natively: the first line of the file is the configuration,
// the second may be a checkpoint, {"checkpoint":{…}}; each further line is one
// event. Prints every reply, then the snapshot.
// tests/replay compares this output byte for byte with the wasm build's.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "engine/phone/phone.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: replay RECORDING.jsonl\n", stderr);
    return 2;
  }
  std::ifstream file(argv[1]);
  std::string line;
  if (!file || !std::getline(file, line)) {
    std::fprintf(stderr, "cannot read %s\n", argv[1]);
    return 2;
  }
  offhook::Phone phone(line);
  if (phone.error()) {
    std::fprintf(stderr, "%s: %s\n", std::string(phone.error().code).c_str(), phone.error().message.c_str());
    return 2;
  }
  constexpr std::string_view begins = R"({"checkpoint":)";
  for (bool first = true; std::getline(file, line);) {
    if (line.empty()) continue;
    if (first && line.starts_with(begins) && line.ends_with('}'))
      std::cout << phone.resume_json(std::string_view(line).substr(begins.size(), line.size() - begins.size() - 1)) << '\n';
    else
      std::cout << phone.dispatch_json(line) << '\n';
    first = false;
  }
  std::cout << phone.snapshot() << '\n';
}
