// A checkpoint is the whole phone: taken up, it goes on as if nothing had been.
#include "engine/phone/machine_names.h"
#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

const std::string kConfig =
    R"({"extension":"1001","extension_id":"e-17","number":"1001","name":"Zoë","has_events_socket":true,"login":true,"seed":)";

std::string config(std::uint64_t seed) {
  const std::string keeps = seed % 3 == 0 ? R"(,"has_storage":true)" : "", shares = seed % 4 == 0 ? R"(,"has_tabs":true,"tab":"t1")" : "";
  return kConfig + std::to_string(seed) + keeps + shares + "}";
}

}  // namespace

TEST_CASE("A phone taken up from a checkpoint gives the same replies to whatever comes, byte for byte") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Choices choose(seed);
    Host host;
    Phone guide(config(seed));  // tells the host what is open
    Phone phone(config(seed));
    std::optional<Phone> twin;
    std::array<double, 64> in{};
    const std::uint32_t taken_at = 5 + choose.below(200);
    for (std::uint32_t i = 0; i < 320 && !host.disposed; ++i) {
      const Told told = host.next(choose);
      const std::string blob = to_hot(told, guide, in);
      guide.dispatch_hot(static_cast<int>(told.type), in.data(), blob);
      host.after(told, guide);
      const std::string reply = phone.dispatch_json(to_json(told));
      if (twin) {
        CAPTURE(seed);
        CAPTURE(i);
        CAPTURE(to_json(told));
        // What differs is missing in engine/phone/live_fields.h or in checkpoint.cpp.
        REQUIRE(twin->dispatch_json(to_json(told)) == reply);
        const bool same = twin->snapshot() == phone.snapshot();
        REQUIRE(same);
      }
      if (twin || i < taken_at) continue;
      const std::string checkpoint = phone.checkpoint();
      if (checkpoint.empty()) continue;  // a stored state is coming in
      twin.emplace(config(seed));
      const std::string taken = twin->resume_json(checkpoint);
      CAPTURE(taken.substr(0, 300));
      REQUIRE(taken.find(R"("error":null)") != std::string::npos);
      const bool again = twin->checkpoint() == checkpoint;
      CHECK(again);
    }
  }
}

TEST_CASE("A checkpoint that is damaged, of another phone or too late changes nothing") {
  Phone first(config(1));
  first.dispatch_json(R"({"type":"Started","at":1,"mono":1})");
  const std::string good = first.checkpoint();
  const auto refused = [](Phone& phone, std::string_view text, std::string_view code) {
    const std::string before = phone.checkpoint();
    const std::string reply = phone.resume_json(text);
    CAPTURE(reply);
    const bool says = reply.find(R"("code":")" + std::string(code)) != std::string::npos;
    CHECK(says);
    const bool unchanged = phone.checkpoint() == before;
    CHECK(unchanged);
  };
  Phone fresh(config(1));
  refused(fresh, "", "bad_json");
  refused(fresh, R"({"schema":1})", "bad_state");
  refused(fresh, R"({"schema":2})", "bad_schema");
  refused(fresh, good.substr(0, good.size() / 2), "bad_json");
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("timers":[)", R"("timers":[[1,0,99,5],)"},   {R"("random":")", R"("random":"x)"},
           {R"("requests":[)", R"("requests":[[1,2,5000],)"}, {R"("lookups":[)", R"("lookups":[{},)"},
           {R"("leaf":"Agent")", R"("leaf":"Angel")"},       {R"("slot":0)", R"("slot":-1)"}}) {
    std::string bad = good;
    REQUIRE(bad.find(from) != std::string::npos);
    bad.replace(bad.find(from), from.size(), to);
    refused(fresh, bad, bad.find(",]") == std::string::npos ? "bad_state" : "bad_json");
  }
  Phone other(R"({"extension":"1002"})");
  refused(other, good, "bad_state");
  refused(first, good, "bad_state");
}

TEST_CASE("Every machine has the name that a trace calls it by") {
  for (std::size_t i = 0; i < kMachines; ++i) CHECK_MESSAGE(!machine_name(static_cast<MachineId>(i)).empty(), "machine " << i << ": engine/phone/machine_names.h");
}
