// Runs a recording natively: the first line of the file is the configuration,
// each further line one event; prints every reply, then the snapshot.
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
  while (std::getline(file, line))
    if (!line.empty()) std::cout << phone.dispatch_json(line) << '\n';
  std::cout << phone.snapshot() << '\n';
}
