// @vitest-environment happy-dom
// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
import { act, createElement, StrictMode, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { useStore } from 'zustand'
import { createStore as zustandStore } from 'zustand/vanilla'
import type { PhoneState } from '../../web/src/generated/state.js'
import { SlotMap, SlotPages } from '../../web/src/store/collections.js'
import { createStore, type ReadonlyStore } from '../../web/src/store/store.js'
import { fakePhone } from './harness.js'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const call = (id: string, number = '1') => ({ leaf: 'Call', value: { id, number, state: 'Active' } })

/** A phone whose softphone events change what their names say. */
const changing = () =>
  fakePhone((event) => {
    if (event.type === 'Started') return { leaves: [call('a')], effects: [{ type: 'softphone.start' }] }
    if (event.type === 'Registered') return { leaves: [{ leaf: 'Registration', value: { state: 'Registered' } }] }
    if (event.type === 'RemoteChanged') return { leaves: [call('a', event.number)] }
    if (event.type === 'CallOffered') return { leaves: [{ ...call(event.call_id), slot: 1 }] }
    return event.type === 'CallEnded' ? { leaves: [{ leaf: 'Call', slot: 1, value: null }] } : {}
  })

describe('zustand’s contract', () => {
  /** What both stores are put through; the trace has to be the same. */
  const trace = (api: {
    getState(): { n: number }
    getInitialState(): { n: number }
    subscribe(listener: (state: { n: number }, previous: { n: number }) => void): () => void
    set(next: { n: number }): void
  }) => {
    const seen: unknown[] = []
    const first = api.getState()
    const a = (state: { n: number }, previous: { n: number }) => seen.push(['a', state.n, previous.n])
    const endA = api.subscribe(a)
    api.subscribe(a)
    let endC = () => {}
    api.subscribe((state) => {
      seen.push(['b', state.n])
      if (state.n === 2) endC()
      if (state.n === 3) api.subscribe((later) => seen.push(['late', later.n]))
    })
    endC = api.subscribe((state) => seen.push(['c', state.n]))
    const same = { n: 1 }
    api.set(same)
    api.set(same)
    api.set({ n: 2 })
    api.set({ n: 3 })
    endA()
    endA()
    api.set({ n: 4 })
    seen.push(api.getInitialState() === first, api.getState().n)
    return seen
  }

  it('is kept listener by listener', () => {
    const theirs = zustandStore<{ n: number }>(() => ({ n: 0 }))
    const ours = createStore({ n: 0 }, () => {})
    expect(trace({ ...ours, set: ours.show })).toEqual(
      trace({ ...theirs, set: (next: { n: number }) => theirs.setState(next, true) }),
    )
  })

  it('the store of a phone has its three functions and no way to set', async () => {
    const { phone } = await changing()
    expect(Object.keys(phone.store).sort()).toEqual(['getInitialState', 'getState', 'subscribe'])
    expect(phone.store.getInitialState().calls.a).toMatchObject({ number: '1' })
  })
})

describe('structural sharing', () => {
  it('a part that did not change is the same object', async () => {
    const { phone, softphone } = await changing()
    softphone.says({ type: 'CallOffered', call_id: 'b', number: '2' })
    const before = phone.store.getState()
    softphone.says({ type: 'RemoteChanged', call_id: 'a', number: '99' })
    const after = phone.store.getState()
    expect(after).not.toBe(before)
    expect(after.calls.a).not.toBe(before.calls.a)
    expect(after.calls.b).toBe(before.calls.b)
    const unchanged = Object.keys(after).filter((key) => !['version', 'calls'].includes(key)) as (keyof PhoneState)[]
    for (const key of unchanged) expect(after[key], key).toBe(before[key])
    expect(before.calls.a!.number).toBe('1')
    expect(after.version).toBe(before.version + 1)
  })

  it('an event that changes nothing shows nothing', async () => {
    const { phone, softphone } = await changing()
    const before = phone.store.getState()
    let told = 0
    phone.store.subscribe(() => told++)
    softphone.says({ type: 'Registering' })
    expect(phone.store.getState()).toBe(before)
    expect(told).toBe(0)
  })

  it('verdicts are frozen and one object each', async () => {
    const { phone } = await changing()
    const { can } = phone.store.getState()
    expect(can.call).toBe(can.hold)
    expect(Object.isFrozen(can.call)).toBe(true)
  })
})

interface Props {
  store: ReadonlyStore<PhoneState>
  renders: { number: number; registration: number }
}

function CallNumber({ store, renders }: Props) {
  renders.number++
  return createElement(
    'b',
    null,
    useStore(store, (state) => state.calls.a?.number),
  )
}

function Registered({ store, renders }: Props) {
  renders.registration++
  return createElement(
    'i',
    null,
    useStore(store, (state) => state.registration.state),
  )
}

function Version({ store }: Pick<Props, 'store'>) {
  const now = () => store.getState().version
  return createElement(
    'p',
    null,
    useSyncExternalStore(store.subscribe, now, () => store.getInitialState().version),
  )
}

describe('React', () => {
  it('useStore of zustand renders what changed, and only that, in StrictMode', async () => {
    const { phone, softphone } = await changing()
    const renders = { number: 0, registration: 0 }
    const props = { store: phone.store, renders }
    const host = document.createElement('div')
    const root = createRoot(host)
    await act(async () =>
      root.render(createElement(StrictMode, null, createElement(CallNumber, props), createElement(Registered, props))),
    )
    expect(host.innerHTML).toBe('<b>1</b><i>Idle</i>')
    const at = { ...renders }
    await act(async () => softphone.says({ type: 'RemoteChanged', call_id: 'a', number: '42' }))
    expect(host.innerHTML).toBe('<b>42</b><i>Idle</i>')
    expect(renders.number).toBeGreaterThan(at.number)
    expect(renders.registration).toBe(at.registration)
    await act(async () => root.unmount())
    softphone.says({ type: 'Registered' })
  })

  it('useSyncExternalStore takes the store as it is, also on a server', async () => {
    const { phone, softphone } = await changing()
    softphone.says({ type: 'Registered' })
    expect(renderToString(createElement(Version, phone))).toBe('<p>1</p>')
    const host = document.createElement('div')
    const root = createRoot(host)
    await act(async () => root.render(createElement(Version, phone)))
    expect(host.innerHTML).toBe('<p>2</p>')
    await act(async () => root.unmount())
  })

  it('a listener that unsubscribes while it is told is told no more', async () => {
    const { phone, softphone } = await changing()
    let told = 0
    const end = phone.store.subscribe(() => {
      told++
      end()
    })
    softphone.says({ type: 'RemoteChanged', call_id: 'a', number: '2' })
    softphone.says({ type: 'RemoteChanged', call_id: 'a', number: '3' })
    expect(told).toBe(1)
  })
})

describe('collections', () => {
  it('a call named __proto__ is a call and pollutes nothing', () => {
    const map = new SlotMap<{ id: string }>((entry) => entry.id)
    map.set(0, { id: '__proto__' })
    map.set(1, { id: 'constructor' })
    expect(Object.keys(map.value()).sort()).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(map.value())).toBe(null)
    expect(({} as { id?: string }).id).toBeUndefined()
  })

  it('a slot that is emptied and filled again shows the new entry only', () => {
    const map = new SlotMap<{ id: string }>((entry) => entry.id)
    map.set(3, { id: 'a' })
    map.set(0, { id: 'b' })
    map.clear(3)
    expect(map.value()).toEqual({ b: { id: 'b' } })
    map.set(3, { id: 'c' })
    expect(map.value()).toEqual({ b: { id: 'b' }, c: { id: 'c' } })
    expect(map.value()).toBe(map.value())
  })

  it('a paged list of 10,000 changes one page, and old snapshots stay as they were', () => {
    const pages = new SlotPages<{ key: string; n: number }>((entry) => entry.key)
    for (let i = 0; i < 10_000; i++) pages.set(i, { key: `k${i}`, n: i })
    const before = pages.value()
    pages.set(77, { key: 'k77', n: -1 })
    const after = pages.value()
    expect([before.size, after.size]).toEqual([10_000, 10_000])
    expect([before.get('k77')!.n, after.get('k77')!.n]).toEqual([77, -1])
    expect([before.at(77)!.n, after.at(77)!.n, after.at(9_999)!.n, after.at(10_000)]).toEqual([
      77,
      -1,
      9_999,
      undefined,
    ])
    expect(after.get('k78')).toBe(before.get('k78'))
    expect(after.has('nobody')).toBe(false)
    expect(pages.value()).toBe(after)
    expect([...after].length).toBe(10_000)
    expect(after.toArray()[77]).toEqual({ key: 'k77', n: -1 })
  })

  it('gaps, keys that move and keys that come back are right in every snapshot', () => {
    const pages = new SlotPages<{ key: string }>((entry) => entry.key)
    for (let i = 0; i < 200; i++) pages.set(i, { key: `k${i}` })
    const full = pages.value()
    pages.clear(5)
    pages.clear(5)
    pages.set(6, { key: 'new' })
    const gap = pages.value()
    pages.set(5, { key: 'k6' })
    const moved = pages.value()
    expect([full.size, gap.size, moved.size]).toEqual([200, 199, 200])
    expect([full.get('k5')?.key, gap.get('k5'), moved.get('k5')]).toEqual(['k5', undefined, undefined])
    expect([full.get('k6')?.key, gap.get('k6'), moved.get('k6')?.key]).toEqual(['k6', undefined, 'k6'])
    expect([gap.at(5)?.key, moved.at(5)?.key, gap.at(198)?.key]).toEqual(['new', 'k6', 'k199'])
    expect(gap.at(-1)).toBeUndefined()
    expect(JSON.parse(JSON.stringify(gap))).toHaveLength(199)
  })
})
