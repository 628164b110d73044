#include "engine/ami/session.h"

#include "engine/ami/link_actions.h"
#include "engine/ami/link_table.h"

namespace offhook::ami {
namespace {

/// What a dialplan says of itself: half of a PBX's bytes when the filters are not allowed.
constexpr Unwanted kNoise = [] {
  Unwanted unwanted{};
  unwanted[static_cast<std::size_t>(Word::VarSet)] = true;
  unwanted[static_cast<std::size_t>(Word::Newexten)] = true;
  return unwanted;
}();

/// And events that we do not know. While a list is read they may be items of it, and count.
constexpr Unwanted kNoiseAndUnknown = [] {
  Unwanted unwanted = kNoise;
  unwanted[static_cast<std::size_t>(Word::Unknown)] = true;
  return unwanted;
}();

}  // namespace

Session::Session(LinkConfig config) {
  context_.config = std::move(config);
  context_.random = context_.config.seed ? context_.config.seed : 1;
}

void Session::take(link::Event event, LinkOut& out) {
  event.at = out.at;
  event.mono = out.mono;
  const LinkState before = state_;
  const int row = fsm::step<link::Machine>(state_, context_, event, out);
  if (taken_) taken_(user_, row);
  if (row < 0) ++context_.ignored;
  if (state_ == before) return;
  context_.since = out.at;
  if (state_ == LinkState::Resyncing || state_ == LinkState::Down || state_ == LinkState::Refused) {
    kept_.clear();
    kept_read_ = 0;
  }
}

void Session::opened(LinkOut& out) {
  parser_.reset();
  take({.on = link::On::SocketOpened}, out);
}

void Session::woke(LinkOut& out) {
  if (context_.list_timer_mono != 0 && out.mono >= context_.list_timer_mono) {
    take({.on = link::On::ListTimeOver}, out);
    if (!context_.lists.asking()) take({.on = link::On::ListOver}, out);
  }
  if (context_.timer_mono != 0 && out.mono >= context_.timer_mono) take({.on = link::On::TimeOver}, out);
}

double Session::due_mono() const {
  const double a = context_.timer_mono, b = context_.list_timer_mono;
  return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

const Message* Session::receive(std::string_view& bytes, Heard& heard, LinkOut& out) {
  if (!bytes.empty()) {
    context_.last_heard_at = out.at;
    context_.last_heard_mono = out.mono;
  }
  while (true) {
    parser_.set_unwanted(context_.lists.asking() ? &kNoise : &kNoiseAndUnknown);
    const Message* message = parser_.next(bytes);
    if (!message) break;
    heard = hear(*message, out);
    if (heard.what != Heard::What::Nothing || !out.tells.empty()) return message;
  }
  if (parser_.error() != ParserError::None && state_ == LinkState::Connecting) {
    take({.on = link::On::StrangerHeard, .text = parser_.peer_said()}, out);
  }
  return nullptr;
}

Heard Session::hear(const Message& message, LinkOut& out) {
  if (message.kind == Kind::Event && state_ == LinkState::Live && !context_.lists.asking() && message.word != Word::FullyBooted) {
    return {Heard::What::Event};  // by far the most
  }
  if (message.kind == Kind::Banner) {
    take({.on = link::On::BannerHeard, .text = message.name}, out);
    return {};
  }
  if (message.word == Word::FullyBooted) {
    take({.on = link::On::Booted, .text = message.get("Uptime")}, out);
    return {};
  }
  if (context_.lists.asking()) {
    const List list = context_.lists.current();
    const Lists::Heard part = context_.lists.hear(message);
    if (part != Lists::Heard::NotMine) {
      context_.list_heard_mono = out.mono;
      if (part == Lists::Heard::Item) return {Heard::What::Item, list};
      if (part == Lists::Heard::Over) {
        out.tells.push_back({Tell::What::ListOver, list, {}});
        take({.on = link::On::ListOver}, out);
      }
      return {};
    }
  }
  if (message.kind == Kind::Response) return hear_response(message, out);
  if (state_ == LinkState::Live || state_ == LinkState::Silent) return {Heard::What::Event};
  if (state_ == LinkState::Resyncing) keep(message);
  return {};  // before the lists: they will say what it says
}

Heard Session::hear_response(const Message& message, LinkOut& out) {
  const std::string_view id = message.get("ActionID");
  const bool refused = message.name == "Error";
  if (state_ == LinkState::LoggingIn) {
    if (!id.empty() && id != context_.login_id) return {};
    take({.on = refused ? link::On::LoginRefused : link::On::LoginAccepted, .text = message.get("Message")}, out);
    return {};
  }
  if (id.empty()) return {};
  if (id == context_.ping_id) {
    take({.on = link::On::PongHeard}, out);
  } else if (id == context_.settings_id) {
    if (const std::string_view version = message.get("AsteriskVersion"); !version.empty()) context_.version = version.substr(0, 64);
  } else if (id == context_.status_id) {
    const std::string started = std::string(message.get("CoreStartupDate")).append(" ").append(message.get("CoreStartupTime"));
    if (!refused && started.size() > 1) link::judge_start(context_, started.substr(0, 64), out);
  } else if (id.ends_with('f')) {
    // An account without write=system may not filter: the event classes are asked for all the same.
    if (refused && !message.get("Message").starts_with("Permission denied")) take({.on = link::On::FilterRefused}, out);
  } else {
    return {Heard::What::Answer};
  }
  return {};
}

void Session::keep(const Message& message) {
  if (message.word == Word::Unknown || context_.events_lost) return;
  std::size_t bytes = 2;
  for (const std::string_view line : message.lines) bytes += line.size() + 2;
  if (kept_.size() + bytes > kKeptBytes) {
    context_.events_lost = true;
    kept_.clear();
    return;
  }
  for (const std::string_view line : message.lines) kept_.append(line).append("\r\n");
  kept_.append("\r\n");
}

const Message* Session::next_kept() {
  std::string_view rest = std::string_view(kept_).substr(kept_read_);
  const Message* message = kept_parser_.next(rest);
  kept_read_ = kept_.size() - rest.size();
  if (message) return message;
  kept_.clear();
  kept_.shrink_to_fit();
  kept_read_ = 0;
  return nullptr;
}

}  // namespace offhook::ami
