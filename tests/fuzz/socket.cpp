// Any text as a frame of the backend's socket, during a call.
#include "tests/fuzz/fuzz.h"

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Phone phone(fuzz::kConfig);
  phone.dispatch(fuzz::event(EventType::Started));
  phone.dispatch(fuzz::event(EventType::SocketOpened));
  Event offered = fuzz::event(EventType::CallOffered);
  offered.call_id = phone.strings().intern("a");
  offered.number = phone.strings().intern("+442079460123");
  phone.dispatch(offered);
  std::string_view rest = fuzz::text_of(data, size);
  for (double mono = 2; !rest.empty(); ++mono) {
    const std::size_t end = rest.find('\n');
    Event frame = fuzz::event(EventType::SocketMessage, mono);
    if (rest.size() > limits::kJsonBytes) return 0;
    frame.body = phone.strings().intern(rest.substr(0, end));
    phone.dispatch(frame);
    fuzz::must(phone.model().connection.events == LinkState::Open, "no frame closes the socket");
    fuzz::must(phone.model().calls[0].state == CallState::Offered, "no frame touches the call itself");
    fuzz::must(phone.model().early.size() <= limits::kQueueMessages && phone.model().presence.size() <= limits::kPresence, "bounded");
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  fuzz::must(wire::parse_object(phone.snapshot(), limits::kStateBytes).has_value(), "the state is JSON");
  return 0;
}
