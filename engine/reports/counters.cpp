#include "engine/reports/counters.h"

namespace offhook::reports {

void Counters::count(const Stay& stay, const Rules& rules) {
  const Fate fate = fate_of(stay.outcome, stay.answered());
  offers += stay.offers;
  rona += stay.rona;
  if (fate == Fate::Answered) {
    talk_ms += stay.talk_ms;
    hold_ms += stay.hold_ms;
    wrap_up_ms += stay.wrap_up_ms;
    if (stay.wrapped) ++wrap_ups;
    if (is_transfer(stay.outcome)) ++transfers;
  }
  if (stay.part > 0) return;
  if (fate == Fate::Refused) {
    ++refused;
    return;
  }
  ++offered;
  const Millis wait = stay.wait();
  if (wait > longest_wait_ms) longest_wait_ms = wait;
  switch (fate) {
    case Fate::Answered:
      ++answered;
      wait_answered_ms += wait;
      if (in_service_level(wait, rules.sl_ms)) ++answered_in_sl;
      break;
    case Fate::Abandoned:
      ++abandoned;
      wait_abandoned_ms += wait;
      if (is_short_abandon(wait, rules.short_abandon_ms)) ++short_abandoned;
      if (in_service_level(wait, rules.sl_ms)) ++abandoned_in_sl;
      break;
    case Fate::Timeout: ++timeout; break;
    case Fate::Overflowed: ++overflowed; break;
    case Fate::Lost: ++lost; break;
    case Fate::Refused:
    case Fate::Open: break;
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
