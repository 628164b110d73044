// How good a talk sounds, from RTCPeerConnection.getStats every two seconds:
// loss and jitter of what we hear, the round trip, and the mean opinion score
// that ITU-T G.107 (the E-model, simplified) makes of them.

import type { SoftphoneEvent } from '../../ports.js'
import type { AdapterClock } from '../common.js'

export const QUALITY_EVERY_MS = 2_000

export type Measured = Omit<Extract<SoftphoneEvent, { type: 'QualityMeasured' }>, 'type' | 'call_id'>

export interface QualityWatch {
  stop(): void
}

interface Counters {
  received: number
  lost: number
  jitterMs: number
  rttMs: number
}

/**
 * R = 93.2 - Id - Ie,eff (G.107 with its defaults); `delay` is one way, with a jitter buffer of twice the jitter. Packet loss
 * robustness 25.1 is that of a codec with concealment (G.113 appendix I). MOS by G.107 annex B, 1 to 4.4.
 */
export function meanOpinionScore(lossPercent: number, jitterMs: number, rttMs: number): number {
  const delay = rttMs / 2 + 2 * jitterMs + 10
  const delayed = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0)
  const loss = Math.min(100, Math.max(0, lossPercent))
  const r = Math.min(93.2, 93.2 - delayed - (95 * loss) / (loss + 25.1))
  if (r <= 0) return 1
  return round(Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6), 2)
}

/** What is worth telling: the ear, and a screen, notice no less. */
export function noticeable(before: Measured | undefined, now: Measured): boolean {
  if (!before) return true
  const apart = (field: keyof Measured, least: number) => Math.abs((now[field] ?? 0) - (before[field] ?? 0)) >= least
  return apart('mos', 0.1) || apart('loss_percent', 1) || apart('jitter_ms', 10) || apart('rtt_ms', 50)
}

/** Sums what is needed out of a stats report; null when it has no audio in it. */
export function readStats(report: Iterable<Record<string, unknown>>): Counters | null {
  const found: Counters = { received: 0, lost: 0, jitterMs: 0, rttMs: 0 }
  let heard = false
  let pairRtt = 0
  let remoteRtt = 0
  for (const stats of report) {
    const number = (field: string) => (typeof stats[field] === 'number' ? (stats[field] as number) : 0)
    const isAudio = stats.kind === 'audio' || stats.mediaType === 'audio'
    if (stats.type === 'inbound-rtp' && isAudio) {
      heard = true
      found.received += number('packetsReceived')
      found.lost += number('packetsLost')
      found.jitterMs = Math.max(found.jitterMs, number('jitter') * 1_000)
    } else if (stats.type === 'remote-inbound-rtp' && isAudio) remoteRtt = number('roundTripTime') * 1_000
    else if (stats.type === 'candidate-pair' && (stats.nominated || stats.selected))
      pairRtt = Math.max(pairRtt, number('currentRoundTripTime') * 1_000)
  }
  return heard ? { ...found, rttMs: remoteRtt || pairRtt } : null
}

/** Loss is that of the interval, not of the whole call; nothing without packets (a held call). */
export function compare(before: Counters, now: Counters): Measured | null {
  const received = now.received - before.received
  const lost = Math.max(0, now.lost - before.lost)
  if (received <= 0) return null
  const loss_percent = round((100 * lost) / (received + lost), 1)
  const jitter_ms = Math.round(now.jitterMs)
  const rtt_ms = Math.round(now.rttMs)
  return { mos: meanOpinionScore(loss_percent, jitter_ms, rtt_ms), jitter_ms, loss_percent, rtt_ms }
}

/** Measures until `stop`. A connection without getStats is never measured. */
export function watchQuality(
  clock: AdapterClock,
  connection: () => RTCPeerConnection | null | undefined,
  tell: (measured: Measured) => void,
): QualityWatch {
  let over = false
  let before: Counters | undefined
  let told: Measured | undefined
  let timer: unknown

  const measure = async () => {
    const report = await connection()?.getStats?.()
    const now = report && readStats(report.values() as Iterable<Record<string, unknown>>)
    if (over || !now) return
    const measured = before && compare(before, now)
    before = now
    if (!measured || !noticeable(told, measured)) return
    told = measured
    tell(measured)
  }
  const next = () => {
    timer = clock.setTimeout(() => {
      // A connection that is closed meanwhile has no more to say.
      measure().catch(() => {})
      if (!over) next()
    }, QUALITY_EVERY_MS)
  }
  next()
  return {
    stop() {
      over = true
      clock.clearTimeout(timer)
    },
  }
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
