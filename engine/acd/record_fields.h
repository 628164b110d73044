// A record's fields as a snapshot keeps them.
#pragma once

#include "engine/acd/archive.h"
#include "engine/acd/effect.h"

namespace offhook::acd {

template <class Archive>
void fields(Archive& io, Record& r) {
  io("id", r.id), io("call_id", r.call_id), io("queue_name", r.queue_name), io("agent_id", r.agent_id), io("from", r.from), io("to", r.to);
  io("customer_session_id", r.customer_session_id), io("agent_session_id", r.agent_session_id), io("recording_url", r.recording_url), io("notes", r.notes);
  io("overflow_to", r.overflow_to), io("transfer_from_record", r.transfer_from_record), io("outcome", r.outcome), io("hangup_by", r.hangup_by);
  io("direction", r.direction), io.word("mode", r.mode, kModeWords);
  io("offered_at", r.offered_at), io("enqueued_at", r.enqueued_at), io("first_ring_at", r.first_ring_at), io("answered_at", r.answered_at);
  io("ended_at", r.ended_at), io("wrap_up_ended_at", r.wrap_up_ended_at), io("wait_time", r.wait_time), io("ring_time", r.ring_time);
  io("hold_time", r.hold_time), io("talk_time", r.talk_time), io("wrap_up_time", r.wrap_up_time);
  io("attempts", r.attempts), io("rona_count", r.rona_count), io("offers", r.offers), io("part", r.part), io("end_estimated", r.end_estimated), io("final", r.final);
  io.list("participants", r.participants);
}

}  // namespace offhook::acd
