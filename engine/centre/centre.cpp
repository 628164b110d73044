#include "engine/centre/centre.h"

#include <optional>

#include "engine/ami/session.h"
#include "engine/centre/model.h"
#include "engine/wire/json_in.h"

namespace offhook {

using ami::Heard;
using ami::Tell;

/// What is told of the link at once; its counters are not.
struct LinkLook {
  ami::LinkState state{};
  ami::LinkReason reason{};
  double since = -1, attempts = 0, next_attempt_at = 0, synced_at = 0, started_at = 0;
  std::string version, detail;
};

struct Centre::Parts {
  explicit Parts(const centre::Settings& given)
      : settings(given),
        session({.event_classes = given.event_classes, .ping_ms = given.ping_ms, .list_ms = given.list_ms, .seed = static_cast<std::uint64_t>(given.seed)}),
        model(given) {}

  ami::LinkOut out() { return {at, mono, tells}; }
  void begin(double now, double monotonic) {
    at = model.at = now;
    // A monotonic clock that goes back is the host's mistake: time stands still until it is over.
    mono = model.mono = monotonic > mono ? monotonic : mono;
    model.reply.clear();
    tells.clear();
  }
  void carry_out();
  void apply_kept();
  void ask_lists();
  bool write_link(bool whole);
  /// The reply; nothing when there is nothing in it, and the host is to be woken when it was before.
  std::string_view finish(std::optional<double> due_before = {});

  centre::Settings settings;
  ami::Session session;
  centre::Model model;
  std::vector<Tell> tells;
  double at = 0, mono = 0, version = 0, link_told_mono = -1e18;
  std::string text;
  LinkLook link_look;
  ami::LinkState state_told = ami::LinkState::Down;
};

/// What the link told, in its order. Effects go to the reply; what it says of the lists goes to the model.
void Centre::Parts::carry_out() {
  for (std::size_t i = 0; i < tells.size(); ++i) {
    const Tell tell = tells[i];
    centre::Reply& reply = model.reply;
    const auto effect = [&](std::string_view type) { JsonWriter(reply.effects.next()).open('{').key("type").string(type).close('}'); };
    switch (tell.what) {
      case Tell::What::Connect: effect("ami.connect"); break;
      case Tell::What::Close: effect("ami.close"); break;
      case Tell::What::Login:
        JsonWriter(reply.effects.next()).open('{').key("type").string("ami.login").key("action_id").string(tell.text).close('}');
        break;
      case Tell::What::Send: reply.send(tell.text); break;
      case Tell::What::PbxRestarted: model.pbx_restarted(); break;
      case Tell::What::ListsBegan: model.lists_began(); break;
      case Tell::What::ListAsked: model.list_asked(tell.list); break;
      case Tell::What::ListOver: {
        const ami::ListOutcome outcome = session.lists()[tell.list].outcome;
        model.list_denied(tell.list, outcome == ami::ListOutcome::Denied);
        model.list_over(tell.list, ami::is_complete(outcome));
        break;
      }
      case Tell::What::Resynced: apply_kept(); break;
      case Tell::What::Refused: reply.log("error", "The PBX refuses the login: " + tell.text); break;
      default: break;
    }
  }
  tells.clear();
  const ami::LinkState state = session.state();
  model.silent = state == ami::LinkState::Silent;  // not lost yet: what comes later comes in its order
  if (state != ami::LinkState::Live && state != ami::LinkState::Resyncing && !model.silent) model.link_lost();
}

void Centre::Parts::apply_kept() {
  model.resynced();
  while (const ami::Message* message = session.next_kept()) model.hear(*message);
}

void Centre::Parts::ask_lists() {
  if (model.wanted_lists == 0 || !model.live) return;
  const ami::ListSet wanted = model.wanted_lists;
  model.wanted_lists = 0;
  ami::LinkOut out = this->out();
  session.refresh(wanted, out);
  carry_out();
}

bool Centre::Parts::write_link(bool whole) {
  const ami::LinkContext& link = session.context();
  const ami::ParserCounters& parsed = session.counters();
  // What changes with every byte is told every five seconds, and whenever anything else is: asked after every byte, so first.
  const bool due = mono - link_told_mono >= 5'000 && parsed.bytes > 0;
  const LinkLook& told = link_look;
  const bool same = told.state == session.state() && told.reason == link.reason && told.since == link.since && told.attempts == link.attempts &&
                    told.next_attempt_at == link.next_attempt_at && told.synced_at == link.synced_at && told.started_at == link.started_at && told.version == link.version &&
                    told.detail == link.detail;
  if (!whole && !due && same) return false;
  link_look = {session.state(), link.reason, link.since, link.attempts, link.next_attempt_at, link.synced_at, link.started_at, link.version, link.detail};
  const pbx::ChannelCounters& seen = model.channels.counters;
  std::string shown;
  JsonWriter json(shown);
  const auto maybe = [&](std::string_view name, std::string_view value) {
    json.key(name);
    if (value.empty()) json.null(); else json.string(value);
  };
  const auto when = [&](std::string_view name, double value) {
    json.key(name);
    if (value == 0) json.null(); else json.number(value);
  };
  json.open('{').key("state").string(ami::kLinkStateWords[static_cast<std::size_t>(session.state())]).key("since").number(link.since);
  const std::string_view word = ami::kLinkReasonWords[static_cast<std::size_t>(link.reason)];
  maybe("reason", word);
  maybe("detail", link.detail);
  json.key("attempts").number(link.attempts);
  when("next_attempt_at", link.next_attempt_at);
  json.key("pbx");
  if (link.version.empty() && link.started_at == 0) json.null();
  else {
    json.open('{').key("version").string(link.version);
    when("started_at", link.started_at);
    json.close('}');
  }
  when("synced_at", link.synced_at);
  link_told_mono = mono;
  when("last_event_at", model.last_event_at);
  json.key("counters").open('{');
  const std::pair<std::string_view, double> counts[] = {{"bytes", static_cast<double>(parsed.bytes)},
                                                        {"events", static_cast<double>(parsed.events)},
                                                        {"responses", static_cast<double>(parsed.responses)},
                                                        {"dropped", static_cast<double>(parsed.dropped)},
                                                        {"replaced", static_cast<double>(parsed.replaced)},
                                                        {"unrecognised", static_cast<double>(parsed.unrecognised)},
                                                        {"unknown_channel", seen.unknown_channel},
                                                        {"late", seen.late},
                                                        {"lost_legs", seen.lost_legs},
                                                        {"over_limit", seen.over_limit + model.queues.over_limit},
                                                        {"unusual", model.counters.unusual},
                                                        {"disagreed", model.counters.disagreed},
                                                        {"suspects", model.counters.suspects},
                                                        {"restored", model.counters.restored},
                                                        {"resyncs", model.counters.resyncs}};
  for (const auto& [name, value] : counts) json.key(name).number(value);
  json.close('}').close('}');
  model.reply.link = std::move(shown);
  return true;
}

std::string_view Centre::Parts::finish(std::optional<double> due_before) {
  ask_lists();
  model.publish();
  write_link(false);
  // A timer that was set or moved is something to be done: the host must hear of it.
  double wake = model.due();
  if (due_before && model.reply.empty() && wake == *due_before) return {};
  if (model.reply.has_changes()) ++version;
  if (wake >= 0) wake = wake > mono ? wake - mono : 0;
  if (const double due = session.due_mono(); due != 0) {
    const double left = due > mono ? due - mono : 0;
    wake = wake < 0 || left < wake ? left : wake;
  }
  // Whole milliseconds, up: a host whose clock has fractions would wake a moment too early, and be told 0 for ever.
  if (wake > 0) wake = static_cast<double>(static_cast<long long>(wake) + 1);
  model.reply.write(text, version, wake);
  return text;
}

Centre::Centre(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Centre::~Centre() = default;

std::unique_ptr<Centre> Centre::create(std::string_view config_json, std::string& error) {
  centre::Settings settings;
  if (!centre::read_settings(config_json, settings, error)) return nullptr;
  auto parts = std::make_unique<Parts>(settings);
  parts->model.set_agents(settings.agents);
  return std::unique_ptr<Centre>(new Centre(std::move(parts)));
}

std::string_view Centre::receive(std::string_view bytes, double at, double mono) {
  Parts& p = *parts_;
  p.begin(at, mono);
  const double due_before = p.model.due();
  Heard heard;
  ami::LinkOut out = p.out();
  while (const ami::Message* message = p.session.receive(bytes, heard, out)) {
    if (!p.tells.empty()) p.carry_out();
    switch (heard.what) {
      case Heard::What::Item:
      case Heard::What::Event: p.model.hear(*message); break;
      case Heard::What::Answer: p.model.answered(*message); break;
      case Heard::What::Nothing: break;
    }
  }
  p.carry_out();
  return p.finish(due_before);
}

std::string_view Centre::dispatch(std::string_view event_json) {
  Parts& p = *parts_;
  const auto event = wire::parse_object(event_json, 64 * 1024 * 1024);
  if (!event) {
    p.begin(p.at, p.mono);
    p.model.refuse("bad_event", "not a JSON object");
    return p.finish();
  }
  const std::string type = wire::text_at(*event, "type");
  if (type == "Woke") return woke(wire::number_at(*event, "at", p.at), wire::number_at(*event, "mono", p.mono));
  p.begin(wire::number_at(*event, "at", p.at), wire::number_at(*event, "mono", p.mono));
  if (const double midnight = wire::number_at(*event, "midnight"); midnight > 0) p.model.routing.set_midnight(midnight);
  ami::LinkOut out = p.out();
  if (type == "Started") p.model.started();  // before a timer shows anything
  p.model.run_timers();
  if (type == "Started") p.session.start(out);
  else if (type == "AmiOpened") p.session.opened(out);
  else if (type == "AmiClosed") p.session.closed(wire::text_at(*event, "reason"), out);
  else if (type == "AgentsChanged") {
    const wire::Json* list = wire::array_at(*event, "agents");
    if (!list) p.model.refuse("bad_event", "AgentsChanged wants agents");
    else {
      std::vector<pbx::AgentEntry> agents;
      for (const wire::Json& agent : list->items) agents.push_back({wire::text_at(agent, "extension"), wire::text_at(agent, "endpoint"), wire::text_at(agent, "name")});
      p.model.set_agents(std::move(agents));
    }
  } else if (type == "StatusStored") p.model.status_stored(*event);
  else if (type == "StatusRefused") p.model.status_refused(wire::text_at(*event, "extension"), wire::text_at(*event, "code"));
  else if (type == "QueuesChanged") p.model.routing.queues_changed(*event);
  else if (type == "AcdRestored") p.model.routing.restore(*event);
  else if (type == "SnapshotAsked") p.model.routing.snapshot_asked();
  else if (type == "PhoneTold") p.model.phone_told(wire::text_at(*event, "extension"), wire::text_at(*event, "registration"));
  else if (type == "CommandRequested") {
    p.model.command(*event);
    if (wire::text_at(*event, "command") == "resync") {
      const bool can = p.model.live;
      if (can) p.session.resync(out);
      p.model.reply.settle(wire::text_at(*event, "id"), can, can ? "" : "link_down", "", can ? "resyncing" : "");
    }
  } else p.model.refuse("bad_event", "no such event");
  p.carry_out();
  return p.finish();
}

std::string_view Centre::woke(double at, double mono) {
  Parts& p = *parts_;
  p.begin(at, mono);
  ami::LinkOut out = p.out();
  p.model.run_timers();
  p.session.woke(out);
  p.carry_out();
  return p.finish();
}

std::string_view Centre::channel(std::string_view name) {
  Parts& p = *parts_;
  const pbx::Leg* leg = p.model.channels.leg_by_channel(name);
  if (!leg) return {};
  p.text.clear();
  JsonWriter json(p.text);
  json.open('{').key("extension");
  if (leg->extension.empty() || leg->internal) json.null(); else json.string(leg->extension);
  json.key("call_id").string(leg->call).key("uniqueid").string(leg->uniqueid).close('}');
  return p.text;
}

std::string_view Centre::state() {
  Parts& p = *parts_;
  p.model.reply.clear();
  p.model.publish_all();
  p.write_link(true);
  p.model.reply.write(p.text, p.version, -1);
  p.model.reply.clear();
  return p.text;
}

}  // namespace offhook
