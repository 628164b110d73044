// The supervisor's page on a hub that says what the test wants: agents and calls, the session at a call in each of its steps,
// who waits and why, what may be done to a call, and who may not see it.

import assert from 'node:assert/strict'
import { acdCall, bigContactCentre, busyCentre } from './contact_centre.mjs'
import { axe, openPage, shot, test, until } from './harness.mjs'
import { linkItem, startScriptedHub } from './scripted_hub.mjs'

export async function supervisor(browser) {
  for (const theme of ['light', 'dark']) await scenes(browser, theme)
  await session(browser)
  await waiting(browser)
  await calls(browser)
  await empty(browser)
  await roles(browser)
  await big(browser)
}

async function start(browser, { role = 'supervisor', fill = busyCentre, ...options } = {}) {
  const hub = await startScriptedHub({ role })
  hub.session = { extension: '2001', extensionId: 'e-2001', number: '2001', name: 'Dana Ruiz' }
  fill(hub)
  const page = await openPage(browser, options)
  await page.goto(`${hub.url}/#/supervisor?code=ONE-TIME-CODE`)
  return {
    hub,
    page,
    end: () =>
      page
        .context()
        .close()
        .then(() => hub.end()),
  }
}

const words = async (locator) => (await locator.textContent()).replace(/\s+/g, ' ')
const row = (page, name) => page.getByRole('row', { name: new RegExp(name) })
const bar = (page) => page.getByRole('region', { name: 'Supervision' })
const asked = (hub) => hub.told.requests.filter(({ url }) => url.includes('/contact-centre/'))
/** An end is told together with its removal, as the real hub does. */
const tell = (hub, state, more = {}) =>
  hub.change(
    'supervision',
    [{ supervisor: '2001', call_id: 'c-elif', state, mode: 'monitor', since: Date.now(), end: null, ...more }],
    state === 'Ended' ? [['2001', 'c-elif']] : [],
  )

const explanation = () => ({
  call_id: 'c-camille',
  queue: 'Support',
  at: Date.now(),
  strategy: 'skills',
  order_key: 1,
  step: 0,
  position: 1,
  decision: { agent: null, reason: 'skill_missing' },
  candidates: [],
  excluded: [
    { agent: '1007', reason: 'not_in_queue', until: null },
    { agent: '1017', reason: 'skill_missing', skill: 'french', level: 3, until: Date.now() + 18_000 },
    { agent: '1005', reason: 'ringing', until: null },
    { agent: '1010', reason: 'wrap_up', until: Date.now() + 8000 },
    { agent: '1015', reason: 'missed_this_call', until: null },
  ],
  ahead: 0,
})

async function scenes(browser, theme) {
  const { hub, page, end } = await start(browser, { theme })
  await test(`agents that need a look stand first, with state, time, queues and their call (${theme})`, async () => {
    await row(page, 'Priya Nair').waitFor()
    const names = await page.locator('.agents tbody th .nm').allTextContents()
    assert.deepEqual(names.slice(0, 3).sort(), ['Jonas Weber', 'Lea Fontaine', 'Priya Nair'])
    assert.match(await words(row(page, 'Priya Nair')), /Priya Nair 1003On call11:4\dSupport, Billing\+44 20 7946 0650/)
    assert.match(await words(row(page, 'Nina Petrov')), /On hold/)
    assert.match(await words(row(page, 'Lea Fontaine')), /No phone.*phone lost while free/)
    assert.match(await words(row(page, 'Omar Aziz')), /Wrap-up/)
    await row(page, 'Priya Nair').getByRole('img', { name: 'recorded' }).waitFor()
  })
  await test(`axe finds nothing on the supervisor's page, idle, coaching and failed (${theme})`, async () => {
    await axe(page, 'supervisor')
    await shot(page, `supervisor-live-${theme}`)
    tell(hub, 'Coach', { mode: 'coach' })
    await bar(page).getByText('Coaching Priya Nair').waitFor()
    await page.locator('.waits .why').first().click()
    await axe(page, 'supervisor coaching')
    await shot(page, `supervisor-coach-${theme}`)
    tell(hub, 'Ended', { end: 'no_answer' })
    await page.getByText('You are not listening: your phone did not answer.').waitFor()
    await axe(page, 'supervisor failed')
    await shot(page, `supervisor-failed-${theme}`)
  })
  await test(`a lost PBX is said, and nobody stays free or on call for certain (${theme})`, async () => {
    hub.tellLink(linkItem('down', { reason: 'ECONNRESET', last_event_at: Date.now() - 38_000 }))
    await page.getByText(/PBX link lost/).waitFor()
    assert.match(await words(row(page, 'Bob Okafor')), /was Free/)
    await axe(page, 'supervisor without PBX')
    await shot(page, `supervisor-stale-${theme}`)
  })
  await end()
}

async function session(browser) {
  const { hub, page, end } = await start(browser)
  await test('Monitor: the own phone is called first, and the bar always says who hears whom', async () => {
    await page.getByRole('button', { name: 'Monitor Priya Nair' }).click()
    await bar(page).getByText('Calling your phone 2001').waitFor()
    assert.match(await words(bar(page)), /You hear nobody.*heard by nobody.*sees nothing yet/)
    const [{ method, url, body }] = asked(hub)
    assert.deepEqual([method, url, body], ['POST', '/api/contact-centre/calls/c-elif/supervise', { action: 'monitor' }])
    assert.equal(await bar(page).getByRole('radio', { name: 'Coach' }).isDisabled(), true)
    tell(hub, 'Calling')
    tell(hub, 'Monitor')
    await bar(page).getByText('Listening to Priya Nair').waitFor()
    assert.match(await words(bar(page)), /You hear both.*heard by nobody.*Priya sees “Dana listens”.*audit log/)
    await page.getByRole('button', { name: 'Listening to Priya Nair' }).waitFor()
  })
  await test('the mode is changed by keyboard, and is not claimed before the PBX has it', async () => {
    hub.told.requests.length = 0
    await bar(page).getByRole('radio', { name: 'Monitor' }).focus()
    await page.keyboard.press('ArrowRight')
    await until('the request', () => asked(hub).length === 1)
    assert.deepEqual(asked(hub)[0].body, { action: 'coach' })
    tell(hub, 'Switching', { mode: 'coach' })
    await bar(page).getByText('Changing to Coach: Priya Nair').waitFor()
    assert.match(await words(bar(page)), /heard by nobody for certain/)
    tell(hub, 'Coach', { mode: 'coach' })
    await bar(page).getByText('Coaching Priya Nair').waitFor()
    assert.match(await words(bar(page)), /heard by Priya only/)
    tell(hub, 'Barge', { mode: 'barge' })
    await bar(page).getByText('In the call of Priya Nair').waitFor()
    assert.match(await words(bar(page)), /You are heard by both/)
  })
  await test('taking over: said while it is under way, and when it is done', async () => {
    hub.told.requests.length = 0
    await bar(page).getByRole('button', { name: 'Take over' }).click()
    await until('the request', () => asked(hub).length === 1)
    assert.deepEqual(asked(hub)[0].body, { action: 'take_over' })
    tell(hub, 'TakingOver', { mode: 'barge' })
    await bar(page).getByText('Taking over the call of Priya Nair').waitFor()
    assert.equal(await bar(page).getByRole('button', { name: 'Take over' }).getAttribute('aria-disabled'), 'true')
    tell(hub, 'Ended', { end: 'taken_over' })
    await bar(page).getByText('You have taken the call over.').waitFor()
    await bar(page).getByRole('button', { name: 'Dismiss' }).click()
    await bar(page).waitFor({ state: 'detached' })
  })
  await test('a phone that does not answer: the reason, and the way to try again', async () => {
    tell(hub, 'Calling')
    await bar(page).getByText('Calling your phone 2001').waitFor()
    tell(hub, 'Ended', { end: 'no_answer' })
    const banner = page.getByRole('alert').filter({ hasText: 'no_answer' })
    await banner.waitFor()
    // The request is answered when the session is decided: that is not told twice.
    hub.answers = (_, url) =>
      url.endsWith('/supervise') ? { status: 409, value: { code: 'no_answer', title: 'No answer' } } : undefined
    await banner.getByRole('button', { name: 'Monitor again' }).click()
    await banner.waitFor({ state: 'detached' })
    tell(hub, 'Ended', { end: 'no_answer', since: Date.now() + 1 })
    await banner.waitFor()
    assert.equal(await page.getByRole('alert').count(), 1)
    hub.answers = () => undefined
    hub.told.requests.length = 0
    await banner.getByRole('button', { name: 'Monitor again' }).click()
    await until('the request', () => asked(hub).length === 1)
    await bar(page).getByText('Calling your phone 2001').waitFor()
    tell(hub, 'Monitor')
    await bar(page).getByRole('button', { name: 'Stop' }).click()
    await until('stop', () => asked(hub).at(-1).body.action === 'stop')
    tell(hub, 'Ended', { end: 'stopped' })
    await bar(page).getByText('You stopped listening.').waitFor()
    await bar(page).getByRole('button', { name: 'Dismiss' }).click()
  })
  await test('a refusal says what stands and what to do', async () => {
    hub.answers = () => ({ status: 409, value: { code: 'already_supervising', title: 'Not now' } })
    await page.getByRole('button', { name: 'Monitor Alice Novak' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'already_supervising' })
      .getByText('You are at another call. Stop there first.')
      .waitFor()
    await bar(page).waitFor({ state: 'detached' })
    assert.deepEqual(await page.complaints(), [])
  })
  await end()
}

async function waiting(browser) {
  const { hub, page, end } = await start(browser)
  hub.answers = (_, url) => (url.endsWith('/explanation') ? { status: 200, value: explanation() } : undefined)
  const list = page.locator('.waits')
  const item = (number) => list.getByRole('listitem').filter({ hasText: number })
  await test('who waits stands with position, wait, priority and the reason', async () => {
    await list.getByRole('heading', { name: 'Waiting · 6' }).waitFor()
    assert.match(await words(item('900311')), /1\+44 7700 900311Support.*02:1\d.*Priority 5.*skills that are asked for/)
    assert.match(await words(item('96 0005')), /kept for a heavier queue/)
  })
  await test('the candidate list comes on demand: who could take it, who not, and until when', async () => {
    await item('900311')
      .getByRole('button', { name: /Who could take/ })
      .click()
    const table = page.getByRole('table', { name: /^Candidates for/ })
    await table.waitFor()
    assert.match(await words(table), /Ines Duarte ?not in this queue.*Paul Meyer ?french 3 is asked for/)
    assert.match(
      await words(table),
      /Karim Haddad ?has another offer.*Omar Aziz ?wrap-up, 00:0\d left.*Zoe Martin ?did not take this call/,
    )
    await axe(page, 'candidates')
  })
  await test('priority is raised and lowered by one', async () => {
    await page.getByRole('button', { name: 'Raise priority of +44 7700 900655' }).click()
    await until('the request', () => asked(hub).some(({ method }) => method === 'PUT'))
    const put = asked(hub).find(({ method }) => method === 'PUT')
    assert.deepEqual([put.url, put.body], ['/api/contact-centre/calls/c-655/priority', { priority: 1 }])
    hub.change('acd_calls', [
      acdCall('c-655', 'Support', 'Queued', '+447700900655', 91, { priority: 9, position: 1, reason: 'no_agent' }),
    ])
    await until('first', async () => /900655/.test(await list.getByRole('listitem').first().textContent()))
  })
  await test('a call is moved to another queue, by keyboard', async () => {
    hub.told.requests.length = 0
    await item('900655')
      .getByRole('button', { name: /More for/ })
      .focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: /Move to another queue/ }).waitFor()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Move to another queue' })
    await dialog.waitFor()
    await dialog.getByRole('button', { name: 'Move' }).click()
    await dialog.getByText('Choose a queue.').waitFor()
    await dialog.getByLabel('Queue').selectOption('Sales')
    await axe(page, 'the question')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await until('the request', () => asked(hub).some(({ url }) => url.endsWith('/move')))
    assert.deepEqual(asked(hub).find(({ url }) => url.endsWith('/move')).body, { queue: 'Sales' })
    await dialog.waitFor({ state: 'detached' })
  })
  await test('what routing does is listed as it happens, with its reason on demand', async () => {
    const now = Date.now()
    const offer = { agent: '1017', offer_until: now + 12_000, attempt: 2 }
    hub.change('acd_calls', [acdCall('c-777', 'Support', 'AgentRinging', '+442079460777', 45, offer)])
    const decisions = page.getByRole('region', { name: 'Last decisions' })
    await decisions.getByText('+44 20 7946 0777 → Paul Meyer').waitFor()
    hub.change('acd_calls', [acdCall('c-777', 'Support', 'Queued', '+442079460777', 57, { position: 2, attempt: 2 })])
    await decisions.getByText('+44 20 7946 0777, back in the queue').waitFor()
    await decisions.getByRole('button', { name: /Why/ }).click()
    await decisions.getByText('Nobody free has the skills').waitFor()
    // Somebody was free: the page hears of the call when it rings already.
    const atOnce = { agent: '1004', offer_until: now + 15_000 }
    hub.change('acd_calls', [acdCall('c-at-once', 'Billing', 'AgentRinging', '+442079460888', 0, atOnce)])
    await decisions.getByText('+44 20 7946 0888 → Bob Okafor').waitFor()
    assert.deepEqual(await page.complaints(), [])
  })
  await end()
}

async function calls(browser) {
  const { hub, page, end } = await start(browser)
  const menu = async (name, word) => {
    await page.getByRole('button', { name: `More for the call of ${name}` }).click()
    await page.getByRole('menuitem', { name: word }).click()
  }
  await test('a call is ended only after a question, and transferred with a target', async () => {
    await menu('Nina Petrov', /Hang up/)
    const question = page.getByRole('dialog', { name: 'End this call?' })
    await question.getByText('is disconnected, and so is Nina Petrov').waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    assert.equal(asked(hub).length, 0)
    await menu('Nina Petrov', /Hang up/)
    await question.getByRole('button', { name: 'Hang up' }).click()
    await until('the request', () => asked(hub).at(-1)?.url === '/api/contact-centre/calls/c-gareth/hangup')
    await menu('Alice Novak', /Transfer/)
    const target = page.getByRole('dialog', { name: 'Transfer this call' })
    await target.getByLabel('Number or extension').fill('1004')
    await page.keyboard.press('Enter')
    await until('the request', () => asked(hub).at(-1)?.url === '/api/contact-centre/calls/c-marta/transfer')
    assert.deepEqual(asked(hub).at(-1).body, { target: '1004' })
  })
  await test('coach and barge are reached from the call at once', async () => {
    await menu('Alice Novak', /Coach/)
    await until('the request', () => asked(hub).at(-1)?.body?.action === 'coach')
    await bar(page).getByText('Calling your phone 2001: pick up for Alice Novak').waitFor()
  })
  await test('an agent’s status is changed, and a refusal is said', async () => {
    await page.getByRole('button', { name: 'Status of Jonas Weber' }).click()
    await page.getByRole('menuitemradio', { name: /Available/ }).click()
    await until('the request', () => hub.told.requests.some(({ url }) => url === '/api/agents/1009/status'))
    assert.equal(hub.told.requests.find(({ url }) => url === '/api/agents/1009/status').body.status, 'ONLINE')
  })
  await test('the table is narrowed to calls, to those who need a look, by name and by queue', async () => {
    const names = () => page.locator('.agents tbody th .nm').allTextContents()
    await page.getByRole('radio', { name: /^On call/ }).check({ force: true })
    await until('eight', async () => (await names()).length === 8)
    await page.getByRole('radio', { name: /Needs a look/ }).check({ force: true })
    await until('three', async () => (await names()).length === 3)
    await page.getByRole('radio', { name: /^All/ }).check({ force: true })
    await page.getByLabel('Find an agent').fill('okafor')
    await until('one', async () => String(await names()) === 'Bob Okafor')
    await page.getByLabel('Find an agent').fill('')
    await page.getByLabel('Queue', { exact: true }).selectOption('Escalation')
    await until('two', async () => (await names()).length === 2)
  })
  await end()
}

async function empty(browser) {
  await test('nobody waits: said, with who is free; no queue at all: said, with who sets one up', async () => {
    const quiet = await start(browser, {
      fill: (hub) => {
        busyCentre(hub)
        hub.shown.acd_calls = hub.shown.acd_calls.filter(({ state }) => state !== 'Queued')
      },
    })
    await quiet.page.getByText('Nobody is waiting').waitFor()
    await quiet.page.getByText('3 agents are free.').waitFor()
    await axe(quiet.page, 'nobody waits')
    await shot(quiet.page, 'supervisor-idle-light')
    await quiet.end()
    const none = await start(browser, { fill: () => {} })
    await none.page.getByText('No queue is set up').waitFor()
    await axe(none.page, 'no queue')
    await none.end()
  })
}

async function roles(browser) {
  await test('an agent does not see the supervisor’s page, and is told why at its address', async () => {
    const { hub, page, end } = await start(browser, { role: 'agent' })
    await page.getByRole('heading', { name: 'The supervisor’s page is for supervisors' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Supervisor', exact: true }).count(), 0)
    assert.ok(hub.told.hellos.every(({ topics }) => !topics.includes('supervision')))
    await axe(page, 'supervisor for an agent')
    await end()
  })
}

async function big(browser) {
  await test('1,000 agents: only the rows in sight are drawn, and the last is reached by scrolling', async () => {
    const { page, end } = await start(browser, { fill: bigContactCentre })
    await page.getByText('1000 of 1000, those that need a look first.').waitFor()
    const rows = page.locator('.agents tbody tr:not(.filler)')
    assert.ok((await rows.count()) < 60, `${await rows.count()} rows`)
    await page.locator('.agents .scroll').evaluate((place) => {
      place.scrollTop = place.scrollHeight
    })
    await page.locator('.agents tr[aria-rowindex="1001"]').waitFor()
    await shot(page, 'supervisor-big-light')
    await end()
  })
}
