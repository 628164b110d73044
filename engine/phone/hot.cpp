// The hot face: an event as numbers, a reply as one flat array of numbers.
// docs/ARCHITECTURE.md has the layout; tests/wasm compare it with the cold face.
#include "engine/phone/phone.h"

#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>

namespace offhook {
namespace {

/// What is needed of a field here, in four bytes: the names, and what leads to them, stay out of a page's engine.
struct Place {
  std::uint16_t offset;
  Kind kind;
  std::uint8_t words;
};

/// The fields of every type of event, or of effect, one behind the other.
template <const auto& kShapes>
struct Places {
  static constexpr std::size_t kCount = [] {
    std::size_t count = 0;
    for (const auto& shape : kShapes) count += shape.fields.size();
    return count;
  }();
  std::array<Place, kCount> fields{};
  std::array<std::uint16_t, kShapes.size() + 1> from{};  ///< where each type's fields begin

  consteval Places() {
    std::uint16_t at = 0;
    for (std::size_t type = 0; type < kShapes.size(); ++type) {
      from[type] = at;
      for (const Field& field : kShapes[type].fields) {
        assert(field.words.size() < 256);
        fields[at++] = {field.offset, field.kind, static_cast<std::uint8_t>(field.words.size())};
      }
    }
    from[kShapes.size()] = at;
  }
  std::span<const Place> of(std::size_t type) const { return {&fields[from[type]], static_cast<std::size_t>(from[type + 1] - from[type])}; }
};

constexpr Places<kEvents> kEventPlaces;
constexpr Places<kEffects> kEffectPlaces;

HotError read_event(Event& event, std::span<const Place> fields, const double* in, std::string_view blob, Strings& strings) {
  const double at = *in++, mono = *in++;
  if (!(at >= 0 && at < 1e15 && mono >= 0 && mono < 1e15)) return HotError::BadTime;
  event.at = std::floor(at);
  event.mono = std::floor(mono);
  char* base = reinterpret_cast<char*>(&event);
  for (const Place field : fields) {
    const double value = *in++;
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time:
        *reinterpret_cast<double*>(base + field.offset) = value == value ? value : 0;
        break;
      case Kind::Flag: *reinterpret_cast<bool*>(base + field.offset) = value != 0; break;
      case Kind::Word:
      case Kind::Verdict:
        if (!(value >= 0 && value < field.words)) return HotError::BadWord;
        *reinterpret_cast<std::uint8_t*>(base + field.offset) = static_cast<std::uint8_t>(value);
        break;
      case Kind::String:
      case Kind::Name:
        if (!(value >= 0 && value < 4294967295.0) || !strings.has(static_cast<std::uint32_t>(value))) return HotError::BadText;
        reinterpret_cast<Text*>(base + field.offset)->id = static_cast<std::uint32_t>(value);
        break;
      case Kind::Blob:
        if (!(value >= 0 && value <= static_cast<double>(blob.size())) || value > static_cast<double>(limits::kJsonBytes))
          return HotError::BadText;
        *reinterpret_cast<Text*>(base + field.offset) = strings.intern(blob.substr(0, static_cast<std::size_t>(value)));
        break;
    }
  }
  return HotError::None;
}

/// Leaves `event` as it was before it was read: every field's empty value is all zeros.
void forget_event(Event& event, std::span<const Place> fields) {
  char* base = reinterpret_cast<char*>(&event);
  for (const Place field : fields) {
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time: *reinterpret_cast<double*>(base + field.offset) = 0; break;
      case Kind::String:
      case Kind::Name:
      case Kind::Blob: *reinterpret_cast<Text*>(base + field.offset) = Text{}; break;
      default: *reinterpret_cast<std::uint8_t*>(base + field.offset) = 0;
    }
  }
}

}  // namespace

int Phone::dispatch_hot(int type, const double* in, std::string_view blob) {
  if (error_) return static_cast<int>(HotError::Dead);
  if (type < 0 || type >= static_cast<int>(kEventTypes)) return static_cast<int>(HotError::UnknownType);
  // One Event, empty but for its type between two dispatches: to clear 290 bytes each time costs more than all its fields.
  Event& event = hot_event_;
  const std::span<const Place> fields = kEventPlaces.of(static_cast<std::size_t>(type));
  event.type = static_cast<EventType>(type);
  const HotError error = read_event(event, fields, in, blob, strings_);
  if (error == HotError::None) {
    handle(event);
    if (strings_.sweep_due()) sweep();  // after the event, so that no handle the host has just made is lost
    write_hot();
  }
  forget_event(event, fields);
  return static_cast<int>(error);
}

wire::Error Phone::restore_hot(std::string_view snapshot_json) {
  wire::Error error = restore(snapshot_json);
  if (!error) write_hot();
  return error;
}

/// The host has to be told this text.
void Phone::tell(Text text) { hot_new_.push_back(text.id); }

inline double* Phone::write_field(Kind kind, const char* from, double* to) {
  switch (kind) {
    case Kind::Number:
    case Kind::Time: *to++ = *reinterpret_cast<const double*>(from); break;
    case Kind::Flag:
    case Kind::Word: *to++ = *reinterpret_cast<const std::uint8_t*>(from); break;
    case Kind::Verdict:
      *to++ = *reinterpret_cast<const std::uint8_t*>(from);
      *to++ = *reinterpret_cast<const double*>(from + kVerdictRetry);
      break;
    case Kind::String:
    case Kind::Name: {
      const Text text = *reinterpret_cast<const Text*>(from);
      if (strings_.announce(text)) tell(text);
      *to++ = text.id;
      break;
    }
    case Kind::Blob: {
      const std::string_view text = strings_.view(*reinterpret_cast<const Text*>(from));
      *to++ = static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data()));
      *to++ = static_cast<double>(text.size());
      break;
    }
  }
  return to;
}

double* Phone::write_record(std::span<const Field> fields, const void* base, double* to) {
  for (const Field& field : fields) to = write_field(field.kind, static_cast<const char*>(base) + field.offset, to);
  return to;
}

/// Only what moved: of a call that lives it is two or three fields of thirty.
double* Phone::write_part(std::uint32_t moved, const Call& call, double* to) {
  *to++ = moved;
  for (; moved; moved &= moved - 1) {
    const Field& field = kCallFields[static_cast<std::size_t>(std::countr_zero(moved))];
    to = write_field(field.kind, reinterpret_cast<const char*>(&call) + field.offset, to);
  }
  return to;
}

void Phone::write_hot() {
  constexpr std::size_t kWidest = 80;  // more than any record's numbers, with its head
  const std::size_t most = 8 + (reply_.changes.size() + out_.effects.size()) * kWidest + reply_.freed.size();
  if (hot_.size() < most) hot_.resize(most * 2);
  hot_new_.clear();
  // Strings stand first but are known last: the body is written as if there were none, and moved when there are some.
  double* const body = hot_.data() + 2;
  double* to = body;
  *to++ = static_cast<double>(reply_.changes.size());
  for (const Change& change : reply_.changes) {
    *to++ = static_cast<double>(change.leaf);
    *to++ = change.slot;
    *to++ = change.fields ? 2 : change.live;
    if (!change.live) continue;
    const void* base = record(change.leaf, change.slot);
    if (change.fields) to = write_part(change.fields, *static_cast<const Call*>(base), to);
    else to = write_record(kLeafShapes[static_cast<std::size_t>(change.leaf)].fields, base, to);
  }
  *to++ = static_cast<double>(out_.effects.size());
  for (const Effect& effect : out_.effects) {
    *to++ = static_cast<double>(effect.type);
    *to++ = effect.id;
    for (const Place field : kEffectPlaces.of(static_cast<std::size_t>(effect.type)))
      to = write_field(field.kind, reinterpret_cast<const char*>(&effect) + field.offset, to);
  }
  *to++ = static_cast<double>(reply_.freed.size());
  for (const std::uint32_t id : reply_.freed) *to++ = id;

  const auto length = static_cast<std::size_t>(to - body);
  if (!hot_new_.empty()) {
    const std::size_t gap = hot_new_.size() * 3;
    if (hot_.size() < 2 + gap + length) hot_.resize((2 + gap + length) * 2);
    std::memmove(hot_.data() + 2 + gap, hot_.data() + 2, length * sizeof(double));
  }
  hot_[0] = reply_.version;
  hot_[1] = static_cast<double>(hot_new_.size());
  double* string = hot_.data() + 2;
  for (const std::uint32_t id : hot_new_) {
    const std::string_view text = strings_.view({id});
    *string++ = id;
    *string++ = static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data()));
    *string++ = static_cast<double>(text.size());
  }
}

}  // namespace offhook
