// The contact centre's settings (docs/queues.md, "Settings"): read once, bounded, with every default; written back whole and in one
// form, so that a journal holds them exactly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"
#include "engine/core/words.h"

namespace offhook {
class JsonWriter;
}
namespace offhook::wire {
class Json;
}

namespace offhook::acd {

enum class Mode : std::uint8_t { Asterisk, Offhook };
inline constexpr WordList<2> kModeWords{"asterisk", "offhook"};

enum class OverflowKind : std::uint8_t { Voicemail, Queue, External, Callback, Announce, Hangup };
inline constexpr WordList<6> kOverflowWords{"voicemail", "queue", "external", "callback", "announce", "hangup"};

/// A skill that is asked for, by its name.
struct SkillNeed {
  std::string skill;
  int min = 1, weight = 1;
  bool mandatory = true;
};
struct RelaxStep {
  Millis after_ms = 0;
  std::vector<SkillNeed> skills;
};

struct QueueSettings {
  std::string queue;
  Mode mode = Mode::Offhook;
  bool open = true;
  int weight = 0, max_waiting = 0;
  bool join_empty = true;
  std::string strategy = "longest_idle";
  Millis ageing_ms = 60'000, sticky_ms = 30'000;
  std::vector<SkillNeed> skills;
  std::vector<RelaxStep> relaxation;
  Millis max_wait_ms = 600'000, ring_ms = 15'000;
  int max_attempts = 5, rona_after = 3;
  Millis rona_ms = 5'000, reject_ms = 10'000, busy_ms = 60'000, unreachable_ms = 5'000;
  OverflowKind overflow = OverflowKind::Voicemail;
  std::string overflow_target;
  WrapUpMode wrap_up = WrapUpMode::Timed;
  Millis wrap_up_ms = 30'000;
  bool announce_position = false;
  Millis announce_every_ms = 60'000;
  std::string announce_sounds;
  std::string leave_key;  ///< a digit that leads to the overflow; empty: none does
  bool record = false;
  std::string sl_formula = "SL4";
  Millis sl_ms = 20'000, short_abandon_ms = 5'000;
};

struct Member {
  std::string queue;
  int penalty = 0, position = 0, weight = 1;
};
struct SkillLevel {
  std::string skill;
  int level = 1;
};
struct AgentSettings {
  std::string extension;
  std::vector<SkillLevel> skills;
  std::vector<Member> queues;
};

struct Settings {
  std::vector<QueueSettings> queues;
  std::vector<AgentSettings> agents;
};

/// What is wrong with them, as a sentence; empty: nothing.
std::string wrong_with(const Settings& settings);
/// Reads `{"queues": […], "agents": […]}`. False: `error` is a sentence, and `settings` is not to be used.
bool read_settings(const wire::Json& json, Settings& settings, std::string& error);
/// The same, every field written.
void write_settings(JsonWriter& json, const Settings& settings);


}  // namespace offhook::acd
