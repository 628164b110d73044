// The hot face: an event as numbers, a reply as one flat array of numbers.
// docs/ARCHITECTURE.md has the layout; tests/wasm compare it with the cold face.
#include "engine/phone/phone.h"

namespace offhook {

int Phone::dispatch_hot(int type, const double* in, std::string_view blob) {
  auto fail = [](HotError error) { return static_cast<int>(error); };
  if (error_) return fail(HotError::Dead);
  if (type < 0 || type >= static_cast<int>(kEventTypes)) return fail(HotError::UnknownType);
  Event event;
  event.type = static_cast<EventType>(type);
  event.at = in[0];
  event.mono = in[1];
  if (!(event.at >= 0 && event.at < 1e15 && event.mono >= 0 && event.mono < 1e15)) return fail(HotError::BadTime);
  char* base = reinterpret_cast<char*>(&event);
  const double* next = in + 2;
  for (const Field& field : kEvents[static_cast<std::size_t>(type)].fields) {
    const double value = *next++;
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time:
        *reinterpret_cast<double*>(base + field.offset) = value == value ? value : 0;
        break;
      case Kind::Flag: *reinterpret_cast<bool*>(base + field.offset) = value != 0; break;
      case Kind::Word:
      case Kind::Verdict:
        if (!(value >= 0 && value < static_cast<double>(field.words.size()))) return fail(HotError::BadWord);
        *reinterpret_cast<std::uint8_t*>(base + field.offset) = static_cast<std::uint8_t>(value);
        break;
      case Kind::String:
      case Kind::Name:
        if (!(value >= 0 && value < 4294967295.0) || !strings_.has(static_cast<std::uint32_t>(value))) return fail(HotError::BadText);
        reinterpret_cast<Text*>(base + field.offset)->id = static_cast<std::uint32_t>(value);
        break;
      case Kind::Blob:
        if (!(value >= 0 && value <= static_cast<double>(blob.size())) || value > static_cast<double>(limits::kJsonBytes))
          return fail(HotError::BadText);
        *reinterpret_cast<Text*>(base + field.offset) = strings_.intern(blob.substr(0, static_cast<std::size_t>(value)));
        break;
    }
  }
  dispatch(event);
  if (strings_.sweep_due()) sweep();  // after the event, so that no handle the host has just made is lost
  write_hot();
  return 0;
}

void Phone::write_record(std::span<const Field> fields, const void* base) {
  for (const Field& field : fields) {
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time: hot_body_.push_back(number_of(field, base)); break;
      case Kind::Flag: hot_body_.push_back(flag_of(field, base)); break;
      case Kind::Word:
      case Kind::Verdict: hot_body_.push_back(word_of(field, base)); break;
      case Kind::String:
      case Kind::Name: {
        const Text text = text_of(field, base);
        if (strings_.announce(text)) hot_new_.push_back(text.id);
        hot_body_.push_back(text.id);
        break;
      }
      case Kind::Blob: {
        const std::string_view text = strings_.view(text_of(field, base));
        hot_body_.push_back(static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data())));
        hot_body_.push_back(static_cast<double>(text.size()));
        break;
      }
    }
  }
}

void Phone::write_hot() {
  hot_.clear();
  hot_body_.clear();
  hot_new_.clear();
  hot_body_.push_back(static_cast<double>(reply_.changes.size()));
  for (const Change& change : reply_.changes) {
    hot_body_.push_back(static_cast<double>(change.leaf));
    hot_body_.push_back(change.slot);
    hot_body_.push_back(change.live);
    if (change.live) write_record(kLeafShapes[static_cast<std::size_t>(change.leaf)].fields, record(change.leaf, change.slot));
  }
  hot_body_.push_back(static_cast<double>(out_.effects.size()));
  for (const Effect& effect : out_.effects) {
    hot_body_.push_back(static_cast<double>(effect.type));
    hot_body_.push_back(effect.id);
    write_record(kEffects[static_cast<std::size_t>(effect.type)].fields, &effect);
  }
  hot_body_.push_back(static_cast<double>(reply_.freed.size()));
  for (const std::uint32_t id : reply_.freed) hot_body_.push_back(id);

  hot_.push_back(reply_.version);
  hot_.push_back(static_cast<double>(hot_new_.size()));
  for (const std::uint32_t id : hot_new_) {
    const std::string_view text = strings_.view({id});
    hot_.push_back(id);
    hot_.push_back(static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data())));
    hot_.push_back(static_cast<double>(text.size()));
  }
  hot_.insert(hot_.end(), hot_body_.begin(), hot_body_.end());
}

}  // namespace offhook
