// @vitest-environment happy-dom
// The hooks: they give what is so, render for what changed, and tick only while somebody looks.
import { createElement, type FunctionComponent } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialState } from '../../../web/src/generated/initial.js'
import type { PhoneState } from '../../../web/src/generated/state.js'
import type { Phone } from '../../../web/src/phone.js'
import { PhoneProvider, useCall, useCan, useDuration, useElapsed, usePhoneState } from '../../../web/src/react/index.js'
import { createStore } from '../../../web/src/store/store.js'
import { virtualClock } from '../../../web/src/testing/index.js'
import { type Desk, desk, happens, type Page, page, shows } from './page.js'

let here: Desk
let site: Page

beforeEach(async () => {
  here = await desk()
  site = page()
})
afterEach(async () => {
  await site.close()
  here.phone.dispose()
})

const show = (component: FunctionComponent) =>
  site.show(createElement(PhoneProvider, { phone: here.phone, clock: here.clock }, createElement(component)))

const talk = async (number = '+442079460123') => {
  const id = here.softphone.peer.offer({ number })
  await here.phone.answer(id)
  return id
}

const Part = ({ id, part }: { id: string; part: 'number' | 'state' }) =>
  String(usePhoneState((state) => state.calls[id]?.[part]))

describe('usePhoneState', () => {
  it('renders for the part that changed, and for no other', async () => {
    const seen = shows(() => usePhoneState((state) => state.agent.status))
    await show(seen.component)
    expect(site.text).toBe('ONLINE')
    const before = seen.renders
    await happens(() => here.softphone.peer.offer({ number: '+442079460123' }))
    expect(seen.renders).toBe(before)
    await happens(() => here.phone.setStatus('BREAK').catch(() => {}))
    expect(site.text).toBe('BREAK')
  })

  it('a selector that builds something new renders when `equal` says so', async () => {
    const numbers = (state: PhoneState) => Object.values(state.calls).map((call) => call.number)
    const same = (a: string[], b: string[]) => a.join() === b.join()
    const seen = shows(() => usePhoneState((state) => numbers(state), same))
    await show(seen.component)
    await happens(() => talk())
    expect(site.text).toBe('["+442079460123"]')
    const before = seen.renders
    await happens(() => here.phone.hold())
    expect(seen.renders).toBe(before)
  })

  it('selects anew when the selector closes over something new', async () => {
    const id = await talk()
    const showPart = (part: 'number' | 'state') =>
      site.show(createElement(PhoneProvider, { phone: here.phone }, createElement(Part, { id, part })))
    await showPart('number')
    expect(site.text).toBe('+442079460123')
    await showPart('state')
    expect(site.text).toBe('Active')
  })
})

describe('useCall', () => {
  it('is the active call without an id, and null when there is none', async () => {
    const seen = shows(() => useCall()?.number ?? 'none')
    await show(seen.component)
    expect(site.text).toBe('none')
    await happens(() => talk())
    expect(site.text).toBe('+442079460123')
    await happens(async () => {
      here.softphone.peer.hangup()
      await here.clock.run(10_000)
    })
    expect(site.text).toBe('none')
  })

  it('does not render for another call', async () => {
    const first = await talk()
    const seen = shows(() => useCall(first)?.mute)
    await show(seen.component)
    const before = seen.renders
    await happens(async () => {
      const second = here.softphone.peer.offer({ number: '+441614960555' })
      here.softphone.peer.changeRemote({ name: 'Lukas' }, second)
      here.softphone.peer.hangup(second)
    })
    expect(seen.renders).toBe(before)
    await happens(() => here.phone.mute(first))
    expect(site.text).toBe('On')
  })
})

const Duration = ({ id }: { id: string }) => `${useDuration(useCall(id))}`

describe('useDuration', () => {
  /** The desk's time, with the hooks' own timers counted apart from the engine's. */
  const showDuration = async (id: string) => {
    const own = new Set<unknown>()
    const clock = {
      ...here.clock,
      setTimeout(fn: () => void, ms: number) {
        const handle = here.clock.setTimeout(() => {
          own.delete(handle)
          fn()
        }, ms)
        own.add(handle)
        return handle
      },
      clearTimeout(handle: unknown) {
        own.delete(handle)
        here.clock.clearTimeout(handle)
      },
    }
    const node = (shown: boolean) =>
      createElement(PhoneProvider, { phone: here.phone, clock }, shown && createElement(Duration, { id }))
    await site.show(node(true))
    return { own, hide: () => site.show(node(false)) }
  }

  it('counts whole seconds of talk, each when it is full, and stands still after the end', async () => {
    await here.clock.run(350) // the call's seconds are not the clock's
    const id = await talk()
    await here.clock.run(400)
    const { own } = await showDuration(id)
    expect(site.text).toBe('0')
    await happens(() => here.clock.run(599))
    expect(site.text).toBe('0')
    await happens(() => here.clock.run(1))
    expect(site.text).toBe('1')
    await happens(() => here.clock.run(61_000))
    expect(site.text).toBe('62')
    expect(own.size).toBe(1)
    await happens(() => here.softphone.peer.hangup())
    expect(own.size).toBe(0)
    await happens(() => here.clock.run(2_000))
    expect(site.text).toBe('62')
  })

  it('is 0 before the answer, and does not tick', async () => {
    const { own } = await showDuration(here.softphone.peer.offer({ number: '+442079460123' }))
    await happens(() => here.clock.run(3_000))
    expect(site.text).toBe('0')
    expect(own.size).toBe(0)
  })

  it('leaves no timer behind when the component goes', async () => {
    const { own, hide } = await showDuration(await talk())
    expect(own.size).toBe(1)
    await hide()
    expect(own.size).toBe(0)
  })

  it('is not shifted by a server whose clock is wrong; a moment the server named is', async () => {
    const clock = virtualClock()
    const begun = initialState()
    const state = { ...begun, connection: { ...begun.connection, skewMs: 60_000 } }
    const store = createStore<PhoneState>(state, () => {})
    const call = { connectedAt: clock.now() - 5_000, endedAt: null, durationMs: 0 }
    const seen = shows(() => [useDuration(call), useElapsed(clock.now() + 57_000, { server: true })].join(' '))
    const phone = { store } as unknown as Phone
    await site.show(createElement(PhoneProvider, { phone, clock }, createElement(seen.component)))
    expect(site.text).toBe('5 3')
  })
})

describe('useCan', () => {
  it('says what may be commanded, and why not', async () => {
    const seen = shows(() => useCan('hold'))
    await show(seen.component)
    expect(JSON.parse(site.text)).toEqual({ ok: false, reason: 'no_such_call', retryIn: null })
    await happens(() => talk())
    expect(JSON.parse(site.text)).toEqual({ ok: true, reason: 'ok', retryIn: null })
    const before = seen.renders
    await happens(() => here.clock.run(5_000))
    expect(seen.renders).toBe(before)
  })

  it('counts down whole seconds from when the verdict began, also for who comes later', async () => {
    const clock = virtualClock()
    const begun = initialState()
    const store = createStore<PhoneState>(begun, () => {})
    const phone = { store } as unknown as Phone
    const seen = shows(() => useCan('call'))
    const node = (component: FunctionComponent | null) =>
      createElement(PhoneProvider, { phone, clock }, component && createElement(component))
    await site.show(node(null))
    const wait = { ok: false, reason: 'not_registered', retryIn: 4_500 } as const
    store.show({ ...begun, can: { ...begun.can, call: wait } })
    await clock.run(1_000)
    await site.show(node(seen.component))
    const left = () => JSON.parse(site.text).retryIn
    expect(left()).toBe(4) // 3.5 s
    await happens(() => clock.run(499))
    expect(left()).toBe(4)
    await happens(() => clock.run(1))
    expect(left()).toBe(3)
    // Another verdict changes: this one has not begun anew.
    await happens(() => store.show({ ...store.getState(), can: { ...begun.can, call: { ...wait } } }))
    expect(left()).toBe(3)
    await happens(() => clock.run(10_000))
    expect(left()).toBe(0)
    expect(clock.pending).toBe(0)
    await happens(() =>
      store.show({ ...begun, can: { ...begun.can, call: { ok: true, reason: 'ok', retryIn: null } } }),
    )
    expect(JSON.parse(site.text)).toEqual({ ok: true, reason: 'ok', retryIn: null })
    await happens(() => store.show({ ...begun, can: { ...begun.can, call: wait } }))
    expect(left()).toBe(5)
  })
})

it('the beginning has every part that a real phone shows, and no other', () => {
  const shape = (state: object) => Object.keys(state).sort()
  const real = here.phone.store.getState()
  const begun = initialState()
  expect(shape(begun)).toEqual(shape(real))
  for (const part of ['agent', 'can', 'tab', 'consult', 'outbox', 'registration', 'connection', 'devices'] as const) {
    expect(shape(begun[part])).toEqual(shape(real[part]))
  }
  expect(begun.agents.size).toBe(0)
})
