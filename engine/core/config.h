// What a Phone is told once, at its creation. No secrets: SIP credentials and
// tokens stay in the host.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/words.h"

namespace offhook {

struct Config {
  Text extension;
  Text extension_id;
  Text number;  ///< call_from of outgoing calls, call_to of incoming ones
  Text name;
  WrapUpMode wrap_up_mode = WrapUpMode::Timed;
  double wrap_up_seconds = 30;
  double internal_min_digits = 3;  ///< a number of so many digits is a colleague, not a contact
  double internal_max_digits = 5;
  double calls_max = 8;            ///< live calls; an incoming one beyond that is refused
  bool login = false;              ///< the user has just signed in: registration sets ONLINE
  bool has_events_socket = false;
  bool auto_hold = true;           ///< a second call puts the first on hold
  bool has_storage = false;        ///< the host keeps records over a reload (storage.* effects)
  bool has_tabs = false;           ///< other tabs of this extension may exist (tab.* effects)
  bool probe = true;               ///< the backend answers {"type":"ping"} with a pong
  RouteChoice transfer_route = RouteChoice::Auto;
  Text tab;                        ///< this tab's own name
  double seed = 1;
};

}  // namespace offhook
