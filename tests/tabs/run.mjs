// Tests of one phone in many tabs, in Chromium: node tests/tabs/run.mjs
// Needs the built package and Chromium; ONLY=words runs the tests whose name has
// them. Real locks, real channels, real IndexedDB, real crashes.

import { strict as assert } from 'node:assert'
import { openWorld, result, test, until } from './world.mjs'

const world = await openWorld()
let broken = 0

/** A call that came to the leader and is answered there. */
async function inACall(leader) {
  const id = await leader.offer('+442079460123')
  await until('the offer', () => leader.call(id, 'Offered'))
  assert.equal(await leader.do('answer', id), 'done')
  await until('the talk', () => leader.call(id, 'Active'))
  return id
}

/** One call_log, closed as `status`, and nothing sent after it. */
async function oneLog(office, status, endReason) {
  await until('the call_log to be closed', () => office.logs().some((log) => log.ended_at && log.status === status))
  const logs = office.logs()
  assert.equal(logs.length, 1, `exactly one call_log, not ${logs.length}`)
  assert.equal(logs[0].status, status)
  if (endReason) assert.equal(logs[0].end_reason, endReason)
}

const stories = {
  async 'two tabs: one registration, one ring, one log'() {
    const office = await world.office()
    const [first, second] = await office.open(2)
    assert.equal(office.registrations(), 1)
    const id = await first.offer('+442079460123')
    await until('the ring in the second tab', () => second.call(id, 'Offered'))
    assert.equal(await second.do('answer', id), 'done')
    assert.deepEqual((await first.commands()).slice(-1), ['answer'])
    assert.ok(!(await second.commands()).includes('start'), 'the second softphone was never started')
    await until('the talk in the second tab', () => second.call(id, 'Active'))
    assert.equal(await second.do('hangup'), 'done')
    await until('the end in the second tab', async () => (await second.state()).calls[id]?.state !== 'Active')
    await oneLog(office, 'answered')
    const states = [await first.state(), await second.state()]
    assert.deepEqual(states[1].callLogs, states[0].callLogs)
    assert.deepEqual(states[1].can, states[0].can)
  },

  async 'five tabs: a call made in the last one is the first one’s, and what fails is said there'() {
    const office = await world.office()
    const tabs = await office.open(5)
    const last = tabs[4]
    const id = await last.do('call', '+442079460123')
    await until('the call in every tab', async () => {
      for (const tab of tabs) if (!(await tab.state()).calls[id]) return false
      return true
    })
    assert.equal(office.registrations(), 1)
    assert.deepEqual(
      (await tabs[0].commands()).filter((name) => name === 'dial'),
      ['dial'],
    )
    assert.equal(await last.do('answer', 'no-such-call'), 'no_such_call')
    await tabs[0].page.evaluate((call) => window.softphone.peer.busy(call), id)
    await until('one call_log', () => office.logs().some((log) => log.ended_at))
    await oneLog(office, 'no_answered')
    const notices = await Promise.all(tabs.map(async (tab) => (await tab.state()).notice))
    for (const notice of notices) assert.deepEqual(notice, notices[0])
  },

  async 'a leader closed in a call: another leads within a second, the record is right'() {
    const office = await world.office()
    const tabs = await office.open(3)
    const id = await inACall(tabs[0])
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    const closed = performance.now()
    await tabs[0].page.close({ runBeforeUnload: false })
    const next = await office.leader(tabs.slice(1))
    const took = performance.now() - closed
    assert.ok(took < 1_000, `another leads after ${Math.round(took)} ms`)
    await oneLog(office, 'answered')
    assert.equal(office.registrations(), 2)
    await until('the end in the new leader', async () => (await next.state()).calls[id]?.state !== 'Active')
  },

  async 'a leader that crashes in a call: another leads within 5 s, the record is right and one'() {
    const office = await world.office()
    const tabs = await office.open(5)
    await inACall(tabs[0])
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    const crashed = performance.now()
    await tabs[0].crash()
    await office.leader(tabs.slice(1))
    const took = performance.now() - crashed
    assert.ok(took < 5_000, `another leads after ${Math.round(took)} ms`)
    await oneLog(office, 'answered')
    assert.equal(office.registrations(), 2)
  },

  async 'a leader that hangs for 10 s in a call is deposed, and writes nothing more'() {
    const office = await world.office()
    const tabs = await office.open(2)
    const id = await inACall(tabs[0])
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    await tabs[0].hang(10_000)
    const hung = performance.now()
    await until('the second tab to lead', () => tabs[1].is('Leader', 'ready'), 7_000)
    const took = performance.now() - hung
    assert.ok(took < 6_000, `another leads after ${Math.round(took)} ms`)
    // Asked for while the first one hangs, carried out by the second, once.
    const own = await tabs[1].do('call', '+442079460999')
    await until('the first tab to follow', () => tabs[0].is('Follower', 'ready'), 12_000)
    const [old, now] = [await tabs[0].state(), await tabs[1].state()]
    assert.deepEqual(old.callLogs, now.callLogs)
    assert.ok(old.calls[own], 'the old leader shows the new one’s call')
    assert.notEqual(old.calls[id]?.state, 'Active')
    assert.ok((await tabs[0].commands()).includes('stop'), 'its softphone was stopped')
    assert.equal(await tabs[0].do('hangup', own), 'done')
    await until('both call_logs', () => office.logs().filter((log) => log.ended_at).length === 2)
    assert.equal(office.logs().length, 2)
  },

  async 'a leader that is frozen in a call is deposed; thawed, it follows and has written nothing'() {
    const office = await world.office()
    const tabs = await office.open(2)
    await inACall(tabs[0])
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    await tabs[0].freeze()
    const frozen = performance.now()
    await until('the second tab to lead', () => tabs[1].is('Leader', 'ready'), 7_000)
    const took = performance.now() - frozen
    await oneLog(office, 'answered')
    const { length } = office.backend.writes
    await tabs[0].thaw()
    assert.ok(took < 6_000, `another leads after ${Math.round(took)} ms`)
    await until('the first tab to follow', () => tabs[0].is('Follower', 'ready'))
    const phases = await tabs[0].page.evaluate(() => window.phases)
    assert.ok(!phases.includes('disposed'), `shown: ${phases}`)
    assert.deepEqual((await tabs[0].state()).callLogs, (await tabs[1].state()).callLogs)
    assert.equal(office.backend.writes.length, length)
    assert.equal(office.registrations(), 2)
    // And it can have the phone again.
    await tabs[1].page.close()
    await until('the first tab to lead again', () => tabs[0].is('Leader', 'ready'))
    const id = await tabs[0].offer('+442079460124')
    await until('a call to ring there', () => tabs[0].call(id, 'Offered'))
  },

  async 'a reload in a call: the record is closed as lost, once'() {
    const office = await world.office()
    const [tab] = await office.open(1)
    await inACall(tab)
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    await tab.reload()
    await until('ready again', () => tab.is('Leader', 'ready'))
    await oneLog(office, 'answered', 'lost')
  },

  async 'a call_log that could not be sent is sent once after a reload'() {
    const office = await world.office()
    const [tab] = await office.open(1)
    office.away = true
    const id = await tab.offer('+442079460123')
    await until('the offer', () => tab.call(id, 'Offered'))
    await tab.page.evaluate((call) => window.softphone.peer.hangup(call), id)
    await until('it to wait', async () => (await tab.state()).outbox.pending > 0)
    await tab.reload()
    await until('it to wait still', async () => (await tab.state()).outbox.pending > 0)
    office.away = false
    await tab.do('retryOutbox')
    await until('it to be sent', async () => (await tab.state()).outbox.pending === 0, 20_000)
    await oneLog(office, 'missed')
  },

  async 'a note typed before a crash is there after it'() {
    const office = await world.office()
    const tabs = await office.open(2)
    await inACall(tabs[0])
    const { callLogs } = await tabs[0].state()
    const [key] = Object.keys(callLogs)
    const log = callLogs[key].id ?? key
    assert.equal(await tabs[1].do('draft.edit', log, { notes: 'wants a call back' }), 'done')
    await tabs[0].crash()
    const next = await office.leader(tabs.slice(1))
    assert.equal((await next.state()).callLogs[key]?.notes, 'wants a call back')
    await until('the draft, when the call is given up', async () => {
      const { drafts } = await next.state()
      return drafts.length === 1 && drafts[0].notes === 'wants a call back'
    })
  },

  async 'offline and back: what was not sent is sent'() {
    const office = await world.office()
    const [tab] = await office.open(1)
    const conditions = (offline) => ({ offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
    await tab.cdp('Network.enable')
    await tab.cdp('Network.emulateNetworkConditions', conditions(true))
    await until('the phone to know', async () => (await tab.state()).connection.online === false)
    const id = await tab.offer('+442079460123')
    await tab.page.evaluate((call) => window.softphone.peer.hangup(call), id)
    await until('it to wait', async () => (await tab.state()).outbox.pending > 0)
    await tab.cdp('Network.emulateNetworkConditions', conditions(false))
    await until('the phone to know', async () => (await tab.state()).connection.online === true)
    await until('it to be sent', async () => (await tab.state()).outbox.pending === 0, 20_000)
    await oneLog(office, 'missed')
  },

  async 'tabs that do not know each other: the later one keeps the records, the earlier is told so and works on'() {
    const office = await world.office()
    const first = await office.tab('alone')
    const second = await office.tab('alone')
    for (const tab of [first, second]) await until('a phone', () => tab.is('Alone', 'ready'))
    const id = await first.offer('+442079460123')
    await until('the notice', async () => (await first.state()).notice.code === 'storage_failed')
    assert.equal(await first.do('answer', id), 'done')
    await until('the talk', () => first.call(id, 'Active'))
    await second.reload()
    await until('ready', () => second.is('Alone', 'ready'))
    assert.deepEqual((await second.state()).callLogs, {}, 'what the earlier one wrote is not read')
  },

  async 'no token and no password is in the storage'() {
    const office = await world.office()
    const [tab] = await office.open(1)
    await inACall(tab)
    await until('the talk to be on record', () => office.logs().some((log) => log.status === 'talking'))
    const kept = await tab.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('offhook:1001')
          opening.onerror = reject
          opening.onsuccess = () => {
            const all = opening.result.transaction('records').objectStore('records').getAll()
            all.onsuccess = () => resolve(all.result.join(' '))
          }
        }),
    )
    assert.match(kept, /442079460123/)
    assert.doesNotMatch(kept, /token-of-the-page|secret|password/)
  },

  async 'the phone is taken over by a click, not while a call lives'() {
    const office = await world.office()
    const [first, second] = await office.open(2)
    const id = await inACall(first)
    await until('the verdict', async () => (await second.state()).can.takeOver.reason === 'in_call')
    assert.equal(await second.do('takeOver'), 'in_call')
    assert.ok(await first.is('Leader', 'ready'))
    assert.equal(await second.do('hangup', id), 'done')
    await oneLog(office, 'answered')
    await until('the verdict', async () => (await second.state()).can.takeOver.ok, 10_000)
    assert.equal(await second.do('setStatus', 'BREAK', 'lunch'), 'done')
    const asked = performance.now()
    assert.equal(await second.do('takeOver'), 'done')
    const took = performance.now() - asked
    assert.ok(took < 2_000, `the second tab leads after ${Math.round(took)} ms`)
    assert.ok(await second.is('Leader', 'ready'))
    await until('the first tab to follow', () => first.is('Follower', 'ready'))
    assert.equal(office.registrations(), 2)
    assert.ok((await first.commands()).includes('stop'), 'its softphone was stopped')
    assert.equal((await second.state()).agent.status, 'BREAK')
    const next = await second.offer('+442079460124')
    await until('a call of the second tab in the first', () => first.call(next, 'Offered'))
    assert.equal(await first.do('reject', next), 'done')
    await until('both call_logs', () => office.logs().filter((log) => log.ended_at).length === 2)
    assert.equal(office.logs().length, 2)
  },

  async 'of three tabs the one that asks gets the phone, and not the next in the queue'() {
    const office = await world.office()
    const tabs = await office.open(3)
    assert.equal(await tabs[2].do('takeOver'), 'done')
    await until('the first to follow', () => tabs[0].is('Follower', 'ready'))
    assert.ok(await tabs[1].is('Follower', 'ready'))
    assert.ok(!(await tabs[1].commands()).includes('start'), 'the second softphone was never started')
    // And the queue is in order: whoever leads next does so at once.
    await tabs[2].page.close({ runBeforeUnload: false })
    await office.leader(tabs.slice(0, 2), 2_000)
  },

  async 'a consultation is completed from another tab, and from one that was loaded anew meanwhile'() {
    const office = await world.office()
    const [first, second] = await office.open(2)
    const customer = await inACall(first)
    assert.equal(await second.page.evaluate(() => window.phone.transfer.current()), null)
    const leg = await first.page.evaluate(
      async (id) => (await window.phone.transfer.attended(id, '1002')).consultCallId,
      customer,
    )
    await first.page.evaluate((id) => window.softphone.peer.answer(id), leg)
    const shown = (tab) => tab.page.evaluate(() => window.phone.transfer.current()?.state ?? null)
    await until('the second tab to know', async () => (await shown(second)) === 'Ready')
    await second.reload()
    await until('the second tab to know again', async () => (await shown(second)) === 'Ready')
    const did = (name) =>
      second.page.evaluate(
        (command) =>
          window.phone.transfer
            .current()
            [command]()
            .then(() => 'done'),
        name,
      )
    assert.equal(await did('swap'), 'done')
    assert.equal((await first.state()).activeCallId, customer)
    assert.equal(await did('complete'), 'done')
    assert.equal((await first.state()).consult.result, 'transferred')
    assert.equal(await shown(second), null)
  },

  async 'a follower that is closed disturbs nobody'() {
    const office = await world.office()
    const tabs = await office.open(3)
    const id = await inACall(tabs[0])
    await tabs[1].page.evaluate(() => window.phone.dispose())
    await tabs[2].page.close()
    assert.equal((await tabs[1].state()).phase, 'disposed')
    assert.ok(await tabs[0].call(id, 'Active'))
    assert.ok(await tabs[0].is('Leader', 'ready'))
    assert.equal(await tabs[0].do('hangup', id), 'done')
    await oneLog(office, 'answered')
  },
}

try {
  for (const [name, story] of Object.entries(stories)) await test(name, story)
} catch (error) {
  broken = 1
  console.log(`FAIL the run itself\n     ${error?.stack ?? error}`)
} finally {
  await world.end()
}
const { passed, failed } = result()
console.log(`${passed} passed, ${failed + broken} failed`)
process.exit(failed + broken === 0 ? 0 : 1)
