// The reader's own session at a call: what the hub tells of it, what was asked for and not heard of yet, and who
// hears whom. Pure but for the hook.

import { useEffect } from 'react'
import type { AcdCall, Session, SessionStep, SpyMode } from '../acd/items.ts'
import { useWall, type Wall } from '../wall/store.ts'
import { useAsked } from './actions.ts'

export interface Mine {
  call_id: string
  step: SessionStep
  /** The mode that is so, or will be. */
  mode: SpyMode
  reason: string
  /** One session's end differs from another's. */
  key: string
}

const isMode = (step: SessionStep): step is SpyMode => step === 'monitor' || step === 'coach' || step === 'barge'

/** The hub's session first; a call's own list of supervisors where it has none. */
function told(wall: Wall, extension: string): Mine | null {
  let over: Session | null = null
  for (const session of wall.sessions.values()) {
    if (session.supervisor !== extension) continue
    if (session.step === 'ended' || session.step === 'failed') {
      if (over === null || (session.since ?? 0) >= (over.since ?? 0)) over = session
    } else return mineOf(session)
  }
  for (const call of wall.acdCalls.values()) {
    const mine = call.supervisors.find((one) => one.extension === extension)
    if (mine !== undefined && call.state === 'Active')
      return { call_id: call.call_id, step: mine.mode, mode: mine.mode, reason: '', key: call.call_id }
  }
  return over === null ? null : mineOf(over)
}

const mineOf = ({ call_id, step, wanted, reason, since }: Session): Mine => ({
  call_id,
  step,
  mode: isMode(step) ? step : wanted,
  reason,
  key: `${call_id} ${step} ${since ?? 0} ${reason}`,
})

/** Unanswered by the hub for so long, what was asked for is forgotten. */
const patienceMs = 45_000

let latest: Mine | null = null

/** The same object while nothing differs, so that a store may be asked with it. */
function steady(next: Mine | null): Mine | null {
  if (next?.key !== latest?.key || next?.step !== latest?.step || next?.mode !== latest?.mode) latest = next
  return latest
}

export function useMine(extension: string): Mine | null {
  const mine = useWall((wall) => steady(told(wall, extension)))
  const wanted = useAsked((asked) => asked.wanted)
  const dismissed = useAsked((asked) => asked.dismissed)
  const key = mine?.key ?? ''
  useEffect(() => useAsked.setState({ seen: key }), [key])
  const over = mine === null || mine.step === 'ended' || mine.step === 'failed'
  if (over && wanted !== null && Date.now() - wanted.at < patienceMs && dismissed !== wanted.call_id) {
    const answered = mine !== null && mine.call_id === wanted.call_id && mine.key !== dismissed
    if (!answered) return { ...wanted, step: 'calling', reason: '', key: `asked ${wanted.call_id}` }
  }
  return over && mine?.key === dismissed ? null : mine
}

export interface Hearing {
  /** Whom the supervisor hears, and who hears him. */
  hears: string
  heardBy: string
  /** What the agent's desk shows. */
  shown: string
}

/** Always said, in every step: who hears whom. */
export function hearing(mine: Pick<Mine, 'step' | 'mode'>, agent: string, self: string): Hearing {
  const verbs: Record<SpyMode, string> = { monitor: 'listens', coach: 'coaches', barge: 'is in the call' }
  switch (mine.step) {
    case 'monitor':
      return { hears: 'both', heardBy: 'nobody', shown: `${self} ${verbs.monitor}` }
    case 'coach':
      return { hears: 'both', heardBy: `${agent} only`, shown: `${self} ${verbs.coach}` }
    case 'barge':
      return { hears: 'both', heardBy: 'both', shown: `${self} ${verbs.barge}` }
    case 'switching':
      return {
        hears: 'both',
        heardBy: 'nobody for certain, until it has changed',
        shown: `${self} ${verbs[mine.mode]}`,
      }
    case 'taking_over':
      return {
        hears: 'the caller in a moment',
        heardBy: 'the caller in a moment',
        shown: 'that the call is taken over',
      }
    case 'calling':
    case 'ended':
    case 'failed':
      return { hears: 'nobody', heardBy: 'nobody', shown: 'nothing' }
  }
}

export const endWords: Record<string, { title: string; text: string }> = {
  no_answer: {
    title: 'You are not listening: your phone did not answer.',
    text: 'The PBX calls you first, then connects you. Check that your phone is registered, then try again.',
  },
  phone_gone: {
    title: 'You are no longer listening: your phone hung up.',
    text: 'The call goes on without you. Try again if you want to go on.',
  },
  refused: {
    title: 'You are not listening: the PBX refused.',
    text: 'The call goes on. Try again; if it fails again, tell your administrator.',
  },
  failed: {
    title: 'It did not work at the PBX.',
    text: 'Look at the call before you try again: it goes on, with or without you.',
  },
  link_down: {
    title: 'The PBX link was lost while this was under way.',
    text: 'The call goes on. Try again when the link is back.',
  },
  call_over: { title: 'The call is over.', text: '' },
  stopped: { title: 'You stopped listening.', text: '' },
  taken_over: {
    title: 'You have taken the call over.',
    text: 'The caller talks to you now; the agent is free after wrap-up.',
  },
}

/** Whose call it is: the agent who has it. */
export const agentOf = (call: AcdCall | undefined) => call?.agents[0] ?? ''
