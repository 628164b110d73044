// AMI's bytes to messages, in any chunking. A message that lies whole in a chunk
// is read where it lies; only one that is cut is copied. Everything is bounded:
// what is too long is dropped and counted, and reading goes on after the next
// blank line. It knows no event and keeps no state of the PBX.
// Source: Asterisk, "AMI v2 specification": a message is lines "Key: Value", ended by CRLF, and an empty line.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/ami/message.h"

namespace offhook::ami {

/// Events by word that nobody wants: they are passed over unread and only counted, whatever stands in them.
using Unwanted = std::array<bool, kWords.size()>;

// The longest that Asterisk sends by itself is a few KiB; what a dialplan puts into a variable may be more.
inline constexpr std::size_t kLineBytes = 32 * 1024;
inline constexpr std::size_t kMessageBytes = 256 * 1024;
inline constexpr std::size_t kLines = 1000;
inline constexpr std::size_t kBannerBytes = 256;  ///< by then a peer has said who it is

enum class ParserError : std::uint8_t {
  None,
  NotAmi  ///< the peer speaks something else (HTTP, SSH, TLS …): `peer_said()` has how it began
};

struct ParserCounters {
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;        ///< the unwanted ones as well
  std::uint64_t responses = 0;
  std::uint64_t dropped = 0;       ///< messages that were too long
  std::uint64_t replaced = 0;      ///< messages in which bad UTF-8 or control characters became U+FFFD
  std::uint64_t unrecognised = 0;  ///< neither event nor response
};

class Parser {
 public:
  /// The next whole message; `bytes` is advanced past what was read. nullptr: `bytes` is empty now, more must come.
  /// After an error every byte is swallowed, until reset().
  const Message* next(std::string_view& bytes);

  /// From the next message on; nullptr: all are wanted. It is not copied.
  void set_unwanted(const Unwanted* unwanted) { unwanted_ = unwanted; }

  /// A new connection: what was half read is forgotten; the counters stay.
  void reset();

  ParserError error() const { return error_; }
  /// How a peer that does not speak AMI began, printable, at most 64 bytes.
  const std::string& peer_said() const { return peer_said_; }
  const ParserCounters& counters() const { return counters_; }
  /// Bytes of a message that is not whole yet: what is held between two calls.
  std::size_t held() const { return held_.size(); }

 private:
  enum class Phase : std::uint8_t { Banner, Messages, Follows, Dropping, Unwanting };
  struct Line { std::uint32_t begin, end; };  ///< offsets from the beginning of the message

  const Message* banner(std::string_view& bytes);
  const Message* scan(std::string_view& bytes);
  void pass_over(std::string_view& bytes);
  void pass_unwanted(std::string_view& bytes);
  const Message* whole(const char* base);
  void refuse(std::string_view said);
  void begin_message();
  void drop(bool in_line);
  std::string_view clean(std::string_view line);

  const Unwanted* unwanted_ = nullptr;
  Phase phase_ = Phase::Banner;
  ParserError error_ = ParserError::None;
  bool handed_out_ = false;   ///< the last message is still looked at: its bytes go with the next call
  bool suspicious_ = false;   ///< a byte was seen that may not be handed on as it is
  bool after_return_ = false;  ///< the last byte was a carriage return
  Word word_ = Word::Unknown;  ///< of the event that is read
  bool line_empty_ = true;    ///< while passing over: nothing in this line yet
  std::uint32_t line_begin_ = 0;
  std::size_t line_count_ = 0;
  std::array<Line, kLines> line_at_;
  std::array<std::string_view, kLines> lines_;
  std::string held_;     ///< the beginning of a message that was cut by the end of a chunk
  std::string cleaned_;  ///< lines that had to be written anew
  std::string peer_said_;
  Message message_;
  ParserCounters counters_;
};

}  // namespace offhook::ami
