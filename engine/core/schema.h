// How a plain struct is described once, and read by everything that crosses a
// boundary: the JSON codec, the hot record layout, the generated TypeScript.
// A shape is a name and a list of fields; a field is a name, a kind and an
// offset into the struct. No behaviour lives here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace offhook {

/// Handle of a string owned by the engine's StringTable. 0 is the empty string.
/// Equal handles mean equal text: comparing two Texts compares two integers.
struct Text {
  std::uint32_t id = 0;
  constexpr bool operator==(const Text&) const = default;
  constexpr bool empty() const { return id == 0; }
};

/// Makes a record empty whose fields are all empty when their bytes are zero. In WebAssembly word by word: the compiler would make a
/// memory.fill of each stretch between two fields, and every one of these is a call out of the module.
template <class Record>
inline void clear(Record& record) {
  static_assert(std::is_trivially_copyable_v<Record> && alignof(Record) == alignof(std::uint64_t));
#ifdef __wasm__
  using Word [[gnu::may_alias]] = std::uint64_t;
  volatile Word* words = reinterpret_cast<volatile Word*>(&record);
  for (std::size_t i = 0; i < sizeof(Record) / sizeof(Word); ++i) words[i] = 0;
#else
  std::memset(static_cast<void*>(&record), 0, sizeof(Record));
#endif
}

/// Milliseconds: UTC for `at` fields, monotonic for `mono` and timers.
using Millis = double;

/// How a field is stored in the struct and shown outside.
enum class Kind : std::uint8_t {
  Number,    ///< double, shown as a number
  Time,      ///< double, milliseconds; 0 is shown as null
  Flag,      ///< bool
  Word,      ///< std::uint8_t-sized enum, shown as one of `words`
  Verdict,   ///< struct Verdict; shown as {ok, reason, retryIn}: word 0 is ok
  String,    ///< Text, shown as a string, "" when empty
  Name,      ///< Text, shown as a string, null when empty
  Blob,      ///< Text that is transient JSON; it crosses the hot boundary as bytes
};

using Words = std::span<const std::string_view>;

/// Where a Verdict keeps its `retry_in`; its word is its first byte.
inline constexpr std::size_t kVerdictRetry = 8;

struct Field {
  std::string_view name;
  Kind kind;
  std::uint16_t offset;
  Words words{};
  bool inner = false;  ///< kept in snapshots, never shown in the store
};

/// Numbers that a record of these fields takes at the hot boundary.
constexpr std::size_t width_of(std::span<const Field> fields) {
  std::size_t width = 0;
  for (const Field& field : fields) width += field.kind == Kind::Blob || field.kind == Kind::Verdict ? 2 : 1;
  return width;
}

struct Shape {
  std::string_view name;
  std::span<const Field> fields;
};

// One line a field: OFFHOOK_FIELD(Call, "sipCallId", Name, sip_call_id)
#define OFFHOOK_FIELD(T, name, kind, member) \
  ::offhook::Field { name, ::offhook::Kind::kind, static_cast<std::uint16_t>(offsetof(T, member)) }
#define OFFHOOK_WORD(T, name, member, words) \
  ::offhook::Field { name, ::offhook::Kind::Word, static_cast<std::uint16_t>(offsetof(T, member)), words }
#define OFFHOOK_VERDICT(T, name, member, words) \
  ::offhook::Field { name, ::offhook::Kind::Verdict, static_cast<std::uint16_t>(offsetof(T, member)), words }
#define OFFHOOK_INNER(T, name, kind, member) \
  ::offhook::Field { name, ::offhook::Kind::kind, static_cast<std::uint16_t>(offsetof(T, member)), {}, true }

}  // namespace offhook
