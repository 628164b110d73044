// gRPC, called by a client in Python that is made from the hub's proto file:
// the same answers, rights, refusals and audit as REST.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHub } from '../../hub/src/index.js'
import { startHub, type TestHub } from './support/harness.js'
import { acdAgent, acdCall, acdQueue, acdRecord, Script } from './support/scripted_centre.js'

const proto = fileURLToPath(new URL('../../hub/proto', import.meta.url))
const client = fileURLToPath(new URL('./support/grpc_client.py', import.meta.url))

/** Debian's own, which has Debian's grpc; another may come first in PATH. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

let stubs: string
let script: Script
let t: TestHub
const clients: ChildProcess[] = []

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
  ok?: any
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  message?: any
  error?: string
  code?: string
}

/** Python with the token; each line it says is an answer. */
function python(token: string | null, tls: { port: number | null; cert: string } | null = null) {
  const address = tls ? `localhost:${tls.port}` : `127.0.0.1:${t.hub.grpcPort}`
  const child = spawn(PYTHON, [client, stubs, address, token ?? '', ...(tls ? [tls.cert] : [])])
  clients.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let failed = ''
  child.stderr.on('data', (bytes) => {
    failed += bytes
  })
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the client ended: ${failed}`)
    return JSON.parse(value)
  }
  const call = async (method: string, request: object = {}) => {
    child.stdin.write(`${JSON.stringify([method, request])}\n`)
    return next()
  }
  return { call, next }
}

const say = (changes: object, effects: never[] = []) => {
  script.now.say(effects, changes)
  t.hub.pbx.phoneTold('1001', null)
}

beforeAll(async () => {
  stubs = mkdtempSync(join(tmpdir(), 'hub-grpc-'))
  const plugin = '--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin'
  const file = join(proto, 'offhook/v1/contact_centre.proto')
  execFileSync('protoc', [`-I${proto}`, `--python_out=${stubs}`, `--grpc_python_out=${stubs}`, plugin, file])
  script = new Script()
  t = await startHub({ pbx: script.options, contactCentre: { grpc: { port: 0 } } })
  await t.program.put('/api/contact-centre/queues/support', {})
  await t.program.put('/api/contact-centre/queues/sales', {})
  await t.program.put('/api/contact-centre/agents/1001', { queues: [{ queue: 'support', penalty: 1 }] })
  const talk = { answered_at: 1_790_000_013_000, ended_at: 1_790_000_060_500, talk_time: 47_500 }
  const record = {
    type: 'record.write',
    record: acdRecord('r1', { agent_id: '1001', outcome: 'answered', final: true, ...talk }),
  }
  say(
    {
      acd_queues: [acdQueue('support', { waiting: 2, longest_wait_since: 1_790_000_000_000 })],
      acd_agents: [acdAgent('1001', { state: 'OnCall', call_id: '1.2' }), acdAgent('1002')],
      acd_calls: [
        acdCall('1.1', { priority: -5 }),
        acdCall('1.2', { state: 'Active', agent: '1001', enqueued_at: 1_790_000_000_001 }),
      ],
    },
    [record as never],
  )
  await t.hub.acd.settle()
})
afterAll(async () => {
  for (const child of clients) child.kill()
  await t?.stop()
  rmSync(stubs, { recursive: true, force: true })
})

it('lists queues, agents, calls and records as REST does', async () => {
  const { call } = python(t.sue.token)
  const queues = (await call('ListQueues')).ok.queues
  expect(queues).toMatchObject([
    { queue: 'sales', mode: 'offhook', open: true, sl_formula: 'SL4' },
    { queue: 'support', waiting: '2', longest_wait_since: '1790000000000', agents: {}, as_of: '1790000000000' },
  ])
  expect(queues[0]).not.toHaveProperty('as_of')
  const { agents } = (await call('ListAgents')).ok
  expect(agents[0]).toMatchObject({
    extension: '1001',
    name: 'Alice',
    queues: [{ queue: 'support', penalty: 1, position: 1, weight: 1 }],
    now: { state: 'OnCall', call_id: '1.2' },
  })
  expect(agents[2]).not.toHaveProperty('now')
  const page = (await call('ListCalls', { limit: 1 })).ok
  expect(page.calls).toMatchObject([{ call_id: '1.1', state: 'Queued', priority: -5, enqueued_at: '1790000000000' }])
  const rest = (await call('ListCalls', { after: page.next })).ok
  expect(rest.calls.map(({ call_id }: { call_id: string }) => call_id)).toEqual(['1.2'])
  expect(rest).not.toHaveProperty('next')
  expect((await call('ListRecords', { outcome: 'answered' })).ok.records).toMatchObject([
    { id: 'r1', agent_id: '1001', queue_time_seconds: '12', wait_time: '12999', final: true },
  ])
})

it('makes the report that REST makes, number for number', async () => {
  const { call } = python(t.sue.token)
  const [from, until] = [1_790_000_000_000 - 1_800_000, 1_790_000_000_000 + 1_800_000]
  for (const [kind, word] of [
    ['QUEUES', 'queues'],
    ['AGENTS', 'agents'],
    ['INTERVALS', 'intervals'],
    ['SERVICE_LEVEL', 'service-level'],
  ]) {
    const asked = { kind, from, until, interval: '30m', zone: 'Europe/London', sl_ms: 10_000, productive: ['MEETING'] }
    const { ok } = await call('GetReport', asked)
    const query = `from=${from}&until=${until}&interval=30m&zone=Europe/London&sl_ms=10000&productive=MEETING`
    const rest = (await t.sue.get(`/api/contact-centre/reports/${word}?${query}`)).body
    expect(ok).toMatchObject({ from: String(from), until: String(until), sl_ms: '10000', formulas: rest.formulas })
    expect(rest.total.counters).toMatchObject({ offered: 1, answered: 1 })
    // What has no data is not in a message, and an empty map is none.
    const known = (name: string, map: Record<string, number | null>) => {
      const found = Object.entries(map).filter(([, value]) => value !== null)
      return found.length > 0 ? { [name]: Object.fromEntries(found) } : {}
    }
    // biome-ignore lint/suspicious/noExplicitAny: as REST gives it
    const message = ({ queue, agent, from, until, counters, numbers, time }: any) => ({
      ...(queue === undefined ? {} : { queue }),
      ...(agent == null ? {} : { agent }),
      ...(from === undefined ? {} : { from: String(from), until: String(until) }),
      counters,
      ...known('numbers', numbers),
      ...known('time', time ?? {}),
    })
    expect([word, ok.total]).toEqual([word, message(rest.total)])
    expect([word, ok.rows]).toEqual([word, rest.rows.map(message)])
  }
})

it('over TLS answers, refuses and streams alike; without it, or with another certificate, nobody is let in', {
  timeout: 60_000,
}, async () => {
  const file = (name: string) => join(stubs, name)
  const certificate = (name: string) => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`)]
    execFileSync('openssl', ['req', '-x509', '-days', '1', '-out', file(`${name}.pem`), ...key, ...subject], {
      stdio: 'ignore',
    })
  }
  certificate('hub')
  certificate('other')
  const tls = { cert: readFileSync(file('hub.pem'), 'utf8'), key: readFileSync(file('hub.key'), 'utf8') }
  const script = new Script()
  const hub = await startHub({ pbx: script.options, contactCentre: { grpc: { host: 'localhost', port: 0, tls } } })
  try {
    await hub.program.put('/api/contact-centre/queues/support', {})
    const to = (cert: string) => ({ port: hub.hub.grpcPort, cert: file(cert) })
    const sue = python(hub.sue.token, to('hub.pem'))
    expect((await sue.call('ListQueues')).ok.queues).toMatchObject([{ queue: 'support' }])
    expect(await sue.call('ListCalls', { queue: 'nowhere' })).toMatchObject({
      error: 'NOT_FOUND',
      code: 'queue_unknown',
    })
    const first = (await sue.call('Watch', { topics: ['queues'], _take: 2 })).message
    expect(first).toMatchObject({ topic: 'queues', snapshot: true })
    script.now.say([], { acd_queues: [acdQueue('support', { waiting: 9 })] })
    hub.hub.pbx.phoneTold('1001', null)
    expect((await sue.next()).message).toMatchObject({ topic: 'queues', queues: [{ waiting: '9' }] })
    expect(await sue.next()).toEqual({ ok: 2 })
    expect((await python(hub.sue.token, to('other.pem')).call('ListQueues')).error).toBe('UNAVAILABLE')
    const mixed = { ...tls, key: readFileSync(file('other.key'), 'utf8') }
    await expect(createHub({ data: 'memory', contactCentre: { grpc: { port: 0, tls: mixed } } })).rejects.toThrow(
      /not the key of the certificate/,
    )
  } finally {
    await hub.stop()
  }
})

it('queues, moves, ends and supervises calls; each deed is in the audit', async () => {
  script.onCommand = ({ command }) => (command === 'queue_call' ? { state: { call_id: 'cb-1' } } : { state: 'done' })
  const { call } = python(t.sue.token)
  const queued = { queue: 'support', number: '+442079460123', priority: 7, idempotency_key: 'k1' }
  expect(await call('QueueCall', queued)).toEqual({ ok: { call_id: 'cb-1' } })
  expect(await call('QueueCall', queued)).toEqual({ ok: { call_id: 'cb-1' } })
  expect(await call('SetPriority', { call_id: '1.1', priority: 0 })).toEqual({ ok: { state: 'done' } })
  await call('Move', { call_id: '1.1', queue: 'sales' })
  await call('Supervise', { call_id: '1.2', action: 'COACH' })
  await call('Hangup', { call_id: '1.2' })
  expect(script.now.commands()).toEqual([
    { command: 'queue_call', queue: 'support', number: '+442079460123', priority: 7 },
    { command: 'priority', call_id: '1.1', priority: 0 },
    { command: 'move', call_id: '1.1', queue: 'sales' },
    { command: 'supervise', action: 'coach', supervisor: '1003', call_id: '1.2' },
    { command: 'hangup_call', call_id: '1.2' },
  ])
  const audit = (await t.sue.get('/api/audit')).body.items
  const deeds = audit.slice(0, 5).map(({ action, extension }: Record<string, string>) => `${action} ${extension}`)
  expect(deeds).toEqual(['call.hangup 1001', 'supervise.coach 1001', 'call.move ', 'call.priority ', 'call.queue '])
})

it('refuses with the status that fits and the code of the documentation', async () => {
  script.onCommand = () => ({ ok: false, code: 'refused_by_pbx', detail: 'No such channel' })
  const sue = python(t.sue.token)
  const alice = python(t.alice.token)
  const cases: [typeof sue, string, object, string, string][] = [
    [python(null), 'ListQueues', {}, 'UNAUTHENTICATED', 'token_missing'],
    [python('not-a-token-at-all-no'), 'ListQueues', {}, 'UNAUTHENTICATED', 'token_invalid'],
    [alice, 'ListCalls', {}, 'PERMISSION_DENIED', 'role_required'],
    [alice, 'Supervise', { call_id: '1.2', action: 'MONITOR' }, 'PERMISSION_DENIED', 'role_required'],
    [alice, 'ListRecords', { agent: '1002' }, 'PERMISSION_DENIED', 'not_yours'],
    [sue, 'ListCalls', { queue: 'nowhere' }, 'NOT_FOUND', 'queue_unknown'],
    [sue, 'ListCalls', { limit: 1000 }, 'INVALID_ARGUMENT', 'validation_failed'],
    [sue, 'QueueCall', { queue: 'nowhere', number: '12' }, 'NOT_FOUND', 'queue_unknown'],
    [sue, 'QueueCall', { queue: 'support' }, 'INVALID_ARGUMENT', 'channel_or_number'],
    [
      sue,
      'QueueCall',
      { queue: 'support', number: '12', skills: [{ skill: 'welsh', min: 1 }] },
      'INVALID_ARGUMENT',
      'skill_unknown',
    ],
    [sue, 'SetPriority', { call_id: '1.1', priority: 101 }, 'INVALID_ARGUMENT', 'validation_failed'],
    [sue, 'Dequeue', { call_id: '9.9' }, 'NOT_FOUND', 'call_unknown'],
    [sue, 'Supervise', { call_id: '1.2' }, 'INVALID_ARGUMENT', 'validation_failed'],
    [sue, 'Supervise', { call_id: '1.2', action: 'MONITOR', supervisor: '1001' }, 'PERMISSION_DENIED', 'not_yours'],
    [
      python(t.program.token),
      'Supervise',
      { call_id: '1.2', action: 'MONITOR' },
      'INVALID_ARGUMENT',
      'supervisor_missing',
    ],
    [alice, 'GetReport', { kind: 'QUEUES' }, 'PERMISSION_DENIED', 'role_required'],
    [sue, 'GetReport', {}, 'INVALID_ARGUMENT', 'validation_failed'],
    [sue, 'GetReport', { kind: 'QUEUES', interval: '7m' }, 'INVALID_ARGUMENT', 'validation_failed'],
    [sue, 'GetReport', { kind: 'QUEUES', queue: 'nowhere' }, 'NOT_FOUND', 'queue_unknown'],
    [sue, 'GetReport', { kind: 'AGENTS', agent: '4711' }, 'NOT_FOUND', 'agent_unknown'],
    [sue, 'GetReport', { kind: 'QUEUES', from: 1, until: 315_360_000_000 }, 'INVALID_ARGUMENT', 'range_too_long'],
    [sue, 'GetReport', { kind: 'QUEUES', zone: 'Moon/Base' }, 'INVALID_ARGUMENT', 'zone_unknown'],
    [sue, 'Dequeue', { call_id: '1.1' }, 'FAILED_PRECONDITION', 'refused_by_pbx'],
    [sue, 'Watch', { topics: ['weather'], _take: 1 }, 'INVALID_ARGUMENT', 'validation_failed'],
  ]
  for (const [who, method, request, error, code] of cases) {
    const answer = await who.call(method, request)
    expect([method, request, answer.error, answer.code]).toEqual([method, request, error, code])
  }
})

it('streams everything, then what changes; an agent sees what concerns it', async () => {
  const sue = python(t.sue.token)
  const first = (await sue.call('Watch', { topics: ['queues', 'calls'], _take: 4 })).message
  expect(first).toMatchObject({ topic: 'queues', snapshot: true, queues: [{ queue: 'support', waiting: '2' }] })
  expect((await sue.next()).message).toMatchObject({ topic: 'calls', snapshot: true, calls: [{}, {}] })
  const alice = python(t.alice.token)
  expect((await alice.call('Watch', { topics: ['calls'], _take: 2 })).message.calls).toMatchObject([{ call_id: '1.2' }])

  say({ acd_queues: [acdQueue('support', { waiting: 3 })] })
  expect((await sue.next()).message).toMatchObject({ topic: 'queues', queues: [{ waiting: '3' }] })
  // The call goes on to Bob: for Alice it is gone.
  say({ acd_calls: [acdCall('1.2', { state: 'AgentRinging', agent: '1002' })] })
  expect((await sue.next()).message).toMatchObject({ topic: 'calls', calls: [{ call_id: '1.2', agent: '1002' }] })
  expect((await alice.next()).message).toEqual({ topic: 'calls', removed: ['1.2'] })
  expect(await sue.next()).toEqual({ ok: 4 })
  expect(await alice.next()).toEqual({ ok: 2 })
})
