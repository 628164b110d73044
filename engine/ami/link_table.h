// Guards, actions and table of the machine ami_link. Read it beside docs/machines/ami_link.md.
#pragma once

#include "engine/ami/link.h"
#include "engine/ami/link_actions.h"
#include "engine/fsm/table_checks.h"

namespace offhook::ami::link {

/// Asterisk answers actions in their order: while a ping is owed, it does not get to ours.
inline constexpr Machine::Guard pongHeard{"pongHeard", [](const LinkContext& c, const Event&) { return !c.pong_owed; }};

inline constexpr Machine::Guard heardLately{"heardLately", [](const LinkContext& c, const Event& event) {
  return event.mono - c.last_heard_mono < c.config.ping_ms;
}};

/// The timer slept with the machine: the answer may lie in the queue behind it.
inline constexpr Machine::Guard firedLate{"firedLate", [](const LinkContext& c, const Event& event) {
  return event.mono - c.timer_mono > kLateMs;
}};

inline constexpr Machine::Guard listHeardLately{"listHeardLately", [](const LinkContext& c, const Event& event) {
  return event.mono - c.list_heard_mono < c.config.list_ms;
}};

inline constexpr Machine::Guard moreLists{"moreLists", [](const LinkContext& c, const Event&) { return c.lists.waiting(); }};

/// Without the channels nothing that is shown would be true.
inline constexpr Machine::Guard channelsDenied{"channelsDenied", [](const LinkContext& c, const Event&) {
  return c.lists[List::CoreShowChannels].outcome == ListOutcome::Denied;
}};

inline constexpr Machine::Guard eventsLost{"eventsLost", [](const LinkContext& c, const Event&) {
  return c.events_lost && c.resyncs < kResyncsInARow;
}};

inline constexpr Machine::Guard advanced{"advanced", [](const LinkContext& c, const Event&) { return c.advanced_filters(); }};

inline constexpr Machine::Action connect{"connect", [](LinkContext& c, const Event& event, LinkOut& out) {
  ++c.connections;
  c.actions = 0;
  c.next_attempt_at = 0;
  c.banner.clear();
  c.boot_known = false;
  out.tell(Tell::What::Connect);
  c.timer_mono = event.mono + kConnectMs;
  c.awaits = LinkReason::NoConnection;
}};

inline constexpr Machine::Action awaitBanner{"awaitBanner", [](LinkContext& c, const Event& event, LinkOut&) {
  c.timer_mono = event.mono + kBannerMs;
  c.awaits = LinkReason::NoBanner;
}};

inline constexpr Machine::Action noteBanner{"noteBanner", [](LinkContext& c, const Event& event, LinkOut&) { c.banner = event.text.substr(0, 64); }};

inline constexpr Machine::Action login{"login", [](LinkContext& c, const Event& event, LinkOut& out) {
  c.login_id = c.new_id();
  out.tell(Tell::What::Login, c.login_id);
  c.timer_mono = event.mono + kLoginMs;
  c.awaits = LinkReason::NoLogin;
}};

/// Which process answers, what it may leave out, and from now on its events: those that come before the lists are kept beside them.
inline constexpr Machine::Action askIdentity{"askIdentity", [](LinkContext& c, const Event&, LinkOut& out) { ask_identity(c, out); }};
inline constexpr Machine::Action askFilters{"askFilters", [](LinkContext& c, const Event&, LinkOut& out) { ask_filters(c, out); }};
inline constexpr Machine::Action askFiltersAnew{"askFiltersAnew", [](LinkContext& c, const Event&, LinkOut& out) {
  c.filters_refused = true;
  ask_filters(c, out);
}};
inline constexpr Machine::Action askEvents{"askEvents", [](LinkContext& c, const Event&, LinkOut& out) { ask_events(c, out); }};

inline constexpr Machine::Action awaitBoot{"awaitBoot", [](LinkContext& c, const Event& event, LinkOut&) { c.timer_mono = event.mono + kBootMs; }};

inline constexpr Machine::Action noteBoot{"noteBoot", [](LinkContext& c, const Event& event, LinkOut& out) { judge_boot(c, event, out); }};

inline constexpr Machine::Action beginLists{"beginLists", [](LinkContext& c, const Event& event, LinkOut& out) {
  c.resyncs = c.events_lost ? c.resyncs + 1 : 0;
  c.events_lost = false;
  c.lists.begin(kAllLists);
  out.tell(Tell::What::ListsBegan);
  ask_next_list(c, event, out);
}};

inline constexpr Machine::Action addLists{"addLists", [](LinkContext& c, const Event& event, LinkOut& out) {
  c.lists.add(event.lists);
  if (!c.lists.asking()) ask_next_list(c, event, out);
}};

inline constexpr Machine::Action askNextList{"askNextList", [](LinkContext& c, const Event& event, LinkOut& out) { ask_next_list(c, event, out); }};

inline constexpr Machine::Action watchList{"watchList", [](LinkContext& c, const Event&, LinkOut&) {
  c.list_timer_mono = c.list_heard_mono + c.config.list_ms;
}};

inline constexpr Machine::Action giveUpList{"giveUpList", [](LinkContext& c, const Event&, LinkOut& out) {
  const List list = c.lists.current();
  c.lists.give_up();
  out.tells.push_back({Tell::What::ListOver, list, {}});
}};

inline constexpr Machine::Action stopListTimer{"stopListTimer", [](LinkContext& c, const Event&, LinkOut&) { c.list_timer_mono = 0; }};

inline constexpr Machine::Action goLive{"goLive", [](LinkContext& c, const Event& event, LinkOut& out) {
  c.attempts = 0;
  c.reason = LinkReason::None;
  c.detail.clear();
  c.synced_at = event.at;
  out.tell(Tell::What::Resynced);
}};

inline constexpr Machine::Action sendPing{"sendPing", [](LinkContext& c, const Event& event, LinkOut& out) { send_ping(c, event, out); }};

inline constexpr Machine::Action awaitPong{"awaitPong", [](LinkContext& c, const Event& event, LinkOut&) { c.timer_mono = event.mono + c.config.ping_ms; }};

inline constexpr Machine::Action notePong{"notePong", [](LinkContext& c, const Event&, LinkOut&) { c.pong_owed = false; }};

inline constexpr Machine::Action closeSocket{"closeSocket", [](LinkContext&, const Event&, LinkOut& out) { out.tell(Tell::What::Close); }};

inline constexpr Machine::Action noteClosed{"noteClosed", [](LinkContext& c, const Event& event, LinkOut&) {
  c.reason = LinkReason::Closed;
  c.detail = event.text.substr(0, 200);
}};
/// What was waited for says why: no connection, no banner, no answer to the login.
inline constexpr Machine::Action noteLate{"noteLate", [](LinkContext& c, const Event&, LinkOut&) {
  c.reason = c.awaits;
  c.detail.clear();
}};
inline constexpr Machine::Action noteNotAnswering{"noteNotAnswering", [](LinkContext& c, const Event&, LinkOut&) {
  c.reason = LinkReason::NotAnswering;
  c.detail.clear();
}};
inline constexpr Machine::Action noteStranger{"noteStranger", [](LinkContext& c, const Event& event, LinkOut& out) { refuse(c, LinkReason::NotAmi, event.text, out); }};
inline constexpr Machine::Action noteWrongSecret{"noteWrongSecret", [](LinkContext& c, const Event& event, LinkOut& out) {
  refuse(c, LinkReason::WrongSecret, event.text, out);
}};
inline constexpr Machine::Action noteNoPermission{"noteNoPermission", [](LinkContext& c, const Event&, LinkOut& out) {
  refuse(c, LinkReason::NoPermission, c.lists[List::CoreShowChannels].message, out);
}};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](LinkContext& c, const Event& event, LinkOut&) {
  retry_in(c, event, back_off(c));
  ++c.attempts;
}};
inline constexpr Machine::Action retrySlowly{"retrySlowly", [](LinkContext& c, const Event& event, LinkOut&) {
  retry_in(c, event, kRefusedRetryMs);
  ++c.attempts;
}};

namespace rows {
using enum LinkState;
using fsm::same;
using S = fsm::StateSet<LinkState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 37> link_table{{
  // State                              Event                 Guard             Next state  Actions
  { S(Down) | Refused,                  On::StartRequested,   always,           Connecting, {&connect} },
  { S(Connecting) | LoggingIn | Booting | Resyncing | Live | Silent, On::StartRequested, always, same, {} },
  { Connecting,                         On::SocketOpened,     always,           same,       {&awaitBanner} },
  { S(Down) | Refused,                  On::SocketOpened,     always,           same,       {&closeSocket} },
  { S(Down) | Refused,                  On::SocketClosed,     always,           same,       {} },
  { S(Connecting) | LoggingIn | Booting | Resyncing | Live | Silent, On::SocketClosed, always, Down, {&noteClosed, &scheduleRetry} },
  { Connecting,                         On::BannerHeard,      always,           LoggingIn,  {&noteBanner, &login} },
  { Connecting,                         On::StrangerHeard,    always,           Refused,    {&closeSocket, &noteStranger, &retrySlowly} },
  { LoggingIn,                          On::LoginAccepted,    always,           Booting,    {&askIdentity, &askFilters, &askEvents, &awaitBoot} },
  { LoggingIn,                          On::LoginRefused,     always,           Refused,    {&closeSocket, &noteWrongSecret, &retrySlowly} },
  { Booting,                            On::Booted,           always,           Resyncing,  {&noteBoot, &beginLists, &sendPing} },
  { S(Resyncing) | Live | Silent,       On::Booted,           always,           Resyncing,  {&noteBoot, &beginLists} },
  { Resyncing,                          On::ListOver,         &channelsDenied,  Refused,    {&closeSocket, &noteNoPermission, &retrySlowly} },
  { Resyncing,                          On::ListOver,         &moreLists,       same,       {&askNextList} },
  { Resyncing,                          On::ListOver,         &eventsLost,      same,       {&beginLists} },
  { Resyncing,                          On::ListOver,         always,           Live,       {&stopListTimer, &goLive} },
  { S(Live) | Silent,                   On::ListOver,         &moreLists,       same,       {&askNextList} },
  { S(Live) | Silent,                   On::ListOver,         always,           same,       {&stopListTimer} },
  { S(Resyncing) | Live | Silent,       On::ListTimeOver,     &listHeardLately, same,       {&watchList} },
  { S(Resyncing) | Live | Silent,       On::ListTimeOver,     always,           same,       {&giveUpList} },
  { S(Live) | Silent,                   On::ResyncRequested,  always,           Resyncing,  {&beginLists} },
  { S(Down) | Connecting | LoggingIn | Booting | Resyncing | Refused, On::ResyncRequested, always, same, {} },
  { S(Live) | Silent,                   On::RefreshRequested, always,           same,       {&addLists} },
  { S(Down) | Connecting | LoggingIn | Booting | Resyncing | Refused, On::RefreshRequested, always, same, {} },
  { S(Booting) | Resyncing | Live | Silent, On::FilterRefused, &advanced,       same,       {&askFiltersAnew} },
  { S(Booting) | Resyncing | Live | Silent, On::FilterRefused, always,          same,       {} },
  { Silent,                             On::PongHeard,        always,           Live,       {&notePong} },
  { S(Resyncing) | Live,                On::PongHeard,        always,           same,       {&notePong} },
  { S(Down) | Refused,                  On::TimeOver,         always,           Connecting, {&connect} },
  { S(Connecting) | LoggingIn,          On::TimeOver,         always,           Down,       {&closeSocket, &noteLate, &scheduleRetry} },
  { Booting,                            On::TimeOver,         always,           Resyncing,  {&beginLists, &sendPing} },
  { S(Resyncing) | Live,                On::TimeOver,         &pongHeard,       same,       {&sendPing} },
  { S(Resyncing) | Live | Silent,       On::TimeOver,         &firedLate,       same,       {&sendPing} },
  { Resyncing,                          On::TimeOver,         &heardLately,     same,       {&awaitPong} },
  { Resyncing,                          On::TimeOver,         always,           Down,       {&closeSocket, &noteNotAnswering, &scheduleRetry} },
  { Live,                               On::TimeOver,         always,           Silent,     {&sendPing} },
  { Silent,                             On::TimeOver,         always,           Down,       {&closeSocket, &noteNotAnswering, &scheduleRetry} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 37> Machine::table = rows::link_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::ami::link
