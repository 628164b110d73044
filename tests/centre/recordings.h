// The recordings of a real Asterisk in tests/traces/ami, and messages as something that can be compared and kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ami/parser.h"

namespace offhook::bench {

struct Recording {
  std::string name;
  std::string bytes;
};

/// All of them, in the order of their names; read once.
const std::vector<Recording>& recordings();

/// A message as text: its kind and all its lines.
std::string to_text(const ami::Message& message);

/// All messages of `bytes`, handed over in chunks of `chunk()` bytes each.
template <class Chunk>
std::vector<std::string> messages_of(ami::Parser& parser, std::string_view bytes, Chunk&& chunk) {
  std::vector<std::string> found;
  while (!bytes.empty()) {
    // A buffer of its own, exactly as long: whatever looks beyond it is found by the address checks.
    const std::string piece(bytes.substr(0, chunk()));
    bytes.remove_prefix(piece.size());
    std::string_view rest = piece;
    while (const ami::Message* message = parser.next(rest)) found.push_back(to_text(*message));
  }
  return found;
}

inline std::vector<std::string> messages_of(std::string_view bytes) {
  ami::Parser parser;
  return messages_of(parser, bytes, [&] { return bytes.size(); });
}

}  // namespace offhook::bench
