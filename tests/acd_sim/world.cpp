// Time, settings and the hub of the simulated centre: what it stores, how it dies, and what it is told when it is back.
#include "tests/acd_sim/world.h"

#include <cstdio>

#include "engine/core/json_writer.h"

namespace offhook::acd_sim {

using acd::On;
using Where = PbxCall::Where;

World::World(std::uint64_t seed, bool trace) : seed_(seed), trace_(trace), chance_(seed) {
  const auto some = [this](double most) { return chance_.happens(0.5) ? chance_.share() * most : 0; };
  Trouble& t = trouble_;
  t.delay = some(3'000), t.twice = some(0.3), t.refused = some(0.3), t.link = some(0.02), t.pbx = some(0.01), t.crash = some(0.03), t.tail = some(0.7);
  t.phones = some(0.2), t.supervisors = some(0.25), t.statuses = some(0.25), t.misses = some(0.5), t.rejects = some(0.4), t.transfers = some(0.5);
  t.patience = some(1), t.settings = some(0.02);
  for (int i = 0, n = chance_.between(1, 7); i < n; ++i) agents_.push_back(std::to_string(1001 + i));
  for (int i = 0, n = chance_.between(1, 3); i < n; ++i) queues_.push_back("q" + std::to_string(i));
  sl_ms_ = chance_.between(0, 40) * 1'000, short_ms_ = chance_.between(0, 10) * 1'000;
  make_settings();
  acd_ = std::make_unique<acd::Acd>(static_cast<double>(seed % 1'000'003));
  lines.push_back("{\"seed\":" + std::to_string(seed % 1'000'003) + "}");
}

void World::make_settings() {
  settings_ = {};
  static constexpr const char* kStrategies[] = {"longest_idle", "priority", "skills", "round_robin", "sticky", "fewest_calls", "least_talk", "random", "ring_all", "linear"};
  for (const std::string& name : queues_) {
    if (settings_.queues.size() > 0 && chance_.happens(0.1)) continue;
    acd::QueueSettings q;
    q.queue = name;
    q.mode = chance_.happens(0.15) ? acd::Mode::Asterisk : acd::Mode::Offhook;
    q.open = chance_.happens(0.95);
    q.weight = chance_.between(0, 2);
    q.max_waiting = chance_.happens(0.2) ? chance_.between(1, 6) : 0;
    q.join_empty = chance_.happens(0.8);
    q.strategy = kStrategies[chance_.below(10)];
    q.ageing_ms = chance_.between(1, 60) * 1'000;
    q.sticky_ms = chance_.between(0, 40) * 1'000;
    if (chance_.happens(0.3)) {
      q.skills.push_back({.skill = "german", .min = chance_.between(1, 5), .mandatory = chance_.happens(0.7)});
      if (chance_.happens(0.6)) q.relaxation.push_back({.after_ms = 10'000, .skills = {{.skill = "german", .min = 1}}});
      if (chance_.happens(0.6)) q.relaxation.push_back({.after_ms = 30'000, .skills = {}});
    }
    q.max_wait_ms = chance_.happens(0.3) ? 0 : chance_.between(5, 200) * 1'000;
    q.ring_ms = chance_.between(3, 20) * 1'000;
    q.max_attempts = chance_.between(0, 6);
    q.rona_after = chance_.between(0, 3);
    q.rona_ms = chance_.between(0, 10) * 1'000;
    q.reject_ms = chance_.between(0, 10) * 1'000;
    q.busy_ms = chance_.between(1, 20) * 1'000;
    q.unreachable_ms = chance_.between(1, 5) * 1'000;
    q.overflow = static_cast<acd::OverflowKind>(chance_.below(6));
    q.overflow_target = q.overflow == acd::OverflowKind::Queue ? chance_.of(queues_) : "77";
    q.wrap_up = static_cast<WrapUpMode>(chance_.below(4));
    q.wrap_up_ms = chance_.between(1, 30) * 1'000;
    q.sl_ms = sl_ms_, q.short_abandon_ms = short_ms_;
    q.announce_position = chance_.happens(0.2);
    q.announce_every_ms = chance_.between(10, 60) * 1'000;
    settings_.queues.push_back(q);
  }
  for (acd::QueueSettings& q : settings_.queues) {
    bool is_there = false;
    for (const acd::QueueSettings& other : settings_.queues) is_there = is_there || (other.queue == q.overflow_target && other.queue != q.queue);
    if (q.overflow == acd::OverflowKind::Queue && !is_there) q.overflow = acd::OverflowKind::Voicemail, q.overflow_target.clear();
  }
  for (const std::string& extension : agents_) {
    acd::AgentSettings agent{.extension = extension};
    if (chance_.happens(0.7)) agent.skills.push_back({"german", chance_.between(1, 5)});
    if (chance_.happens(0.5)) agent.skills.push_back({"english", chance_.between(1, 5)});
    for (const acd::QueueSettings& queue : settings_.queues)
      if (chance_.happens(0.7)) agent.queues.push_back({queue.queue, chance_.between(0, 2), chance_.between(0, 3), chance_.between(1, 4)});
    settings_.agents.push_back(agent);
  }
}

void World::configure() {
  apply({.on = On::Configured, .settings = std::make_shared<acd::Settings>(settings_)});
}

void World::later(double in, std::function<void()> what) { plans_.push({now_ + std::max(0.0, std::ceil(in)), order_++, std::move(what)}); }

void World::run_until(double until) {
  while (problem.empty()) {
    const double plan = plans_.empty() ? until + 1 : plans_.top().at;
    const double due = up_ && acd_->due() >= 0 ? std::max(now_, acd_->due() + mono_base_) : until + 1;
    if (std::min(plan, due) > until) break;
    if (due <= plan) {
      now_ = due;
      woken();
      continue;
    }
    now_ = plan;
    const std::function<void()> what = plans_.top().what;
    plans_.pop();
    what();
  }
  now_ = until;
}

bool World::run() {
  configure();
  for (const std::string& agent : agents_) {
    people_[agent].keeps = chance_.happens(0.2);
    wish(agent, chance_.happens(0.8) ? AgentStatus::Online : AgentStatus::Break);
    phones_[agent];
  }
  linked_ = true;
  resync(false);
  people();
  run_until(chance_.ms(60'000, 600'000));
  calm();
  run_until(now_ + 30'000'000);
  // Callbacks wait for a day.
  run_until(now_ + 90'000'000);
  if (problem.empty()) check_end();
  return problem.empty();
}

/// What its clocks have become due for is done before anything else.
void World::woken() {
  for (int i = 0; up_ && problem.empty() && acd_->due() >= 0 && acd_->due() + mono_base_ <= now_; ++i) {
    if (i > 1'000) return fail("it wants to be woken at once, for ever");
    apply({.on = On::Woke}, false);
  }
}

void World::apply(acd::Event event, bool may_repeat) {
  if (!up_ || !problem.empty()) return;
  if (event.on != On::Woke && event.on != On::Restarted) woken();
  event.at = kEpoch + now_;
  event.mono = now_ - mono_base_;
  ++events;
  std::map<std::string, AgentStatus> before;
  if (event.on == On::LinkChanged || event.on == On::Registered)
    for (const auto& [name, agent] : model().agents) before[name] = agent.machine.intent;
  const bool look = chance_.happens(0.08);
  const std::string was = look ? snapshot() : std::string{};
  acd::Effects effects;
  acd_->apply(event, effects);
  acd::Effects beside;
  if (shadow_) shadow_->apply(event, beside);
  std::string entry;
  JsonWriter json(entry);
  acd::write_event(json, event);
  if (trace_) say(entry);
  if (records) lines.push_back(entry);
  if (look && !effects.changed && snapshot() != was) return fail("it changed and did not say so: " + entry);
  if (effects.changed) journal_.push_back(entry);
  for (const auto& [machine, row] : effects.rows) rows[machine].insert(row);
  std::string asked, asked_beside;
  for (const acd::Effect& effect : beside.list) {
    JsonWriter out(asked_beside);
    acd::write_effect(out, effect);
  }
  for (const acd::Effect& effect : effects.list) {
    std::string text;
    JsonWriter out(text);
    acd::write_effect(out, effect);
    mix(text);
    asked += text;
    if (trace_) say("    " + text);
  }
  if (shadow_ && asked != asked_beside) return fail("the hub and one that was restored do not do the same: " + entry + " gave " + asked + " beside " + asked_beside);
  for (const std::string& ended : effects.ended) mix(ended);
  uncounted_.insert(effects.gone_queues.begin(), effects.gone_queues.end());
  const auto item = [this](const auto& write) {
    std::string text;
    JsonWriter out(text);
    if (write(out)) mix(text);
  };
  for (const std::string& name : effects.queues) item([&](JsonWriter& out) { return acd_->write_queue(out, name); });
  for (const std::string& name : effects.agents) item([&](JsonWriter& out) { return acd_->write_agent(out, name); });
  for (const std::string& name : effects.calls) item([&](JsonWriter& out) { return acd_->write_call(out, name); });
  check_effects(event, effects, before);
  if (!problem.empty()) return;
  check_state();
  for (const acd::Effect& effect : effects.list) carry_out(effect);
  // Told again, it has happened once. What the PBX says of a call that is in no queue any more is not told twice: its events name their call for good.
  const bool enters = event.on == On::QueueCall || event.on == On::Observed || event.on == On::AdoptCall;
  const bool told_live = event.on == On::PbxRestarted || (event.on == On::AdoptCall && model().link == acd::Link::Live);  // then it is news: he may have been offered meanwhile
  const bool known = (model().stays.contains(event.call) || !enters) && !told_live;
  const bool leaves = event.on == On::LeftQueue && model().stays.contains(event.call);  // it overflowed into another queue, and would leave that one too
  if (problem.empty() && may_repeat && known && !leaves && event.on != On::Woke && chance_.happens(0.15)) {
    woken();
    if (enters && !model().stays.contains(event.call)) return;  // its time was up: it would come anew
    const std::string once = snapshot();
    acd::Effects again, shadows;
    acd_->apply(event, again);
    if (records) lines.push_back(entry);
    if (shadow_) shadow_->apply(event, shadows);
    for (const acd::Effect& effect : again.list)
      if (effect.what != acd::Effect::What::Note) return fail("told again, it asked for something again: " + entry);
    if (snapshot() != once) return fail("told again, it happened again: " + entry);
  }
  if (chance_.happens(0.01)) {  // the hub puts it away
    check_reports();
    stored_ = snapshot();
    journal_.clear();
    written_.clear();
    kept_ = records_;
  }
}

void World::carry_out(const acd::Effect& effect) {
  using What = acd::Effect::What;
  switch (effect.what) {
    case What::Offer: return to_pbx([this, effect] { redirected(effect); });
    case What::Withdraw: return to_pbx([this, effect] { withdrawn(effect); });
    case What::Overflow: return to_pbx([this, effect] { overflowed(effect); });
    case What::CallbackDue: return to_pbx([this, effect] { called_back(effect); });
    case What::StatusWrite: return store(effect.agent, effect.status, effect.reason, "acd");
    case What::Announce:
    case What::WriteRecord:
    case What::Note: return;
  }
}

void World::mix(std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
}
void World::fail(const std::string& what) {
  if (!problem.empty()) return;
  problem = what;
  if (trace_) say("PROBLEM " + what);
}
void World::say(const std::string& what) { std::printf("%10.3f %s\n", now_ / 1000, what.c_str()); }

std::string World::snapshot() const {
  std::string text;
  acd_->snapshot(text);
  return text;
}

void World::link_lost(double for_ms, bool pbx_restarts) {
  if (trace_) say(pbx_restarts ? "the PBX restarts" : "the link is lost");
  linked_ = false;
  ++epoch_;
  apply({.on = On::LinkChanged, .yes = false});
  if (pbx_restarts) {
    for (auto& [id, call] : calls_) {
      call.where = Where::Gone;
      call.rings.clear();
    }
    for (auto& [agent, phone] : phones_) phone = {.registered = false};
    for (const std::string& agent : agents_)
      later(chance_.ms(0, 30'000), [this, agent] {
        phones_[agent].registered = true;
        to_hub(agent, {.on = On::Registered, .agent = agent, .yes = true});
      });
  }
  later(for_ms, [this, pbx_restarts] {
    linked_ = true;
    ++epoch_;
    if (up_) resync(pbx_restarts);
  });
}

/// The PBX says what it has, and that this was all.
void World::resync(bool pbx_restarted) {
  if (trace_) say("the link is back");
  apply({.on = On::LinkChanged, .yes = true});
  if (pbx_restarted) apply({.on = On::PbxRestarted});
  for (const auto& [agent, phone] : phones_) {
    apply({.on = On::Registered, .agent = agent, .yes = phone.registered});
    apply({.on = On::PhoneBusy, .agent = agent, .yes = phone.other});
  }
  for (const auto& [id, call] : calls_) {
    acd::Event event{.on = On::AdoptCall, .call = id, .queue = call.queue, .from = call.from, .number = call.number, .enqueued_at = kEpoch + call.enqueued};
    if (call.own && (call.where == Where::Waiting || call.where == Where::Ringing))
      apply({.on = On::Observed, .call = id, .queue = call.queue, .from = call.from, .what = acd::Observed::Joined});
    if (call.where == Where::Waiting) apply(event);
    event.where = acd::Where::Ringing;
    for (const PbxCall::Ring& ring : std::vector<PbxCall::Ring>(call.rings)) {
      event.agent = ring.agent;
      event.attempt = ring.attempt;
      apply(event);
    }
    if (call.where != Where::Talking) continue;
    event.where = acd::Where::Talking;
    event.agent = call.agent;
    event.attempt = call.attempt;
    event.answered_at = kEpoch + call.answered;
    apply(event);
  }
  apply({.on = On::SweepDone});
}

/// The hub dies. What it had stored gives the same state again; a part of the journal may not have reached the disk.
void World::crash() {
  const bool torn = chance_.happens(trouble_.tail);
  const std::size_t lost = torn ? static_cast<std::size_t>(chance_.below(std::min(static_cast<int>(journal_.size()), 8) + 1)) : 0;
  if (trace_) say("the hub dies; entries lost: " + std::to_string(lost));
  auto again = std::make_unique<acd::Acd>(static_cast<double>(seed_ % 1'000'003));
  std::string error;
  if (!stored_.empty() && !again->restore(stored_, error)) return fail("its snapshot cannot be read: " + error);
  const std::size_t kept = journal_.size() - lost;
  for (std::size_t i = 0; i < kept; ++i) {
    acd::Event event;
    if (!acd::read_event(journal_[i], event, error)) return fail("its journal cannot be read: " + error + journal_[i]);
    acd::Effects nobody;
    again->apply(event, nobody);
    if (trace_)
      for (const acd::Effect& effect : nobody.list) {
        std::string said;
        JsonWriter out(said);
        acd::write_effect(out, effect);
        say("  again " + journal_[i] + said);
      }
  }
  std::string text;
  again->snapshot(text);
  if (lost == 0) {
    const std::string was = snapshot();
    std::size_t at = 0;
    while (at < text.size() && at < was.size() && text[at] == was[at]) ++at;
    const std::size_t begin = at > 120 ? at - 120 : 0;
    if (text != was) return fail("snapshot and journal give another state: …" + was.substr(begin, 260) + "… became …" + text.substr(begin, 260));
  }
  if (lost == 0 && chance_.happens(0.5)) {  // it lives, and what its journal gives goes on beside it: they must do the same
    shadow_ = std::move(again);
    return;
  }
  shadow_.reset();
  acd_ = std::move(again);
  if (records) lines.push_back("{\"restore\":" + text + "}");
  journal_.resize(kept);
  if (lost > 0) {
    records_ = kept_;
    std::erase_if(written_, [&](const auto& one) { return one.first >= kept; });
    for (const auto& [at, record] : written_) records_[record.id] = {record.final, record};
    for (const std::string& agent : agents_) tainted_.insert(agent);
  }
  for (const auto& [name, agent] : model().agents) wrapping_[name] = agent.machine.state == centre_agent::State::WrapUp;
  for (const auto& [agent, person] : people_)
    if (person.under_way > 0) tainted_.insert(agent);
  up_ = false;
  ++epoch_;
  ++boots_;
  later(chance_.ms(100, 20'000), [this] {
    up_ = true;
    mono_base_ = now_ - chance_.ms(0, 1'000'000);
    apply({.on = On::Restarted}, false);
    configure();
    for (const std::string& agent : agents_) {
      const Person& person = people_[agent];
      apply({.on = On::Intent, .agent = agent, .text = person.reason, .source = person.source, .status = person.status});
    }
    if (linked_) resync(false);
  });
}

}  // namespace offhook::acd_sim
