// The recording that is open in the inspector: read from a file, played in this
// page by the engine, and walked through step by step.

import { type OpenedRecording, openRecording, type ReplayStep } from 'offhook/replay'
import { create } from 'zustand'
import { machineStates, type Step } from '../lib/trail.ts'
import type { State } from '../lib/types.ts'

/** A day's recording is some megabytes; what is larger is something else. */
const bytesMost = 64 * 1024 * 1024

export interface Moment extends ReplayStep {
  /** The console's view of the state; null before the first event. */
  state: State | null
  /** Which machines went from one state to another. */
  moves: readonly Step[]
}

export interface Playing {
  name: string
  recording: OpenedRecording
  steps: readonly Moment[]
}

export type Replay =
  | { phase: 'none' }
  | { phase: 'opening'; name: string }
  | { phase: 'failed'; name: string; message: string; remedy: string }
  | { phase: 'open'; playing: Playing; at: number }

export const useReplay = create<Replay>(() => ({ phase: 'none' }))

const show = (next: Replay) => useReplay.setState(next, true)

/** What each machine did, read off the states. */
function momentsOf(recording: OpenedRecording): Moment[] {
  const moments: Moment[] = []
  let before = new Map<string, string>()
  for (let index = 0; index <= recording.length; index++) {
    const step = recording.at(index)
    const state = step.state as State | null
    const moves: Step[] = []
    if (state !== null && state !== moments.at(-1)?.state) {
      const after = machineStates(state)
      for (const [key, to] of after) {
        const from = before.get(key) ?? null
        if (from === to) continue
        const slash = key.indexOf('/')
        moves.push({ machine: key.slice(0, slash), instance: key.slice(slash + 1), from, to, at: index })
      }
      before = after
    }
    moments.push({ ...step, state, moves })
  }
  return moments
}

let latest = 0

export async function openFile(file: File): Promise<void> {
  const mine = ++latest
  show({ phase: 'opening', name: file.name })
  try {
    if (file.size > bytesMost) throw new Error('The file is larger than a recording can be.')
    const recording = await openRecording(await file.text())
    if (mine !== latest) return
    const playing = { name: file.name, recording, steps: momentsOf(recording) }
    show({ phase: 'open', playing, at: Math.min(1, recording.length) })
  } catch (error) {
    if (mine !== latest) return
    const { message, remedy } = error as { message?: string; remedy?: string }
    show({ phase: 'failed', name: file.name, message: message ?? String(error), remedy: remedy ?? '' })
  }
}

export function closeRecording(): void {
  latest += 1
  show({ phase: 'none' })
}

/** Goes to a step; beyond the ends it stays there. */
export function goTo(index: number): void {
  const now = useReplay.getState()
  if (now.phase !== 'open') return
  show({ ...now, at: Math.max(0, Math.min(now.playing.recording.length, index)) })
}

export function goBy(steps: number): void {
  const now = useReplay.getState()
  if (now.phase === 'open') goTo(now.at + steps)
}

/** The next odd moment, from the beginning again after the last. */
export function goToAnomaly(): void {
  const now = useReplay.getState()
  if (now.phase !== 'open') return
  const { anomalies } = now.playing.recording
  const next = anomalies.find((index) => index > now.at) ?? anomalies[0]
  if (next !== undefined) goTo(next)
}

/** Milliseconds since the recording's first event. */
export function timeAt({ steps }: Playing, index: number): number {
  const first = steps[1]?.event?.mono ?? 0
  return Math.max(0, (steps[index]?.event?.mono ?? first) - first)
}

export function timeText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = String(Math.floor(ms / 60_000) % 60).padStart(2, '0')
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')
  return hours > 0 ? `${hours}:${minutes}:${seconds}` : `${minutes}:${seconds}`
}
