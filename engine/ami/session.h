// One PBX over all its connections: the machine ami_link with the messages turned into its events, the lists, and the
// live events that are kept while the lists come. It applies nothing: whoever keeps the PBX's state asks what a message
// is for (`Heard`), and carries out what is told (`Tell`).
#pragma once

#include "engine/ami/link.h"
#include "engine/ami/parser.h"

namespace offhook::ami {

/// What a message is for.
struct Heard {
  enum class What : std::uint8_t {
    Nothing,  ///< the link's own, kept for later, or of a connection that is not ready
    Item,     ///< an item of `list`, to the picture that is being read anew
    Event,    ///< a live event: apply it
    Answer    ///< the answer to an action of the Centre's own; its ActionID says to which
  };
  What what = What::Nothing;
  List list{};
};

class Session {
 public:
  explicit Session(LinkConfig config);

  // What the host and the Centre tell. `out` takes what is to be done, in order.
  void start(LinkOut& out) { take({.on = link::On::StartRequested}, out); }
  void opened(LinkOut& out);
  void closed(std::string_view reason, LinkOut& out) { take({.on = link::On::SocketClosed, .text = reason}, out); }
  /// The time limits that are over; may be called at any time.
  void woke(LinkOut& out);
  /// All lists anew, as after a connect.
  void resync(LinkOut& out) { take({.on = link::On::ResyncRequested}, out); }
  /// These lists once more, beside the live events.
  void refresh(ListSet lists, LinkOut& out) { take({.on = link::On::RefreshRequested, .lists = lists}, out); }

  /// The next message of `bytes` that somebody has to look at, or nullptr when they are used up; what it is for is in
  /// `heard`. What it tells comes before the message; a Resynced that comes of it, too: look at `out` first.
  const Message* receive(std::string_view& bytes, Heard& heard, LinkOut& out);
  /// After Resynced: the live events that were kept, one at a time; nullptr when there is none left.
  const Message* next_kept();

  LinkState state() const { return state_; }
  const LinkContext& context() const { return context_; }
  const Lists& lists() const { return context_.lists; }
  const ParserCounters& counters() const { return parser_.counters(); }
  /// When `woke` wants to be called, monotonic; 0: not.
  double due_mono() const;
  /// An ActionID for an action of the Centre's own.
  std::string new_id() { return context_.new_id(); }
  /// Called with each row taken (−1: none).
  void trace(void (*taken)(void* user, int row), void* user) { taken_ = taken, user_ = user; }

 private:
  void take(link::Event event, LinkOut& out);
  Heard hear(const Message& message, LinkOut& out);
  Heard hear_response(const Message& message, LinkOut& out);
  void keep(const Message& message);

  LinkState state_ = LinkState::Down;
  LinkContext context_;
  Parser parser_;
  Parser kept_parser_;
  std::string kept_;
  std::size_t kept_read_ = 0;
  void (*taken_)(void*, int) = nullptr;
  void* user_ = nullptr;
};

}  // namespace offhook::ami
