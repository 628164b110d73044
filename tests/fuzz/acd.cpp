// Any text as what the hub stored of its contact centre: a snapshot, settings, a journal. Refused, and the centre is as new; or taken, and then it
// goes on: every entry is applied or refused, what it shows is JSON, and put away at any moment it comes back as the same bytes.
#include "engine/acd/acd.h"
#include "engine/acd/limits.h"
#include "engine/core/json_writer.h"
#include "tests/fuzz/json_mutator.h"

using namespace offhook;

namespace {

std::string snapshot_of(const acd::Acd& engine) {
  std::string text;
  engine.snapshot(text);
  return text;
}

void must_be_json(const std::string& text, std::string_view what) {
  fuzz::must(wire::parse_object(text, acd::limits::kSnapshotBytes).has_value(), std::string(what) + " is JSON: " + text);
}

void must_show(const acd::Acd& engine, const acd::Effects& names) {
  const auto shown = [](const auto& write, std::string_view what) {
    std::string text;
    JsonWriter json(text);
    if (write(json)) must_be_json(text, what);
  };
  for (const std::string& name : names.queues) shown([&](JsonWriter& json) { return engine.write_queue(json, name); }, "a queue");
  for (const std::string& name : names.agents) shown([&](JsonWriter& json) { return engine.write_agent(json, name); }, "an agent");
  for (const std::string& name : names.calls) {
    shown([&](JsonWriter& json) { return engine.write_call(json, name); }, "a call");
    shown([&](JsonWriter& json) { return engine.explain(json, name); }, "an explanation");
  }
}

void apply(acd::Acd& engine, const acd::Event& event, bool compared = true) {
  const std::string before = compared ? snapshot_of(engine) : std::string{};
  acd::Effects effects;
  engine.apply(event, effects);
  if (compared && !effects.changed) fuzz::must(snapshot_of(engine) == before, "what is no journal entry changed nothing");
  for (const acd::Effect& effect : effects.list) {
    std::string text;
    JsonWriter json(text);
    acd::write_effect(json, effect);
    must_be_json(text, "an effect");
  }
  for (const std::string& item : effects.ended) must_be_json(item, "a call that is over");
  must_show(engine, effects);
  std::string entry, error;
  JsonWriter json(entry);
  acd::write_event(json, event);
  acd::Event again;
  fuzz::must(acd::read_event(entry, again, error), "a journal entry can be read: " + entry + error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  acd::Event event;
  std::string error;
  if (!acd::read_event(text, event, error)) must_be_json(error, "a refusal");
  else {
    acd::Acd alone;
    apply(alone, event);
  }
  const auto json = wire::parse_object(text, 1 << 20);
  if (!json) return 0;
  acd::Acd engine;
  const std::string fresh = snapshot_of(engine);
  if (const wire::Json* stored = wire::object_at(*json, "snapshot")) {
    std::string whole;
    wire::write(whole, *stored);
    if (!engine.restore(whole, error)) {
      must_be_json(error, "a refusal");
      fuzz::must(snapshot_of(engine) == fresh, "a refused snapshot changes nothing");
    }
  }
  const auto comes_back = [&] {
    const std::string kept = snapshot_of(engine);
    acd::Acd again;
    fuzz::must(again.restore(kept, error), "what it put away can be taken up: " + error + kept);
    const std::string now = snapshot_of(again);
    std::size_t at = 0;
    while (at < now.size() && at < kept.size() && now[at] == kept[at]) ++at;
    const std::size_t from = at > 200 ? at - 200 : 0;
    fuzz::must(now == kept, "the same bytes: " + kept.substr(from, 400) + "\nbecame " + now.substr(from, 400));
  };
  comes_back();
  double at = 0, mono = 0;
  if (const wire::Json* journal = wire::array_at(*json, "journal"))
    for (std::size_t i = 0; i < journal->items.size(); ++i) {
      const wire::Json& entry = journal->items[i];
      if (!acd::read_event(entry, event, error)) continue;
      at = event.at, mono = event.mono;
      apply(engine, event, i % 4 == 0);
    }
  comes_back();
  acd::Event restarted{.on = acd::On::Restarted, .at = at + 1, .mono = 1};
  apply(engine, restarted);
  mono = 1;
  for (int i = 0; i < 20 && engine.due() >= 0 && engine.due() < 1e15; ++i) {  // and it sleeps in between
    mono = std::max(mono + 1, engine.due());
    apply(engine, {.on = acd::On::Woke, .at = at + mono, .mono = mono}, false);
    acd::Effects names;
    engine.names(names);
    must_show(engine, names);
  }
  comes_back();
  return 0;
}
