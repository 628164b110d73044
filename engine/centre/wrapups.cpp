// Asterisk's own wrapuptime beside the CRM's wrap-up: it only bridges the moment until the pause has arrived. One that is
// longer than the wrap-up of the queue's settings keeps agents who are ready out of the queue and is an alarm; one below two
// seconds is a warning. A member's own comes with the list of members; a queue's AMI tells only as a line of queues.conf, which `system` may read. Nothing is
// judged that was not told (queues of a database, an account without that right).
#include <charconv>

#include "engine/centre/model.h"

namespace offhook::centre {

namespace {
constexpr std::size_t kMostAsked = 200;
constexpr Millis kLeastMs = 2'000;
}  // namespace

void Model::ask_wrapups() {
  std::size_t asked = 0;
  for (const auto& [name, queue] : queues.all()) {
    if (queue.gone || ++asked > kMostAsked) continue;
    const std::string id = send("GetConfig", {{"Filename", "queues.conf"}, {"Category", name}});
    if (!id.empty()) actions_[id] = "wrapup:" + name;
  }
}

/// "Category-000000: support", then "Line-000000-000003: wrapuptime=5"; without such a line it is 0. Templates are resolved by Asterisk.
void Model::wrapup_answered(const std::string& queue, const ami::Message& message) {
  bool told = false;
  std::int64_t seconds = 0;
  for (const std::string_view line : message.lines) {
    const ami::Header header = ami::split(line);
    told = told || (header.key.starts_with("Category-") && header.value == queue);
    constexpr std::string_view kName = "wrapuptime=";
    if (!header.key.starts_with("Line-") || !header.value.starts_with(kName)) continue;
    const std::string_view number = header.value.substr(kName.size());
    std::from_chars(number.data(), number.data() + number.size(), seconds);
  }
  if (told) judge_wrapup(queue, seconds);
}

void Model::judge_member_wrapups() {
  std::erase_if(wrapups_, [](const auto& one) { return one.first.find(' ') != std::string::npos; });
  for (const auto& [name, queue] : queues.all())
    for (const auto& [interface, member] : queue.members)
      // 0 is the queue's.
      if (member.wrapup_s > 0) judge_wrapup(name + " " + interface, member.wrapup_s);
  // Members who have left, or have none of their own any more.
  for (auto told = long_wrapups_.begin(); told != long_wrapups_.end();) {
    const std::size_t blank = told->find(' ');
    const pbx::Member* member = blank == told->npos ? nullptr : queues.member({told->substr(0, blank), told->substr(blank + 1)});
    if (blank == told->npos || (member && member->wrapup_s > 0)) {
      ++told;
      continue;
    }
    reply.alarm("queue_wrapup_long", *told, false);
    told = long_wrapups_.erase(told);
  }
}

/// Against the wrap-up of the contact centre's queue of that name, when it has a time; else against the configured one.
void Model::judge_wrapup(const std::string& name, std::int64_t seconds) {
  wrapups_[name] = seconds;
  const Millis own = routing.wrap_up_of(name.substr(0, name.find(' ')));
  const Millis ms = static_cast<Millis>(seconds) * 1000, shortest = own >= 0 ? own : settings_.wrap_up_ms;
  const bool is_long = ms > shortest;
  if (is_long && long_wrapups_.insert(name).second)
    reply.alarm("queue_wrapup_long",
                name + ": Asterisk's wrapuptime of " + std::to_string(seconds) + " s is longer than the wrap-up (" +
                    std::to_string(static_cast<long long>(shortest / 1000)) + " s): agents who are ready get no call of the queue until it is over",
                true);
  else if (!is_long && long_wrapups_.erase(name)) reply.alarm("queue_wrapup_long", name, false);
  if (ms < kLeastMs && short_wrapups_.insert(name).second)
    reply.log("warn", "Queue " + name + ": wrapuptime = " + std::to_string(seconds) + ": an agent may be rung before his wrap-up has paused him; 2 s are enough");
}

/// The queues' own wrap-ups have changed.
void Model::judge_wrapups_again() {
  const auto known = wrapups_;
  for (const auto& [name, seconds] : known) judge_wrapup(name, seconds);
}

}  // namespace offhook::centre
