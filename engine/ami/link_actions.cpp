#include "engine/ami/link_actions.h"

#include <algorithm>
#include <charconv>

#include "engine/ami/action.h"

namespace offhook::ami {

std::string LinkContext::new_id() { return "oh" + std::to_string(connections) + "-" + std::to_string(++actions); }

double LinkContext::uniform() {  // xorshift64*, as the Phone's
  random ^= random >> 12;
  random ^= random << 25;
  random ^= random >> 27;
  return static_cast<double>((random * 0x2545F4914F6CDD1DULL) >> 11) / 9007199254740992.0;
}

bool LinkContext::advanced_filters() const {
  const std::size_t slash = banner.find('/');
  if (filters_refused || slash == banner.npos) return false;
  int major = 0;
  std::from_chars(banner.data() + slash + 1, banner.data() + banner.size(), major);
  return major >= 11;
}

namespace link {
namespace {

struct Noise {
  std::string_view event;
  std::string_view event_class;
};

/// Of no use to us, and together four fifths of a busy PBX's events (counted in our recordings).
constexpr Noise kNoise[] = {
    {"VarSet", "dialplan"},        {"Newexten", "dialplan"},       {"RTCPSent", "reporting"},      {"RTCPReceived", "reporting"},
    {"ChallengeSent", "security"}, {"SuccessfulAuth", "security"}, {"MusicOnHoldStart", "call"},   {"MusicOnHoldStop", "call"},
    {"DTMFBegin", "dtmf"},         {"DTMFEnd", "dtmf"},            {"Cdr", "cdr"},                 {"TestEvent", "test"},
};

void send(LinkOut& out, const Action& action) { out.tell(Tell::What::Send, action.text()); }

bool asks_for(std::string_view classes, std::string_view wanted) {
  while (!classes.empty()) {
    const std::size_t comma = classes.find(',');
    const std::string_view one = classes.substr(0, comma);
    if (one == wanted || one == "all" || one == "on") return true;
    classes = comma == classes.npos ? std::string_view{} : classes.substr(comma + 1);
  }
  return false;
}

constexpr std::string_view advice(LinkReason reason) {
  switch (reason) {
    case LinkReason::NotAmi: return "the address is not that of an Asterisk manager (AMI, usually port 5038)";
    case LinkReason::WrongSecret: return "the manager refused the user or the secret, or its permit= does not allow this address";
    case LinkReason::NoPermission: return "the manager's account needs write=system or reporting, to list channels";
    default: return "";
  }
}

}  // namespace

void ask_identity(LinkContext& context, LinkOut& out) {
  context.settings_id = context.new_id();
  send(out, Action("CoreSettings", context.settings_id));
  context.status_id = context.new_id();
  send(out, Action("CoreStatus", context.status_id));
}

void ask_filters(LinkContext& context, LinkOut& out) {
  const bool advanced = context.advanced_filters();
  for (const Noise& noise : kNoise) {
    if (!asks_for(context.config.event_classes, noise.event_class)) continue;
    Action filter("Filter", context.new_id() + "f");
    filter.header("Operation", "Add");
    if (advanced) filter.header("MatchCriteria", std::string("action(exclude),name(").append(noise.event).append(")"));
    else filter.header("Filter", std::string("!Event: ").append(noise.event));
    send(out, filter);
  }
}

void ask_events(LinkContext& context, LinkOut& out) {
  Action events("Events", context.new_id());
  send(out, events.header("EventMask", context.config.event_classes));
}

void ask_next_list(LinkContext& context, const Event& event, LinkOut& out) {
  const std::string id = context.new_id();
  if (!context.lists.ask_next(id)) return;
  out.tells.push_back({Tell::What::ListAsked, context.lists.current(), {}});
  send(out, Action(kLists[static_cast<std::size_t>(context.lists.current())].action, id));
  context.list_heard_mono = event.mono;
  context.list_timer_mono = event.mono + context.config.list_ms;
}

void send_ping(LinkContext& context, const Event& event, LinkOut& out) {
  context.ping_id = context.new_id();
  send(out, Action("Ping", context.ping_id));
  context.pong_owed = true;
  context.timer_mono = event.mono + context.config.ping_ms;
}

void judge_boot(LinkContext& context, const Event& event, LinkOut& out) {
  long long uptime_s = 0;
  std::from_chars(event.text.data(), event.text.data() + event.text.size(), uptime_s);
  const double up_ms = static_cast<double>(uptime_s) * 1000;
  const double started_mono = event.mono - up_ms;
  // Uptime is in whole seconds, so a start is known to a second or two. It was another process when it began after the
  // last one was heard; and a process that is heard again has the start that it had.
  const bool known = context.started_at != 0;
  const bool other = known && started_mono > context.started_mono + 5'000 && started_mono > context.heard_before_mono - 2'000;
  context.started_at = event.at - up_ms;
  context.started_mono = started_mono;
  if (other) out.tell(Tell::What::PbxRestarted);
  context.boot_known = true;
}

void judge_start(LinkContext& context, std::string_view started, LinkOut& out) {
  const bool other = !context.boot_known && !context.started_text.empty() && context.started_text != started;
  context.started_text = started;
  if (other) out.tell(Tell::What::PbxRestarted);
}

double back_off(LinkContext& context) {
  double delay = kRetryFirstMs;
  for (double i = 0; i < context.attempts && delay < kRetryMostMs; ++i) delay *= 2;
  delay = std::min(delay, kRetryMostMs);
  return static_cast<double>(static_cast<long long>(delay * (1 - kRetryJitter + 2 * kRetryJitter * context.uniform())));
}

void retry_in(LinkContext& context, const Event& event, double delay_ms) {
  context.lists.abandon();
  context.list_timer_mono = 0;
  context.pong_owed = false;
  context.login_id.clear();
  context.ping_id.clear();
  context.settings_id.clear();
  context.status_id.clear();
  if (context.last_heard_mono != 0) context.heard_before_mono = context.last_heard_mono;
  context.timer_mono = event.mono + delay_ms;
  context.next_attempt_at = event.at + delay_ms;
}

void refuse(LinkContext& context, LinkReason reason, std::string_view said, LinkOut& out) {
  context.reason = reason;
  context.detail = std::string(advice(reason));
  if (!said.empty()) context.detail.append("; it said: ").append(said.substr(0, 100));
  out.tell(Tell::What::Refused, context.detail);
}

}  // namespace link
}  // namespace offhook::ami
