// The Centre: AMI's bytes and the hub's events in, changes and effects out, both as JSON (docs/centre.md). It opens no
// socket, knows no secret and reads no clock.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/ami/parser.h"

namespace offhook {

class Centre {
 public:
  /// A Centre, or nothing: then `error` is `{"code","message"}`.
  static std::unique_ptr<Centre> create(std::string_view config_json, std::string& error);

  /// Bytes of the PBX. The reply, or nothing when nothing changed; good until the next call.
  std::string_view receive(std::string_view bytes, double at, double mono);
  /// An event of the host as JSON; always a reply, good until the next call.
  std::string_view dispatch(std::string_view event_json);
  /// Everything that is shown, as `changes` has it, whole.
  std::string_view state();

 private:
  Centre() = default;

  ami::Parser parser_;
  std::string out_;
  double version_ = 0;
};

}  // namespace offhook
