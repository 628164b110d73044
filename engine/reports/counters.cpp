#include "engine/reports/counters.h"

namespace offhook::reports {

void Counters::count(const Stay& stay, const Rules& rules) {
  offers += stay.offers;
  rona += stay.rona;
  if (stay.outcome == Outcome::Rejected) {  // it never was in the queue
    ++refused;
    return;
  }
  ++offered;
  const Millis wait = stay.wait();
  if (wait > longest_wait_ms) longest_wait_ms = wait;
  if (stay.answered()) {
    ++answered;
    wait_answered_ms += wait;
    if (wait <= rules.sl_ms) ++answered_in_sl;
    talk_ms += stay.talk_ms;
    hold_ms += stay.hold_ms;
    wrap_up_ms += stay.wrap_up_ms;
    if (stay.wrapped) ++wrap_ups;
    if (stay.outcome == Outcome::TransferredBlind || stay.outcome == Outcome::TransferredAttended) ++transfers;
    return;
  }
  switch (stay.outcome) {
    case Outcome::Abandoned:
      ++abandoned;
      wait_abandoned_ms += wait;
      if (wait < rules.short_abandon_ms) ++short_abandoned;
      if (wait <= rules.sl_ms) ++abandoned_in_sl;
      break;
    case Outcome::Timeout: ++timeout; break;
    case Outcome::Overflow: ++overflowed; break;
    // A transfer out of the queue by a person, before anybody answered, is a flow-out as well.
    case Outcome::TransferredBlind:
    case Outcome::TransferredAttended: ++overflowed; break;
    case Outcome::Error:
    case Outcome::Lost:
    case Outcome::PbxRestart: ++lost; break;
    case Outcome::None:
    case Outcome::Answered:
    case Outcome::Rejected: break;
  }
}

void Counters::add(const Counters& other) {
  const Millis longest = longest_wait_ms > other.longest_wait_ms ? longest_wait_ms : other.longest_wait_ms;
  for (const auto& [name, field] : kCounterFields) this->*field += other.*field;
  longest_wait_ms = longest;
}

Number ratio(double part, double whole) {
  if (!(whole > 0)) return {};
  return part / whole;
}

Number service_level(const Counters& c, Formula formula) {
  switch (formula) {
    case Formula::SL1: return ratio(c.answered_in_sl, c.offered);
    case Formula::SL2: return ratio(c.answered_in_sl, c.answered);
    case Formula::SL3: return ratio(c.answered_in_sl, c.answered + c.abandoned);
    case Formula::SL4: return ratio(c.answered_in_sl, c.offered - c.short_abandoned);
    case Formula::SL5: return ratio(c.answered_in_sl, c.offered - c.abandoned_in_sl);
    case Formula::SL6: return ratio(c.answered_in_sl + c.abandoned_in_sl, c.answered + c.abandoned);
  }
  return {};
}

std::optional<Formula> formula_of(std::string_view word) {
  for (std::size_t i = 0; i < kFormulaWords.size(); ++i)
    if (kFormulaWords[i] == word) return static_cast<Formula>(i);
  return {};
}

Outcome outcome_of(std::string_view word) {
  for (std::size_t i = 1; i < kOutcomeWords.size(); ++i)
    if (kOutcomeWords[i] == word) return static_cast<Outcome>(i);
  return Outcome::None;
}

}  // namespace offhook::reports
