// What the backend says: answers to requests, messages of the socket. All of it
// is text from outside: bounded, checked, and harmless when it is wrong.
#include <algorithm>

#include "engine/agent_status/agent_status.h"
#include "engine/call_log/call_log.h"
#include "engine/contact/contact.h"
#include "engine/delivery/delivery.h"
#include "engine/link/link.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/wire/json_in.h"

namespace offhook {
namespace {

/// ms UTC, or 0: it is not so.
bool is_moment(double value) { return value >= 0 && value < 1e15; }

bool is_success(double status) { return status >= 200 && status < 300; }

/// Worth another try: the server was away or busy, or the token is being renewed.
bool is_passing(double status) {
  return status < 400 || status >= 500 || status == 401 || status == 408 || status == 425 || status == 429;
}

}  // namespace

bool Phone::take_request(double id, PendingRequest& found) {
  for (std::size_t i = 0; i < out_.requests.size(); ++i) {
    if (out_.requests[i].id != id) continue;
    found = out_.requests[i];
    out_.requests.erase(out_.requests.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  out_.count(Anomaly::LateAnswer);
  return false;
}

void Phone::failed(const Event& event) {
  PendingRequest request;
  if (take_request(event.request, request)) request_over(request, event, false);
}

/// No use in the answer, or none at all. `definite_refusal`: asking again the same way would be refused again.
void Phone::request_over(const PendingRequest& request, const Event& event, bool definite_refusal) {
  std::string why = event.type == EventType::HttpFailed ? std::string(kHttpFailureWords[static_cast<std::size_t>(event.failure)])
                                                        : "http " + std::to_string(static_cast<int>(std::clamp(event.status_code, 0.0, 999.0)));
  switch (request.kind) {
    case Request::ContactFindOrCreate: return step_contact(request.slot, on(definite_refusal ? contact::On::Refused : contact::On::NoAnswer), event);
    case Request::CallLogCreate:
    case Request::CallLogUpdate:
      if (request.slot >= m_.logs.size() || m_.logs[request.slot].request != request.id) return out_.count(Anomaly::LateAnswer);
      step_delivery(request.slot, on(definite_refusal ? delivery::On::Refused : delivery::On::NoAnswer), event, {}, strings_.intern(why));
      return definite_refusal ? bound_rejected(event) : void();
    case Request::AgentStatusGet:
      out_.set_timer(TimerFor::StatusGetRetry, 0, out_.retry_delay(m_.agent.get_attempts++, event));
      return out_.post(InnerType::RegistrationUp);  // a login need not wait for what the CRM thinks
    case Request::AgentStatusPut:
      if (m_.agent.write_request != request.id) return out_.count(Anomaly::LateAnswer);
      return step_write(on(definite_refusal ? agent_status::write::On::Refused : agent_status::write::On::NoAnswer), event);
    case Request::QueuePause:
      if (m_.agent.pause_request != request.id) return;  // a newer wish is on its way
      return step_pause(on(agent_status::pause::On::NoAnswer), event);
    case Request::WrapUpExtend:
      if (m_.agent.extend_request != request.id) return;  // a newer wish is on its way
      touch(Leaf::Agent);
      return out_.settle(m_.agent.extend_command, definite_refusal ? Outcome::Refused : Outcome::TimedOut,
                         definite_refusal ? Reason::BackendRefused : Reason::BackendUnreachable);
    case Request::CallTransfer:
    case Request::CallConference:
    case Request::CallRecording: return call_answered(request, event, false, {}, why);
  }
}

/// A person may look after a hundred refused records; of more the oldest is given up, counted and kept readable.
void Phone::bound_rejected(const Event& cause) {
  std::size_t rejected = 0, oldest = 0;
  for (std::size_t i = 0; i < m_.logs.size(); ++i) {
    if (!m_.logs[i].in_use || m_.logs[i].delivery != DeliveryState::Rejected) continue;
    if (rejected++ == 0 || m_.logs[i].started_at < m_.logs[oldest].started_at) oldest = i;
  }
  if (rejected <= limits::kRejected) return;
  out_.count(Anomaly::OutboxFull);
  step_delivery(static_cast<std::uint16_t>(oldest), on(delivery::On::Discard), cause);
}

void Phone::answered(const Event& event) {
  PendingRequest request;
  if (!take_request(event.request, request)) return;
  measure_skew(event.server_time, request.sent_mono, 1000);
  const auto json = wire::parse_object(strings_.view(event.body), limits::kJsonBytes);
  if (request.kind == Request::AgentStatusGet && event.status_code == 404) {  // the CRM holds no record: adopt what the PBX shows
    const wire::Json* pbx = json ? wire::object_at(*json, "pbx") : nullptr;
    AgentStatus status = AgentStatus::Offline;
    Text reason;
    if (pbx) {
      status = wire::flag_at(*pbx, "paused") ? AgentStatus::Pause : AgentStatus::Online;
      reason = strings_.intern(wire::text_at(*pbx, "reason"));
    }
    step_write(on(agent_status::write::On::CrmTold), event, status, reason, pbx ? StatusSource::Pbx : StatusSource::None);
    return out_.post(InnerType::RegistrationUp);
  }
  if (!is_success(event.status_code)) return request_over(request, event, !is_passing(event.status_code));
  switch (request.kind) {
    case Request::ContactFindOrCreate: {
      const std::string id = json ? wire::text_at(*json, "id") : std::string();
      if (id.empty()) {
        out_.count(Anomaly::BadAnswer);
        return step_contact(request.slot, on(contact::On::NoAnswer), event);
      }
      return step_contact(request.slot, on(contact::On::Answered), event, strings_.intern(id), strings_.intern(wire::text_at(*json, "name")));
    }
    case Request::CallLogCreate:
    case Request::CallLogUpdate: {
      if (request.slot >= m_.logs.size() || m_.logs[request.slot].request != request.id) return out_.count(Anomaly::LateAnswer);
      const std::string id = json ? wire::text_at(*json, "id") : std::string();
      if (id.empty() && m_.logs[request.slot].id.empty()) {  // without an id nothing could be updated: ask again
        out_.count(Anomaly::BadAnswer);
        return request_over(request, event, false);
      }
      return step_delivery(request.slot, on(delivery::On::Accepted), event,
                           m_.logs[request.slot].id.empty() ? strings_.intern(id) : Text{});
    }
    case Request::AgentStatusGet: {
      const int status = json ? wire::word_index(kAgentStatusWords, wire::text_at(*json, "status")) : -1;
      if (status < 0) {
        out_.count(Anomaly::BadAnswer);
        return request_over(request, event, false);
      }
      m_.agent.get_attempts = 0;
      touch(Leaf::Agent);
      Event told = event;
      told.since = out_.our_time(wire::number_at(*json, "since"));
      step_write(on(agent_status::write::On::CrmTold), told, static_cast<AgentStatus>(status),
                 strings_.intern(wire::text_at(*json, "reason")), StatusSource::Crm);
      return out_.post(InnerType::RegistrationUp);
    }
    case Request::AgentStatusPut: {
      if (m_.agent.write_request != request.id) return out_.count(Anomaly::LateAnswer);
      Event written = event;
      written.since = json ? wire::number_at(*json, "since") : 0;
      step_write(on(agent_status::write::On::Accepted), written);
      if (m_.agent.login_pending) out_.post(InnerType::RegistrationUp);
      return;
    }
    case Request::QueuePause:
      if (m_.agent.pause_request != request.id) return;
      return step_pause(on(agent_status::pause::On::Accepted), event, AgentStatus::Online, {}, json && wire::flag_at(*json, "synced"));
    case Request::WrapUpExtend:
      if (m_.agent.extend_request != request.id) return;
      touch(Leaf::Agent);
      return out_.settle(m_.agent.extend_command, Outcome::Done);
    case Request::CallTransfer:
    case Request::CallConference:
    case Request::CallRecording: return call_answered(request, event, true, json ? wire::text_at(*json, "state") : std::string(), {});
  }
}

namespace {

/// One agent_status object of the wire as an event; false when it names no extension or no known status.
bool read_agent_status(const wire::Json& item, Strings& strings, Event& event) {
  const int status = wire::word_index(kAgentStatusWords, wire::text_at(item, "status"));
  event.extension = strings.intern(wire::text_at(item, "extension"));
  if (status < 0 || event.extension.empty()) return false;
  event.type = EventType::AgentStatusReceived;
  event.status = static_cast<AgentStatus>(status);
  event.name = strings.intern(wire::text_at(item, "name"));
  event.reason = strings.intern(wire::text_at(item, "reason"));
  event.since = wire::number_at(item, "since");
  return true;
}

Event read_queue_number(const wire::Json& item, Strings& strings, Event event) {
  auto text = [&](const char* key) { return strings.intern(wire::text_at(item, key)); };
  event.type = EventType::QueueNumberReceived;
  event.extension = text("extension");
  event.call_from = text("call_from");
  event.queue_name = text("queue_name");
  event.server_call_log_token = text("server_call_log_token");
  event.yeastar_call_id = text("yeastar_call_id");
  event.queue_number = text("queue_number");
  event.channel_id = text("channel_id");
  return event;
}

}  // namespace

void Phone::socket_message(const Event& event) {
  const auto json = wire::parse_object(strings_.view(event.body), limits::kJsonBytes);
  const std::string type = json ? wire::text_at(*json, "type") : std::string();
  if (!json || type == "error") {  // a close may follow: this is not yet a backend that is there
    out_.count(Anomaly::BadMessage);
    return step_link(on(link::On::NoiseHeard), event);
  }
  step_link(on(link::On::MessageHeard), event);
  if (type == "welcome" || type == "pong") {
    Millis& asked = type == "welcome" ? m_.connection.hello_mono : m_.connection.asked_mono;
    if (asked != 0) measure_skew(wire::number_at(*json, "server_time"), asked, 0);
    asked = 0;
  }
  const Event blank{.type = event.type, .at = event.at, .mono = event.mono};
  if (type == "queue_number") return queue_number(read_queue_number(*json, strings_, blank));
  if (wire::text_at(*json, "event") == "call_log") {
    const wire::Json* data = wire::object_at(*json, "data");
    return data ? queue_number(read_queue_number(*data, strings_, blank)) : out_.count(Anomaly::BadMessage);
  }
  if (type == "wrap_up") return centre_wrap_up(*json, blank);
  if (call_message(type, *json, blank)) return;
  const bool snapshot = type == "snapshot";
  if ((snapshot || type == "change") && wire::text_at(*json, "stream") == "agent_status") {
    const double revision = wire::number_at(*json, "revision");
    auto take = [&](const wire::Json& item) {
      Event told = blank;
      if (!item.is_object() || !read_agent_status(item, strings_, told)) return out_.count(Anomaly::BadMessage);
      told.revision = revision;
      agent_status(told);
    };
    const wire::Json* items = wire::array_at(*json, "items");
    const wire::Json* item = wire::object_at(*json, "item");
    if (snapshot && items) for (const wire::Json& one : items->items) take(one);
    else if (!snapshot && item) take(*item);
    else return out_.count(Anomaly::BadMessage);
    m_.connection.agents_revision = std::max(m_.connection.agents_revision, revision);
    touch(Leaf::Connection);
  }
}

/// What the contact centre says of the wrap-up after its call: `{mode, since, until}`, or null when there is none of its own any more.
void Phone::centre_wrap_up(const wire::Json& message, const Event& event) {
  using agent_status::activity::On;
  if (strings_.intern(wire::text_at(message, "extension")) != config_.extension) return out_.count(Anomaly::BadMessage);
  const wire::Json* told = wire::object_at(message, "wrap_up");
  if (!told) return step_activity({.on = On::CentreOver, .in = event});
  const int mode = wire::word_index(kCentreModeWords, wire::text_at(*told, "mode"));
  const Millis since = wire::number_at(*told, "since"), until = wire::number_at(*told, "until");
  if (mode <= static_cast<int>(CentreMode::Unknown) || !is_moment(since) || !is_moment(until)) return out_.count(Anomaly::BadMessage);
  step_activity({.on = On::CentreTold, .in = event, .mode = static_cast<CentreMode>(mode), .since = out_.our_time(since), .until = out_.our_time(until)});
}

void Phone::agent_status(const Event& told) {
  Event event = told;
  event.since = out_.our_time(told.since);
  if (event.extension == config_.extension) {  // our own, as another client or the hub has set it
    return step_write(on(agent_status::write::On::CrmTold), event, event.status, event.reason, StatusSource::Crm);
  }
  if (event.extension.empty()) return out_.count(Anomaly::BadMessage);
  int found = m_.presence_at.find(event.extension);
  if (found < 0) {
    if (m_.presence.size() >= limits::kPresence) return out_.count(Anomaly::OutboxFull);
    found = static_cast<int>(m_.presence.size());
    m_.presence_at.put(event.extension, m_.presence.size());
    m_.presence.emplace_back();
    m_.presence.back().extension = event.extension;
  }
  Presence& agent = m_.presence[static_cast<std::size_t>(found)];
  if (event.revision != 0 && event.revision < agent.revision) return;  // older than what is shown
  Presence next = agent;
  if (!event.name.empty()) next.name = event.name;
  next.status = event.status;
  next.reason = event.reason;
  next.since = event.since;
  if (event.revision != 0) next.revision = event.revision;
  if (next == agent) return;
  agent = next;
  dirty_presence_.push_back(static_cast<std::uint32_t>(found));
}

/// Mission: webSocket listen call_log queue number. Attached to the call it belongs to, kept if early, dropped if late.
void Phone::queue_number(const Event& event) {
  if (!event.extension.empty() && event.extension != config_.extension && event.extension != config_.number) return;
  Event message = event;
  if (strings_.view(event.queue_number).substr(0, 6) == "queue-")
    message.queue_number = strings_.intern(std::string(strings_.view(event.queue_number).substr(6)));
  const bool empty = message.queue_name.empty() && message.queue_number.empty() && message.server_call_log_token.empty() &&
                     message.yeastar_call_id.empty() && message.channel_id.empty();
  if (empty) return;  // the "clear" form: a call's data go when that call ends, not before
  for (const Text id : m_.closed)
    if (!message.yeastar_call_id.empty() && id == message.yeastar_call_id) return out_.count(Anomaly::LateQueueMessage);
  if (attach(message, event)) return;
  const std::string from = contact::normalise(strings_.view(message.call_from));
  for (const Call& call : m_.calls) {  // of a call that has just ended: it must not wait for that caller's next one
    if (!call.in_use || call.state != CallState::Ended) continue;
    const int log = log_of(call);
    const bool nameless = call.uniqueid.empty() && call.linkedid.empty() &&
                          (log < 0 || m_.logs[static_cast<std::size_t>(log)].yeastar_call_id.empty());
    const bool named = !message.yeastar_call_id.empty() &&
                       (call.uniqueid == message.yeastar_call_id || call.linkedid == message.yeastar_call_id);
    if (named || (nameless && !from.empty() && contact::normalise(strings_.view(call.number)) == from))
      return out_.count(Anomaly::LateQueueMessage);
  }
  while (!m_.early.empty() && m_.early.front().mono + limits::kQueueMessageLife < out_.mono) m_.early.erase(m_.early.begin());
  for (EarlyMessage& early : m_.early) {  // one waiting message a PBX call: the later one replaces it
    if (message.yeastar_call_id.empty() || early.event.yeastar_call_id != message.yeastar_call_id) continue;
    early = {message, out_.mono};
    return;
  }
  if (m_.early.size() >= limits::kQueueMessages) m_.early.erase(m_.early.begin());
  m_.early.push_back({message, out_.mono});
}

/// True when a live call took the message: the same PBX call or token, else the same number, else the only candidate close in time.
bool Phone::attach(const Event& message, const Event& cause) {
  int best = -1, best_rank = 0;
  const std::string from = contact::normalise(strings_.view(message.call_from));
  for (std::size_t i = 0; i < m_.calls.size(); ++i) {
    const Call& call = m_.calls[i];
    if (!call.in_use || call.state == CallState::Ended || call.state == CallState::Idle) continue;
    const int log = log_of(call);
    if (log < 0) continue;
    const CallLog& record = m_.logs[static_cast<std::size_t>(log)];
    int rank = 0;
    if (!message.yeastar_call_id.empty() && record.yeastar_call_id == message.yeastar_call_id) rank = 4;
    else if (!message.server_call_log_token.empty() && record.server_call_log_token == message.server_call_log_token) rank = 3;
    else if (!record.yeastar_call_id.empty() && !message.yeastar_call_id.empty()) rank = 0;  // it is another PBX call's
    else if (!message.yeastar_call_id.empty() && (call.uniqueid == message.yeastar_call_id || call.linkedid == message.yeastar_call_id)) rank = 4;
    else if (!from.empty() && contact::normalise(strings_.view(call.number)) == from) rank = 2;
    else if (from.empty() && out_.at - call.started_at <= limits::kQueueMessageWindow) rank = 1;
    const bool newer = best >= 0 && rank == best_rank && call.started_at > m_.calls[static_cast<std::size_t>(best)].started_at;
    if (rank > best_rank || (rank > 0 && newer)) best = static_cast<int>(i), best_rank = rank;
  }
  if (best < 0) return false;
  Call& call = m_.calls[static_cast<std::size_t>(best)];
  const auto log = static_cast<std::uint16_t>(log_of(call));
  touched_calls_ |= 1u << best;
  Event matched = message;
  matched.at = cause.at;
  step_log(log, on(call_log::On::QueueMatched), matched);
  call.queue_name = m_.logs[log].queue_name;
  call.queue_number = m_.logs[log].queue_number;
  return true;
}

void Phone::attach_early(std::uint16_t slot, const Event& cause) {
  (void)slot;
  for (std::size_t i = 0; i < m_.early.size();) {
    const EarlyMessage early = m_.early[i];
    const double age = out_.mono - early.mono;
    const bool dated = age > limits::kQueueMessageLife || (early.event.call_from.empty() && age > limits::kQueueMessageWindow);
    if (dated || attach(early.event, cause)) m_.early.erase(m_.early.begin() + static_cast<std::ptrdiff_t>(i));
    else ++i;
  }
}

}  // namespace offhook
