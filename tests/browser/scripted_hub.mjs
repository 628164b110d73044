// A hub that says what a test tells it to say: it serves the built console under the real one's policy, signs in, takes what a
// supervisor asks for, and speaks the wallboard's part of docs/wire.md. Its items have the shapes and values that the real
// engine gives from our recordings of Asterisk. Not a hub: it stores nothing and decides nothing.

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { WebSocketServer } from 'ws'
import { root } from './harness.mjs'

const dist = join(root, 'web/console/dist')
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** How the codes of docs/centre.md are shown. */
const codes = {
  [-3]: ['Unknown', 'grey', false],
  [-1]: ['Deactivated', 'grey', false],
  0: ['Free', 'green', false],
  1: ['On Call', 'red', true],
  2: ['Busy', 'red', false],
  4: ['Unavailable', 'grey', false],
  8: ['Ringing', 'orange', true],
  9: ['On Call, Ringing', 'orange', true],
  16: ['On Hold', 'blue', false],
  17: ['On Call, On Hold', 'blue', false],
}

export function extensionItem(extension, code, more = {}) {
  const [text, colour, pulse] = codes[code]
  const now = Date.now()
  return {
    extension,
    name: '',
    endpoint: `PJSIP/${extension}`,
    code,
    text,
    colour,
    pulse,
    since: now,
    source: code === 0 || code === 4 ? 'AMI' : 'Call',
    event:
      { 0: 'Hangup', 1: 'BridgeEnter', 4: 'DeviceStateChange', 8: 'Newchannel', 16: 'Hold' }[code] ?? 'ExtensionStatus',
    call_id: code === 0 || code === 4 ? null : '1795168427.18',
    peer: code === 0 || code === 4 ? null : '+442079460123',
    legs: [],
    suspect: false,
    stale: false,
    stale_since: null,
    registration: code === 4 ? 'unregistered' : 'registered',
    registration_since: now - 3_600_000,
    registration_reason: code === 4 ? 'ContactStatus Removed' : null,
    ...more,
  }
}

export function agentItem(extension, name, status, more = {}) {
  const paused = status !== 'ONLINE' && status !== 'ON_CALL'
  return {
    extension,
    name,
    status,
    reason: null,
    since: Date.now(),
    source: 'agent',
    call_log_id: null,
    paused,
    reason_paused: paused ? status : null,
    pause: 'synced',
    pbx: { paused, reason: paused ? status : null },
    registration: 'registered',
    stuck_at: null,
    ...more,
  }
}

export function memberItem(extension, queue, paused, more = {}) {
  return {
    extension,
    queue,
    interface: `PJSIP/${extension}`,
    wanted: { paused, reason: paused ? 'BREAK' : null },
    observed: { paused, reason: paused ? 'BREAK' : null },
    state: 'synced',
    error: null,
    status: 1,
    penalty: 0,
    in_call: false,
    calls_taken: 3,
    last_call_at: 1795168427000,
    ...more,
  }
}

export const queueItem = (queue, waiting, longest_since, members, available) => ({
  queue,
  strategy: 'rrmemory',
  waiting,
  longest_since,
  members,
  available,
  entries: [],
})

export function linkItem(state = 'live', more = {}) {
  const now = Date.now()
  return {
    state,
    since: now - 120_000,
    reason: null,
    attempts: 0,
    next_attempt_at: null,
    pbx: { version: 'Asterisk 22.10.1', started_at: now - 7_200_000 },
    last_event_at: now,
    synced_at: now - 119_000,
    counters: {},
    ...more,
  }
}

/** An agent's day, docs/wire.md. */
const today = {
  extension: '1007',
  name: 'Tom Evans',
  time_zone: 'Europe/London',
  from: Date.now() - 36_000_000,
  until: Date.now(),
  time: {
    ONLINE: 7_384_000,
    OFFLINE: 0,
    PAUSE: 0,
    BREAK: 1_084_000,
    TRAINING: 0,
    MEETING: 0,
    WRAP_UP: 912_000,
    DO_NOT_DISTURB: 0,
    ON_CALL: 5_420_000,
  },
  calls: 31,
  answered: 28,
  talk_ms: 5_420_000,
  wrap_up_ms: 912_000,
  average_handle_ms: 226_142.857,
}

export async function startScriptedHub({ role = 'supervisor' } = {}) {
  /** What the next client is given. */
  const shown = {
    agent_status: [],
    extension_status: [],
    queue_member: [],
    queue_status: [],
    queues: [],
    acd_agents: [],
    acd_calls: [],
    supervision: [],
  }
  const revisions = {
    agent_status: 12,
    extension_status: Date.now(),
    queue_member: Date.now(),
    queue_status: Date.now(),
    queues: Date.now(),
    acd_agents: Date.now(),
    acd_calls: Date.now(),
    supervision: Date.now(),
  }
  const told = { hellos: [], resyncs: [], requests: [] }
  const session = { extension: '1003', extensionId: 'e-1003', number: '1003', name: 'Sue Supervisor' }
  /** `answers` is asked first: `(method, url, body)` gives `{status, value}` or nothing. */
  const hub = { shown, told, role, session, link: linkItem(), alarms: [], answer: null, answers: () => {}, deaf: false }
  const sockets = new Set()

  const server = createServer((request, response) => {
    if (request.url.startsWith('/api/')) return void rest(request, response)
    const path = request.url.split('?')[0]
    const file = join(dist, path === '/' ? 'index.html' : path)
    if (!file.startsWith(dist) || !existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain', 'content-security-policy': policy })
    response.end(readFileSync(file))
  })

  async function rest(request, response) {
    let text = ''
    for await (const chunk of request) text += chunk
    const body = text === '' ? null : JSON.parse(text)
    const json = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (request.url === '/api/sign-in')
      return json(200, { token: 'a-token-of-a-test-hub', role: hub.role, session: { ...hub.session, simulated: true } })
    if (request.url === '/api/me') return json(200, { role: hub.role, session: { ...hub.session, simulated: true } })
    if (request.method === 'GET' && request.url.endsWith('/today')) return json(200, today)
    if (request.url.startsWith('/api/contact-centre/reports/') && !hub.reports) return json(404, { code: 'not_found' })
    told.requests.push({ method: request.method, url: request.url, key: request.headers['idempotency-key'], body })
    const { status, value } = hub.answers(request.method, request.url, body) ?? hub.answer ?? { status: 200, value: {} }
    return json(status, value)
  }

  const wss = new WebSocketServer({ server, path: '/api/ws' })
  wss.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data) => {
      const message = JSON.parse(data)
      const send = (value) => socket.send(JSON.stringify(value))
      if (hub.deaf) return
      if (message.type === 'ping') send({ type: 'pong', server_time: Date.now() })
      if (message.type === 'resync') {
        told.resyncs.push(...message.topics)
        for (const topic of message.topics) snapshot(send, topic)
      }
      if (message.type !== 'hello') return
      told.hellos.push(message)
      send({ type: 'welcome', server_time: Date.now(), extension: hub.session.extension, role: hub.role })
      if (message.topics.includes('extension_status')) send(linkFrame())
      for (const topic of message.topics)
        if (topic in shown && message.last_revision[topic] !== revisions[topic]) snapshot(send, topic)
    })
  })

  const linkFrame = () => ({ type: 'link', link: hub.link, alarms: hub.alarms, server_time: Date.now() })

  /** In parts, as a long one comes. */
  function snapshot(send, stream) {
    const items = shown[stream]
    const size = 150
    const parts = Math.max(1, Math.ceil(items.length / size))
    for (let part = 1; part <= parts; part++) {
      const several = parts > 1 ? { part, parts } : {}
      const slice = items.slice((part - 1) * size, part * size)
      send({ type: 'snapshot', stream, revision: revisions[stream], ...several, items: slice })
    }
  }

  const tellAll = (value) => {
    for (const socket of sockets) socket.send(typeof value === 'string' ? value : JSON.stringify(value))
  }
  const keys = { acd_calls: (item) => item.call_id, supervision: (item) => `${item.supervisor}/${item.call_id}` }
  const keyOf = (stream, item) =>
    stream === 'queue_member'
      ? `${item.extension}/${item.queue}`
      : (keys[stream]?.(item) ?? item.extension ?? item.queue)

  /** Changes what is shown and tells it, as the real hub does: statuses one by one, the rest in batches. */
  hub.change = (stream, items, removed = []) => {
    const byKey = new Map(shown[stream].map((item) => [keyOf(stream, item), item]))
    for (const item of items) byKey.set(keyOf(stream, item), item)
    for (const key of removed) byKey.delete(Array.isArray(key) ? key.join('/') : key)
    shown[stream] = [...byKey.values()]
    if (stream === 'agent_status')
      for (const item of items) tellAll({ type: 'change', stream, revision: ++revisions[stream], item })
    else tellAll({ type: 'changes', stream, revision: ++revisions[stream], items, removed })
  }
  hub.tellLink = (link, alarms = hub.alarms) => {
    hub.link = link
    hub.alarms = alarms
    tellAll(linkFrame())
  }
  /** A revision that nobody is told. */
  hub.skip = (stream) => {
    revisions[stream] += 1
  }
  hub.tellRaw = tellAll
  /** Cuts every socket, and takes no new one until `back`. */
  hub.cut = async () => {
    for (const socket of sockets) socket.terminate()
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }
  hub.back = () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  hub.end = () => hub.cut().catch(() => {})

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  hub.url = `http://127.0.0.1:${port}`
  return hub
}

/** The small centre of our recordings: three agents, one queue, and one of everything that can be wrong. */
export function smallCentre(hub) {
  const now = Date.now()
  hub.shown.extension_status = [
    extensionItem('1001', 1, { name: 'Alice Agent', since: now - 252_000, peer: '+442079460123' }),
    extensionItem('1002', 0, { name: 'Bob Agent', since: now - 130_000 }),
    extensionItem('1003', 0, { name: 'Sue Supervisor', since: now - 4_000_000 }),
    extensionItem('1004', 8, { name: 'Karim Haddad', since: now - 4_000, peer: '2001' }),
    extensionItem('1005', 4, { name: 'Lea Fischer', since: now - 80_000 }),
    extensionItem('1006', 16, { name: 'Priya Nair', since: now - 707_000 }),
    extensionItem('1007', 1, { name: 'Tom Evans', since: now - 115_000, suspect: true }),
    extensionItem('2001', 1, { since: now - 252_000, peer: '1001' }),
  ]
  hub.shown.agent_status = [
    agentItem('1001', 'Alice Agent', 'ONLINE', { since: now - 3_000_000 }),
    agentItem('1002', 'Bob Agent', 'ONLINE', { since: now - 130_000 }),
    agentItem('1004', 'Karim Haddad', 'ONLINE', { since: now - 900_000 }),
    agentItem('1005', 'Lea Fischer', 'ONLINE', { since: now - 1_200_000, registration: 'unregistered' }),
    agentItem('1006', 'Priya Nair', 'ONLINE', { since: now - 5_000_000 }),
    agentItem('1007', 'Tom Evans', 'BREAK', { since: now - 1_084_000, reason: 'lunch', stuck_at: now - 10_000 }),
    agentItem('1008', 'Omar Aziz', 'WRAP_UP', { since: now - 22_000, reason: null }),
    agentItem('1009', 'Jonas Weber', 'OFFLINE', { since: now - 9_000_000, reason: 'Auto: SIP not registered' }),
  ]
  hub.shown.queue_member = [
    memberItem('1001', 'support', false, { in_call: true }),
    memberItem('1002', 'support', false),
    memberItem('1002', 'sales', false, { state: 'pending', wanted: { paused: true, reason: 'BREAK' } }),
    memberItem('1007', 'support', true),
    memberItem('1008', 'sales', true, {
      state: 'failed',
      wanted: { paused: true, reason: 'WRAP_UP' },
      observed: { paused: false, reason: null },
      error: 'Interface not found',
    }),
  ]
  hub.shown.queue_status = [
    queueItem('support', 4, now - 134_000, 3, 1),
    queueItem('billing', 1, now - 72_000, 4, 1),
    queueItem('sales', 0, null, 2, 1),
  ]
}

/** As many tiles as a big centre has, in the mix of a busy hour. */
export function bigCentre(hub, size = 1000) {
  const now = Date.now()
  const mix = [0, 1, 1, 0, 8, 1, 16, 1, 0, 4]
  const statuses = [
    'ONLINE',
    'ONLINE',
    'ONLINE',
    'WRAP_UP',
    'ONLINE',
    'BREAK',
    'ONLINE',
    'ONLINE',
    'MEETING',
    'OFFLINE',
  ]
  const extensions = Array.from({ length: size }, (_, at) => String(10_000 + at))
  const name = (at) => `Agent ${String(at + 1).padStart(4, '0')}`
  hub.shown.extension_status = extensions.map((extension, at) =>
    extensionItem(extension, mix[at % 10], { name: name(at), since: now - ((at * 7919) % 900_000) }),
  )
  hub.shown.agent_status = extensions.map((extension, at) =>
    agentItem(extension, name(at), statuses[(at * 3) % 10], { since: now - ((at * 104_729) % 4_000_000) }),
  )
  hub.shown.queue_member = extensions.map((extension, at) => memberItem(extension, `queue-${at % 8}`, false))
  hub.shown.queue_status = Array.from({ length: 8 }, (_, at) =>
    queueItem(`queue-${at}`, at, at ? now - at * 20_000 : null, 125, 40),
  )
  return extensions
}
