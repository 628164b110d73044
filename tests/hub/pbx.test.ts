// The hub and its PBX, by a scripted AMI: what is shown, what is done there,
// and what is made of a PBX that misbehaves.
import { afterEach, describe, expect, it } from 'vitest'
import { pauseFor } from '../../hub/src/agent_rules.js'
import type { HubOptions } from '../../hub/src/index.js'
import { AGENT_STATUSES } from '../../hub/src/schemas.js'
import { channel, message, ScriptedAmi } from './support/ami.js'
import { startHub, type TestHub } from './support/harness.js'
import { connect, type TestPhone } from './support/phone_socket.js'

let ami: ScriptedAmi
let t: TestHub
afterEach(async () => {
  await t?.stop()
  await ami?.close()
})

const until = async (what: string, claim: () => unknown, ms = 8000) => {
  for (const end = Date.now() + ms; !(await claim()); await new Promise((done) => setTimeout(done, 10))) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}. ${JSON.stringify(await health())}`)
  }
}
const health = async () => (await t.anonymous.get('/api/health')).body.pbx
const link = () => JSON.parse(t.hub.pbx.link.frame(true)).link

/** A hub that is connected to the scripted AMI. */
async function begin(engine: object = {}, prepare: (ami: ScriptedAmi) => void = () => {}, options: HubOptions = {}) {
  ami = await ScriptedAmi.listen()
  prepare(ami)
  t = await startHub({ pbx: { ...ami.options, engine: { coalesce_ms: 0, ...engine } }, clock: Date.now, ...options })
}

async function beginLive(engine: object = {}, prepare?: (ami: ScriptedAmi) => void) {
  await begin(engine, prepare)
  await until('the link is live', () => link()?.state === 'live')
}

const extension = async (who: string) =>
  (await t.sue.get('/api/extensions')).body.items.find((item: { extension: string }) => item.extension === who)
const status = async (who: string) => (await t.sue.get(`/api/agents/${who}/status`)).body

/** Alice in a call with a caller from outside. */
function callForAlice() {
  const caller = channel('trunk', '17.1', 4, { CallerIDNum: '+442079460123' })
  const leg = channel('1001', '17.2', 0, { Linkedid: '17.1', Exten: 's' })
  ami.event({ Event: 'Newchannel', ...caller })
  ami.event({ Event: 'Newchannel', ...leg })
  ami.event({ Event: 'Newstate', ...leg, ChannelState: 5, ChannelStateDesc: 'Ringing' })
  const answer = () => {
    for (const one of [leg, caller]) {
      ami.event({ Event: 'Newstate', ...one, ChannelState: 6, ChannelStateDesc: 'Up' })
      const bridge = {
        BridgeUniqueid: 'b1',
        BridgeType: 'basic',
        BridgeTechnology: 'simple_bridge',
        BridgeNumChannels: 2,
      }
      ami.event({ Event: 'BridgeEnter', ...bridge, ...one, ChannelState: 6 })
    }
  }
  const end = () => {
    for (const one of [leg, caller]) ami.event({ Event: 'Hangup', ...one, Cause: 16, 'Cause-txt': 'Normal Clearing' })
  }
  return { answer, end, channelId: String(leg.Channel) }
}

describe('the link', () => {
  it('is made at the start: health tells it, the secret is said to the PBX and to nobody else', async () => {
    await beginLive()
    expect(await health()).toMatchObject({ configured: true, state: 'live', sync_age_ms: expect.any(Number) })
    const login = ami.actions.find(({ Action }) => Action === 'Login')
    expect(login).toMatchObject({ Username: 'hub', Secret: ami.secret })
    expect(t.log.join('')).toContain('link to the PBX: live')
    expect(t.log.join('')).not.toContain(ami.secret)
    expect(JSON.stringify([await health(), link(), (await t.sue.get('/api/extensions')).body])).not.toContain(
      ami.secret,
    )
  })

  it('with a wrong secret says so, and does not hammer', async () => {
    await begin({}, (pbx) => {
      pbx.onAction = ({ Action, ActionID }, socket) => {
        if (Action !== 'Login') return false
        socket.end(message({ Response: 'Error', ActionID: ActionID ?? '', Message: 'Authentication failed' }))
        return true
      }
    })
    await until('refused', () => link()?.state === 'refused')
    expect(link().reason).toBe('wrong_secret')
    expect(t.log.join('')).toMatch(/link to the PBX: refused/)
    expect(t.log.join('')).not.toContain(ami.secret)
    expect(ami.connections).toBe(1)
    expect(link().next_attempt_at - Date.now()).toBeGreaterThan(10_000)
  })

  it('without permission for a list is live without it, or says which is missing', async () => {
    await begin({}, (pbx) => {
      pbx.onAction = ({ Action, ActionID }, socket) => {
        if (!Action?.startsWith('PJSIP')) return false
        socket.write(message({ Response: 'Error', ActionID: ActionID ?? '', Message: 'Permission denied' }))
        return true
      }
    })
    await until('an outcome', () => ['live', 'refused'].includes(link()?.state))
    expect(t.log.join('') + JSON.stringify(link()) + t.hub.pbx.link.frame(true)).toMatch(/permission|system/i)
  })

  it.each([
    ['half a banner', 'Asterisk Call Ma', 'no_banner'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n', 'not_ami'],
    ['a mail server', '220 mail.example ESMTP\r\n', 'not_ami'],
  ])('with %s is down or refused with a reason', async (_name, said, reason) => {
    await begin({}, (pbx) => {
      pbx.onConnect = (socket) => socket.write(said)
    })
    await until('a reason', () => link()?.reason === reason, 12_000)
    expect(t.log.join('')).not.toContain(ami.secret)
    expect((await t.sue.post('/api/calls/PJSIP%2F1001-1/hangup')).body.code).toBe('pbx_unreachable')
  })

  it('that nobody answers is tried again, and made when somebody does', async () => {
    const spare = await ScriptedAmi.listen()
    const { port, options } = spare
    await spare.close()
    t = await startHub({ pbx: options, clock: Date.now })
    await until('a reason', () => link()?.attempts > 0 && t.log.join('').includes('nobody listens at ami://127.0.0.1'))
    ami = await ScriptedAmi.listen(port)
    await until('live', () => link()?.state === 'live', 15_000)
  })

  it('a PBX that falls silent is left and found again', async () => {
    await beginLive({ ping_ms: 1000 })
    ami.freeze()
    await until('not live', () => link()?.state !== 'live')
    await until('live again', () => link()?.state === 'live', 20_000)
    expect(ami.connections).toBeGreaterThan(1)
  })

  it('100 MB without a line end cost no memory and no service; then it goes on', { timeout: 60_000 }, async () => {
    await beginLive()
    const before = process.memoryUsage()
    const block = Buffer.alloc(1024 * 1024, 'x')
    for (let i = 0; i < 100; i++) {
      ami.raw(block)
      await new Promise((done) => setImmediate(done))
      if (i % 20 === 0) expect((await t.anonymous.get('/api/health')).status).toBe(200)
    }
    await until(
      'all is read, or the connection given up',
      () => ami.connections > 1 || link()?.counters.bytes > 100e6,
      30_000,
    )
    ami.raw('\r\n\r\n')
    await until('live', () => link()?.state === 'live', 20_000)
    ami.pause('support', '1001', true, 'after')
    await until('events count again', () =>
      t.hub.pbx.topics.queue_member.items().some((m) => m.observed.reason === 'after'),
    )
    const { external, heapUsed } = process.memoryUsage()
    expect(external + heapUsed - before.external - before.heapUsed).toBeLessThan(64 * 1024 * 1024)
  })

  it('an event with 10,000 headers is no more than one event', async () => {
    await beginLive()
    const headers = Array.from({ length: 10_000 }, (_, i) => `Header-${i}: value`).join('\r\n')
    ami.raw(`Event: Strange\r\n${headers}\r\n\r\n`)
    ami.pause('support', '1002', true, 'after')
    await until('the next one counts', () =>
      t.hub.pbx.topics.queue_member.items().some((m) => m.observed.reason === 'after'),
    )
    expect(link().state).toBe('live')
  })

  it('that is cut in a call: stale and unchanged; then what is so', async () => {
    await beginLive()
    callForAlice().answer()
    await until('On Call', async () => (await extension('1001')).code === 1)
    await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
    ami.cut()
    await until('stale', async () => (await extension('1001')).stale)
    expect(await extension('1001')).toMatchObject({ code: 1, text: 'On Call' })
    await until('live again', () => link()?.state === 'live', 15_000)
    await until('Free', async () => (await extension('1001')).code === 0)
    expect(await extension('1001')).toMatchObject({ stale: false })
    expect((await t.sue.get('/api/calls')).body.items).toEqual([])
    expect((await status('1001')).status).toBe('ONLINE')
  })
})

describe('what is shown', () => {
  it('a call: Free, Ringing, On Call, Free, each told; an agent does not see with whom', async () => {
    await beginLive()
    const token = async (who: string) => t.hub.auth.issueToken({ extension: who })
    const sue = await connect(t.url, await token('1003'), { topics: ['extension_status', 'calls'] })
    const bob = await connect(t.url, await token('1002'), { topics: ['extension_status', 'calls', 'queue_status'] })
    const call = callForAlice()
    const { extension_status } = t.hub.pbx.topics
    await until('Ringing', async () => (await extension('1001')).code === 8)
    extension_status.flush() // or the three would be told as one
    call.answer()
    await until('On Call', async () => (await extension('1001')).code === 1)
    extension_status.flush()
    call.end()
    await until('Free', async () => (await extension('1001')).code === 0)
    const codes = (all: Awaited<ReturnType<TestPhone['untilPong']>>) =>
      all
        .filter(({ stream }) => stream === 'extension_status')
        .flatMap(({ items }) => items.filter((item: { extension: string }) => item.extension === '1001'))
    await until('all is told', () => t.hub.pbx.topics.calls.size === 0)
    const [seen, short] = [await sue.untilPong(), await bob.untilPong()]
    expect(seen[0]).toMatchObject({ type: 'link', link: { state: 'live' } })
    const distinct = codes(seen).map(({ code }: { code: number }) => code)
    expect(distinct.filter((code: number, i: number) => code !== distinct[i - 1])).toEqual([0, 8, 1, 0])
    expect(codes(seen).some(({ peer }: { peer: string | null }) => peer !== null)).toBe(true)
    expect(JSON.stringify(short)).not.toContain('442079460123')
    expect(codes(short).at(-1)).not.toHaveProperty('peer')
    expect(new Set(short.map(({ stream }) => stream).filter(Boolean))).toEqual(new Set(['extension_status']))
    expect(seen.some(({ stream }) => stream === 'calls')).toBe(true)
    await sue.close()
    await bob.close()
  })

  it('who comes back gets what was missed, or everything anew; resync gives all of it', async () => {
    await beginLive()
    const token = await t.hub.auth.issueToken({ extension: '1003' })
    const first = await connect(t.url, token, { topics: ['queue_member'] })
    const [, snapshot] = await first.untilPong()
    expect(snapshot).toMatchObject({ type: 'snapshot', stream: 'queue_member' })
    expect(snapshot.items).toHaveLength(3)
    await first.close()
    ami.pause('support', '1002', true, 'away')
    await until('seen', () => t.hub.pbx.topics.queue_member.revision > snapshot.revision)
    const second = await connect(t.url, token, {
      topics: ['queue_member'],
      last_revision: { queue_member: snapshot.revision },
    })
    const [, missed] = await second.untilPong()
    expect(missed).toMatchObject({ type: 'changes', revision: snapshot.revision + 1, removed: [] })
    expect(missed.items).toMatchObject([
      { extension: '1002', queue: 'support', observed: { paused: true, reason: 'away' } },
    ])
    second.send({ type: 'resync', topics: ['queue_member'] })
    expect((await second.untilPong()).at(-1)).toMatchObject({ type: 'snapshot', stream: 'queue_member' })
    await second.close()
    const old = await connect(t.url, token, { topics: ['queue_member'], last_revision: { queue_member: 7 } })
    expect((await old.untilPong())[1]).toMatchObject({ type: 'snapshot' })
    await old.close()
  })
})

describe('the pause', () => {
  it('follows the status into every queue, each confirmed; the log says so', async () => {
    await beginLive()
    await t.alice.put('/api/agents/1001/status', { status: 'BREAK', reason: 'tea' })
    await until('synced', async () => (await status('1001')).pause === 'synced')
    expect(ami.queues.support?.['1001']).toEqual({ paused: true, reason: 'tea' })
    expect(ami.queues.sales?.['1001']).toEqual({ paused: true, reason: 'tea' })
    expect(ami.queues.support?.['1002']?.paused).toBe(false)
    expect((await status('1001')).pbx).toEqual({ paused: true, reason: 'tea' })
    const log = t.log.join('')
    expect(log).toContain('Asterisk queue member pause synced: true')
    expect(log).toContain('Asterisk queue member paused')
    await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
    await until('unpaused', () => ami.queues.support?.['1001']?.paused === false)
    await until('said', () => t.log.join('').includes('Asterisk queue member unpaused'))
  })

  it('that the PBX refuses leaves the status as it is, shown as failed with a warning', async () => {
    await beginLive({}, (pbx) => {
      pbx.onAction = ({ Action, ActionID }, socket) => {
        if (Action !== 'QueuePause') return false
        socket.write(message({ Response: 'Error', ActionID: ActionID ?? '', Message: 'Interface not found' }))
        return true
      }
    })
    await t.alice.put('/api/agents/1001/status', { status: 'BREAK' })
    await until('failed', async () => (await status('1001')).pause === 'failed', 20_000)
    expect((await status('1001')).status).toBe('BREAK')
    expect(t.log.join('')).toContain('Failed to sync pause state with Asterisk')
    expect(t.log.join('')).toContain('Failed to pause in Asterisk')
    const members = (await t.alice.get('/api/members')).body.items
    expect(members.map(({ state }: { state: string }) => state)).toContain('failed')
    expect(members.every((member: { extension: string }) => member.extension === '1001')).toBe(true)
  })

  it.each(AGENT_STATUSES.filter((word) => word !== 'ON_CALL'))(
    'of %s is the same in the engine and in the hub',
    async (word) => {
      await beginLive()
      await t.alice.put('/api/agents/1001/status', { status: word })
      const wish = () =>
        t.hub.pbx.topics.queue_member.items().find(({ extension: e, queue }) => e === '1001' && queue === 'support')
          ?.wanted
      await until('a wish', () => wish() != null)
      const hubs = pauseFor(word, null)
      expect(hubs).not.toBe('unchanged')
      const { paused, reason_paused } = hubs as { paused: boolean; reason_paused: string | null }
      expect([wish()?.paused, wish()?.reason || null]).toEqual([paused, reason_paused])
    },
  )

  it("Asterisk's own Auto-Pause is seen and not undone", async () => {
    await beginLive({ reconcile_ms: 1000, ping_ms: 1000 })
    await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
    ami.pause('support', '1001', true, 'Auto-Pause')
    await until('seen', async () =>
      (await t.alice.get('/api/members')).body.items.some(
        (m: { observed: { reason: string } }) => m.observed.reason === 'Auto-Pause',
      ),
    )
    // The link is asked every second, and so are the members compared.
    const pings = () => ami.actions.filter(({ Action }) => Action === 'Ping').length
    const before = pings()
    await until('two passes of the reconciliation', () => pings() >= before + 3)
    expect(ami.queues.support?.['1001']).toEqual({ paused: true, reason: 'Auto-Pause' })
  })
})

describe('a telephone that is gone', () => {
  it('is OFFLINE by the hub after the grace, and what it was when it is back', async () => {
    await beginLive({ grace_ms: 300 })
    await t.alice.put('/api/agents/1001/status', { status: 'BREAK', reason: 'tea' })
    ami.register('1001', false)
    await until('OFFLINE', async () => (await status('1001')).status === 'OFFLINE')
    expect(await status('1001')).toMatchObject({ source: 'endpoint', reason: 'Auto: SIP not registered' })
    ami.register('1001', true)
    await until('BREAK again', async () => (await status('1001')).status === 'BREAK')
    const { items } = (await t.sue.get('/api/agents/1001/history')).body
    expect(items.map((i: { status: string; source: string }) => [i.status, i.source])).toEqual([
      ['BREAK', 'endpoint'],
      ['OFFLINE', 'endpoint'],
      ['BREAK', 'agent'],
    ])
    expect((await t.sue.get('/api/audit')).body.items).toEqual([])
  })

  it('does not undo an OFFLINE set by hand when it comes back', async () => {
    await beginLive({ grace_ms: 100 })
    await t.alice.put('/api/agents/1001/status', { status: 'OFFLINE' })
    ami.register('1001', false)
    ami.register('1001', true)
    ami.register('1002', false)
    await t.bob.put('/api/agents/1002/status', { status: 'ONLINE' })
    await until('the other one is taken offline', async () => (await status('1002')).status === 'OFFLINE')
    expect(await status('1001')).toMatchObject({ status: 'OFFLINE', source: 'agent', reason: null })
  })
})

describe('what is asked of the PBX', () => {
  it('a leg is ended by its own agent or a supervisor, who is noted', async () => {
    await beginLive({}, (pbx) => {
      pbx.onAction = ({ Action, ActionID }, socket) => {
        if (Action !== 'Hangup') return false
        socket.write(message({ Response: 'Success', ActionID: ActionID ?? '' }))
        call.end()
        return true
      }
    })
    let call = callForAlice()
    call.answer()
    await until('the leg', async () => (await extension('1001')).code === 1)
    const path = `/api/calls/${encodeURIComponent(call.channelId)}/hangup`
    expect((await t.bob.post(path)).body.code).toBe('not_yours')
    expect((await t.alice.post(path)).status).toBe(200)
    expect(ami.actions.filter(({ Action }) => Action === 'Hangup')).toHaveLength(1)
    await until('Free', async () => (await extension('1001')).code === 0)
    call = callForAlice()
    expect((await t.alice.post('/api/calls/PJSIP%2F1001-nothing/hangup')).status).toBe(404)
    expect((await t.alice.post('/api/calls/PJSIP%2Ftrunk-1/hangup')).status).toBe(404)
  })

  it('what the PBX refuses is answered with its reason, and the call is as it was', async () => {
    await beginLive({}, (pbx) => {
      pbx.onAction = ({ Action, ActionID }, socket) => {
        if (Action !== 'BlindTransfer') return false
        socket.write(message({ Response: 'Error', ActionID: ActionID ?? '', Message: 'No such extension' }))
        return true
      }
    })
    const call = callForAlice()
    call.answer()
    await until('the leg', async () => (await extension('1001')).code === 1)
    const body = { action: 'blind', target: '9', attendant_transfer_form_data: { channel_id: call.channelId } }
    const answer = await t.alice.post(`/api/calls/${encodeURIComponent(call.channelId)}/transfer`, body)
    expect([answer.status, answer.body.code]).toEqual([409, 'refused_by_pbx'])
    expect(answer.body.detail).toContain('No such extension')
    const split = { ...body, target: '9\r\nAction: Originate' }
    expect((await t.alice.post(`/api/calls/${encodeURIComponent(call.channelId)}/transfer`, split)).status).toBe(400)
    expect(ami.actions.some(({ Action }) => Action === 'Originate')).toBe(false)
  })

  it('a pause of one queue; one that there is not, is refused', async () => {
    await beginLive()
    const done = await t.alice.post('/api/members/1001/pause', { paused: true, queue: 'sales', reason_paused: 'own' })
    expect([done.status, done.body.synced]).toEqual([200, true])
    expect(ami.queues.sales?.['1001']).toEqual({ paused: true, reason: 'own' })
    expect(ami.queues.support?.['1001']?.paused).toBe(false)
    const none = await t.alice.post('/api/members/1001/pause', { paused: true, queue: 'nothing' })
    expect([none.status, none.body.code]).toEqual([404, 'member_unknown'])
  })
})
