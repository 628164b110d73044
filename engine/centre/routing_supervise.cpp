// Supervisors: the machine's wishes as AMI actions, the PBX's events back to it. The full name of the agent's channel goes to ChanSpy.
#include <algorithm>

#include "engine/centre/model.h"
#include "engine/supervisor/supervisor_table.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

using acd::On;
using ami::Message;
using ami::Word;
using supervisor::Mode;
using SpyOn = supervisor::On;
using supervisor::State;

namespace {

constexpr std::string_view kExtens[] = {"listen", "coach", "barge"};  // hub-spy, in the order of Mode

bool is_over(State state) { return state == State::Ended || state == State::Idle; }

}  // namespace

void Routing::supervise(const wire::Json& event, const std::string& id) {
  const std::string action = wire::text_at(event, "action"), supervisor = wire::text_at(event, "supervisor"), call = wire::text_at(event, "call_id");
  const auto refuse = [&](std::string_view code, std::string_view detail) { model_.reply.settle(id, false, code, detail, {}); };
  if (supervisor.empty()) return refuse("bad_value", "supervise wants a supervisor's extension");
  const auto found = sessions_.find(supervisor);
  Supervision* const session = found == sessions_.end() || is_over(found->second.session.state) ? nullptr : &found->second;
  if (action == "stop" || action == "take_over") {
    if (!session || (!call.empty() && session->call != call)) return refuse("not_supervising", "this supervisor is at no such call");
    const bool takes = action == "take_over";
    if (takes && (session->session.state == State::Calling || session->session.state == State::TakingOver)) return refuse("not_supervising", "the supervisor's telephone has not answered yet");
    session->commands.push_back(id);
    step(*session, {.on = takes ? SpyOn::TakeOver : SpyOn::Stop});
    return;
  }
  const auto mode = std::find(supervisor::kModeWords.begin(), supervisor::kModeWords.end(), action);
  if (mode == supervisor::kModeWords.end()) return refuse("not_supported", "supervise: monitor, coach, barge, take_over or stop");
  const Mode wanted = static_cast<Mode>(mode - supervisor::kModeWords.begin());
  if (session) {
    if (session->call != call) return refuse("already_supervising", session->call);
    session->commands.push_back(id);
    const State before = session->session.state;
    step(*session, {.on = SpyOn::Supervise, .mode = wanted});
    if (session->session.state == before && before != State::Calling && before != State::Switching) show(*session);
    return;
  }
  const Caller* const caller = find(call);
  if (!caller || caller->place != Caller::Place::Talking || caller->agent_channel.empty()) return refuse("not_talking", "only a call that is talked can be supervised");
  if (caller->agent == supervisor) return refuse("own_call", "this is the supervisor's own call");
  Supervision& fresh = sessions_[supervisor];
  fresh = {};
  fresh.supervisor = supervisor;
  fresh.call = call;
  fresh.agent = caller->agent;
  fresh.spied_leg = caller->agent_leg;
  fresh.spied_channel = caller->agent_channel;
  fresh.commands.push_back(id);
  step(fresh, {.on = SpyOn::Supervise, .mode = wanted});
}

void Routing::step(Supervision& session, const supervisor::Event& event) {
  supervisor::Context context{session.session};
  supervisor::Effects effects;
  const State before = session.session.state;
  fsm::step<supervisor::Machine>(session.session.state, context, event, effects);
  const std::string_view mode = supervisor::kModeWords[static_cast<std::size_t>(session.session.wanted)];
  const std::string exten(kExtens[static_cast<std::size_t>(session.session.wanted)]);
  if (session.session.state != before) session.since = model_.at;
  if (effects.timer == 0) model_.timers.clear(Due::Spy, session.supervisor);
  else if (effects.timer > 0) model_.timers.set(Due::Spy, session.supervisor, model_.mono + effects.timer);
  if (effects.call) {
    const pbx::AgentEntry* const entry = model_.directory.find(session.supervisor);
    session.leg = "hub-spy-" + std::to_string(static_cast<long long>(model_.at)) + "-" + std::to_string(static_cast<long long>(++next_spy_));
    model_.send("Originate", {{"Channel", entry && !entry->endpoint.empty() ? entry->endpoint : "PJSIP/" + session.supervisor}, {"ChannelId", session.leg}, {"Context", "hub-spy"}, {"Exten", exten},
                              {"Priority", "1"}, {"Timeout", std::to_string(static_cast<long>(supervisor::kRingMs))}, {"CallerID", "\"" + std::string(mode) + " " + session.agent + "\" <" + session.agent + ">"},
                              {"Variable", "CC_SPY=" + session.spied_channel}, {"Variable", "CC_SUPERVISOR=" + session.supervisor}, {"Variable", "CC_CALL=" + session.call}, {"Async", "true"}});
  }
  if (effects.redirect && !session.channel.empty()) redirect(session.channel, "hub-spy", exten);
  if (effects.take) redirect(session.channel, "hub-spy", "hold");
  if (effects.hang_up && !session.channel.empty()) model_.send("Hangup", {{"Channel", session.channel}});
  const bool ended = session.session.state == State::Ended && before != State::Ended;
  if (effects.began || ended)
    for (const std::string& command : std::exchange(session.commands, {})) {
      const std::string& end = session.session.end;
      const bool ok = !ended || end == "stopped" || end == "taken_over";
      model_.reply.settle(command, ok, ok ? std::string_view() : std::string_view(end), {}, ok ? ended ? std::string_view(end) : mode : std::string_view());
    }
  if (effects.began && model_.tells_agent()) {
    JsonWriter json(model_.reply.effects.next());
    json.open('{').key("type").string("note").key("extension").string(session.agent).key("code").string("supervised").key("call_id").string(session.call).key("until").null().close('}');
  }
  if (session.session.state != before || effects.began) show(session);
  if (!ended) return;
  Caller* const caller = find(session.call);
  const std::string call = session.call;
  sessions_.erase(session.supervisor);
  write_call_item(call);
  if (caller && caller->taking && !model_.channels.leg(caller->agent_leg)) {  // it failed, and the agent is not there any more
    forget(call);
    tell({.on = On::CallEnded, .call = call, .by = acd::Side::Supervisor});
  } else if (caller) caller->taking = false;
}

/// The hub audits it and tells whoever looks on; the call's item names who listens.
void Routing::show(Supervision& session) {
  const State state = session.session.state;
  JsonWriter json(model_.reply.effects.next());
  json.open('{').key("type").string("supervision").key("session").open('{').key("supervisor").string(session.supervisor).key("call_id").string(session.call).key("agent").string(session.agent);
  json.key("mode").string(supervisor::kModeWords[static_cast<std::size_t>(session.session.wanted)]).key("state").string(supervisor::kStateWords[static_cast<std::size_t>(state)]);
  json.key("since").number(session.since).key("end");
  if (state == State::Ended) json.string(session.session.end);
  else json.null();
  json.close('}').close('}');
  write_call_item(session.call);
  if (state == State::Ended) return;
  // Asked for what is so already: nothing will begin.
  if (state == State::Monitor || state == State::Coach || state == State::Barge)
    for (const std::string& command : std::exchange(session.commands, {}))
      model_.reply.settle(command, true, {}, {}, supervisor::kModeWords[static_cast<std::size_t>(session.session.wanted)]);
}

void Routing::spy_heard(const Message& message) {
  if (sessions_.empty()) return;
  const bool spy = message.word == Word::ChanSpyStart || message.word == Word::ChanSpyStop;
  const std::string_view leg = message.get(spy ? "SpyerUniqueid" : "Uniqueid");
  const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) { return entry.second.leg == leg; });
  if (found == sessions_.end()) return;
  Supervision& session = found->second;
  switch (message.word) {
    case Word::ChanSpyStart: {
      session.channel = message.get("SpyerChannel");
      const auto exten = std::find(std::begin(kExtens), std::end(kExtens), message.get("SpyerExten"));
      if (exten != std::end(kExtens)) step(session, {.on = SpyOn::SpyStarted, .mode = static_cast<Mode>(exten - std::begin(kExtens))});
      return;
    }
    case Word::ChanSpyStop: return step(session, {.on = SpyOn::SpyStopped});
    case Word::OriginateResponse: {
      if (message.get("Response") == "Success") {
        session.channel = message.get("Channel");
        return;
      }
      const std::string_view reason = message.get("Reason");
      return step(session, {.on = SpyOn::PhoneFailed, .reason = reason == "3" ? "no_answer" : reason == "0" || reason == "5" ? "refused" : "failed"});
    }
    case Word::Hangup: return step(session, {.on = SpyOn::PhoneGone});
    case Word::UserEvent: {
      // His leg waits: now the customer goes to him, and the agent's leg ends by it.
      Caller* const caller = find(session.call);
      if (!caller || session.session.state != State::TakingOver || caller->channel.empty()) return;
      caller->taking = true;
      set_variable(caller->channel, "CC_TAKE", session.channel);
      return redirect(caller->channel, "hub-take", "s");
    }
    case Word::BridgeEnter: {
      Caller* const caller = find(session.call);
      if (!caller || session.session.state != State::TakingOver) return;
      const std::string before = caller->agent, call = caller->call, supervisor = session.supervisor, channel = session.channel, own(leg);
      legs_.erase(caller->agent_leg);
      caller->agent_leg = own;
      caller->agent_channel = channel;
      caller->agent = supervisor;
      legs_[own] = call;
      ours_.insert(own);
      step(session, {.on = SpyOn::Joined});
      if (acd_.knows_agent(supervisor)) {
        tell({.on = On::AttendedTransfer, .call = call, .agent = supervisor, .target = supervisor, .text = own});
        disengage(before, call);
        engage(supervisor, call);
      } else {
        forget(call);
        disengage(before, call);
        tell({.on = On::AttendedTransfer, .call = call, .target = supervisor});
      }
      return;
    }
    default: return;
  }
}

/// After a sweep: who listens to a talk of ours, and was not known, is taken up by the variables of his channel; whose leg is gone, went.
void Routing::adopt_sessions(const std::vector<Found>& found) {
  std::vector<std::string> gone;
  for (const auto& [extension, session] : sessions_)
    if (!is_over(session.session.state) && !model_.channels.leg(session.leg)) gone.push_back(extension);
  for (const std::string& extension : gone)
    if (const auto one = sessions_.find(extension); one != sessions_.end()) step(one->second, {.on = SpyOn::PhoneGone});
  for (const Found& one : found) {
    if (one.supervisor.empty() || one.context != "hub-spy" || sessions_.contains(one.supervisor)) continue;
    const auto exten = std::find(std::begin(kExtens), std::end(kExtens), one.exten);
    const Caller* const caller = find(one.spied_call);
    if (exten == std::end(kExtens) || !caller || caller->place != Caller::Place::Talking || caller->agent_channel != one.spied) continue;
    Supervision& session = sessions_[one.supervisor];
    session = {};
    session.supervisor = one.supervisor;
    session.call = one.spied_call;
    session.agent = caller->agent;
    session.leg = one.uniqueid;
    session.channel = one.channel;
    session.spied_leg = caller->agent_leg;
    session.spied_channel = caller->agent_channel;
    step(session, {.on = SpyOn::SpyStarted, .mode = static_cast<Mode>(exten - std::begin(kExtens))});
  }
}

/// What was listened to is over. Who is taking it over needs the customer only.
void Routing::spied_call_over(const std::string& call, bool customer_gone) {
  for (const bool again : {true, false}) {
    (void)again;
    const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
      return entry.second.call == call && (customer_gone || entry.second.session.state != State::TakingOver);
    });
    if (found != sessions_.end()) step(found->second, {.on = SpyOn::CallOver});
  }
}

void Routing::spy_time_over(const std::string& supervisor) {
  if (const auto found = sessions_.find(supervisor); found != sessions_.end()) step(found->second, {.on = SpyOn::TimeOver});
}

}  // namespace offhook::centre
