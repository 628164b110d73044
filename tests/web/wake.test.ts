// A phone that stood still says so before anything else, and only then.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchWake } from '../../web/src/runtime/wake.js'
import { virtualClock } from '../../web/src/testing/clock.js'
import { fakePhone } from './harness.js'

const types = (seen: { type: string }[]) => seen.map(({ type }) => type)

describe('standing still', () => {
  it('is told once, with its length, before the event that found it', async () => {
    const { engine, clock, softphone } = await fakePhone(() => ({ effects: [{ type: 'softphone.start' }] }))
    clock.sleep(60_000)
    softphone.says({ type: 'Registered' })
    softphone.says({ type: 'Registering' })
    expect(types(engine.seen)).toEqual(['Started', 'Woke', 'Registered', 'Registering'])
    expect(engine.seen[1]).toMatchObject({ gap_ms: 60_000 })
  })

  it('is found by the tick when nothing happens', async () => {
    const { engine, clock } = await fakePhone(() => undefined)
    clock.advance(10_000)
    expect(types(engine.seen)).toEqual(['Started'])
    clock.sleep(10_000)
    clock.advance(0)
    expect(types(engine.seen)).toEqual(['Started', 'Woke'])
  })

  it('is no matter of two seconds', async () => {
    const { engine, clock } = await fakePhone(() => undefined)
    clock.sleep(2_500)
    clock.advance(0)
    expect(types(engine.seen)).toEqual(['Started'])
  })

  it('leaves no timer behind a phone that is disposed of', async () => {
    const { phone, clock } = await fakePhone(() => undefined)
    expect(clock.pending).toBe(1)
    phone.dispose()
    expect(clock.pending).toBe(0)
  })
})

describe('in a page', () => {
  const page = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const names = ['document', 'addEventListener', 'removeEventListener'] as const
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  beforeEach(() => {
    Object.assign(globalThis, {
      document,
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
    })
    document.visibilityState = 'visible'
  })
  afterEach(() => {
    names.forEach((name, i) => {
      const was = before[i]
      if (was) Object.defineProperty(globalThis, name, was)
      else delete (globalThis as Record<string, unknown>)[name]
    })
  })
  const watched = () => {
    const clock = virtualClock()
    const found: unknown[] = []
    const network: boolean[] = []
    const wake = watchWake({
      clock,
      look: () => {
        const gap = wake.gap(clock.now(), clock.mono())
        if (gap) found.push(gap)
      },
      network: (on) => network.push(on),
    })
    const hide = (hidden: boolean) => {
      document.visibilityState = hidden ? 'hidden' : 'visible'
      document.dispatchEvent(new Event('visibilitychange'))
    }
    return { clock, found, network, wake, hide }
  }

  it('late timers of a hidden page are no standstill; those of a page in sight are', () => {
    const { clock, found, wake, hide } = watched()
    hide(true)
    clock.sleep(59_000)
    hide(false)
    expect(found).toEqual([{ ms: 59_000, throttled: true }])
    clock.sleep(4_000)
    document.dispatchEvent(new Event('resume'))
    expect(found.at(-1)).toEqual({ ms: 4_000, throttled: false })
    wake.stop()
  })

  it('a hidden page that was frozen has stood still', () => {
    const { clock, found, wake, hide } = watched()
    hide(true)
    document.dispatchEvent(new Event('freeze'))
    clock.sleep(20_000)
    document.dispatchEvent(new Event('resume'))
    expect(found).toEqual([{ ms: 20_000, throttled: false }])
    wake.stop()
  })

  it('a sleep that only the wall clock knows of is one', () => {
    const clock = virtualClock()
    const wake = watchWake({ clock, look: () => {}, network: () => {} })
    expect(wake.gap(clock.now() + 30_000, clock.mono() + 500)).toEqual({ ms: 30_000, throttled: false })
    expect(wake.gap(clock.now() + 30_500, clock.mono() + 1_000)).toBeNull()
    wake.stop()
  })

  it('the network going and coming is told until the watch is stopped', () => {
    const { network, wake } = watched()
    page.dispatchEvent(new Event('offline'))
    page.dispatchEvent(new Event('online'))
    wake.stop()
    page.dispatchEvent(new Event('offline'))
    expect(network).toEqual([false, true])
  })
})
