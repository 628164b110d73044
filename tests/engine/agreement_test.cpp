// The hot face and the cold face are one engine: after any events they say the
// same, and what must always hold does.
#include <bit>
#include <limits>

#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// The hot output as the cold face's reply, with the strings as a host keeps them.
class HotReader {
 public:
  std::string reply(const std::vector<double>& out) {
    const double* next = out.data();
    std::string text;
    JsonWriter json(text);
    json.open('{').key("version").number(*next++).key("error").null();
    for (auto left = static_cast<std::size_t>(*next++); left > 0; --left) {
      const auto id = static_cast<std::uint32_t>(next[0]);
      known_[id] = std::string(reinterpret_cast<const char*>(static_cast<std::uintptr_t>(next[1])), static_cast<std::size_t>(next[2]));
      next += 3;
    }
    json.key("changes").open('[');
    for (auto left = static_cast<std::size_t>(*next++); left > 0; --left) {
      const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(next[0])];
      json.open('{').key("leaf").string(shape.name).key("slot").number(next[1]).key("value");
      const double slot = next[1], live = next[2];
      next += 3;
      if (live != 0) {
        std::vector<double>& call = calls_[slot];  // as it was told last
        const double* whole = next;
        if (live == 2) {
          auto moved = static_cast<std::uint32_t>(*next++);
          for (; moved; moved &= moved - 1) call.at(static_cast<std::size_t>(std::countr_zero(moved))) = *next++;
          whole = call.data();
        } else if (shape.name == "Call") {
          call.assign(next, next + shape.fields.size());
        }
        const double*& from = live == 2 ? whole : next;
        json.open('{');
        fields(json, shape.fields, from);
        json.close('}');
      } else {
        json.null();
      }
      json.close('}');
    }
    json.close(']').key("effects").open('[');
    for (auto left = static_cast<std::size_t>(*next++); left > 0; --left) {
      const EffectShape& shape = kEffects[static_cast<std::size_t>(next[0])];
      json.open('{').key("type").string(shape.name).key("id").number(next[1]);
      next += 2;
      fields(json, shape.fields, next);
      json.close('}');
    }
    json.close(']').close('}');
    for (auto left = static_cast<std::size_t>(*next++); left > 0; --left) known_.erase(static_cast<std::uint32_t>(*next++));
    return text;
  }

 private:
  void fields(JsonWriter& json, std::span<const Field> list, const double*& next) {
    for (const Field& field : list) {
      json.key(field.name);
      const double value = *next++;
      switch (field.kind) {
        case Kind::Number: json.number(value); break;
        case Kind::Time: value == 0 ? json.null() : json.number(value); break;
        case Kind::Flag: json.flag(value != 0); break;
        case Kind::Word: json.string(field.words[static_cast<std::size_t>(value)]); break;
        case Kind::Verdict:
          json.open('{').key("ok").flag(value == 0).key("reason").string(field.words[static_cast<std::size_t>(value)]).key("retryIn");
          if (const double retry_in = *next++; retry_in == 0) json.null(); else json.number(retry_in);
          json.close('}');
          break;
        case Kind::String: json.string(text(value)); break;
        case Kind::Name: value == 0 ? json.null() : json.string(text(value)); break;
        case Kind::Blob: {
          const auto* at = reinterpret_cast<const char*>(static_cast<std::uintptr_t>(value));
          json.string({at, static_cast<std::size_t>(*next++)});
          break;
        }
      }
    }
  }
  std::string text(double id) {
    if (id == 0) return {};
    const auto found = known_.find(static_cast<std::uint32_t>(id));
    return found == known_.end() ? "(never announced)" : found->second;
  }
  std::map<std::uint32_t, std::string> known_;
  std::map<double, std::vector<double>> calls_;
};

}  // namespace

TEST_CASE("whatever happens, in whatever order: both faces agree and the promises hold") {
  for (std::uint64_t seed = 1; seed <= 200 / kTenth; ++seed) {
    const std::string config = config_of({.wrap_up = seed % 3 ? "timed" : "manual", .login = seed % 2 == 0, .socket = seed % 5 != 0,
                                          .auto_hold = seed % 7 != 0, .calls_max = seed % 4 ? 8 : 2, .seed = static_cast<int>(seed)});
    Phone hot(config), cold(config);
    Choices choose(seed);
    Host host;
    HotReader reader;
    std::array<double, 64> in{};
    int steps = 0;
    std::string trail;
    auto both = [&](const Told& told) {
      const std::string event = to_json(told);
      trail = event;
      const std::string blob = to_hot(told, hot, in);
      REQUIRE(hot.dispatch_hot(static_cast<int>(told.type), in.data(), blob) == 0);
      const std::string spoken = cold.dispatch_json(event);
      const std::string written = reader.reply(hot.hot_out());
      host.after(told, hot);
      ++steps;
      return written == spoken && host.problem.empty();
    };
    bool fine = true;
    if (seed % 10) {
      fine = both({.type = EventType::Started, .at = host.at, .mono = host.mono}) && both({.type = EventType::SoftphoneReady, .at = host.at, .mono = host.mono}) &&
             both({.type = EventType::Registered, .at = host.at, .mono = host.mono});
    }
    for (int i = 0; fine && i < 300; ++i) fine = both(host.next(choose));
    CHECK_MESSAGE(fine, "seed " << seed << ", step " << steps << ": " << host.problem << " after " << trail);
    const double until = host.mono + 130'000;  // silence: timers and the host's own time-outs, nothing else
    while (fine) {
      const auto next = host.due(until);
      if (!next) break;
      fine = both(*next);
    }
    CHECK_MESSAGE(fine, "seed " << seed << " in silence: " << host.problem << " after " << trail);
    std::string open;
    for (const auto& [command, times] : host.commands)
      if (times == 0) open += " " + std::to_string(static_cast<int>(command));
    CHECK_MESSAGE(open.empty(), "seed " << seed << ": never settled:" << open);
    CHECK(hot.snapshot() == cold.snapshot());
  }
}

TEST_CASE("a hot event that is wrong is refused with its number and changes nothing") {
  Phone phone(config_of({}));
  std::array<double, 64> in{};
  const auto before = phone.snapshot();
  in[0] = 1, in[1] = 1;
  CHECK(phone.dispatch_hot(-1, in.data(), "") == static_cast<int>(HotError::UnknownType));
  CHECK(phone.dispatch_hot(static_cast<int>(kEventTypes), in.data(), "") == static_cast<int>(HotError::UnknownType));
  for (const double bad : {-1.0, 1e15, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    in[0] = bad;
    CHECK(phone.dispatch_hot(0, in.data(), "") == static_cast<int>(HotError::BadTime));
  }
  in[0] = 1;
  for (const double bad : {-1.0, 4294967296.0, 12345.0, std::numeric_limits<double>::quiet_NaN()}) {
    in[2] = bad;
    CHECK(phone.dispatch_hot(static_cast<int>(EventType::CallConnected), in.data(), "") == static_cast<int>(HotError::BadText));
  }
  in[2] = 5;
  CHECK(phone.dispatch_hot(static_cast<int>(EventType::SocketMessage), in.data(), "four") == static_cast<int>(HotError::BadText));
  in[2] = 0, in[3] = 99;
  CHECK(phone.dispatch_hot(static_cast<int>(EventType::HttpFailed), in.data(), "") == static_cast<int>(HotError::BadWord));
  CHECK(phone.snapshot() == before);
}
