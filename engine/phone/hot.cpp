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

/// What is needed of an event's field here, in four bytes: the names, and what leads to them, stay out of a page's engine.
struct Place {
  std::uint16_t offset;
  Kind kind;
  std::uint8_t words;
};

struct Places {
  static constexpr std::size_t kCount = [] {
    std::size_t count = 0;
    for (const EventShape& shape : kEvents) count += shape.fields.size();
    return count;
  }();
  std::array<Place, kCount> fields{};
  std::array<std::uint16_t, kEventTypes + 1> from{};  ///< where each event's fields begin
};

constexpr Places kPlaces = [] {
  Places places;
  std::uint16_t at = 0;
  for (std::size_t type = 0; type < kEventTypes; ++type) {
    places.from[type] = at;
    for (const Field& field : kEvents[type].fields) {
      assert(field.words.size() < 256);
      places.fields[at++] = {field.offset, field.kind, static_cast<std::uint8_t>(field.words.size())};
    }
  }
  places.from[kEventTypes] = at;
  return places;
}();

}  // namespace

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
  for (std::size_t i = kPlaces.from[static_cast<std::size_t>(type)]; i < kPlaces.from[static_cast<std::size_t>(type) + 1]; ++i) {
    const Place field = kPlaces.fields[i];
    const double value = *next++;
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time:
        *reinterpret_cast<double*>(base + field.offset) = value == value ? value : 0;
        break;
      case Kind::Flag: *reinterpret_cast<bool*>(base + field.offset) = value != 0; break;
      case Kind::Word:
      case Kind::Verdict:
        if (!(value >= 0 && value < field.words)) return fail(HotError::BadWord);
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
  event.at = std::floor(event.at);
  event.mono = std::floor(event.mono);
  handle(event);
  if (strings_.sweep_due()) sweep();  // after the event, so that no handle the host has just made is lost
  write_hot();
  return 0;
}

wire::Error Phone::restore_hot(std::string_view snapshot_json) {
  wire::Error error = restore(snapshot_json);
  if (!error) write_hot();
  return error;
}

double* Phone::write_record(std::span<const Field> fields, const void* base, double* to) {
  for (const Field& field : fields) {
    switch (field.kind) {
      case Kind::Number:
      case Kind::Time: *to++ = number_of(field, base); break;
      case Kind::Flag: *to++ = flag_of(field, base); break;
      case Kind::Word: *to++ = word_of(field, base); break;
      case Kind::Verdict:
        *to++ = word_of(field, base);
        *to++ = retry_of(field, base);
        break;
      case Kind::String:
      case Kind::Name: {
        const Text text = text_of(field, base);
        if (strings_.announce(text)) hot_new_.push_back(text.id);
        *to++ = text.id;
        break;
      }
      case Kind::Blob: {
        const std::string_view text = strings_.view(text_of(field, base));
        *to++ = static_cast<double>(reinterpret_cast<std::uintptr_t>(text.data()));
        *to++ = static_cast<double>(text.size());
        break;
      }
    }
  }
  return to;
}

/// The same for a list known at compile time: straight-line code, for what comes with every event.
template <const auto& kFields>
double* Phone::write_fixed(const void* base, double* to) {
  auto one = [&]<std::size_t I>() {
    constexpr Kind kind = kFields[I].kind;
    const char* from = static_cast<const char*>(base) + kFields[I].offset;
    if constexpr (kind == Kind::Number || kind == Kind::Time) {
      to[I] = *reinterpret_cast<const double*>(from);
    } else if constexpr (kind == Kind::String || kind == Kind::Name) {
      const Text text = *reinterpret_cast<const Text*>(from);
      if (strings_.announce(text)) hot_new_.push_back(text.id);
      to[I] = text.id;
    } else {
      static_assert(kind == Kind::Word || kind == Kind::Flag);
      to[I] = *reinterpret_cast<const std::uint8_t*>(from);
    }
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (one.template operator()<I>(), ...); }(std::make_index_sequence<kFields.size()>());
  return to + kFields.size();
}

/// Only what moved: of a call that lives it is two or three fields of thirty.
double* Phone::write_part(std::uint32_t moved, std::span<const Field> fields, const void* base, double* to) {
  *to++ = moved;
  for (; moved; moved &= moved - 1) to = write_record(fields.subspan(static_cast<std::size_t>(std::countr_zero(moved)), 1), base, to);
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
    if (change.fields) to = write_part(change.fields, kCallFields, base, to);
    else if (change.leaf == Leaf::Call) to = write_fixed<kCallFields>(base, to);
    else to = write_record(kLeafShapes[static_cast<std::size_t>(change.leaf)].fields, base, to);
  }
  *to++ = static_cast<double>(out_.effects.size());
  for (const Effect& effect : out_.effects) {
    *to++ = static_cast<double>(effect.type);
    *to++ = effect.id;
    switch (effect.type) {  // those of every click
      case EffectType::TimerSet: to = write_fixed<effect_fields::timer_set>(&effect, to); break;
      case EffectType::TimerClear: to = write_fixed<effect_fields::timer_clear>(&effect, to); break;
      case EffectType::CommandSettled: to = write_fixed<effect_fields::settled>(&effect, to); break;
      default: to = write_record(kEffects[static_cast<std::size_t>(effect.type)].fields, &effect, to);
    }
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
