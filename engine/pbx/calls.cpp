// What calls are made of beside their legs: verdicts of dialled parties,
// transfers, queues, and how a call ended once its last leg is gone.
#include <algorithm>

#include "engine/pbx/channels.h"

namespace offhook::pbx {

using ami::Message;

bool is_number_dialled(std::string_view exten) { return !exten.empty() && exten != "s" && exten != "h" && exten != "i" && exten != "t" && exten != "failed"; }

/// One verdict a dialled leg; a later one for the same leg is app_queue repeating itself.
void Channels::dial_end(const Message& message, Leg* from, Leg* to, Millis at) {
  const std::string dest(message.get("DestUniqueid"));
  std::string id = from ? from->call : to ? to->call : std::string(message.get("DestLinkedid"));
  const auto entry = calls_.find(id);
  if (entry == calls_.end() || entry->second.judged.size() > 1000 || !entry->second.judged.insert(dest).second) return;
  Call& call = entry->second;
  Verdicts& verdicts = call.verdicts;
  const std::string_view status = message.get("DialStatus");
  if (status == "ANSWER") {
    verdicts.answer = true;
    // Without a caller (Originate) it is only the first party that has answered.
    if (from && call.dial_answer_at == 0) call.dial_answer_at = at;
  } else if (status == "BUSY") verdicts.busy = true;
  else if (status == "NOANSWER") verdicts.no_answer = true;
  else if (status == "CANCEL" || status == "ABORT") verdicts.cancel = true;
  else if (status == "CONGESTION" || status == "CHANUNAVAIL") verdicts.failed = true;
  dirty_calls_.insert(call.id);
}

void Channels::transferred(const Message& message, bool attended, Millis at, Millis mono) {
  if (const std::string_view result = message.get("Result"); !result.empty() && result != "Success") return;
  const auto flag = [&](std::string_view uniqueid) {
    const auto leg = legs_.find(uniqueid);
    std::string id = leg != legs_.end() ? leg->second.call : std::string();
    if (const auto call = calls_.find(id); call != calls_.end()) call->second.transferred = true, dirty_calls_.insert(id);
  };
  const auto flag_call = [&](std::string_view linkedid) {
    if (const auto call = calls_.find(linkedid); call != calls_.end()) call->second.transferred = true, dirty_calls_.insert(call->first);
  };
  if (!attended) {
    flag(message.get("TransfererUniqueid"));
    flag_call(message.get("TransfererLinkedid"));
    return;
  }
  flag_call(message.get("OrigTransfererLinkedid"));
  flag_call(message.get("SecondTransfererLinkedid"));
  // The target belongs to the customer's call from now on; its own events say so only later.
  const auto target = legs_.find(message.get("TransferTargetUniqueid"));
  const auto transferee = legs_.find(message.get("TransfereeUniqueid"));
  if (target != legs_.end() && transferee != legs_.end() && target->second.call != transferee->second.call) {
    Call& call = join(target->second, transferee->second.call, at, mono);
    if (!target->second.extension.empty() && !target->second.internal) call.extension = target->second.extension;
    mark(target->second);
  }
}

void Channels::set_queue(const Leg& leg, std::string_view queue, bool abandoned) {
  const auto entry = calls_.find(leg.call);
  if (entry == calls_.end()) return;
  Call& call = entry->second;
  call.queued = true;
  call.queue = queue;
  call.abandoned = call.abandoned || abandoned;
  if (call.queue_number.empty()) call.queue_number = is_number_dialled(leg.exten) && leg.exten != queue ? leg.exten : call.to;
  dirty_calls_.insert(call.id);
}

void Channels::emptied(Call& call, Millis mono) {
  call.empty_since = mono;
  empty_.emplace_back(mono, call.id);
}

Millis Channels::settle(Millis mono) {
  std::vector<std::string> over;
  Millis next = -1;
  for (; !empty_.empty(); empty_.pop_front()) {
    const auto& [since, id] = empty_.front();
    const auto entry = calls_.find(id);
    if (entry == calls_.end() || entry->second.empty_since != since) continue;
    if (since + kEmptyCallMs > mono) {
      next = since + kEmptyCallMs;
      break;
    }
    entry->second.empty_since = -1;
    over.push_back(id);
  }
  std::sort(over.begin(), over.end());
  for (const std::string& id : over) {
    Call& call = calls_[id];
    if (call.end == End::None) call.end = classify(call);
    if (call.vanished) call.estimated = true;
    if (call.end == End::answered && call.answered_at == 0) call.answered_at = call.dial_answer_at ? call.dial_answer_at : call.first_up_at;
    dirty_calls_.erase(id);
    ended_.push_back(id);
  }
  return next;
}

End classify(const Call& call) {
  if (call.vanished) return End::lost;
  if (call.answered_at != 0 || call.dial_answer_at != 0) return End::answered;
  if (call.queued) return call.abandoned ? End::cancelled : End::no_answer;
  const Verdicts& verdicts = call.verdicts;
  if (verdicts.no_answer) return End::no_answer;
  if (verdicts.cancel) return End::cancelled;
  if (verdicts.busy) return End::busy;
  if (verdicts.failed) return End::failed;
  // Nobody was dialled: an application of the PBX (echo, voicemail) took the call, or the PBX refused it.
  switch (call.cause) {
    case 17: return End::busy;
    case 18:
    case 19: return End::no_answer;
    case 127: return call.first_up_at ? End::answered : End::cancelled;
    case 0:
    case 16:
    case 26:
    case 44: return call.first_up_at ? End::answered : End::cancelled;
    default: return call.first_up_at ? End::answered : End::failed;
  }
}

}  // namespace offhook::pbx
