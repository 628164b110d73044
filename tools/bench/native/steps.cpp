// The same machine steps as variants/ours.mjs rawSteps, natively: reads where to begin (first line the configuration,
// then one event a line), and prints either the state after so many rounds or the steps a second of each slice, as JSON.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include "engine/phone/phone.h"

namespace {

using offhook::EventType;

class Steps {
 public:
  Steps(offhook::Phone& phone, offhook::Text call, const offhook::Event& last)
      : phone_(phone), call_(call.id), at_(last.at), mono_(last.mono) {}

  void eight() {
    half(1);
    half(0);
  }

 private:
  void half(double on) {
    asked(EventType::HoldRequested, on);
    confirmed(EventType::HoldConfirmed, on);
    asked(EventType::MuteRequested, on);
    confirmed(EventType::MuteConfirmed, on);
  }
  void asked(EventType type, double on) { step(type, 101, {0, 0, ++command_, call_, on}); }
  void confirmed(EventType type, double on) { step(type, 57, {0, 0, call_, on, 0}); }
  void step(EventType type, double ms, std::array<double, 5> in) {
    in[0] = at_ += ms;
    in[1] = mono_ += ms;
    if (phone_.dispatch_hot(static_cast<int>(type), in.data(), {}) == 0) return;
    std::fputs("the engine refused a step\n", stderr);
    std::exit(1);
  }

  offhook::Phone& phone_;
  double call_, at_, mono_, command_ = 1'000'000;
};

/// Of the clock on the wall, or what the processor has worked for us.
double seconds(bool cpu) {
  if (cpu) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: steps JOURNAL state ROUNDS | steps JOURNAL measure SLICES MS [cpu]\n", stderr);
    return 2;
  }
  std::ifstream file(argv[1]);
  std::string line;
  std::getline(file, line);
  offhook::Phone phone(line);
  offhook::Event last;
  offhook::Text call;
  while (std::getline(file, line)) {
    phone.dispatch_json(line);
    last = {};
    offhook::wire::read_event(line, phone.strings(), last);
    if (last.type == EventType::CallConnected) call = last.call_id;
  }
  Steps steps(phone, call, last);

  if (std::string(argv[2]) == "state") {
    for (long left = std::atol(argv[3]); left > 0; --left) steps.eight();
    std::puts(phone.snapshot().c_str());
    return 0;
  }
  const double slice = argc > 4 ? std::atof(argv[4]) / 1000 : 0.03;
  const bool cpu = argc > 5;
  std::printf("[");
  for (long i = 0, slices = std::atol(argv[3]); i < slices; ++i) {
    const double begun = seconds(cpu);
    double now = begun, done = 0;
    for (; now - begun < slice; now = seconds(cpu), done += 512)
      for (int round = 0; round < 64; ++round) steps.eight();
    std::printf("%s%.0f", i ? "," : "", done / (now - begun));
  }
  std::puts("]");
}
