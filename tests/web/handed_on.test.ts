// What goes from tab to tab: a consultation commanded where it was not begun,
// and the phone itself. The real engine in several phones with a storage of
// their own kind; locks and channels are tests/web/fake_tabs.ts.
// biome-ignore-all lint/style/noNonNullAssertion: as many tabs as were opened
import { describe, expect, it } from 'vitest'
import type { PhoneStorage } from '../../web/src/storage/port.js'
import { virtualClock } from '../../web/src/testing/clock.js'
import { scripted } from '../../web/src/testing/scripted.js'
import { fakeTabs } from './fake_tabs.js'
import { settle } from './harness.js'
import { realPhone } from './real_phone.js'

/** One map for all tabs of a browser. */
function sharedStorage() {
  const records = new Map<string, string>()
  const place = (): PhoneStorage => ({
    load: async () => [...records].map(([record, body]) => ({ record, body })),
    put: async (record, body) => void records.set(record, body),
    delete: async (record) => void records.delete(record),
    close: async () => {},
  })
  return { records, place }
}

async function office(count: number, { login = false } = {}) {
  const clock = virtualClock(1_700_000_000_000)
  const { tab } = fakeTabs()
  const storage = sharedStorage()
  const tabs = []
  for (let i = 0; i < count; i++) {
    const softphone = scripted({ features: 'transfer attended conference' })
    const place = tab()
    const opening = realPhone({
      tabs: place,
      clock,
      softphone,
      login,
      storage: storage.place(),
      seed: undefined as never,
    })
    for (let turn = 0; turn < 6; turn++) await settle()
    const { phone, backend } = await opening
    tabs.push({ phone, softphone, place, backend, state: () => phone.store.getState() })
  }
  const run = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await settle()
    }
  }
  const soon = async <T>(promise: Promise<T>) => {
    promise.catch(() => {})
    await run(1_000)
    return promise
  }
  return { tabs, clock, run, soon, storage }
}

const refused = (code: string) => expect.objectContaining({ name: 'PhoneError', code })
const places = (tabs: { state(): { tab: { state: string } } }[]) => tabs.map(({ state }) => state().tab.state)

describe('a consultation', () => {
  it('is swapped, joined and completed from a tab that did not begin it', async () => {
    const { tabs, soon, run } = await office(2)
    const [first, second] = tabs
    const customer = first!.softphone.peer.offer({ number: '+442079460123' })
    await soon(first!.phone.answer(customer))
    expect(second!.phone.transfer.current()).toBeNull()
    const begun = await soon(first!.phone.transfer.attended(customer, '1003'))
    const found = second!.phone.transfer.current()!
    expect(found).toMatchObject({ callId: customer, consultCallId: begun.consultCallId, state: 'Consulting' })
    await expect(soon(found.complete())).rejects.toEqual(refused('consult_not_ready'))
    first!.softphone.peer.answer(begun.consultCallId ?? '')
    await run(500)
    await soon(found.swap())
    expect(first!.state().activeCallId).toBe(customer)
    await soon(found.threeWay())
    expect(begun.state).toBe('Conference')
    await soon(found.complete())
    expect(begun.state).toBe('Idle')
    expect(found.state).toBe('Idle')
    expect(first!.state().consult.result).toBe('transferred')
    expect(second!.softphone.commands).toEqual([])
  })

  it('begun in a tab that follows is that tab’s, and the leader finds it', async () => {
    const { tabs, soon } = await office(2)
    const [first, second] = tabs
    const customer = first!.softphone.peer.offer({ number: '+442079460123' })
    await soon(second!.phone.answer(customer))
    const begun = await soon(second!.phone.transfer.attended(customer, '1003'))
    expect(begun).toMatchObject({ callId: customer, state: 'Consulting' })
    expect(second!.phone.transfer.current()).toBe(begun)
    await soon(first!.phone.transfer.current()!.cancel())
    expect(begun.state).toBe('Idle')
  })
})

describe('a consultation whose page is gone', () => {
  it('goes on in the tab that leads next, when its softphone has the calls', async () => {
    const { tabs, soon, run } = await office(2)
    const [first, second] = tabs
    const customer = first!.softphone.peer.offer({ number: '+442079460123' })
    await soon(first!.phone.answer(customer))
    const { consultCallId } = await soon(first!.phone.transfer.attended(customer, '1003'))
    const target = consultCallId ?? ''
    first!.softphone.peer.answer(target)
    await run(500)
    const before = second!.phone.transfer.current()
    first!.place.die()
    await run(1_000)
    expect(second!.state().tab.state).toBe('Leader')
    const found = second!.phone.transfer.current()!
    expect(found).toBe(before)
    await expect(soon(found.complete())).rejects.toEqual(refused('recovering'))
    const { peer } = second!.softphone
    for (const call_id of [customer, target]) {
      peer.offer({ number: '1', callId: call_id })
      peer.emit({ type: 'CallResumed', call_id, sip_call_id: call_id, on: call_id === customer })
    }
    await run(500)
    expect(found).toMatchObject({ state: 'Ready', callId: customer, consultCallId: target })
    await soon(found.cancel())
    expect(second!.phone.transfer.current()).toBeNull()
    expect(second!.state().consult.result).toBe('cancelled')
  })
})

describe('taking the phone over', () => {
  it('makes the tab that asks the leader, not the next in the queue; the one before follows and can have it again', async () => {
    const { tabs, soon, run } = await office(3)
    const [first, second, third] = tabs
    const phases: string[] = []
    second!.phone.store.subscribe(({ tab }) => phases.push(tab.state))
    expect(third!.state().can.takeOver).toEqual({ ok: true, reason: 'ok', retryIn: null })
    await soon(third!.phone.takeOver())
    expect(places(tabs)).toEqual(['Follower', 'Follower', 'Leader'])
    expect(phases).not.toContain('Leader')
    expect(second!.softphone.commands).toEqual([])
    expect(first!.softphone.commands.map(({ name }) => name)).toEqual(['start', 'stop'])
    expect(first!.state()).toMatchObject({ phase: 'ready', registration: { state: 'Registered' } })
    third!.softphone.peer.offer({ number: '1', callId: 'in-3' })
    await run(500)
    expect(first!.state().calls['in-3']?.state).toBe('Offered')
    third!.softphone.peer.hangup('in-3')
    await run(6_000)
    await soon(first!.phone.takeOver())
    expect(places(tabs)).toEqual(['Leader', 'Follower', 'Follower'])
    third!.place.die()
    first!.place.die()
    await run(1_000)
    expect(second!.state()).toMatchObject({ phase: 'ready', tab: { state: 'Leader' } })
  })

  it('is refused while a call lives there, and nothing happens to it', async () => {
    const { tabs, soon, run } = await office(2)
    const [first, second] = tabs
    const id = first!.softphone.peer.offer({ number: '+442079460123' })
    await run(500)
    expect(second!.state().can.takeOver).toMatchObject({ ok: false, reason: 'in_call' })
    await expect(soon(second!.phone.takeOver())).rejects.toEqual(refused('in_call'))
    expect(places(tabs)).toEqual(['Leader', 'Follower'])
    await soon(second!.phone.answer(id))
    expect(first!.state().calls[id]?.state).toBe('Active')
  })

  it('keeps a break and what was typed: the tab that was just signed in is not told to go ONLINE by it', async () => {
    const { tabs, soon } = await office(2, { login: true })
    const [first, second] = tabs
    const id = first!.softphone.peer.offer({ number: '+442079460123' })
    await soon(first!.phone.answer(id))
    const log = Object.keys(first!.state().callLogs)[0]!
    await soon(first!.phone.hangup(id))
    await soon(first!.phone.draft.edit(log, { notes: 'wants a call back' }))
    expect(first!.state().agent.status).toBe('WRAP_UP')
    await soon(second!.phone.takeOver())
    expect(second!.state().agent.status).toBe('WRAP_UP')
    expect(second!.state().drafts[0]?.notes).toBe('wants a call back')
    await soon(second!.phone.finishWrapUp())
    await soon(second!.phone.setStatus('BREAK', 'lunch'))
    await soon(first!.phone.takeOver())
    expect(first!.state().agent).toMatchObject({ status: 'BREAK', reason: 'lunch' })
  })

  it('is done at once in the tab that has the phone, and in a phone that is alone', async () => {
    const { tabs, soon } = await office(2)
    await soon(tabs[0]!.phone.takeOver())
    expect(places(tabs)).toEqual(['Leader', 'Follower'])
    const { phone } = await realPhone({ softphone: scripted() })
    await phone.takeOver()
    expect(phone.store.getState().can.takeOver.reason).toBe('already_so')
    phone.dispose()
    await expect(phone.takeOver()).rejects.toEqual(refused('disposed'))
  })

  it('of a tab that is gone before it could: the next one leads 2 s later', async () => {
    const { tabs, run, clock } = await office(3)
    const [first, second, third] = tabs
    second!.place.say({
      v: 1,
      from: 'tab-x',
      t: 'do',
      id: 'tab-x.1',
      at: clock.now(),
      order: { type: 'TakeOverRequested', tab: 'tab-x' },
    })
    await run(1_500)
    expect(first!.state().tab.state).toBe('Follower')
    await run(1_500)
    expect(places([second!, third!])).toContain('Leader')
    expect(places(tabs).filter((place) => place === 'Leader')).toHaveLength(1)
  })

  it('from a leader that does not answer is not_leader; it is deposed in its time all the same', async () => {
    const { tabs, run } = await office(2)
    const [first, second] = tabs
    first!.place.hang()
    const asked = second!.phone.takeOver().then(
      () => 'done',
      (error) => error.code,
    )
    await run(5_500)
    expect(await asked).toBe('not_leader')
    expect(second!.state().tab.state).toBe('Leader')
  })
})

describe('extendWrapUp', () => {
  it('takes 1 to 86400 seconds, wherever it is asked', async () => {
    const { tabs, soon } = await office(2)
    for (const { phone } of tabs)
      for (const seconds of [0, -5, Number.NaN, 86_401, Number.POSITIVE_INFINITY, 'thirty' as never])
        await expect(soon(phone.extendWrapUp(seconds))).rejects.toEqual(refused('bad_seconds'))
    await expect(soon(tabs[1]!.phone.extendWrapUp(30))).rejects.toEqual(refused('not_in_wrap_up'))
  })
})
