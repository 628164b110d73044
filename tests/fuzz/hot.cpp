// The hot boundary: first bytes as raw numbers, which must be refused or taken,
// then choices of events that mean something. What must hold is in
// tests/engine/random_phone.h.
#include <cstring>

#include "tests/engine/random_phone.h"
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::array<double, 64> in{};
  if (data[0] % 4 == 0) {  // raw: any opcode, any numbers, any blob
    Phone phone(fuzz::kConfig);
    const std::string state = phone.snapshot();
    std::memcpy(in.data(), data + 2, std::min(size - 2, sizeof in));
    const int error = phone.dispatch_hot(static_cast<std::int8_t>(data[1]), in.data(), fuzz::text_of(data, size));
    if (error != 0) fuzz::must(phone.snapshot() == state, "a refused event changes nothing");
    in[0] = in[1] = 1;  // with a good time, further in
    phone.dispatch_hot(data[1] % kEventTypes, in.data(), fuzz::text_of(data, size));
    return 0;
  }
  Phone phone(fuzz::kConfig);
  bench::Choices choose(data + 1, size - 1);
  bench::Host host;
  auto tell = [&](const bench::Told& told) {
    const std::string blob = bench::to_hot(told, phone, in);
    fuzz::must(phone.dispatch_hot(static_cast<int>(told.type), in.data(), blob) == 0, "a good event is taken");
    host.after(told, phone);
    fuzz::must(host.problem.empty(), host.problem + " after " + bench::to_json(told));
  };
  for (const EventType type : {EventType::Started, EventType::SoftphoneReady, EventType::Registered})
    tell({.type = type, .at = host.at, .mono = host.mono});
  for (int i = 0; i < 120 && !choose.over(); ++i) tell(host.next(choose));
  for (const double until = host.mono + 130'000; const auto due = host.due(until);) tell(*due);
  for (const auto& [command, times] : host.commands)
    fuzz::must(times == 1, "command " + std::to_string(command) + " was never settled");
  return 0;
}
