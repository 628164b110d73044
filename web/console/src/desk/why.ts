// Why am I not getting calls? The phone's own list (`blockers`) in a person's
// words, and the ticks beside it. What stops calls is decided in the engine, not here.

import type { AcdAgent } from '../acd/items.ts'
import { clockError, count } from '../lib/format.ts'
import type { State } from '../lib/types.ts'
import { statusWords } from '../lib/words.ts'
import { alive, offered } from './names.ts'

export interface Check {
  /** `note`: it stops nothing, and is worth knowing. */
  kind: 'no' | 'wait' | 'unknown' | 'note' | 'ok'
  text: string
  note: string
  /** The clock that runs after the note, if any: how long already, or how long still. */
  since: number | null
  until: number | null
  remedy: 'available' | 'reload' | 'devices' | null
}

type Blocker = State['blockers'][number]

const check = (kind: Check['kind'], text: string, note = '', more: Partial<Check> = {}): Check => ({
  kind,
  text,
  note,
  since: null,
  until: null,
  remedy: null,
  ...more,
})

/** `paused` is the present status, or the one that comes after the call. */
function paused({ since }: Blocker, { agent }: State): Check {
  if (agent.nextStatus !== '' && (agent.status === 'ON_CALL' || agent.status === 'WRAP_UP'))
    return check('wait', `${statusWords[agent.nextStatus].word} comes next`, 'your queues are paused already')
  if (agent.status === 'DO_NOT_DISTURB')
    return check('no', 'Do not disturb is on', 'direct calls still ring', { remedy: 'available' })
  return check('no', `You are on ${statusWords[agent.status].word}`, 'for', { since, remedy: 'available' })
}

/** After a reload there may be no draft left to finish. */
function wrapUp({ since }: Blocker, { drafts }: State): Check {
  return drafts.length === 0
    ? check('no', 'The CRM has you in wrap-up', 'for', { since, remedy: 'available' })
    : check('wait', 'Wrap-up is running', 'press Finish to end it')
}

function notRegistered({ text, until }: Blocker, { registration }: State): Check {
  if (registration.state === 'Idle' || registration.state === 'Registering')
    return check('wait', 'The phone is registering', 'a few seconds as a rule')
  const code = registration.statusCode > 0 ? ` (${registration.statusCode})` : ''
  const why = `${text || 'the PBX does not know it'}${code}`
  return until === null
    ? check('no', 'The phone is not registered', why)
    : check('no', 'The phone is not registered', `${why}; it tries again in`, { until })
}

function pauseFailed(_: Blocker, { agent }: State): Check {
  return agent.status === 'ONLINE'
    ? check('no', 'The PBX did not follow your status', 'it may still hold you paused; choose Available again', {
        remedy: 'available',
      })
    : check('wait', 'The PBX did not follow your status', 'it may still send calls')
}

const say: Record<Blocker['reason'], (blocker: Blocker, state: State) => Check> = {
  not_ready: () => check('wait', 'The phone is starting', 'a few seconds as a rule'),
  softphone_failed: ({ text }) => check('no', 'The softphone did not start', text ?? '', { remedy: 'reload' }),
  not_registered: notRegistered,
  microphone_denied: () =>
    check('no', 'The microphone may not be used', 'calls ring, and nobody would hear you: allow it, or plug one in', {
      remedy: 'devices',
    }),
  status_unknown: () => check('wait', 'Your status is not known yet', 'the CRM is asked; choose a status if it lasts'),
  offline: ({ since }) => check('no', 'You are offline', 'for', { since, remedy: 'available' }),
  paused,
  wrap_up: wrapUp,
  on_call: () => check('wait', 'You are on a call', 'one queue call at a time'),
  too_many_calls: () => check('wait', 'You have as many calls as the phone takes', 'end or transfer one'),
  pause_failed: pauseFailed,
  pause_pending: () => check('wait', 'The PBX has not confirmed your status', 'retrying by itself'),
  link_down: ({ since }) =>
    check('unknown', 'Server not heard', 'queues and pauses may have changed; it is tried again by itself, for', {
      since,
    }),
  link_silent: () => check('wait', 'The server says nothing', 'it is being asked; a few seconds'),
  storage_failing: () =>
    check(
      'note',
      'This browser keeps nothing over a reload',
      'calls still come; free some disk space, or leave private browsing',
    ),
  clock_wrong: (_, { connection }) =>
    check('note', `This computer’s clock is ${clockError(connection.skewMs)}`, 'calls still come; set it to automatic'),
  tab_follower: () => check('wait', 'Another tab has the phone', 'calls ring there; close it to have them here'),
  tab_frozen: () =>
    check('note', 'This tab was asleep', 'calls may have been missed; keep it open, and the computer awake'),
}

const rank: Record<Check['kind'], number> = { no: 0, unknown: 1, wait: 2, note: 3, ok: 4 }

/** What routing says beyond the phone: only what the phone does not know itself. `ours` turns the hub's moments into ours. */
function routed(own: AcdAgent, ours: (moment: number | null) => number | null): Check | null {
  if (own.state === 'WrapUp') {
    const until = ours(own.wrap_up?.until ?? null)
    return check('wait', 'Wrap-up is running', until === null ? 'it ends with Finish' : 'it ends by itself in', {
      until,
    })
  }
  switch (own.why) {
    case 'cool_down':
      return check('wait', 'A short pause after a call that was not taken', 'calls come again in', {
        until: ours(own.until),
      })
    case 'link_down':
      return check('unknown', 'The PBX is not heard', 'nothing is routed until it is; it is tried again by itself')
    case 'other_call':
      return check('wait', 'Your telephone is on another call', 'one call at a time')
    case 'reserved':
      return check('wait', 'A call is being offered to you', '')
    case 'not_registered':
      return check('no', 'The PBX does not see your phone', 'queue calls wait until it is registered there')
    default:
      return null
  }
}

export interface Centre {
  own: AcdAgent | undefined
  ours: (moment: number | null) => number | null
}

export function checks(state: State, { own, ours }: Centre): readonly Check[] {
  const { blockers, registration, agent } = state
  const list = blockers.map((blocker) => say[blocker.reason](blocker, state))
  if (own !== undefined) {
    const said = routed(own, ours)
    const known = blockers.map(({ reason }) => reason as string)
    const twice = own.state === 'WrapUp' ? known.includes('wrap_up') : known.includes(own.why)
    if (said !== null && !twice && !(own.why === 'other_call' && known.includes('on_call'))) list.push(said)
    const { queues } = own
    if (queues.length === 0) list.push(check('no', 'You serve no queue', 'an administrator gives you yours'))
    else list.push(check('ok', `Signed in to ${count(queues.length, 'queue')}`, queues.join(', ')))
  }
  if (registration.state === 'Registered')
    list.push(check('ok', 'Phone registered', 'for', { since: registration.since }))
  if (agent.status === 'ONLINE') list.push(check('ok', 'Available', 'for', { since: agent.since }))
  if (state.connection.events === 'Open')
    list.push(check('ok', 'Server connected', agent.pause === 'synced' ? 'the PBX has your status' : ''))
  return list.sort((left, right) => rank[left.kind] - rank[right.kind])
}

const words = ['No', 'One thing stops', 'Two things stop', 'Three things stop', 'Four things stop']

/** The first line is the answer. */
export function answer(state: State, list: readonly Check[]): { kind: Check['kind']; text: string } {
  const calls = Object.values(state.calls)
  if (calls.some(offered)) return { kind: 'ok', text: 'An offer is on your screen now.' }
  const stops = list.filter(({ kind }) => kind === 'no').length
  if (stops > 0) return { kind: 'no', text: `${words[stops] ?? 'Several things stop'} calls to you.` }
  if (list.some(({ kind }) => kind === 'unknown'))
    return { kind: 'unknown', text: 'Not known while the server is away.' }
  if (calls.some(alive)) return { kind: 'wait', text: 'After this call and wrap-up.' }
  if (state.agent.status === 'WRAP_UP') return { kind: 'wait', text: 'When wrap-up ends, or when you press Finish.' }
  if (list.some(({ kind }) => kind === 'wait')) return { kind: 'wait', text: 'In a moment.' }
  return { kind: 'ok', text: 'You are. The next call rings here.' }
}
