// Why am I not getting calls? Derived from the phone's state and nothing else:
// what is not known is said to be not known.

import type { AgentStatus, State } from '../lib/types.ts'
import { statusWords } from '../lib/words.ts'
import { alive, offered } from './names.ts'

export interface Check {
  kind: 'no' | 'wait' | 'unknown' | 'ok'
  text: string
  note: string
  /** The clock that runs after the note, if any. */
  since: number | null
  remedy: 'available' | 'reload' | null
}

const check = (kind: Check['kind'], text: string, note = '', more: Partial<Check> = {}): Check => ({
  kind,
  text,
  note,
  since: null,
  remedy: null,
  ...more,
})

function registrationCheck({ phase, registration }: State): Check {
  if (phase === 'failed')
    return check('no', 'The softphone did not start', registration.reason ?? '', { remedy: 'reload' })
  switch (registration.state) {
    case 'Registered':
      return check('ok', 'Phone registered', 'for', { since: registration.since })
    case 'Idle':
    case 'Registering':
      return check('wait', 'The phone is registering', 'a few seconds as a rule')
    case 'Unregistered':
    case 'Failed': {
      const code = registration.statusCode > 0 ? ` (${registration.statusCode})` : ''
      return check('no', 'The phone is not registered', `${registration.reason || 'it tries again by itself'}${code}`)
    }
    default:
      return registration.state satisfies never
  }
}

function statusCheck({ agent, drafts }: State): Check {
  const { word } = statusWords[agent.status]
  const status: AgentStatus = agent.status
  switch (status) {
    case 'ONLINE':
      return check('ok', 'Available', 'for', { since: agent.since })
    case 'ON_CALL':
      return check('wait', 'You are on a call', 'one queue call at a time')
    case 'WRAP_UP':
      // After a reload there may be no draft left to finish.
      return drafts.length === 0
        ? check('no', 'The CRM has you in wrap-up', 'for', { since: agent.since, remedy: 'available' })
        : check('wait', 'Wrap-up is running', 'press Finish to end it')
    case 'OFFLINE':
      return check('no', 'You are offline', 'for', { since: agent.since, remedy: 'available' })
    case 'PAUSE':
    case 'BREAK':
    case 'TRAINING':
    case 'MEETING':
      return check('no', `You are on ${word}`, 'for', { since: agent.since, remedy: 'available' })
    case 'DO_NOT_DISTURB':
      return check('no', 'Do not disturb is on', 'direct calls still ring', { remedy: 'available' })
    default:
      return status satisfies never
  }
}

function pauseCheck(agent: State['agent']): Check | null {
  const free = agent.status === 'ONLINE'
  if (agent.pause === 'failed') {
    return check(
      free ? 'no' : 'wait',
      'The PBX did not follow your status',
      free ? 'it may still hold you paused; choose Available again' : 'it may still send calls',
      free ? { remedy: 'available' } : {},
    )
  }
  if (agent.pause === 'pending') return check('wait', 'The PBX has not confirmed your status', 'retrying by itself')
  return null
}

const rank: Record<Check['kind'], number> = { no: 0, unknown: 1, wait: 2, ok: 3 }

export function checks(state: State, lostSince: number | null): readonly Check[] {
  const list = [registrationCheck(state), statusCheck(state)]
  const pause = pauseCheck(state.agent)
  if (pause !== null) list.push(pause)
  if (state.agent.nextStatus !== '')
    list.push(
      check('wait', `${statusWords[state.agent.nextStatus].word} comes next`, 'after this call and its wrap-up'),
    )
  list.push(
    lostSince === null
      ? check('ok', 'Server connected', state.agent.pause === 'synced' ? 'the PBX has your status' : '')
      : check('unknown', 'Server not heard', 'your queues and pauses may have changed, for', { since: lostSince }),
  )
  return list.sort((left, right) => rank[left.kind] - rank[right.kind])
}

const words = ['No', 'One thing stops', 'Two things stop', 'Three things stop', 'Four things stop']

/** The first line is the answer. */
export function answer(state: State, list: readonly Check[]): { kind: Check['kind']; text: string } {
  const calls = Object.values(state.calls)
  if (calls.some(offered)) return { kind: 'ok', text: 'An offer is on your screen now.' }
  const blockers = list.filter(({ kind }) => kind === 'no').length
  if (blockers > 0) return { kind: 'no', text: `${words[blockers] ?? 'Several things stop'} calls to you.` }
  if (list.some(({ kind }) => kind === 'unknown'))
    return { kind: 'unknown', text: 'Not known while the server is away.' }
  if (calls.some(alive)) return { kind: 'wait', text: 'After this call and wrap-up.' }
  if (state.agent.status === 'WRAP_UP') return { kind: 'wait', text: 'When wrap-up ends, or when you press Finish.' }
  if (list.some(({ kind }) => kind === 'wait')) return { kind: 'wait', text: 'In a moment.' }
  return { kind: 'ok', text: 'You are. The next call rings here.' }
}
