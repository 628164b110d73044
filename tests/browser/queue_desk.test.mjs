// The desk of an agent who serves queues: the offer with its countdown, declining through the hub, missed, wrap-up by the hub's
// clock, who listens, the own queues, and why no calls come. The telephone is the simulated one; the hub says what the test wants.

import assert from 'node:assert/strict'
import { acdAgent, acdCall, acdQueue, counts } from './contact_centre.mjs'
import { desk } from './desk.mjs'
import { axe, bothThemes, openPage, shot, test, until } from './harness.mjs'
import { agentItem, startScriptedHub } from './scripted_hub.mjs'

const own = ['Billing', 'Support']
const number = '+442079460123'

export async function queueDesk(browser) {
  await offers(browser)
  await wrapUp(browser)
  await reasons(browser)
}

async function start(browser, options) {
  const hub = await startScriptedHub({ role: 'agent' })
  hub.session = { extension: '1001', extensionId: 'e-1001', number: '1001', name: 'Alice Novak' }
  hub.shown.agent_status = [agentItem('1001', 'Alice Novak', 'ONLINE'), agentItem('2001', 'Dana Ruiz', 'ONLINE')]
  hub.shown.acd_agents = [acdAgent('1001', 'Available', 200, own)]
  hub.shown.queues = [
    acdQueue('Support', 4, 134_000, [0, 7], counts(182, 168, 9, 3, 129)),
    acdQueue('Billing', 3, 31_000, [1, 6], counts(151, 144, 5, 2, 124)),
  ]
  const page = await openPage(browser, options)
  await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
  const at = desk(page)
  await page.getByRole('region', { name: 'My queues' }).waitFor()
  await page.getByText('Phone registered').first().waitFor({ state: 'attached' })
  return {
    hub,
    page,
    at,
    end: () =>
      page
        .context()
        .close()
        .then(() => hub.end()),
  }
}

const words = async (locator) => (await locator.textContent()).replace(/\s+/g, ' ')
const me = (hub, state, more = {}) => hub.change('acd_agents', [acdAgent('1001', state, 1, own, more)])

/** The wrap-up as the hub tells it: to the phone, and to who looks on. */
function wraps(hub, wrap_up) {
  const { mode, since, until } = wrap_up
  hub.tellRaw({ type: 'wrap_up', extension: '1001', wrap_up: { mode, since, until } })
  me(hub, 'WrapUp', { wrap_up })
}

/** The customer rings, and the queue says that it is its call. */
async function offered({ hub, at }, until_ms = 15_000) {
  await at.customerCalls()
  await at.offer.waitFor()
  const now = Date.now()
  const offer = { agent: '1001', offer_until: now + until_ms, since: now, priority: 5 }
  hub.change('acd_calls', [acdCall('q1', 'Billing', 'AgentRinging', number, 41, offer)])
  me(hub, 'Ringing', { call_id: 'q1', queue: 'Billing', why: 'reserved' })
  await at.offer.getByRole('timer').first().waitFor()
}

async function offers(browser) {
  const world = await start(browser)
  const { hub, page, at } = world
  const rejects = () => hub.told.requests.filter(({ url }) => url.endsWith('/offers/q1/reject'))

  await test('a queue call names its queue, how long the caller waited, and counts down by the hub’s clock', async () => {
    await offered(world)
    assert.match(await words(at.offer), /Incoming call · Billing.*waited 00:4\d.*Priority 5.*1[2-5].*seconds left/)
    assert.match(await words(at.offer), /Then the next agent gets it, and you get a short pause/)
    await until('counted down', async () => /R1[0-2]seconds left/.test(await words(at.offer)))
    await bothThemes(page, 'queue-offer')
  })
  await test('declining goes through the hub, and the short pause is told with its end', async () => {
    hub.answers = (_, url) => (url.endsWith('/reject') ? { status: 200, value: { state: 'Queued' } } : undefined)
    await page.keyboard.press('Alt+KeyR')
    await until('the request', () => rejects().length === 1)
    await at.customerGivesUp()
    hub.change('acd_calls', [], ['q1'])
    me(hub, 'Available', { why: 'cool_down', until: Date.now() + 3000 })
    const pause = page.getByRole('region', { name: 'Short pause' })
    await pause.getByText('You declined the call.').waitFor()
    assert.match(await words(pause), /\+44 20 7946 0123, Billing: the next agent gets it.*00:0[1-4]/)
    assert.match(await words(at.why), /A short pause after a call that was not taken.*calls come again in 00:0[1-4]/)
    await bothThemes(page, 'queue-declined')
    me(hub, 'Available')
    await pause.waitFor({ state: 'detached' })
  })
  await test('a missed call is told as missed, with when calls come again', async () => {
    await offered(world, 3000)
    await at.customerGivesUp()
    hub.change('acd_calls', [], ['q1'])
    me(hub, 'Available', { why: 'cool_down', until: Date.now() + 5000, missed_today: 1 })
    await page.getByRole('region', { name: 'Short pause' }).getByText('You missed a call.').waitFor()
    await shot(page, 'queue-missed-light')
    me(hub, 'Available')
  })
  await test('a hub that does not take the decline does not keep it ringing: the telephone declines', async () => {
    hub.answers = (_, url) => (url.endsWith('/reject') ? { status: 409, value: { code: 'not_offered' } } : undefined)
    await offered(world)
    await at.decline()
    await at.offer.waitFor({ state: 'detached' })
    hub.change('acd_calls', [], ['q1'])
    me(hub, 'Available')
  })
  await world.end()
}

async function wrapUp(browser) {
  const world = await start(browser)
  const { hub, page, at } = world
  const asked = (what) => hub.told.requests.filter(({ url }) => url === `/api/agents/1001/${what}-wrap-up`)

  await test('in the call the agent sees who coaches, and afterwards wrap-up runs by the hub’s clock', async () => {
    await offered(world)
    await at.answer()
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    const supervisors = [{ extension: '2001', mode: 'coach' }]
    hub.change('acd_calls', [acdCall('q1', 'Billing', 'Active', number, 41, { agent: '1001', supervisors })])
    await at.call.getByText('Dana Ruiz coaches').waitFor()
    await at.call.getByText('Billing').waitFor()
    await bothThemes(page, 'queue-call')
    await at.customerHangsUp()
    hub.change('acd_calls', [], ['q1'])
    const now = Date.now()
    wraps(hub, { call_id: 'q1', since: now, until: now + 90_000, mode: 'timed' })
    await at.wrapUp.getByText('left of 01:30').waitFor()
    await bothThemes(page, 'queue-wrapup')
  })
  await test('30 s more is asked of the hub, and what it added is shown', async () => {
    await page.keyboard.press('Alt+KeyX')
    await until('the request', () => asked('extend').length === 1)
    assert.deepEqual(asked('extend')[0].body, { ms: 30_000 })
    const { since, until: before } = hub.shown.acd_agents[0].wrap_up
    wraps(hub, { call_id: 'q1', since, until: before + 30_000, mode: 'timed' })
    await at.wrapUp.getByText(/left of 02:00, 00:30 added/).waitFor()
  })
  await test('the hub’s wrap-up is the only one: Finish writes the status that ends it there', async () => {
    hub.answers = (method, url, body) =>
      /call-logs/.test(url) && method !== 'GET' ? { status: 200, value: { id: 'cl-1', ...body } } : undefined
    await page.getByRole('radio', { name: /Resolved/ }).click()
    await page.keyboard.press('Alt+Enter')
    const wrote = () => hub.told.requests.filter(({ method, url }) => method === 'PUT' && url.endsWith('/1001/status'))
    await until('the status that follows', () => wrote().at(-1)?.body.status === 'ONLINE')
    assert.equal(asked('complete').length, 0)
    hub.tellRaw({ type: 'wrap_up', extension: '1001', wrap_up: null })
    me(hub, 'Available')
    await at.wrapUp.waitFor({ state: 'detached' })
  })
  await test('a wrap-up without a limit, of a call on another telephone, ends with Finish', async () => {
    const now = Date.now()
    const wrap_up = { call_id: 'q2', since: now - 12_000, until: null, mode: 'manual' }
    me(hub, 'WrapUp', { queue: 'Support', wrap_up })
    const panel = page.getByRole('region', { name: 'Wrap-up' })
    await panel.getByText('no time limit: it ends with Finish').waitFor()
    await at.why.getByText('When wrap-up ends').or(at.why.getByText('In a moment.')).waitFor()
    await at.why.getByText('Wrap-up is running').waitFor()
    await axe(page, 'manual wrap-up')
    await shot(page, 'queue-wrapup-manual-light')
    hub.told.requests.length = 0
    await panel.getByRole('button', { name: /^Finish/ }).click()
    await until('the request', () => asked('complete').length === 1)
  })
  await world.end()
}

async function reasons(browser) {
  const world = await start(browser)
  const { hub, page, at } = world
  const queues = page.getByRole('region', { name: 'My queues' })

  await test('the own queues stand with how many wait and how long, late ones marked', async () => {
    assert.match(await words(queues), /Billing3 waiting00:3\dSupport4 waiting.*02:1\d/)
    assert.equal(await queues.getByRole('img', { name: 'waits long' }).count(), 1)
    hub.change('queues', [acdQueue('Support', 0, null, [2, 7], counts(182, 168, 9, 3, 129), { open: false })])
    await until('closed', async () => /Supportclosed0 waitingnone/.test(await words(queues)))
  })
  await test('why no calls come is what routing says of this agent', async () => {
    for (const [why, text] of [
      ['link_down', 'The PBX is not heard'],
      ['not_registered', 'The PBX does not see your phone'],
      ['other_call', 'Your telephone is on another call'],
    ]) {
      me(hub, 'Available', { why })
      await at.why.getByText(text).waitFor()
    }
    me(hub, 'Available')
    await at.why.getByText('You are. The next call rings here.').waitFor()
    assert.match(await words(at.why), /Signed in to 2 queues ?Billing, Support/)
    hub.change('acd_agents', [acdAgent('1001', 'Available', 1, [])])
    await at.why.getByText('You serve no queue').waitFor()
    await queues.waitFor({ state: 'detached' })
  })
  await test('a hub that is lost: the waits are not claimed any more', async () => {
    me(hub, 'Available')
    await queues.waitFor()
    await hub.cut()
    await queues.getByText(/as of/).waitFor()
    await shot(page, 'queue-desk-lost-light')
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
