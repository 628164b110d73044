#include "engine/ami/parser.h"

#include <algorithm>
#include <bit>

#include "engine/ami/newlines.h"
#include "engine/ami/utf8.h"

namespace offhook::ami {
namespace {

constexpr std::string_view kBanner = "Asterisk Call Manager";
constexpr std::string_view kEvent = "Event:";
constexpr std::string_view kResponse = "Response:";
constexpr std::string_view kFollows = "Response: Follows";
constexpr std::string_view kEndCommand = "--END COMMAND--";

/// Whether `said` may still become `word`, or has begun with it.
bool fits(std::string_view said, std::string_view word) {
  const std::size_t common = std::min(said.size(), word.size());
  return said.substr(0, common) == word.substr(0, common);
}

bool begins(std::string_view line, std::string_view word) { return same(line.substr(0, word.size()), word); }

std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

void Parser::reset() {
  phase_ = Phase::Banner;
  error_ = ParserError::None;
  peer_said_.clear();
  begin_message();
}

void Parser::begin_message() {
  handed_out_ = false;
  suspicious_ = false;
  after_return_ = false;
  line_begin_ = 0;
  line_count_ = 0;
  held_.clear();
}

const Message* Parser::next(std::string_view& bytes) {
  if (handed_out_) begin_message();
  while (!bytes.empty()) {
    if (error_ != ParserError::None) {
      counters_.bytes += bytes.size();
      bytes = {};
      return nullptr;
    }
    const std::size_t before = bytes.size();
    const Message* message = nullptr;
    switch (phase_) {
      case Phase::Banner: message = banner(bytes); break;
      case Phase::Dropping: pass_over(bytes); break;
      case Phase::Unwanting: pass_unwanted(bytes); break;
      case Phase::Messages:
      case Phase::Follows: message = scan(bytes); break;
    }
    counters_.bytes += before - bytes.size();
    if (message) return message;
  }
  return nullptr;
}

/// The first line of a connection. A recording may begin within the stream: it has none.
const Message* Parser::banner(std::string_view& bytes) {
  const std::string_view fresh = bytes.substr(0, kBannerBytes - held_.size());
  const std::size_t newline = fresh.find('\n');
  const std::size_t held = held_.size();
  held_.append(fresh.substr(0, newline));
  if (fits(held_, kEvent) || fits(held_, kResponse)) {
    if (held_.starts_with(kEvent) || held_.starts_with(kResponse)) {
      phase_ = Phase::Messages;
      held_.resize(held);  // read again, as a message
      return nullptr;
    }
  } else if (!fits(held_, kBanner)) {
    refuse(held_);
    return nullptr;
  }
  if (newline == fresh.npos && held_.size() == kBannerBytes) {
    refuse(held_);
    return nullptr;
  }
  bytes.remove_prefix(newline == fresh.npos ? fresh.size() : newline + 1);
  if (newline == fresh.npos) return nullptr;
  if (!held_.starts_with(kBanner)) {
    refuse(held_);
    return nullptr;
  }
  phase_ = Phase::Messages;
  handed_out_ = true;
  cleaned_.clear();
  lines_[0] = clean(without_cr(held_));
  message_ = Message{.kind = Kind::Banner, .name = lines_[0], .lines = {lines_.data(), 1}};
  return &message_;
}

void Parser::refuse(std::string_view said) {
  error_ = ParserError::NotAmi;
  peer_said_.clear();
  for (const char c : said.substr(0, 64)) peer_said_ += c >= ' ' && c < 0x7f ? c : '.';
  held_.clear();
}

/// Finds the line ends of the message that begins in `held_` or at the front of `bytes`, until its blank line.
const Message* Parser::scan(std::string_view& bytes) {
  const char* const chunk = bytes.data();
  const std::size_t size = bytes.size();
  const auto offset = static_cast<std::uint32_t>(held_.size());
  std::size_t at = 0;
  auto line_ends = [&](std::size_t newline) -> bool {  // true: the message is whole, or is dropped
    const std::uint32_t newline_at = offset + static_cast<std::uint32_t>(newline);
    std::uint32_t end = newline_at;
    if (end > line_begin_ && (newline > 0 ? chunk[newline - 1] : held_.back()) == '\r') --end;
    const bool blank = end == line_begin_;
    const std::uint32_t begin = line_begin_;
    line_begin_ = newline_at + 1;
    if (blank && phase_ == Phase::Messages) return true;
    if (end - begin > kLineBytes || line_count_ == kLines || newline_at >= kMessageBytes) {
      phase_ = Phase::Dropping;
      return true;
    }
    line_at_[line_count_++] = {begin, end};
    if (line_count_ == 1) {
      std::string cut;
      std::string_view line(chunk, end);
      if (offset > 0) [[unlikely]] {
        cut = held_.substr(0, end);
        cut.append(chunk, end - cut.size());
        line = cut;
      }
      word_ = Word::Unknown;
      if (begins(line, kEvent)) {
        word_ = word_of(split(line).value);
        if (unwanted_ && (*unwanted_)[static_cast<std::size_t>(word_)]) {
          phase_ = Phase::Unwanting;
          return true;
        }
      } else if (line == kFollows) [[unlikely]] phase_ = Phase::Follows;
    } else if (phase_ == Phase::Follows && end - begin >= kEndCommand.size()) [[unlikely]] {
      // The marker may be cut: what is in `held_` and what is in the chunk is put together.
      std::string line = begin < offset ? held_.substr(begin) : std::string();
      const std::uint32_t from = begin < offset ? 0 : begin - offset;
      line.append(chunk + from, end > offset ? end - offset - from : 0);
      line.resize(end - begin);
      if (line.ends_with(kEndCommand)) phase_ = Phase::Messages;
    }
    return false;
  };
  std::size_t found = size;
  while (at + 16 <= size && found == size) {
    const Look look = look_at_16(chunk + at);
    // A carriage return stands before a line feed, or is none of ours.
    const bool stray = (look.returns & ~(look.newlines >> 1) & 0x7fff) || (after_return_ && !(look.newlines & 1));
    suspicious_ = suspicious_ || look.suspicious || stray;
    after_return_ = look.returns >> 15;
    for (std::uint32_t left = look.newlines; left; left &= left - 1) {
      const std::size_t newline = at + static_cast<std::size_t>(std::countr_zero(left));
      if (!line_ends(newline)) continue;
      found = newline;
      break;
    }
    at += 16;
  }
  for (; at < size && found == size; ++at) {
    suspicious_ = suspicious_ || is_suspicious(chunk[at]) || (after_return_ && chunk[at] != '\n');
    after_return_ = chunk[at] == '\r';
    if (chunk[at] == '\n' && line_ends(at)) found = at;
  }
  if (found == size) {  // cut by the end of the chunk
    bytes = {};
    if (offset + size > kMessageBytes || offset + size - line_begin_ > kLineBytes + 1) {
      const bool only_cr = line_begin_ + 1 == offset + size && chunk[size - 1] == '\r';
      drop(line_begin_ < offset + size && !only_cr);
    } else {
      held_.append(chunk, size);
    }
    return nullptr;
  }
  bytes.remove_prefix(found + 1);
  if (phase_ == Phase::Unwanting) {
    begin_message();
    phase_ = Phase::Unwanting;
    line_empty_ = true;
    return nullptr;
  }
  if (phase_ == Phase::Dropping) {
    drop(false);
    return nullptr;
  }
  if (line_count_ == 0) {  // a blank line between messages
    begin_message();
    return nullptr;
  }
  if (offset > 0) held_.append(chunk, found + 1);
  return whole(offset > 0 ? held_.data() : chunk);
}

/// Begins to pass over the rest of a message; `in_line`: the line that is read now has something in it.
void Parser::drop(bool in_line) {
  ++counters_.dropped;
  begin_message();
  phase_ = Phase::Dropping;
  line_empty_ = !in_line;
}

void Parser::pass_over(std::string_view& bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view line = bytes.substr(0, newline);
    line_empty_ = line_empty_ && (line.empty() || line == "\r");
    if (newline == bytes.npos) {
      bytes = {};
      return;
    }
    bytes.remove_prefix(newline + 1);
    if (line_empty_) {
      phase_ = Phase::Messages;
      return;
    }
    line_empty_ = true;
  }
}

/// The blank line behind an unwanted event, sixteen bytes at a look: a line feed behind a line feed, or behind one and a carriage return.
void Parser::pass_unwanted(std::string_view& bytes) {
  const char* const chunk = bytes.data();
  const std::size_t size = bytes.size();
  // The two bytes before these: a line feed, when the line has just begun; or that and a carriage return.
  std::uint32_t newlines = line_empty_ && !after_return_ ? 2 : line_empty_ ? 1 : 0;
  std::uint32_t returns = after_return_ ? 2 : 0;
  std::size_t at = 0;
  for (; at + 16 <= size; at += 16) {
    const Look look = look_at_16(chunk + at);
    newlines |= look.newlines << 2;
    returns |= look.returns << 2;
    const std::uint32_t blank = (newlines & ((newlines << 1) | ((returns << 1) & (newlines << 2)))) >> 2;
    if (blank) {
      bytes.remove_prefix(at + static_cast<std::size_t>(std::countr_zero(blank)) + 1);
      ++counters_.events;
      begin_message();
      phase_ = Phase::Messages;
      return;
    }
    newlines >>= 16;
    returns >>= 16;
  }
  // The rest is less than sixteen: its state is what the next chunk begins with.
  line_empty_ = (newlines & 2) || ((newlines & 1) && (returns & 2));
  after_return_ = returns & 2;
  for (; at < size; ++at) {
    const char c = chunk[at];
    if (c == '\n') {
      if (line_empty_) {
        bytes.remove_prefix(at + 1);
        ++counters_.events;
        begin_message();
        phase_ = Phase::Messages;
        return;
      }
      line_empty_ = true;
      after_return_ = false;
    } else {
      line_empty_ = line_empty_ && c == '\r' && !after_return_;
      after_return_ = line_empty_;
    }
  }
  bytes = {};
}

const Message* Parser::whole(const char* base) {
  handed_out_ = true;
  if (suspicious_) {
    cleaned_.clear();
    cleaned_.reserve(3 * static_cast<std::size_t>(line_begin_));  // U+FFFD has three bytes: what was written never moves
    const std::uint64_t before = counters_.replaced;
    for (std::size_t i = 0; i < line_count_; ++i)
      lines_[i] = clean({base + line_at_[i].begin, line_at_[i].end - line_at_[i].begin});
    counters_.replaced = std::min(counters_.replaced, before + 1);
  } else {
    for (std::size_t i = 0; i < line_count_; ++i) lines_[i] = {base + line_at_[i].begin, line_at_[i].end - line_at_[i].begin};
  }
  message_ = Message{.lines = {lines_.data(), line_count_}};
  if (begins(lines_[0], kEvent)) {
    message_.kind = Kind::Event;
    message_.name = split(lines_[0]).value;
    message_.word = word_;
    ++counters_.events;
  } else if (lines_[0].starts_with(kResponse)) {
    message_.kind = Kind::Response;
    message_.name = split(lines_[0]).value;
    ++counters_.responses;
    if (lines_[0] == kFollows) {
      std::size_t heads = 1;
      while (heads < line_count_ && (lines_[heads].starts_with("Privilege:") || lines_[heads].starts_with("ActionID:"))) ++heads;
      std::size_t end = line_count_;
      if (end > heads && lines_[end - 1].ends_with(kEndCommand)) {
        lines_[end - 1].remove_suffix(kEndCommand.size());
        if (lines_[end - 1].empty()) --end;
      }
      message_.lines = {lines_.data(), heads};
      message_.output = {lines_.data() + heads, end - heads};
    }
  } else {
    ++counters_.unrecognised;
    begin_message();
    return nullptr;
  }
  return &message_;
}

/// The line, or a copy in which what is not text is U+FFFD.
std::string_view Parser::clean(std::string_view line) {
  if (is_text(line)) return line;
  ++counters_.replaced;
  const std::size_t from = cleaned_.size();
  append_text(cleaned_, line);
  return std::string_view(cleaned_).substr(from);
}

}  // namespace offhook::ami
