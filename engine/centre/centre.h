// The Centre: AMI's bytes and the hub's events in, changes and effects out, both as JSON (docs/centre.md). It opens no
// socket, knows no secret and reads no clock. The link (engine/ami) and the model of the PBX (engine/centre/model.h) are
// composed here, and here only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace offhook {

class Centre {
 public:
  /// A Centre, or nothing: then `error` is `{"code","message"}`.
  static std::unique_ptr<Centre> create(std::string_view config_json, std::string& error);
  ~Centre();

  /// Bytes of the PBX. The reply, or nothing when nothing changed; good until the next call.
  std::string_view receive(std::string_view bytes, double at, double mono);
  /// An event of the host as JSON; always a reply, good until the next call.
  std::string_view dispatch(std::string_view event_json);
  /// The event Woke; always a reply, good until the next call.
  std::string_view woke(double at, double mono);
  /// Whose leg a channel is, `{"extension","call_id","uniqueid"}`, the extension null when it is no agent's; nothing when the PBX has no such
  /// channel. Good until the next call.
  std::string_view channel(std::string_view name);
  /// Everything that is shown, as `changes` has it, whole.
  std::string_view state();

 private:
  struct Parts;
  explicit Centre(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace offhook
