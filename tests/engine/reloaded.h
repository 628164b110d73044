// A page that goes, and the page that comes after it with what was kept: what
// the stories of both begin with.
#pragma once

#include "tests/engine/stored.h"

namespace offhook::bench {

/// What the first page does; the page is then killed: it says nothing any more.
template <class Session>
Stored page(const Setup& setup, Session session) {
  Stored store;
  PhoneDriver desk(setup);
  store.load(desk);
  desk.start();
  desk.answer_all();
  session(desk);
  store.take(desk);
  return store;
}

inline const Setup kStored{.wrap_up_seconds = 60, .storage = true};

/// Time goes on while no page is there.
inline void begin(PhoneDriver& desk, Stored& store, double at) {
  desk.at = at;
  desk.mono = 40;  // another page's monotonic clock
  store.load(desk);
}
inline void ready(PhoneDriver& desk, std::string_view features = "transfer attended") {
  desk.answer_all();
  desk.tell({.type = EventType::SoftphoneReady, .features = desk.text(features)});
  desk.tell(EventType::Registered);
}
inline void resumed(PhoneDriver& desk, std::string_view id, std::string_view sip = "", bool on = false) {
  desk.tell({.type = EventType::CallResumed, .call_id = desk.text(id), .sip_call_id = desk.text(sip), .on = on});
}

}  // namespace offhook::bench
