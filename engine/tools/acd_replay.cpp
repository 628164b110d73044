// A journal of the contact centre, replayed natively: one line of the file in, one reply out, the snapshot at the end. The same file gives the same
// bytes in centre.wasm (tests/acd_replay).
#include <cstdio>
#include <fstream>
#include <string>

#include "engine/acd/replay.h"

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "");
  if (!file) return std::fputs("usage: acd_replay FILE\n", stderr), 2;
  offhook::acd::Replay replay;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) std::puts(replay.tell(line).c_str());
  std::puts(replay.tell(R"({"snapshot":true})").c_str());
  return 0;
}
