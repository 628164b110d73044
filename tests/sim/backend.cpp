// The CRM's backend: REST with idempotency keys, a clock of its own, a socket.
// It keeps what docs/wire.md says it keeps, and notes what must never happen.
#include <algorithm>
#include <cmath>

#include "engine/wire/json_in.h"
#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

bool is_final(std::string_view status) { return status == "answered" || status == "missed" || status == "no_answered"; }

}  // namespace

void World::http(Tab& tab, const Effect& effect) {
  auto text = [&](Text t) { return std::string(tab.phone->strings().view(t)); };
  const Sent sent{tab.life, effect.id, effect.request, text(effect.record), text(effect.idempotency_key), text(effect.body)};
  tab.requests[effect.id] = sent;
  const int life = tab.life;
  in(effect.timeout_ms, [this, life, id = effect.id] {  // the host's limit
    Tab* there = find(life);
    if (!there || there->requests.erase(id) == 0) return;
    happens(life, [id](Tab&) { return Event{.type = EventType::HttpFailed, .request = id, .failure = HttpFailure::Timeout}; });
  });
  if (!calm && random.chance(trouble.lost_request)) {
    if (random.chance(500)) return;  // nobody ever says anything
    return in(random.between(1, 2'000), [this, life, id = effect.id] {
      Tab* there = find(life);
      if (!there || there->requests.erase(id) == 0) return;
      happens(life, [id](Tab&) { return Event{.type = EventType::HttpFailed, .request = id, .failure = HttpFailure::Network}; });
    });
  }
  const Ms delay = !calm && random.chance(trouble.slow) ? random.between(500, 15'000) : random.between(2, 120);
  const bool answer_lost = !calm && random.chance(trouble.lost_answer);
  const Ms left = now;
  auto reach = [this, sent, left](bool unheard) {
    const auto died = died_at.find(sent.life);
    if (died == died_at.end() || died->second > left + 1) arrive(sent, unheard);  // else it had not left the page
  };
  in(delay, [reach, answer_lost] { reach(answer_lost); });
  if (!calm && random.chance(trouble.twice)) in(delay + random.between(0, 3'000), [reach] { reach(true); });
}

void World::arrive(const Sent& sent, bool answer_lost) {
  int status = 200;
  std::string body = "{}";
  Ms retry_after = 0;
  if (!calm && random.chance(trouble.busy)) {
    status = random.chance(500) ? 503 : 429;
    retry_after = random.chance(600) ? random.between(1, 60) * 1000 : 0;
  } else if (!calm && random.chance(trouble.unauthorized)) status = 401;
  else if (!calm && random.chance(trouble.refused)) status = random.chance(500) ? 422 : 403;
  else {
    auto [code, text] = serve(sent);
    status = code;
    body = text;
    if (!calm && random.chance(trouble.garbage)) body = random.chance(500) ? "<html>proxy</html>" : "{}";
  }
  if (!answer_lost) answer(sent, status, body, retry_after);
}

void World::answer(const Sent& sent, int status, std::string body, Ms retry_after) {
  const Ms asked_for = std::floor(server_time() / 1000) * 1000;
  in(random.between(1, 100), [=, this] {
    Tab* tab = find(sent.life);
    if (!tab || tab->requests.erase(sent.id) == 0) return;
    happens(sent.life, [=](Tab& there) {
      return Event{.type = EventType::HttpAnswered, .body = there.phone->strings().intern(body), .request = sent.id,
                   .status_code = static_cast<double>(status), .server_time = asked_for, .retry_after_ms = retry_after};
    });
  });
}

/// Status and body of the answer.
std::pair<int, std::string> World::serve(const Sent& sent) {
  const auto json = wire::parse_object(sent.body, limits::kJsonBytes);
  switch (sent.request) {
    case Request::ContactFindOrCreate: {
      if (!json) return {400, "{}"};
      std::string body;
      JsonWriter(body).open('{').key("id").string("c" + wire::text_at(*json, "number")).key("name").string("Contact").close('}');
      return {200, body};
    }
    case Request::CallLogCreate:
    case Request::CallLogUpdate: {
      int status = 200;
      std::string body = store_log(sent, sent.request == Request::CallLogCreate, status);
      return {status, body};
    }
    case Request::AgentStatusGet: {
      if (agent_status.empty()) return {404, R"({"code":"agent_unknown"})"};
      std::string body;
      JsonWriter(body).open('{').key("extension").string("1001").key("status").string(agent_status).key("reason").string(agent_reason)
          .key("since").number(agent_since).close('}');
      return {200, body};
    }
    case Request::AgentStatusPut:
      if (!json) return {400, "{}"};
      set_status(wire::text_at(*json, "status"), wire::text_at(*json, "reason"));
      return {200, "{}"};
    case Request::QueuePause: return {200, random.chance(800) ? R"({"synced":true})" : R"({"synced":false})"};
    case Request::CallTransfer: {
      if (!calm && random.chance(200)) return {random.chance(500) ? 409 : 404, R"({"code":"call_unknown"})"};
      if (json && (wire::text_at(*json, "action") == "blind" || wire::text_at(*json, "action") == "complete"))
        for (auto& leg : legs)
          if (!leg->pbx_id.empty() && sent.record == "PJSIP/1001-" + leg->pbx_id)
            in(random.between(20, 800), [this, there = leg.get()] { end_leg(*there, Origin::Remote, 0, ""); });
      return {200, "{}"};
    }
    case Request::WrapUpExtend: return {409, "{}"};  // this backend has no contact centre
    case Request::CallConference: return {!calm && random.chance(200) ? 409 : 200, "{}"};
    case Request::CallRecording: {
      if (!calm && random.chance(200)) return {409, R"({"code":"call_unknown"})"};
      const std::string action = json ? wire::text_at(*json, "action") : "";
      const std::string state = action == "pause" ? "paused" : action == "stop" ? "off" : "on";
      if (random.chance(500)) in(random.between(0, 400), [this, channel = sent.record, state] { tell_recording(channel, state); });
      return {200, random.chance(500) ? "{}" : "{\"state\":\"" + state + "\"}"};
    }
  }
  return {404, "{}"};
}

/// Create or update of a call_log: one id a key; an older revision changes nothing; a final status stays.
std::string World::store_log(const Sent& sent, bool create, int& status) {
  const auto json = wire::parse_object(sent.body, limits::kJsonBytes);
  if (!json) {
    complain("a call_log that is no JSON");
    return "{}";
  }
  const std::string key = wire::text_at(*json, "key");
  if (key.empty()) complain("a call_log without a key");
  if (create && sent.key != key) complain("a create whose Idempotency-Key is not its record's key");
  if (!create) {
    const auto known = log_ids.find(sent.record);
    if (known == log_ids.end()) {
      complain("an update of a call_log that the backend never had: " + sent.record);
      status = 404;
      return "{}";
    }
    if (known->second != key) complain("an update of one call_log with another one's key");
  }
  const bool fresh = !logs.contains(key);
  Stored& log = logs[key];
  if (fresh) {
    log.id = "L" + std::to_string(logs.size());
    log.key = key;
    log_ids[log.id] = key;
  }
  status = create ? 201 : 200;
  const double revision = wire::number_at(*json, "revision");
  if (fresh || revision > log.revision) {
    const std::string now_status = wire::text_at(*json, "status");
    if (is_final(log.status) && now_status != log.status)
      complain("the final status " + log.status + " of call_log " + key + " became " + now_status);
    if (is_final(now_status) && !is_final(log.status)) ++log.finals;
    log.status = now_status;
    log.revision = revision;
    log.end_reason = wire::text_at(*json, "end_reason");
    log.notes = wire::text_at(*json, "notes");
    log.disposition = wire::text_at(*json, "disposition");
    log.sip_call_id = wire::text_at(*json, "sip_call_id");
    log.started_at = wire::number_at(*json, "started_at");
    log.connected_at = wire::number_at(*json, "connected_at");
    log.ended_at = wire::number_at(*json, "ended_at");
    log.duration = wire::number_at(*json, "duration");
    if (log.duration < 0) complain("a negative duration");
    if (is_final(log.status) && (log.status == "answered") != (log.connected_at != 0)) complain("a status that its connect time contradicts: " + sent.body);
  }
  std::string body;
  JsonWriter(body).open('{').key("id").string(log.id).close('}');
  return body;
}

void World::set_status(std::string_view status, std::string_view reason) {
  agent_status = status;
  agent_reason = reason;
  agent_since = server_time();
  ++agent_revision;
  std::string body;
  JsonWriter(body).open('{').key("type").string("change").key("stream").string("agent_status").key("revision").number(agent_revision).key("item").open('{')
      .key("extension").string("1001").key("status").string(status).key("reason").string(reason).key("since").number(agent_since).close('}').close('}');
  tell_all(body);
}

// The socket ----------------------------------------------------------------------

void World::socket_open(Tab& tab) {
  connections.erase(tab.connection);
  const int id = next_connection++, life = tab.life;
  tab.connection = id;
  Connection& made = connections[id];
  made.id = id;
  made.life = life;
  made.dead = !calm && random.chance(trouble.socket_dead);
  const bool fails = !calm && random.chance(trouble.socket_close);
  if (fails && random.chance(300)) return;  // it hangs in CONNECTING
  in(random.between(5, 300), [this, id, life, fails] {
    Tab* there = find(life);
    const auto found = connections.find(id);
    if (!there || there->connection != id || found == connections.end()) return;
    found->second.open = !fails;
    if (fails) connections.erase(found), there->connection = 0;
    happens(life, [fails](Tab&) { return Event{.type = fails ? EventType::SocketClosed : EventType::SocketOpened, .code = fails ? 1006.0 : 0.0}; });
  });
}

/// What the Phone says to the backend.
void World::socket_send(Tab& tab, std::string_view body) {
  const auto found = connections.find(tab.connection);
  if (found == connections.end() || !found->second.open) return;
  const auto json = wire::parse_object(body, limits::kJsonBytes);
  if (!json) return complain("the Phone sends what is no JSON: " + std::string(body));
  const std::string type = wire::text_at(*json, "type");
  const int id = tab.connection;
  in(random.between(2, 60), [this, id, type] {
    const auto there = connections.find(id);
    if (there == connections.end() || there->second.dead) return;
    if (type == "hello") {
      there->second.greeted = true;
      std::string welcome, snapshot;
      JsonWriter(welcome).open('{').key("type").string("welcome").key("server_time").number(server_time()).close('}');
      JsonWriter json(snapshot);
      json.open('{').key("type").string("snapshot").key("stream").string("agent_status").key("revision").number(agent_revision).key("items").open('[');
      if (!agent_status.empty())
        json.open('{').key("extension").string("1001").key("status").string(agent_status).key("reason").string(agent_reason).key("since").number(agent_since).close('}');
      json.close(']').close('}');
      tell(id, welcome);
      tell(id, snapshot);
    }
    if (type == "ping") {
      std::string pong;
      JsonWriter(pong).open('{').key("type").string("pong").key("server_time").number(server_time()).close('}');
      tell(id, pong);
    }
  });
}

void World::tell(int connection, std::string body) {
  auto send = [this, connection, body](Ms delay) {
    in(delay, [this, connection, body] {
      const auto found = connections.find(connection);
      if (found == connections.end() || !found->second.open || found->second.dead) return;
      happens(found->second.life, [connection, body](Tab& there) {
        const bool current = there.connection == connection;
        return Event{.type = EventType::SocketMessage, .body = there.phone->strings().intern(current ? body : "{}")};
      });
    });
  };
  send(!calm && random.chance(trouble.message_late) ? random.between(100, 5'000) : random.between(2, 60));
  if (!calm && random.chance(trouble.message_twice)) send(random.between(2, 3'000));
}

void World::tell_all(const std::string& body) {
  for (const auto& [id, connection] : connections)
    if (connection.greeted) tell(id, body);
}

}  // namespace offhook::sim
