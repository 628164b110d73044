// The hub as it is shipped, with its true engine, killed (SIGKILL) in a talk
// and in a wrap-up: the record and the wrap-up are there when it is back. The
// PBX is a script; the same on a true Asterisk is in tests/pbx.
import { afterEach, expect, it } from 'vitest'
import { channel, ScriptedAmi } from './support/ami.js'
import {
  answers,
  comes,
  type HubProcess,
  isLive,
  offered,
  startProcess,
  tellsCallers,
  until,
} from './support/cli_hub.js'
import { type Client, lastingStorage, type Storage, startHub } from './support/harness.js'

const cc = '/api/contact-centre'
let ami: ScriptedAmi
let storage: Storage
let hub: HubProcess | null = null
afterEach(async () => {
  await hub?.kill()
  await ami?.close()
  await storage?.remove()
})

/** Starts the command; resolves when the link is live. */
async function start(token: string): Promise<Client> {
  const one = await startProcess(ami, storage, token)
  hub = one
  await until('the link is live', () => isLive(one))
  return one.client
}

async function kill(): Promise<void> {
  await hub?.kill()
  hub = null
}

/** A caller in the waiting room of support, offered to 1001, who answers. */
async function talk(caller: string, leg: string): Promise<void> {
  const before = ami.actions.length
  const customer = comes(ami, caller)
  await offered(ami, customer, '1001', before)
  answers(ami, customer, '1001', leg)
}

it('loses no record and no wrap-up', { timeout: 180_000 }, async () => {
  ami = await ScriptedAmi.listen()
  ami.queues = { support: { '1001': { paused: false, reason: '' } } }
  tellsCallers(ami) // after a restart there are none any more
  storage = await lastingStorage()
  const first = await startHub({ clock: Date.now }, storage)
  await first.program.put(`${cc}/queues/support`, { wrap_up: { mode: 'timed', ms: 600_000 } })
  await first.program.put(`${cc}/agents/1001`, { queues: [{ queue: 'support' }] })
  await first.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
  const token = first.sue.token as string
  await first.stop()

  // Killed in a talk; when it is back the PBX has no such call.
  let sue = await start(token)
  await talk('17.1', '17.2')
  const call = await until('the talk', async () => {
    const { items } = (await sue.get(`${cc}/calls`)).body
    return items.find(({ state }: { state: string }) => state === 'Active')
  })
  expect(call).toMatchObject({ call_id: '17.1', queue: 'support', agent: '1001' })
  await until('its record', async () => (await sue.get(`${cc}/records`)).body.items[0]?.answered_at)
  await kill()
  sue = await start(token)
  const lost = await until('the end of its record', async () => {
    const [record] = (await sue.get(`${cc}/records`)).body.items
    return record?.ended_at !== null && record
  })
  expect(lost).toMatchObject({ call_id: '17.1', agent_id: '1001', outcome: 'lost', end_estimated: true })
  expect((await sue.get(`${cc}/calls`)).body.items).toEqual([])
  expect((await sue.get(`${cc}/records`)).body.items).toHaveLength(1)

  // Killed in the wrap-up: it goes on where it was.
  const wrapUp = async () => (await sue.get(`${cc}/agents/1001`)).body.now?.wrap_up
  await until('Alice is free', async () => {
    // Of the call that was lost one may have begun; it may end by itself meanwhile.
    if (await wrapUp()) await sue.post('/api/agents/1001/complete-wrap-up')
    return (await sue.get(`${cc}/agents/1001`)).body.now?.state === 'Available'
  })
  await talk('18.1', '18.2')
  const leg = channel('1001', '18.2', 6, { Linkedid: '18.1', Cause: 16 })
  await until('the talk', async () => (await sue.get(`${cc}/calls?state=Active`)).body.items[0])
  ami.event({ Event: 'HangupRequest', ...leg })
  ami.event({ Event: 'Hangup', ...leg })
  ami.event({ Event: 'Hangup', ...channel('trunk', '18.1', 6, { Cause: 16 }) })
  const begun = await until('the wrap-up', wrapUp)
  expect(begun).toMatchObject({ call_id: '18.1', mode: 'timed' })
  await until('the end of the talk', async () => (await sue.get(`${cc}/records`)).body.items[0]?.ended_at)
  await kill()
  sue = await start(token)
  const { until: end, ...again } = await until('the wrap-up again', wrapUp)
  const { until: meant, ...same } = begun
  expect(again).toEqual(same)
  expect(Math.abs(end - meant)).toBeLessThan(50) // by another process's monotonic clock
  const ended = await sue.post('/api/agents/1001/complete-wrap-up')
  expect([ended.status, ended.body.code]).toEqual([200, undefined])
  const done = await until('the record is final', async () => {
    const [record] = (await sue.get(`${cc}/records`)).body.items
    return record.final && record
  })
  expect(done).toMatchObject({ call_id: '18.1', outcome: 'answered', hangup_by: 'agent', agent_id: '1001' })
  expect(done.agent_session_id).toBe('18.2')
  expect(done.wrap_up_time).toBeGreaterThan(0)
  expect(done.wrap_up_time_seconds).toBe(Math.floor(done.wrap_up_time / 1000))
  expect((await sue.get(`${cc}/records`)).body.items).toHaveLength(2)
})
