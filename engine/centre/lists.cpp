// What the link hands over: events one by one, lists item by item, and the
// moments at which a list, or all of them, are over.
#include <algorithm>

#include "engine/centre/model.h"
#include "engine/extension/extension_table.h"

namespace offhook::centre {

using ami::List;
using ami::Message;
using ami::Word;

namespace {

/// What a telephone is doing, by its hint or its device.
constexpr ami::ListSet kStateLists = ami::only(List::DeviceStateList) | ami::only(List::ExtensionStateList);

/// The extension that a hint stands for: "PJSIP/1001&Custom:DND1001" → of its first device.
std::string_view first_device(std::string_view hint) {
  const std::size_t end = hint.find_first_of("&,");
  return hint.substr(0, end);
}

}  // namespace

Model::Model(const Settings& settings) : routing(*this, settings.seed), settings_(settings) {
  directory.least_digits = settings.least_digits;
  directory.most_digits = settings.most_digits;
  directory.learn = settings.learn_extensions;
}

void Model::tell_routing() {
  for (auto& [extension, tile] : tiles_) {
    routing.registered(extension, tile.routing_told);
    if (tile.presence.known) routing.status_is(extension, tile.presence.status, tile.presence.reason, "crm");
  }
}

bool Model::is_online(const std::string& extension) const {
  const auto found = tiles_.find(extension);
  return found != tiles_.end() && found->second.presence.known && found->second.presence.status == AgentStatus::Online;
}

bool Model::refuse(std::string_view code, std::string_view message) {
  reply.error.clear();
  JsonWriter json(reply.error);
  json.open('{').key("code").string(code).key("message").string(message).close('}');
  return false;
}

void Model::hear(const Message& message) {
  last_event_at = at;
  event_name_ = message.name;
  switch (message.word) {
    case Word::Unknown:
    case Word::VarSet:
    case Word::Newexten: return;
    case Word::Shutdown:
      // It says so itself: what it refuses from now on is no failure, and what it tells of its end is about nobody's telephone.
      reply.log("info", "The PBX is stopping");
      link_lost();
      return;
    case Word::ExtensionStatus: {
      // A hint names its device; one without (a list of an old version) is known by its number.
      directory.learn_hint(message.get("Exten"), first_device(message.get("Hint")));
      std::string extension = directory.extension_of_endpoint(first_device(message.get("Hint")));
      if (extension.empty() && directory.knows(message.get("Exten"))) extension = message.get("Exten");
      if (!extension.empty() && message.has("Status")) updateExtensionStatus(extension, true, static_cast<int>(message.number("Status", -3)));
      break;
    }
    case Word::DeviceStateChange: {
      const std::string device(message.get("Device"));
      if (device.empty() || (devices_.size() >= pbx::kMostContacts && !devices_.count(device))) break;
      devices_[device] = message.get("State");
      if (device.starts_with("Queue:") || device.starts_with("Custom:")) break;
      const std::string extension = directory.extension_of_endpoint(device);
      if (extension.empty()) break;
      int code = 0;
      if (extension::code_of_device(message.get("State"), code)) updateExtensionStatus(extension, false, code);
      asked_again_.insert(extension);
      break;
    }
    case Word::ContactStatus: {
      const std::string endpoint = pbx::endpoint_name(message);
      const std::string_view status = message.get("ContactStatus");
      contacts_.tell(endpoint, message.get("URI"), status);
      statuses_.tell(endpoint, message.get("URI"), status);
      if (const std::string extension = directory.extension_of_endpoint(endpoint); !extension.empty()) asked_again_.insert(extension);
      break;
    }
    case Word::PeerStatus: {
      const std::string_view peer = message.get("Peer");
      const std::string endpoint(peer.substr(peer.find('/') + 1));
      const endpoint::Verdict verdict = endpoint::of_peer(message.get("PeerStatus"));
      if (verdict == endpoint::Verdict::Unknown) break;
      contacts_.tell_peer(endpoint, verdict == endpoint::Verdict::Registered);
      statuses_.tell_peer(endpoint, verdict == endpoint::Verdict::Registered);
      if (const std::string extension = directory.extension_of_endpoint(peer); !extension.empty()) asked_again_.insert(extension);
      break;
    }
    case Word::ContactList:
      contacts_.list(pbx::endpoint_name(message), message.get("Uri"), message.get("Status"));
      if (const std::string extension = directory.extension_of_endpoint(pbx::endpoint_name(message)); !extension.empty()) asked_again_.insert(extension);
      break;
    case Word::ContactStatusDetail:
      statuses_.list(pbx::endpoint_name(message), message.get("URI"), message.get("Status"));
      if (const std::string extension = directory.extension_of_endpoint(pbx::endpoint_name(message)); !extension.empty()) asked_again_.insert(extension);
      break;
    case Word::Agents: agents_[std::string(message.get("Agent"))] = message.get("Status"); break;
    case Word::QueueParams:
    case Word::QueueMember:
    case Word::QueueEntry:
    case Word::QueueMemberStatus:
    case Word::QueueMemberAdded:
    case Word::QueueMemberRemoved:
    case Word::QueueMemberPause:
    case Word::QueueMemberPaused:
    case Word::QueueMemberPenalty:
    case Word::QueueMemberRinginuse:
    case Word::QueueCallerLeave: queues.apply(message, at); break;
    default: break;
  }
  const std::string_view uniqueid = message.get("Uniqueid");
  std::string call_id;  // before the message: its Hangup takes the leg away
  if (settings_.literal_seed_rules) {
    const pbx::Leg* before = uniqueid.empty() ? nullptr : channels.leg(uniqueid);
    call_id = before ? before->call : std::string(message.get("Linkedid"));
  }
  if (channels.apply(message, at, mono)) {
    if (message.word == Word::QueueCallerJoin || message.word == Word::QueueCallerAbandon) queues.apply(message, at);
    if (message.word == Word::Hangup) queues.drop_caller(std::string(uniqueid));
    tell_leg(message);
  }
  if (message.word == Word::Hangup) told_legs_.erase(std::string(uniqueid));
  routing.hear(message);
  for (const std::string& extension : channels.take_extensions()) {
    updateExtensionStatusFromCallEvent(extension);
    routing.legs_changed(extension);
  }
  apply_literal_rules(message, call_id);
  observe_members();
  command_heard(message);
  if (live)
    for (const std::string& extension : asked_again_) evaluate(extension);
  if (live) asked_again_.clear();
}

void Model::lists_began() {
  reading_ = true;
  live = false;
  ++counters.resyncs;
  channels.begin_list();
  queues.begin_list();
  contacts_.begin_list();
  statuses_.begin_list();
  agents_.clear();
  pass_lists_ = 0;
  pass_began_ = mono;
}

/// Its picture begins now, not when it was wanted: another list may have been read in between, and what an event told of
/// meanwhile may be gone again. All lists of a resync begin together, since no live event is applied between them.
void Model::list_asked(List list) {
  if (reading_) return;
  switch (list) {
    case List::CoreShowChannels: channels.begin_list(); break;
    case List::QueueStatus: queues.begin_list(); break;
    case List::PJSIPShowContacts: contacts_.begin_list(); break;
    case List::PJSIPShowRegistrationInboundContactStatuses: statuses_.begin_list(); break;
    case List::Agents: agents_.clear(); break;
    default: break;
  }
}

void Model::list_over(List list, bool complete) {
  event_name_ = ami::kLists[static_cast<std::size_t>(list)].action;
  switch (list) {
    case List::CoreShowChannels:
      if (complete) {
        channels.end_list(at, mono);
        std::vector<std::string> callers;
        for (const auto& [name, queue] : queues.all())
          for (const pbx::Entry& entry : queue.entries)
            if (!channels.leg(entry.uniqueid)) callers.push_back(entry.uniqueid);
        for (const std::string& caller : callers) queues.drop_caller(caller);
      }
      for (const std::string& extension : channels.take_extensions()) updateExtensionStatusFromCallEvent(extension);
      if (!reading_)
        for (auto& [name, tile] : tiles_)
          if (tile.status.state == extension::State::Suspect) step(tile, extension::On::Listed);
      break;
    case List::QueueStatus:
      if (complete) queues.end_list();
      observe_members();
      judge_member_wrapups();
      break;
    case List::PJSIPShowContacts: complete ? contacts_.end_list() : contacts_.abandon_list(); break;
    case List::PJSIPShowRegistrationInboundContactStatuses: complete ? statuses_.end_list() : statuses_.abandon_list(); break;
    default: break;
  }
  if (state_lists_ & ami::only(list)) {
    state_lists_ &= ~ami::only(list);
    if (state_lists_ == 0 && !reading_)
      for (auto& [name, tile] : tiles_)
        if (tile.status.state == extension::State::Stale) step(tile, extension::On::Listed);
  }
  if (pass_lists_ & ami::only(list)) {
    pass_lists_ &= ~ami::only(list);
    if (pass_lists_ == 0) end_pass();
  }
}

void Model::list_denied(List list, bool denied) {
  const ami::ListSet before = denied_lists;
  denied_lists = denied ? before | ami::only(list) : before & ~ami::only(list);
  if (denied_lists == before) return;
  std::string detail;
  for (std::size_t i = 0; i < ami::kListCount; ++i) {
    if (!(denied_lists & (1u << i))) continue;
    if (!detail.empty()) detail += "; ";
    detail += std::string("the AMI account may not ask for ") + std::string(ami::kLists[i].action) + ": its write = in manager.conf needs " + std::string(ami::kLists[i].classes);
  }
  reply.alarm("no_permission", detail, denied_lists != 0);
}

/// A call that rings or began while there was no link: its Phone learns now which call of the PBX it is.
void Model::tell_missed_legs() {
  if (lost_at_ == 0) return;
  std::vector<const pbx::Leg*> legs;
  // The list of channels has whole seconds.
  for (const auto& [id, leg] : channels.legs())
    if (!leg.internal && !leg.extension.empty() && leg.since >= lost_at_ - 1000) legs.push_back(&leg);
  std::sort(legs.begin(), legs.end(), [](const pbx::Leg* a, const pbx::Leg* b) { return a->uniqueid < b->uniqueid; });
  for (const pbx::Leg* leg : legs) {
    const pbx::Call* call = channels.call_of(*leg);
    if (!call) continue;
    const pbx::Leg* first = channels.leg(call->first);
    if (call->first == leg->uniqueid) tell_queue_number(*leg, call->to);
    else tell_queue_number(*leg, !leg->connected.empty() ? std::string_view(leg->connected) : first ? std::string_view(first->caller) : std::string_view());
  }
  lost_at_ = 0;
}

void Model::resynced() {
  reading_ = false;
  live = true;
  event_name_ = "CoreShowChannels";
  infer_holds();
  for (const std::string& extension : channels.take_extensions()) updateExtensionStatusFromCallEvent(extension);
  for (auto& [name, tile] : tiles_) step(tile, extension::On::Listed);
  asked_again_.clear();
  evaluate_all();
  judge_held();
  for (auto& [key, slot] : slots_) step(key, member::pause::On::LinkUp);
  tell_missed_legs();
  ask_wrapups();
  timers.set(Due::Pass, "", mono + settings_.sync_ms);
  timers.set(Due::Reconcile, "", mono + settings_.reconcile_ms);
  routing.resynced();
}

/// Nothing changes but that it is old now: no agent, no extension, no call.
void Model::link_lost() {
  if (!live && !reading_) return;
  live = false;
  reading_ = false;
  pass_lists_ = 0;
  wanted_lists = 0;
  state_lists_ = 0;
  if (lost_at_ == 0) lost_at_ = at;
  contacts_.reset();
  statuses_.reset();
  devices_.clear();
  agents_.clear();
  queues.link_lost();
  asked_again_.clear();
  for (auto& [name, tile] : tiles_) {
    step(tile, extension::On::LinkDown);
    step(tile, endpoint::Event{.on = endpoint::On::LinkDown});
  }
  for (auto& [key, slot] : slots_) step(key, member::pause::On::LinkDown);
  actions_.clear();
  std::vector<std::string> ids;
  for (const auto& [id, command] : commands_) ids.push_back(id);
  for (const std::string& id : ids) settle(id, false, "link_down", "the link to the PBX was lost before it answered", {});
  routing.link_lost();
}

void Model::pbx_restarted() {
  event_name_ = "FullyBooted";
  channels.restarted(at, mono, last_event_at);
  consults_.clear();
  told_legs_.clear();
  routing.pbx_restarted();
  for (const std::string& extension : channels.take_extensions()) updateExtensionStatusFromCallEvent(extension);
}

void Model::started() {
  for (auto& [name, tile] : tiles_)
    if (tile.status.state == extension::State::Stale && tile.status.stale_since == 0) tile.status.stale_since = at;
}

void Model::set_agents(std::vector<pbx::AgentEntry> agents) {
  directory.set(std::move(agents));
  channels.directory_changed();
  queues.directory_changed();
  for (const auto& [extension, agent] : directory.agents()) {
    const bool fresh = tiles_.count(extension) == 0;
    Tile& its = tile(extension);
    if (fresh && live) {
      // The lists were read without him: what his telephone does is asked for, and until then nobody knows.
      not_known_yet(its);
      wanted_lists |= kStateLists;
      state_lists_ = kStateLists;
    }
    note(its);
  }
  for (auto entry = tiles_.begin(); entry != tiles_.end();) {
    if (directory.knows(entry->first) || settings_.learn_extensions) {
      ++entry;
      continue;
    }
    if (entry->second.is_shown) {
      JsonWriter json(reply.extensions.next());
      json.open('{').key("extension").string(entry->first).key("gone").flag(true).close('}');
    }
    for (const Due due : {Due::Show, Due::Extension, Due::Grace}) timers.clear(due, entry->first);
    entry = tiles_.erase(entry);
  }
  event_name_ = "AgentsChanged";
  for (const std::string& extension : channels.take_extensions())
    if (directory.knows(extension)) updateExtensionStatusFromCallEvent(extension);
  observe_members();
  evaluate_all();
}

void Model::run_timers() {
  Due due;
  std::string name;
  // Bounded: a row that sets a timer of no time must not keep us here.
  for (int i = 0; i < 1'000'000 && timers.take(mono, due, name); ++i) {
    switch (due) {
      case Due::Show:
        if (const auto found = tiles_.find(name); found != tiles_.end()) show(found->second);
        break;
      case Due::Extension:
        event_name_ = "Timer";
        if (const auto found = tiles_.find(name); found != tiles_.end()) step(found->second, extension::On::TimeOver);
        break;
      case Due::Grace:
        // What the PBX would say now is not known: nobody goes offline by that.
        if (!live || silent) timers.set(Due::Grace, name, mono + 1000);
        else if (const auto found = tiles_.find(name); found != tiles_.end()) step(found->second, endpoint::Event{.on = endpoint::On::GraceOver});
        break;
      case Due::Pause:
        // A PBX that has fallen silent has not refused: the link says what is wrong, and this waits for its end.
        if (silent) timers.set(Due::Pause, name, mono + 1000);
        else if (const std::size_t split = name.find('\n'); split != name.npos) step({name.substr(0, split), name.substr(split + 1)}, member::pause::On::TimeOver);
        break;
      case Due::Command: settle(name, false, "pbx_timeout", "the PBX did not do it in time", {}); break;
      case Due::Pass: begin_pass(); break;
      case Due::Reconcile: reconcile(); break;
      case Due::Queues: tell_queues(); break;
      case Due::Calls: tell_calls(channels.take_calls()); break;
      case Due::Lease: routing.renew_lease(); break;
      case Due::Acd: routing.woke(); break;
      case Due::Spy: routing.spy_time_over(name); break;
      case Due::Arrive: routing.arrival_over(name); break;
      case Due::List: break;
    }
  }
}

}  // namespace offhook::centre
