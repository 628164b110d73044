// A host's storage in a map: takes the puts and deletes of a driver, and gives
// them to the next phone as the host does, in parts. Header only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/engine/phone_driver.h"

namespace offhook::bench {

struct Stored {
  std::map<std::string, std::string> records;
  std::size_t puts = 0, seen = 0;

  /// Applies what the driver has asked for since the last time.
  void take(const PhoneDriver& desk) {
    for (; seen < desk.all.size(); ++seen) {
      const Seen& effect = desk.all[seen];
      if (effect.type == EffectType::StoragePut) records[effect.record] = effect.body, ++puts;
      if (effect.type == EffectType::StorageDelete) records.erase(effect.record);
    }
  }

  std::size_t count(std::string_view kind) const {
    std::size_t found = 0;
    for (const auto& [name, body] : records) found += name.starts_with(kind);
    return found;
  }

  /// What the host makes of the records: the meta's members, and the others as leaves, none longer than `most`.
  std::vector<std::string> parts(std::size_t most = 150'000) const {
    const auto meta = records.find("meta");
    const std::string head = meta == records.end() ? "{" : meta->second.substr(0, meta->second.size() - 1) + ",";
    std::vector<std::string> list{head + "\"leaves\":["};
    bool first = true;
    for (const auto& [name, body] : records) {
      if (name == "meta") continue;
      if (list.back().size() + body.size() > most) {
        list.back() += "]}";
        list.push_back("{\"leaves\":[");
        first = true;
      }
      list.back() += (first ? "" : ",") + body;
      first = false;
    }
    list.back() += "]}";
    return list;
  }

  /// Start-up of a phone that has a storage, up to its softphone's start. A driver that has started already only loads.
  void load(PhoneDriver& desk) {
    seen = 0;
    if (desk.all.empty()) desk.tell(EventType::Started);
    const auto list = parts();
    for (std::size_t i = 0; i < list.size(); ++i)
      desk.tell({.type = EventType::StateLoaded, .body = desk.text(list[i]), .on = i + 1 == list.size()});
    take(desk);
  }
};

}  // namespace offhook::bench
