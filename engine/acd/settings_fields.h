// The settings' fields by their names of docs/queues.md, for a Writer and a Reader.
#pragma once

#include "engine/acd/archive.h"
#include "engine/acd/settings.h"

namespace offhook::acd {

template <class Archive>
void fields(Archive& io, SkillNeed& need) {
  io("skill", need.skill), io("min", need.min), io("weight", need.weight), io("mandatory", need.mandatory);
}
template <class Archive>
void fields(Archive& io, RelaxStep& step) {
  io("after_ms", step.after_ms), io.list("skills", step.skills);
}

// Parts of a queue that stand in an object of their own.
struct OverflowPart { QueueSettings& s; };
struct WrapUpPart { QueueSettings& s; };
struct AnnouncePart { QueueSettings& s; };
template <class Archive>
void fields(Archive& io, OverflowPart& part) {
  io.word("kind", part.s.overflow, kOverflowWords), io("target", part.s.overflow_target);
}
template <class Archive>
void fields(Archive& io, WrapUpPart& part) {
  io.word("mode", part.s.wrap_up, kWrapUpModeWords), io("ms", part.s.wrap_up_ms);
}
template <class Archive>
void fields(Archive& io, AnnouncePart& part) {
  io("position", part.s.announce_position), io("every_ms", part.s.announce_every_ms), io("sounds", part.s.announce_sounds);
}

template <class Archive>
void fields(Archive& io, QueueSettings& s) {
  OverflowPart overflow{s};
  WrapUpPart wrap_up{s};
  AnnouncePart announce{s};
  io("queue", s.queue), io.word("mode", s.mode, kModeWords), io("open", s.open), io("weight", s.weight), io("max_waiting", s.max_waiting);
  io("join_empty", s.join_empty), io("strategy", s.strategy), io("ageing_ms", s.ageing_ms), io("sticky_ms", s.sticky_ms);
  io.list("skills", s.skills), io.list("relaxation", s.relaxation);
  io("max_wait_ms", s.max_wait_ms), io("ring_ms", s.ring_ms), io("max_attempts", s.max_attempts), io("rona_after", s.rona_after);
  io("rona_ms", s.rona_ms), io("reject_ms", s.reject_ms), io("busy_ms", s.busy_ms), io("unreachable_ms", s.unreachable_ms);
  io.object("overflow", overflow), io.object("wrap_up", wrap_up), io.object("announce", announce);
  io("leave_key", s.leave_key), io("record", s.record), io("sl_formula", s.sl_formula), io("sl_ms", s.sl_ms), io("short_abandon_ms", s.short_abandon_ms);
}
template <class Archive>
void fields(Archive& io, SkillLevel& skill) {
  io("skill", skill.skill), io("level", skill.level);
}
template <class Archive>
void fields(Archive& io, Member& member) {
  io("queue", member.queue), io("penalty", member.penalty), io("position", member.position), io("weight", member.weight);
}
template <class Archive>
void fields(Archive& io, AgentSettings& agent) {
  io("extension", agent.extension), io.list("skills", agent.skills), io.list("queues", agent.queues);
}
template <class Archive>
void fields(Archive& io, Settings& settings) {
  io.list("queues", settings.queues), io.list("agents", settings.agents);
}

/// Named once each, with levels and weights in their bounds.
bool good_skills(const std::vector<SkillNeed>& needs);

}  // namespace offhook::acd
