// The connection to the PBX: opened, greeted, logged in, read anew, asked whether it lives, opened again with back-off.
// Down means unknown: nothing else changes because of it. Design: docs/machines/ami_link.md
#pragma once

#include <string>
#include <vector>

#include "engine/ami/lists.h"
#include "engine/fsm/table.h"

namespace offhook::ami {

// Times, milliseconds ---------------------------------------------------------
inline constexpr double kConnectMs = 10'000;     ///< TCP and TLS together
inline constexpr double kBannerMs = 5'000;       ///< Asterisk greets at once; what does not within this is not Asterisk
inline constexpr double kLoginMs = 10'000;
inline constexpr double kBootMs = 3'000;         ///< FullyBooted follows the login at once, or is not for this account
inline constexpr double kRetryFirstMs = 1'000;
inline constexpr double kRetryMostMs = 30'000;
inline constexpr double kRetryJitter = 0.25;
inline constexpr double kRefusedRetryMs = 60'000;  ///< nothing gets better by itself: somebody has to change a setting
inline constexpr double kLateMs = 5'000;           ///< a timer that fires so late has slept with the machine
inline constexpr std::size_t kKeptBytes = 16 * 1024 * 1024;  ///< live events that wait for the lists
inline constexpr int kResyncsInARow = 3;           ///< lists begun anew because live events were lost meanwhile

enum class LinkState : std::uint8_t { Down, Connecting, LoggingIn, Booting, Resyncing, Live, Silent, Refused };
inline constexpr std::array<std::string_view, 8> kLinkStateWords{"down", "connecting", "logging_in", "booting", "resyncing", "live", "silent", "refused"};

enum class LinkReason : std::uint8_t {
  None,
  Closed,        ///< the socket ended, or could not be opened; the detail is the host's
  NoConnection,  ///< it did not open in time
  NoBanner,      ///< it opened, and nothing or half a greeting came
  NotAmi,        ///< the peer speaks something else
  NoLogin,       ///< the login was not answered
  WrongSecret,   ///< the login was refused
  NoPermission,  ///< the account may not even list channels
  NotAnswering   ///< pings are not answered
};
inline constexpr std::array<std::string_view, 9> kLinkReasonWords{"",       "closed",       "no_connection", "no_banner",    "not_ami",
                                                                 "no_login", "wrong_secret", "no_permission", "not_answering"};

struct LinkConfig {
  std::string event_classes = "system,call,agent,user";
  double ping_ms = 15'000;
  double list_ms = 30'000;
  std::uint64_t seed = 1;
};

/// What is told to the one who composes: carried out in this order.
struct Tell {
  enum class What : std::uint8_t {
    Connect,       ///< open the socket
    Close,         ///< end the socket
    Login,         ///< send Action: Login with `text` as its ActionID and `Events: system`
    Send,          ///< write `text`
    PbxRestarted,  ///< it is another Asterisk process than the last time: no call of then is left
    ListsBegan,    ///< forget what was listed so far: it is listed anew, whole
    ListAsked,     ///< `list` is asked now: what it will hold is as of this moment
    ListOver,      ///< `list` is over; its outcome is in `lists()`
    Resynced,      ///< all lists are over: compare, then apply the events that were kept
    Refused        ///< nobody can log in until a setting is changed; `text` says which
  };
  What what;
  List list{};
  std::string text;
};

struct LinkOut {
  double at = 0, mono = 0;
  std::vector<Tell>& tells;
  void tell(Tell::What what, std::string text = {}) { tells.push_back({what, {}, std::move(text)}); }
};

/// What is known of the PBX, and what is counted; none of it decides anything but by a guard.
struct LinkContext {
  LinkConfig config;
  Lists lists;
  LinkReason reason = LinkReason::None;
  std::string detail;
  double since = 0;             ///< of the state; `at`
  double attempts = 0;          ///< since it was last live
  double next_attempt_at = 0;   ///< 0: none is waited for
  double last_heard_at = 0, last_heard_mono = 0;
  double synced_at = 0;
  double timer_mono = 0;        ///< the state's time limit; 0: none
  double list_timer_mono = 0;   ///< the list's
  double list_heard_mono = 0;   ///< the last item of the list that is being asked
  bool pong_owed = false;       ///< a ping has no answer yet
  LinkReason awaits = LinkReason::None;  ///< what it will have been when the time is over
  int resyncs = 0;              ///< in a row
  bool events_lost = false;     ///< live events did not fit beside the lists
  std::string banner;
  std::string version;          ///< AsteriskVersion
  double started_at = 0;        ///< of the PBX's process; 0: not known
  std::string started_text;     ///< its CoreStartupDate and CoreStartupTime, in the PBX's own time zone
  double started_mono = 0;      ///< the same in monotonic time: a clock that was set is no restart
  double heard_before_mono = 0;  ///< when the connection before this one was last heard
  bool boot_known = false;      ///< FullyBooted was heard in this connection: the start is judged by it
  bool filters_refused = false; ///< MatchCriteria was: the old form is sent from now on
  std::string login_id, ping_id, settings_id, status_id;
  std::uint64_t connections = 0, actions = 0;
  std::uint64_t random = 1;
  std::uint64_t ignored = 0;    ///< events of the link that no row answers

  std::string new_id();         ///< "oh<connection>-<action>": the next action's
  double uniform();             ///< [0, 1), from the seed
  bool advanced_filters() const;  ///< AMI 11 (Asterisk 22) knows MatchCriteria
};

namespace link {

enum class On : std::uint8_t {
  StartRequested,
  SocketOpened,
  SocketClosed,
  BannerHeard,
  StrangerHeard,
  LoginAccepted,
  LoginRefused,
  Booted,
  PongHeard,
  ListOver,
  TimeOver,
  ListTimeOver,
  ResyncRequested,
  RefreshRequested,
  FilterRefused
};

struct Event {
  On on;
  double at = 0, mono = 0;
  std::string_view text;  ///< the reason of SocketClosed, the banner, what the stranger or the login's answer said
  ListSet lists = 0;      ///< of RefreshRequested
};

struct Machine : fsm::Describes<Machine, LinkState, link::On, link::Event, LinkContext, LinkOut> {
  static constexpr auto& state_names = kLinkStateWords;
  static constexpr std::array<std::string_view, 15> event_names{"StartRequested", "SocketOpened", "SocketClosed", "BannerHeard", "StrangerHeard",
                                                                "LoginAccepted",  "LoginRefused", "Booted",       "PongHeard",   "ListOver",
                                                                "TimeOver",       "ListTimeOver", "ResyncRequested", "RefreshRequested", "FilterRefused"};
  static const std::array<fsm::Row<Machine>, 37> table;
};

}  // namespace link
}  // namespace offhook::ami
