// The same suite for every adapter.
import { describe, test } from 'vitest'
import { jssip } from '../../web/src/adapters/jssip/index.js'
import { mizu } from '../../web/src/adapters/mizu/index.js'
import { sipjs } from '../../web/src/adapters/sipjs/index.js'
import type { SoftphoneAdapter } from '../../web/src/ports.js'
import { conformance, type Peer, scripted, simulated, virtualClock } from '../../web/src/testing/index.js'
import * as webphone from './fake_webphone.mjs'
import * as js from './jssip_pbx.mjs'
import * as sip from './sip_pbx.mjs'

function suite(name: string, checks: ReturnType<typeof conformance>) {
  describe(name, () => {
    for (const check of checks) test(check.name, () => check.run())
  })
}

/** The far end of a softphone that is a script. */
const scriptedPeer = (peer: Peer) => ({
  offer: (call: { number: string; name: string }) => void peer.offer(call),
  ring: (id: string) => peer.ring(id),
  answer: (id: string) => peer.answer(id),
  hangup: (id: string) => peer.hangup(id),
  cancel: (id: string) => peer.hangup(id),
  busy: (id: string) => peer.busy(id),
  refuseHold: () => peer.refuseHold(),
  acceptTransfer: (id: string) => peer.transferResult(200, id),
  forget: (id: string) => peer.forget(id),
  changeRemote: (id: string, to: { number: string; name: string }) => peer.changeRemote(to, id),
})

suite(
  'scripted()',
  conformance((world) => world.phone, {
    create() {
      const phone = scripted({ transfers: false, features: 'transfer attended conference check' })
      const peer = scriptedPeer(phone.peer)
      return { clock: virtualClock(), phone, peer }
    },
  }),
)

suite(
  'simulated()',
  conformance((world) => world.phone, {
    create() {
      const clock = virtualClock()
      const never = 1e9
      const phone = simulated({ clock, behaviour: 'no_answer', ringAfterMs: never, giveUpAfterMs: never })
      const peer = scriptedPeer(phone.peer)
      return { clock, phone, peer }
    },
  }),
)

suite(
  'sipjs()',
  conformance(
    (world) => sip.withIds(sipjs({ sip: world.pbx.sip as never, clock: world.clock, random: () => 0.5 }), world),
    {
      create: () => sip.sipWorld(virtualClock()),
    },
  ),
)

suite(
  'jssip()',
  conformance(
    (world) => js.withIds(jssip({ jssip: world.pbx.jssip as never, clock: world.clock, random: () => 0.5 }), world),
    { create: () => js.jssipWorld(virtualClock()) },
  ),
)

for (const apibehaviour of [1, -1, 'old']) {
  suite(
    `mizu(), apibehaviour ${apibehaviour}`,
    conformance((world) => webphone.withIds(mizu(world.api as never, { clock: world.clock }), world), {
      create: () => webphone.mizuWorld(virtualClock(), { apibehaviour }),
    }),
  )
}

describe('the suite catches an adapter that', () => {
  const confirmsMerge =
    (phone: ReturnType<typeof scripted>): SoftphoneAdapter['merge'] =>
    (call_id, other_call_id, on) =>
      phone.peer.emit({ type: 'MergeConfirmed', call_id, other_call_id, on })
  type Change = (phone: ReturnType<typeof scripted>) => Partial<ReturnType<typeof scripted>>
  const failing = async (change: Change) => {
    const checks = conformance((world) => world.adapter, {
      create() {
        const phone = scripted({ transfers: false, features: 'transfer attended conference check' })
        const peer = scriptedPeer(phone.peer)
        return { clock: virtualClock(), adapter: { ...phone, ...change(phone) }, peer }
      },
    })
    const failed: string[] = []
    for (const check of checks) await check.run().catch(() => failed.push(check.name))
    return failed
  }

  test.for<[string, Change, number]>([
    ['does everything right', () => ({}), 0],
    ['forgets to confirm hold', () => ({ hold: () => {} }), 3],
    [
      'throws',
      () => ({
        dtmf: () => {
          throw new Error('no')
        },
      }),
      5,
    ],
    [
      'ends a call twice',
      (phone) => ({
        hangup: (id) => {
          phone.hangup(id)
          phone.peer.emit({ type: 'CallEnded', call_id: id })
        },
      }),
      4,
    ],
    [
      'connects before the other side answers',
      (phone) => ({
        dial: (id, number) => {
          phone.dial(id, number)
          phone.peer.answer(id)
        },
      }),
      4,
    ],
    [
      'ignores calls it does not know',
      (phone) => ({
        mute: (id, on) => {
          if (phone.isConnected(id)) phone.mute(id, on)
        },
      }),
      3,
    ],
    [
      'adds a field',
      (phone) => ({ dtmf: (id) => phone.peer.emit({ type: 'DtmfSent', call_id: id, digits: '1' } as never) }),
      1,
    ],
    ['speaks after stop', (phone) => ({ stop: () => {}, name: phone.name }), 1],
    ['calls every call alive', (phone) => ({ check: (id) => phone.peer.emit({ type: 'CallAlive', call_id: id }) }), 2],
    ['never answers the question whether a call lives', () => ({ check: () => {} }), 2],
    ['ends a call on a guess', (phone) => ({ check: (id) => phone.peer.lose(id) }), 1],
    [
      'blames the other side for a call that was lost',
      (phone) => ({ check: (id) => phone.peer.emit({ type: 'CallEnded', call_id: id, origin: 'remote' }) }),
      2,
    ],
    ['does not know how to join two calls', () => ({ merge: undefined as never }), 2],
    ['joins a call with nobody', (phone) => ({ merge: confirmsMerge(phone) }), 1],
    ['forgets to part a conference', (phone) => ({ merge: (a, b, on) => on && phone.merge?.(a, b, on) }), 1],
    [
      'transfers to a call that still rings',
      (phone) => ({
        transfer: (id, target, other) =>
          other === 'nobody' || phone.isConnected(id)
            ? phone.peer.emit({ type: 'TransferProgress', call_id: id, status_code: 202 })
            : phone.transfer(id, target, other),
      }),
      2,
    ],
    [
      'promises what is not in the port',
      (phone) => ({
        start: (context) =>
          phone.start({
            ...context,
            emit: (event) =>
              context.emit(event.type === 'SoftphoneReady' ? { ...event, features: 'transfer telepathy' } : event),
          }),
      }),
      1,
    ],
    [
      'hides who is at the other end now',
      (phone) => ({
        start: (context) =>
          phone.start({ ...context, emit: (event) => event.type !== 'RemoteChanged' && context.emit(event) }),
      }),
      1,
    ],
    [
      'reports an end each time it hears of it',
      (phone) => ({
        hangup: (id) => {
          phone.hangup(id)
          phone.hangup(id)
          phone.peer.emit({ type: 'CallEnded', call_id: id, origin: 'local' })
        },
      }),
      4,
    ],
    [
      'has no sentence for a device that it does not take',
      () => ({ devices: { setMicrophone: () => Promise.reject(''), setSpeaker: async () => {} } }),
      1,
    ],
    [
      'claims a device that it has not told of',
      () => ({ devices: { setMicrophone: async () => {}, setSpeaker: async () => {} } }),
      1,
    ],
    [
      'measures nonsense',
      (phone) => ({
        answer: (id) => {
          phone.answer(id)
          phone.peer.emit({ type: 'QualityMeasured', call_id: id, mos: 12 })
        },
      }),
      5,
    ],
  ])('%s', async ([, change, least], { expect }) => {
    const failed = await failing(change)
    if (least === 0) expect(failed).toEqual([])
    else expect(failed.length).toBeGreaterThanOrEqual(least)
  })
})

describe('the far end of simulated()', () => {
  const start = () => {
    const clock = virtualClock()
    const phone = simulated({ clock })
    const said: string[] = []
    const tell = (event: { type: string; call_id?: string }) => void said.push(event.type)
    void phone.start({ emit: tell, session: {}, log: () => {} } as never)
    clock.advance(1_000)
    said.length = 0
    return { clock, phone, said }
  }

  test('rings and answers a dialled call by itself', ({ expect }) => {
    const { clock, phone, said } = start()
    phone.dial('out-1', '+442079460123')
    clock.advance(5_000)
    expect(said).toEqual(['CallDialed', 'CallProgress', 'CallConnected'])
    phone.remoteHangup()
    expect(said.at(-1)).toBe('CallEnded')
  })

  test('is busy, or does not answer, when told to', ({ expect }) => {
    for (const behaviour of ['busy', 'no_answer'] as const) {
      const { clock, phone, said } = start()
      phone.behaviour(behaviour)
      phone.dial('out-1', '+442079460123')
      clock.advance(30_000)
      expect(said).toEqual(['CallDialed', 'CallProgress', 'CallEnded'])
    }
  })

  test('stops an incoming call that nobody takes', ({ expect }) => {
    const { clock, phone, said } = start()
    phone.incoming('+442079460123', 'Carol')
    clock.advance(30_000)
    expect(said).toEqual(['CallOffered', 'CallEnded'])
  })
})
