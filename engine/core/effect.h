// Everything a Phone asks of its host, as data. The engine never does it
// itself; the host performs effects in order, after the store has changed, and
// answers with events. Each effect has an id; http answers quote it.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/words.h"

namespace offhook {

enum class EffectType : std::uint8_t {
  HttpSend, SocketOpen, SocketSend, SocketClose, TimerSet, TimerClear,
  SoftphoneStart, SoftphoneRegister, SoftphoneUnregister, SoftphoneDial, SoftphoneAnswer, SoftphoneReject, SoftphoneHangup,
  SoftphoneHold, SoftphoneMute, SoftphoneDtmf, SoftphoneTransfer, SoftphoneMerge, SoftphoneCheck, SoftphoneResume, StorageLoad, StoragePut, StorageDelete,
  TabClaim, TabPing, TabRelease, TabDeposed, CommandSettled, Log,
};
inline constexpr std::size_t kEffectTypes = 29;

struct Effect {
  EffectType type;
  double id;

  Text call_id, number, digits, target, other_call_id, dialog, record, idempotency_key, text;
  Text body;
  double timer, delay_ms, timeout_ms, command;
  bool on;
  Request request;
  Outcome outcome;
  Reason reason;

  Effect() { clear(*this); }
};

struct EffectShape {
  std::string_view name;
  std::span<const Field> fields;
};

namespace effect_fields {
#define F(name, kind) OFFHOOK_FIELD(Effect, #name, kind, name)
inline constexpr Field call_id = F(call_id, String), number = F(number, String), digits = F(digits, String), target = F(target, String),
                       other_call_id = F(other_call_id, String), dialog = F(dialog, String), record = F(record, String),
                       idempotency_key = F(idempotency_key, String), text = F(text, String), body = F(body, Blob),
                       timer = F(timer, Number), delay_ms = F(delay_ms, Number), timeout_ms = F(timeout_ms, Number),
                       command = F(command, Number), on = F(on, Flag);
#undef F
inline constexpr Field request = OFFHOOK_WORD(Effect, "request", request, kRequestWords);
inline constexpr Field outcome = OFFHOOK_WORD(Effect, "outcome", outcome, kOutcomeWords);
inline constexpr Field reason = OFFHOOK_WORD(Effect, "reason", reason, kReasonWords);

template <std::size_t N>
using List = std::array<Field, N>;
inline constexpr List<0> none{};
inline constexpr List<5> http_send{request, record, idempotency_key, body, timeout_ms};
inline constexpr List<1> socket_send{body};
inline constexpr List<2> timer_set{timer, delay_ms};
inline constexpr List<1> timer_clear{timer};
inline constexpr List<2> dial{call_id, number};
inline constexpr List<1> call{call_id};
inline constexpr List<2> call_on{call_id, on};
inline constexpr List<2> dtmf{call_id, digits};
inline constexpr List<3> transfer{call_id, target, other_call_id};
inline constexpr List<4> settled{command, outcome, reason, call_id};
inline constexpr List<3> merge{call_id, other_call_id, on};
inline constexpr List<3> resume{call_id, dialog, number};
inline constexpr List<2> storage_put{record, body};
inline constexpr List<1> storage_delete{record};
inline constexpr List<1> tab_claim{on};
inline constexpr List<1> log{text};
}  // namespace effect_fields

inline constexpr std::array<EffectShape, kEffectTypes> kEffects{{
    {"http.send", effect_fields::http_send},
    {"socket.open", effect_fields::none},
    {"socket.send", effect_fields::socket_send},
    {"socket.close", effect_fields::none},
    {"timer.set", effect_fields::timer_set},
    {"timer.clear", effect_fields::timer_clear},
    {"softphone.start", effect_fields::none},
    {"softphone.register", effect_fields::none},
    {"softphone.unregister", effect_fields::none},
    {"softphone.dial", effect_fields::dial},
    {"softphone.answer", effect_fields::call},
    {"softphone.reject", effect_fields::call},
    {"softphone.hangup", effect_fields::call},
    {"softphone.hold", effect_fields::call_on},
    {"softphone.mute", effect_fields::call_on},
    {"softphone.dtmf", effect_fields::dtmf},
    {"softphone.transfer", effect_fields::transfer},
    {"softphone.merge", effect_fields::merge},
    {"softphone.check", effect_fields::call},
    {"softphone.resume", effect_fields::resume},
    {"storage.load", effect_fields::none},
    {"storage.put", effect_fields::storage_put},
    {"storage.delete", effect_fields::storage_delete},
    {"tab.claim", effect_fields::tab_claim},
    {"tab.ping", effect_fields::none},
    {"tab.release", effect_fields::none},
    {"tab.deposed", effect_fields::none},
    {"command.settled", effect_fields::settled},
    {"log", effect_fields::log},
}};

}  // namespace offhook
