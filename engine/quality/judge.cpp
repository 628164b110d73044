// The limits. ITU-T G.107 Annex B: below R 60 (MOS 3.1) nearly all users are
// dissatisfied, below R 70 (MOS 3.6) many. G.114: 150 ms one way is fine for
// most, 400 ms the most to be planned for; a round trip counts both ways,
// without jitter buffers and codecs. Loss and jitter: what concealment (G.113)
// and a browser's jitter buffer still carry.
#include "engine/quality/quality.h"

namespace offhook::quality {
namespace {

struct Limits {
  double mos, loss_percent, rtt_ms, jitter_ms;
  constexpr bool broken_by(const offhook::Event& e) const {
    return (e.mos > 0 && e.mos < mos) || e.loss_percent > loss_percent || e.rtt_ms > rtt_ms || e.jitter_ms > jitter_ms;
  }
};

constexpr Limits kPoor{.mos = 3.0, .loss_percent = 10, .rtt_ms = 400, .jitter_ms = 60};
constexpr Limits kFair{.mos = 3.6, .loss_percent = 3, .rtt_ms = 250, .jitter_ms = 30};

}  // namespace

QualityState judge(const offhook::Event& measured) {
  if (!(measured.mos > 0 || measured.loss_percent > 0 || measured.rtt_ms > 0 || measured.jitter_ms > 0)) return QualityState::Unknown;
  if (kPoor.broken_by(measured)) return QualityState::Poor;
  return kFair.broken_by(measured) ? QualityState::Fair : QualityState::Good;
}

}  // namespace offhook::quality
