// Any status and text as the backend's answer to each kind of request.
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  Phone phone(fuzz::kConfig);
  std::vector<double> open;
  auto tell = [&](const Event& event) {
    phone.dispatch(event);
    for (const Effect& effect : phone.effects())
      if (effect.type == EffectType::HttpSend) open.push_back(effect.id);
  };
  tell(fuzz::event(EventType::Started));
  tell(fuzz::event(EventType::SoftphoneReady));
  tell(fuzz::event(EventType::Registered));
  Event offered = fuzz::event(EventType::CallOffered);
  offered.call_id = phone.strings().intern("a");
  offered.number = phone.strings().intern("+442079460123");
  tell(offered);
  Event status = fuzz::event(EventType::StatusRequested);
  status.status = AgentStatus::Break;
  status.command = 1;
  tell(status);
  const std::string body(fuzz::text_of(data + 3, size - 3));
  for (int round = 0; round < 12 && !open.empty(); ++round) {
    const std::size_t at = data[0] % open.size();
    Event answer = fuzz::event(EventType::HttpAnswered, 2 + round);
    answer.request = open[at];
    answer.status_code = 100 + (data[1] << 8 | data[2]) % 500;
    answer.body = phone.strings().intern(body);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    tell(answer);
  }
  fuzz::must(phone.model().calls[0].state == CallState::Offered, "no answer touches the call itself");
  fuzz::must(wire::parse_object(phone.snapshot(), limits::kStateBytes).has_value(), "the state is JSON");
  return 0;
}
