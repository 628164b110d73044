// The door `offhook/replay`: a recording, played by the real engine. Every state
// is kept, and what two states have in common is kept once, so that stepping
// back costs nothing.
import { startCold } from '../engine/cold.js'
import { compileOnce, type WasmSource } from '../engine/load.js'
import type { ColdEngine } from '../engine/module.js'
import { PhoneError } from '../errors.js'
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneState } from '../generated/state.js'
import type { RecordedEvent } from '../runtime/recorder.js'
import { PlainLeaves } from './leaves.js'
import { type ParsedRecording, parseRecording } from './parse.js'

export { anomalyCodes, noticeCodes, reasonCodes } from '../codes.js'
export { PhoneError, type PhoneErrorCode } from '../errors.js'
export type { PhoneEffect } from '../generated/effects.js'
export type { PhoneEvent } from '../generated/events.js'
export type * from '../generated/state.js'
export { type RecordedEvent, type Recording, recordingText } from '../runtime/recorder.js'
export { type ParsedRecording, parseRecording } from './parse.js'

/** A part of the state that an event changed: `before` or `after` is null when it came or went. */
export interface LeafChange {
  /** As in docs/events.md: Call, CallLog, Agent … */
  leaf: string
  slot: number
  before: Readonly<Record<string, unknown>> | null
  after: Readonly<Record<string, unknown>> | null
}

/** Row `row` of the table of `machine` was taken; −1: no row answered, the event was ignored and counted. */
export interface RowTaken {
  machine: string
  row: number
}

export interface ReplayStep {
  /** 0 is the beginning, before any event; 1 to `length` the events. */
  index: number
  event: RecordedEvent | null
  /** After the event; null only at a beginning without a checkpoint. */
  state: PhoneState | null
  changes: readonly LeafChange[]
  effects: readonly PhoneEffect[]
  rows: readonly RowTaken[]
  /** Why the engine refused the event; it changed nothing then. */
  error: { code: string; message: string } | null
  /** What was counted as odd at this event, or null. */
  anomaly: string | null
}

export interface OpenedRecording {
  /** How many events there are; `at` takes 0 to `length`. */
  readonly length: number
  readonly redacted: boolean
  /** Events before the first, which were kept no more. */
  readonly dropped: number
  /** Version of the package that recorded; null when the file does not say. */
  readonly package: string | null
  /** Steps at which something odd was counted. */
  readonly anomalies: readonly number[]
  /** Any step, at once, in any order. */
  at(index: number): ReplayStep
}

interface Reply {
  version: number
  error: { code: string; message: string } | null
  changes: { leaf: string; slot: number; value: Record<string, unknown> | null }[]
  effects: PhoneEffect[]
  rows?: RowTaken[]
}

/** So many events are played before the page gets its turn. */
const BATCH = 200

/**
 * Plays the text of a recording. Rejects with a PhoneError: `bad_recording` names the line that is wrong, `bad_state` says
 * that its checkpoint cannot be taken up by this version. `wasm`: phone_cold.wasm, when it is not the file beside this module.
 */
export async function openRecording(
  text: string,
  options: { wasm?: WasmSource | Promise<WasmSource> } = {},
): Promise<OpenedRecording> {
  const parsed = parseRecording(text)
  const source = options.wasm === undefined ? new URL('./phone_cold.wasm', import.meta.url) : await options.wasm
  const PhoneEngine = await startCold(await compileOnce(source))
  const engine = new PhoneEngine(parsed.config)
  try {
    const refused = engine.error()
    if (refused !== '')
      throw new PhoneError('bad_recording', `Line 1: the engine does not take this configuration: ${refused}`)
    return opened(parsed, await play(engine, parsed))
  } finally {
    engine.delete()
  }
}

async function play(engine: ColdEngine, { checkpoint, events }: ParsedRecording): Promise<ReplayStep[]> {
  const leaves = new PlainLeaves()
  const shown = new Map<string, Record<string, unknown>>()
  const steps: ReplayStep[] = []
  const take = (event: RecordedEvent | null, reply: Reply) => {
    const before = steps.at(-1)?.state ?? null
    const changes = reply.changes.map(({ leaf, slot, value }): LeafChange => {
      leaves.put(leaf, slot, value)
      const key = `${leaf} ${slot}`
      // An entry of the stack is a new one each time, whatever its place.
      const old = leaf === 'StackEntry' ? null : (shown.get(key) ?? null)
      if (value) shown.set(key, value)
      else shown.delete(key)
      return { leaf, slot, before: old, after: value }
    })
    const state = changes.length > 0 ? leaves.state(reply.version) : before
    const odd = before !== null && state !== null && state.anomalies > before.anomalies
    steps.push({
      index: steps.length,
      event,
      state,
      changes,
      effects: reply.effects,
      rows: reply.rows ?? [],
      error: reply.error,
      anomaly: odd ? state.lastAnomaly : null,
    })
  }
  const nothing: Reply = { version: 0, error: null, changes: [], effects: [] }
  const begin = checkpoint === null ? nothing : (JSON.parse(engine.resume(checkpoint)) as Reply)
  if (begin.error) throw new PhoneError('bad_state', `The checkpoint cannot be taken up: ${begin.error.message}`)
  take(null, begin)
  for (const [index, event] of events.entries()) {
    if (index % BATCH === BATCH - 1) await new Promise((resolve) => setTimeout(resolve, 0))
    take(event, JSON.parse(engine.traced(JSON.stringify(event))) as Reply)
  }
  return steps
}

function opened(parsed: ParsedRecording, steps: readonly ReplayStep[]): OpenedRecording {
  return {
    length: parsed.events.length,
    redacted: parsed.redacted,
    dropped: parsed.dropped,
    package: parsed.package,
    anomalies: steps.filter(({ anomaly }) => anomaly !== null).map(({ index }) => index),
    at(index) {
      const step = steps[Math.max(0, Math.min(parsed.events.length, Math.trunc(index)))]
      if (!step) throw new PhoneError('bad_recording')
      return step
    },
  }
}
