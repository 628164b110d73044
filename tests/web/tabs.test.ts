// One phone in many tabs, on the real engine and a virtual clock: commands from
// followers, take-overs, what is shown meanwhile. The same in real Chromium, with
// crashes: tests/tabs.
// biome-ignore-all lint/style/noNonNullAssertion: an office has as many tabs as were opened
import { describe, expect, it } from 'vitest'
import schema from '../../web/src/generated/schema.json' with { type: 'json' }
import type { PhoneState } from '../../web/src/generated/state.js'
import { SlotPages } from '../../web/src/store/collections.js'
import { isOrder } from '../../web/src/tabs/messages.js'
import { difference, graft, Mirror } from '../../web/src/tabs/mirror.js'
import { scripted, virtualClock } from '../../web/src/testing/index.js'
import { type FakeTab, fakeTabs } from './fake_tabs.js'
import { settle } from './harness.js'
import { realPhone } from './real_phone.js'

async function office(count: number) {
  const clock = virtualClock(1_700_000_000_000)
  const { tab } = fakeTabs()
  const open = async (place: FakeTab = tab()) => {
    const softphone = scripted()
    const opening = realPhone({ tabs: place, clock, softphone, seed: undefined as never })
    for (let i = 0; i < 4; i++) await settle()
    const { phone, backend } = await opening
    return { phone, softphone, place, backend, state: () => phone.store.getState() }
  }
  const tabs = []
  for (let i = 0; i < count; i++) tabs.push(await open())
  /** Time passes, and what the tabs say to each other arrives. */
  const run = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await settle()
    }
  }
  return { tabs, open, clock, run }
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value ?? 'done',
    (error: { code?: string }) => error.code,
  )

describe('several tabs', () => {
  it('have one leader; the others show what it shows, each with its own tab part', async () => {
    const { tabs, run } = await office(3)
    const [first, second, third] = tabs
    expect(tabs.map(({ state }) => state().tab.state)).toEqual(['Leader', 'Follower', 'Follower'])
    first!.softphone.peer.offer({ number: '+442079460123', callId: 'in-1' })
    await run(500)
    for (const tab of [second!, third!]) {
      const { tab: _, version: __, ...theirs } = first!.state()
      const { tab: own, version: ___, ...shown } = tab.state()
      expect(JSON.parse(JSON.stringify(shown))).toEqual(JSON.parse(JSON.stringify(theirs)))
      expect(own.leader).toBe(first!.state().tab.leader)
      expect(tab.softphone.commands).toEqual([])
    }
  })

  it('a part that did not change stays the same object in a follower', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    first!.softphone.peer.offer({ number: '1', callId: 'in-1' })
    await run(500)
    const before = second!.state()
    first!.softphone.peer.offer({ number: '2', callId: 'in-2' })
    await run(500)
    const after = second!.state()
    expect(after.calls['in-1']).toBe(before.calls['in-1'])
    expect(after.registration).toBe(before.registration)
    expect(after.can.login).toBe(before.can.login)
    expect(after.calls).not.toBe(before.calls)
    expect(after.version).toBeGreaterThan(before.version)
  })

  it('a command from a follower is carried out by the leader, and its outcome told', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    const id = first!.softphone.peer.offer({ number: '+442079460123' })
    await run(500)
    const answered = outcome(second!.phone.answer(id))
    const refused = outcome(second!.phone.hold('no such call'))
    await run(500)
    expect([await answered, await refused]).toEqual(['done', 'no_such_call'])
    expect(first!.softphone.commands.at(-1)).toEqual({ name: 'answer', callId: id })
  })

  it('an order that comes twice is done once, and answered each time', async () => {
    const { tabs, run, clock } = await office(2)
    const [first, second] = tabs
    const order = { type: 'DialRequested', number: '+442079460123' }
    const message = { v: 1, from: 'tab-x', t: 'do', id: 'tab-x.1', at: clock.now(), order }
    second!.place.say(message)
    second!.place.say(message)
    await run(500)
    expect(first!.softphone.commands.filter(({ name }) => name === 'dial')).toHaveLength(1)
    second!.place.say(message)
    await run(500)
    expect(first!.place.said.filter(({ t, id }) => t === 'done' && id === 'tab-x.1')).toHaveLength(3)
  })

  it('an order that is too old, or none, is refused', async () => {
    const { tabs, run, clock } = await office(2)
    const [first, second] = tabs
    const say = (id: string, at: number, order: unknown) =>
      second!.place.say({ v: 1, from: 'x', t: 'do', id, at, order })
    say('old', clock.now() - 5_000, { type: 'DialRequested', number: '1' })
    say('evil', clock.now(), { type: 'TabLockLost' })
    await run(500)
    const codes = first!.place.said.filter(({ t }) => t === 'done').map(({ id, code }) => [id, code])
    expect(codes).toEqual([
      ['old', 'not_leader'],
      ['evil', 'bad_event'],
    ])
    expect(first!.state().tab.state).toBe('Leader')
  })

  it('a leader that dies is followed at once; what it was asked is refused, not asked again', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    first!.place.die()
    const asked = outcome(second!.phone.call('+442079460123'))
    await run(500)
    expect(second!.state().tab.state).toBe('Leader')
    expect(await asked).toBe('not_leader')
    expect(second!.softphone.commands.map(({ name }) => name)).toEqual(['start'])
  })

  it('without any answer for 5 s a command ends as not_leader', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    // The leader hangs: it keeps the lock, and nothing is heard of it.
    first!.place.hang()
    const asked = outcome(second!.phone.call('1'))
    await run(3_000)
    expect(second!.state().tab.state).toBe('Suspecting')
    await run(2_500)
    expect(await asked).toBe('not_leader')
    // It was taken from the one that hangs, and nobody has dialled.
    expect(second!.state().tab.state).toBe('Leader')
    expect(first!.softphone.commands.concat(second!.softphone.commands).map(({ name }) => name)).not.toContain('dial')
  })

  it('a leader that hung follows when it goes on, and can lead again', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    const phases: string[] = []
    first!.phone.store.subscribe(({ phase }) => phases.push(phase))
    first!.place.hang()
    await run(5_000)
    expect(second!.state().tab.state).toBe('Leader')
    first!.place.goOn()
    await run(1_500)
    expect(first!.state()).toMatchObject({ phase: 'ready', tab: { state: 'Follower' } })
    expect(phases).not.toContain('disposed')
    second!.place.die()
    await run(1_000)
    expect(first!.state()).toMatchObject({
      phase: 'ready',
      registration: { state: 'Registered' },
      tab: { state: 'Leader' },
    })
    expect(first!.softphone.commands.map(({ name }) => name)).toEqual(['start', 'stop', 'start'])
    first!.softphone.peer.offer({ number: '1', callId: 'in-9' })
    expect(first!.state().calls['in-9']?.state).toBe('Offered')
  })

  it('messages of another version are logged once and change nothing', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    const before = first!.state()
    for (let i = 0; i < 3; i++) second!.place.say({ v: 2, from: 'later', t: 'beat', term: 1e15 })
    second!.place.say('what?')
    await run(500)
    expect(first!.state().tab).toBe(before.tab)
  })

  it('a leader that is disposed of hands over; versions only go up', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    const versions: number[] = []
    second!.phone.store.subscribe(({ version }) => versions.push(version))
    first!.phone.dispose()
    await run(1_000)
    expect(second!.state()).toMatchObject({ phase: 'ready', tab: { state: 'Leader' } })
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(new Set(versions).size).toBe(versions.length)
    second!.phone.dispose()
  })

  it('a follower that is disposed of disturbs nobody, and its commands end', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    second!.phone.dispose()
    await run(500)
    expect(second!.state().phase).toBe('disposed')
    expect(await outcome(second!.phone.call('1'))).toBe('disposed')
    expect(first!.state()).toMatchObject({ phase: 'ready', tab: { state: 'Leader' } })
  })
})

describe('the mirror', () => {
  const entry = (extension: string, status = 'ONLINE') => ({ extension, status })
  const map = (entries: Record<string, unknown>) => Object.assign(Object.create(null), entries)

  it('is what the leader shows after any number of changes', () => {
    const pages = new SlotPages((one: { extension: string }) => one.extension)
    const calls: Record<string, unknown> = {}
    const mirror = new Mirror()
    let last: PhoneState | null = null
    let seed = 7
    const random = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % most
    }
    for (let step = 0; step < 400; step++) {
      const slot = random(200)
      if (random(4) === 0) pages.clear(slot)
      else pages.set(slot, entry(`1${slot}`, String(random(3))))
      if (random(3) === 0) delete calls[`c${random(5)}`]
      else calls[`c${random(5)}`] = { id: step, inner: { deep: random(2) } }
      const state = {
        version: step,
        tab: {},
        root: random(3),
        calls: map({ ...calls }),
        list: [random(3)],
        agents: pages.value(),
      }
      const next = state as unknown as PhoneState
      const whole = random(20) === 0
      const patch = difference(whole ? null : last, next)
      const shown = mirror.take(structuredClone(patch), last === null || whole) as unknown as typeof state
      last = next
      expect(JSON.stringify([shown.root, shown.calls, shown.list, shown.agents])).toBe(
        JSON.stringify([state.root, state.calls, state.list, state.agents]),
      )
      expect(shown.agents.get('1100')).toEqual(state.agents.get('1100'))
    }
  })

  it('sends of a large list only what changed', () => {
    const pages = new SlotPages((one: { extension: string }) => one.extension)
    for (let slot = 0; slot < 5_000; slot++) pages.set(slot, entry(String(slot)))
    const before = { agents: pages.value() } as unknown as PhoneState
    pages.set(4_321, entry('4321', 'BREAK'))
    const after = { agents: pages.value() } as unknown as PhoneState
    expect(difference(before, after)).toEqual({
      parts: {},
      maps: {},
      pages: { agents: [[4_321, entry('4321', 'BREAK')]] },
    })
  })

  it('keeps the objects that are equal', () => {
    const before = { a: { x: 1 }, b: [{ y: 2 }, { z: 3 }] }
    expect(graft(before, structuredClone(before))).toBe(before)
    const now = graft(before, { a: { x: 1 }, b: [{ y: 2 }, { z: 4 }] }) as typeof before
    expect(now.a).toBe(before.a)
    expect(now.b[0]).toBe(before.b[0])
    expect(now.b[1]).toEqual({ z: 4 })
  })
})

describe('an order', () => {
  it('is a command of the engine’s schema and nothing else', () => {
    for (const { name, fields } of schema.events) {
      const command = (fields as { name: string }[]).some((field) => field.name === 'command')
      expect(isOrder({ type: name }), name).toBe(command || name === 'QueueNumberReceived')
    }
    for (const wrong of [null, undefined, 7, {}, { type: 'constructor' }]) expect(isOrder(wrong)).toBe(false)
  })
})
