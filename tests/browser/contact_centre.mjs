// A contact centre for the tests of the console: queues, agents and calls with the shapes and values of docs/queues.md,
// as the hub's topics tell them. Invented people on numbers reserved for fiction.

import { agentItem, extensionItem } from './scripted_hub.mjs'

const noCounts = {
  offered: 0,
  answered: 0,
  abandoned: 0,
  short_abandoned: 0,
  timeout: 0,
  overflowed: 0,
  refused: 0,
  answered_in_sl: 0,
  abandoned_in_sl: 0,
  wait_answered_ms: 0,
  wait_abandoned_ms: 0,
  talk_ms: 0,
  hold_ms: 0,
  wrap_up_ms: 0,
  wrap_ups: 0,
  rona: 0,
  offers: 0,
  transfers: 0,
}

export const counts = (offered, answered, abandoned, short, inSl, talk = 201, hold = 14, wrapUp = 31) => ({
  ...noCounts,
  offered,
  answered,
  abandoned,
  short_abandoned: short,
  answered_in_sl: inSl,
  talk_ms: answered * talk * 1000,
  hold_ms: answered * hold * 1000,
  wrap_up_ms: answered * wrapUp * 1000,
  wrap_ups: answered,
  offers: answered,
})

export function acdQueue(queue, waiting, waitedMs, [available, loggedIn], today, more = {}) {
  const now = Date.now()
  return {
    queue,
    mode: 'offhook',
    open: true,
    waiting,
    longest_wait_since: waitedMs === null ? null : now - waitedMs,
    longest_call_id: waitedMs === null ? null : `${queue}-1`,
    agents: {
      logged_in: loggedIn,
      available,
      ringing: 0,
      on_call: loggedIn - available,
      hold: 0,
      wrap_up: 0,
      break: 0,
      offline: 0,
      unreachable: 0,
    },
    in_progress: loggedIn - available,
    ewt_ms: waiting > 0 ? 95_000 : null,
    today,
    last_30: counts(31, 28, 2, 1, 22),
    sl_formula: 'SL4',
    sl_ms: 20_000,
    as_of: now,
    ...more,
  }
}

export function acdAgent(extension, state, seconds, queues, more = {}) {
  const status = { Offline: 'OFFLINE', Break: 'BREAK', WrapUp: 'WRAP_UP', OnCall: 'ON_CALL' }[state] ?? 'ONLINE'
  const why = { Available: 'ready', OnCall: 'on_call', Ringing: 'reserved', WrapUp: 'wrap_up' }[state] ?? 'intent'
  return {
    extension,
    state,
    since: Date.now() - seconds * 1000,
    why,
    until: null,
    status,
    next_status: null,
    call_id: null,
    queue: null,
    skills: [],
    queues,
    calls_today: 11,
    talk_ms_today: 2_460_000,
    missed_today: 0,
    wrap_up: null,
    ...more,
  }
}

export function acdCall(call_id, queue, state, from, seconds, more = {}) {
  const now = Date.now()
  return {
    call_id,
    queue,
    mode: 'offhook',
    state,
    from,
    priority: 0,
    enqueued_at: now - seconds * 1000,
    position: state === 'Queued' ? 1 : 0,
    agent: null,
    attempt: 1,
    attempts: 0,
    since: now - seconds * 1000,
    answered_at: state === 'Active' ? now - seconds * 1000 : null,
    offer_until: null,
    held: false,
    recording: false,
    record_id: null,
    supervisors: [],
    reason: null,
    ended_at: null,
    outcome: null,
    ...more,
  }
}

/** Name, extension, state, seconds, queues, and what is unusual. */
const people = [
  ['Priya Nair', '1003', 'OnCall', 707, ['Support', 'Billing'], { call: 'c-elif', queue: 'Support', over: true }],
  ['Jonas Weber', '1009', 'Break', 1084, ['Support'], { over: true }],
  ['Lea Fontaine', '1012', 'Available', 80, ['Sales'], { why: 'not_registered' }],
  ['Karim Haddad', '1005', 'Ringing', 4, ['Support', 'Billing'], { call: 'c-ring', queue: 'Support' }],
  ['Alice Novak', '1001', 'OnCall', 252, ['Billing', 'Support'], { call: 'c-marta', queue: 'Billing' }],
  ['Nina Petrov', '1013', 'OnCall', 391, ['Billing'], { call: 'c-gareth', queue: 'Billing' }],
  ['Hana Kim', '1016', 'OnCall', 435, ['Support'], { call: 'c-anon', queue: 'Support' }],
  ['Mei Tanaka', '1006', 'OnCall', 188, ['Support'], { call: 'c-mei', queue: 'Support' }],
  ['Omar Aziz', '1010', 'WrapUp', 22, ['Billing', 'Sales'], { wrap: 8000 }],
  ['Sam Doyle', '1018', 'Break', 1360, ['Sales'], { status: 'MEETING' }],
  ['Bob Okafor', '1004', 'Available', 130, ['Billing', 'Escalation']],
  ['Ines Duarte', '1007', 'Available', 31, ['Sales']],
  ['Paul Meyer', '1017', 'Available', 62, ['Support']],
  ['Ruth Adler', '1011', 'OnCall', 49, ['Billing'], { call: 'c-ruth', queue: 'Billing' }],
  ['Luis Ortega', '1014', 'OnCall', 147, ['Escalation'], { call: 'c-luis', queue: 'Escalation' }],
  ['Zoe Martin', '1015', 'Available', 9, ['Support'], { why: 'cool_down', until: 10_000 }],
  ['Tom Evans', '1008', 'OnCall', 115, ['Sales'], { call: 'c-tom', queue: 'Sales' }],
  ['Eva Rossi', '1019', 'Offline', 5400, ['Support']],
]

export function busyCentre(hub) {
  const now = Date.now()
  hub.shown.agent_status = people.map(([name, extension, state, seconds, , more = {}]) => {
    const status = more.status ?? { Break: 'BREAK', WrapUp: 'WRAP_UP', Offline: 'OFFLINE' }[state] ?? 'ONLINE'
    const stuck_at = more.over ? now - 10_000 : null
    return agentItem(extension, name, status, { since: now - seconds * 1000, stuck_at })
  })
  hub.shown.extension_status = people.map(([name, extension, state]) =>
    extensionItem(extension, { OnCall: 1, Ringing: 8, Offline: 4 }[state] ?? 0, { name }),
  )
  hub.shown.acd_agents = people.map(([, extension, state, seconds, queues, more = {}]) =>
    acdAgent(extension, state, seconds, queues, {
      ...(more.why ? { why: more.why } : {}),
      ...(more.status ? { status: more.status } : {}),
      call_id: more.call ?? null,
      queue: more.queue ?? null,
      until: more.until ? now + more.until : null,
      wrap_up: more.wrap ? { call_id: 'c-luca', since: now - 22_000, until: now + more.wrap, mode: 'timed' } : null,
    }),
  )
  hub.shown.queues = [
    acdQueue('Support', 4, 134_000, [0, 7], counts(182, 168, 9, 3, 129)),
    acdQueue('Billing', 3, 72_000, [1, 6], counts(151, 144, 5, 2, 124)),
    acdQueue('Sales', 0, null, [2, 4], counts(98, 95, 2, 1, 91)),
    acdQueue('Escalation', 0, null, [1, 3], counts(33, 31, 1, 0, 28)),
  ]
  const active = (id, queue, from, seconds, agent, more) =>
    acdCall(id, queue, 'Active', from, seconds, { agent, ...more })
  hub.shown.acd_calls = [
    active('c-elif', 'Support', '+442079460650', 707, '1003', { recording: true }),
    active('c-marta', 'Billing', '+442079460123', 252, '1001'),
    active('c-gareth', 'Billing', '+442079460871', 391, '1013', { held: true }),
    active('c-anon', 'Support', '', 435, '1016'),
    active('c-mei', 'Support', '+441614960211', 188, '1006'),
    active('c-ruth', 'Billing', '+447700900214', 49, '1011'),
    active('c-luis', 'Escalation', '+447700900377', 147, '1014'),
    active('c-tom', 'Sales', '+441632960418', 115, '1008'),
    acdCall('c-ring', 'Support', 'AgentRinging', '+447700900142', 40, {
      agent: '1005',
      offer_until: now + 11_000,
      since: now - 4000,
    }),
    acdCall('c-camille', 'Support', 'Queued', '+447700900311', 134, {
      priority: 5,
      position: 1,
      reason: 'skill_missing',
    }),
    acdCall('c-655', 'Support', 'Queued', '+447700900655', 91, { position: 2, reason: 'nobody_free' }),
    acdCall('c-owen', 'Billing', 'Queued', '+441632960005', 72, { position: 1, reason: 'other_queue_first' }),
    acdCall('c-777', 'Support', 'Queued', '+442079460777', 40, { position: 3, reason: 'nobody_free' }),
    acdCall('c-801', 'Billing', 'Queued', '+442079460801', 22, { position: 2, reason: 'nobody_free' }),
    acdCall('c-802', 'Billing', 'Queued', '', 5, { position: 3, reason: 'nobody_free' }),
  ]
}

/** The same centre before it opens: nobody has called. */
export function quietCentre(hub) {
  busyCentre(hub)
  hub.shown.acd_calls = []
  hub.shown.queues = ['Support', 'Billing', 'Sales', 'Escalation'].map((queue) =>
    acdQueue(queue, 0, null, [2, 3], noCounts, { open: false, last_30: noCounts }),
  )
}

/** As many as a big centre has. */
export function bigContactCentre(hub, agents = 1000, queues = 200) {
  const states = [
    'Available',
    'OnCall',
    'OnCall',
    'WrapUp',
    'Break',
    'OnCall',
    'Ringing',
    'OnCall',
    'Available',
    'Offline',
  ]
  const name = (at) => `Queue ${String(at + 1).padStart(3, '0')}`
  hub.shown.queues = Array.from({ length: queues }, (_, at) =>
    acdQueue(name(at), at % 7, at % 7 ? (at % 7) * 25_000 : null, [at % 4, 5], counts(100, 92, 6, 2, 80)),
  )
  const extensions = Array.from({ length: agents }, (_, at) => String(10_000 + at))
  hub.shown.agent_status = extensions.map((extension, at) => agentItem(extension, `Agent ${at + 1}`, 'ONLINE'))
  hub.shown.acd_agents = extensions.map((extension, at) =>
    acdAgent(extension, states[at % 10], (at * 7919) % 3000, [name(at % queues)]),
  )
  hub.shown.acd_calls = extensions.flatMap((extension, at) =>
    states[at % 10] === 'OnCall'
      ? [acdCall(`c-${at}`, name(at % queues), 'Active', '+442079460123', 60, { agent: extension })]
      : [],
  )
  return extensions
}
