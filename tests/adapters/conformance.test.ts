// The same suite for every adapter.
import { describe, test } from 'vitest'
import { jssip } from '../../web/src/adapters/jssip/index.js'
import { mizu } from '../../web/src/adapters/mizu/index.js'
import { sipjs } from '../../web/src/adapters/sipjs/index.js'
import { conformance, scripted, simulated, virtualClock } from '../../web/src/testing/index.js'
import * as webphone from './fake_webphone.mjs'
import * as js from './jssip_pbx.mjs'
import * as sip from './sip_pbx.mjs'

function suite(name: string, checks: ReturnType<typeof conformance>) {
  describe(name, () => {
    for (const check of checks) test(check.name, () => check.run())
  })
}

suite(
  'scripted()',
  conformance((world) => world.phone, {
    create() {
      const phone = scripted({ transfers: false })
      const { peer } = phone
      return {
        clock: virtualClock(),
        phone,
        peer: {
          offer: (call) => void peer.offer(call),
          ring: (id) => peer.ring(id),
          answer: (id) => peer.answer(id),
          hangup: (id) => peer.hangup(id),
          cancel: (id) => peer.hangup(id),
          busy: (id) => peer.busy(id),
          refuseHold: () => peer.refuseHold(),
          acceptTransfer: (id) => peer.transferResult(200, id),
        },
      }
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
  type Change = (phone: ReturnType<typeof scripted>) => Partial<ReturnType<typeof scripted>>
  const failing = async (change: Change) => {
    const checks = conformance((world) => world.adapter, {
      create() {
        const phone = scripted({ transfers: false })
        const { peer } = phone
        const world = {
          offer: (call: { number: string; name: string }) => void peer.offer(call),
          ring: (id: string) => peer.ring(id),
          answer: (id: string) => peer.answer(id),
          hangup: (id: string) => peer.hangup(id),
          cancel: (id: string) => peer.hangup(id),
          busy: (id: string) => peer.busy(id),
          refuseHold: () => peer.refuseHold(),
          acceptTransfer: (id: string) => peer.transferResult(200, id),
        }
        return { clock: virtualClock(), adapter: { ...phone, ...change(phone) }, peer: world }
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
  ])('%s', async ([, change, least], { expect }) => {
    const failed = await failing(change)
    if (least === 0) expect(failed).toEqual([])
    else expect(failed.length).toBeGreaterThanOrEqual(least)
  })
})

describe('simulated()', () => {
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
