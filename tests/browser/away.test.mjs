// The backend goes away in the middle of a call and comes back; the inspector.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, ready, shot, signIn, test, until } from './harness.mjs'

export async function away(browser, hub) {
  const page = await openPage(browser, { theme: 'dark' })
  const at = desk(page)

  await test('the server dies in a call: a banner with its age, and the call goes on', async () => {
    await signIn(page, hub)
    await at.customerCalls()
    await at.answer()
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    await hub.kill()
    await page.getByText(/No connection to the server for/).waitFor()
    await page.getByText(/Your call goes on/).waitFor()
    const timer = at.call.getByRole('timer', { name: 'Call time' })
    const before = await timer.textContent()
    await until('the duration to run', async () => (await timer.textContent()) !== before)
    await at.hold.click()
    await until('hold', async () => (await at.hold.getAttribute('aria-pressed')) === 'true')
    await at.hold.click()
    await until('resumed', async () => (await at.hold.getAttribute('aria-pressed')) === 'false')
    await at.why.getByText('Not known while the server is away.').waitFor()
    await axe(page, 'server away')
    await shot(page, 'desk-away-server-dark')
  })

  await test('the call ends meanwhile: its record waits, and nothing is lost', async () => {
    await page.getByLabel('Notes on this call').fill('Written while the server was away.')
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await page.getByRole('radio', { name: /Callback promised/ }).click()
    await page.getByRole('button', { name: /^Finish Alt/ }).click()
    await at.recent.getByRole('img', { name: 'Waits to be saved' }).first().waitFor()
    await at.recent.getByText(/on the way to the CRM/).waitFor()
    await shot(page, 'desk-outbox-dark')
  })

  await test('a missed call while the server is away is kept too', async () => {
    await at.customerCalls()
    await at.offer.waitFor()
    await at.customerGivesUp()
    await at.offer.waitFor({ state: 'detached' })
    await at.recent.getByText(/2 records on the way/).waitFor()
  })

  await test('the server comes back: the banner goes and the records are delivered', async () => {
    await hub.start()
    await page.getByText(/No connection to the server for/).waitFor({ state: 'detached', timeout: 45_000 })
    await at.recent.getByText('All saved in the CRM').waitFor({ timeout: 45_000 })
    const { items } = await hub.get('/call-logs?limit=20')
    const log = items.find((one) => one.notes === 'Written while the server was away.')
    assert.ok(log, 'the record with its notes')
    assert.equal(log.status, 'answered')
    assert.equal(log.disposition, 'callback_promised')
    assert.ok(log.duration > 0)
    assert.ok(
      items.find((one) => one.status === 'missed' && one.started_at > log.started_at),
      'the missed call',
    )
  })

  await test('a reload while the server is away loses nothing: a call that was on, its notes, and a waiting record', async () => {
    await at.customerCalls()
    await at.answer()
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    await hub.kill()
    await page.getByText(/No connection to the server for/).waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await page.getByRole('textbox', { name: /^Notes/ }).fill('Typed before the reload.')
    await at.recent.getByRole('img', { name: 'Waits to be saved' }).first().waitFor()
    await page.waitForTimeout(900)
    // The hub also serves the page: it is up for that, and its API is still away.
    await page.route('**/api/**', (route) => route.abort())
    await hub.start()
    await page.reload()
    await page.getByText('The server cannot be reached').waitFor()
    await axe(page, 'unreachable')
    await shot(page, 'unreachable-dark')
    await page.unroute('**/api/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await ready(page)
    const notes = page.getByRole('textbox', { name: /^Notes/ })
    const unfinished = page.getByRole('button', { name: /^Continue notes/ })
    await notes.or(unfinished).first().waitFor()
    if (await unfinished.isVisible()) await unfinished.click()
    assert.equal(await notes.inputValue(), 'Typed before the reload.')
    await page.getByRole('radio', { name: /Resolved/ }).click()
    await page.getByRole('button', { name: /^(Finish|Save) Alt/ }).click()
    await at.recent.getByText('All saved in the CRM').waitFor({ timeout: 20_000 })
    await until('the record', async () => {
      const { items } = await hub.get('/call-logs?limit=5')
      return items.some(
        (one) =>
          one.notes === 'Typed before the reload.' && one.disposition === 'resolved' && one.status === 'answered',
      )
    })
    await until('nothing kept', () => page.evaluate(() => sessionStorage.getItem('offhook.kept.1001') === null))
  })

  await test('a record the CRM does not accept is marked, kept, and sent again on Retry', async () => {
    await page.route('**/api/call-logs**', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: '{"status":422,"code":"validation_failed"}',
      }),
    )
    await at.customerCalls()
    await at.offer.waitFor()
    await at.decline()
    await at.recent.getByRole('img', { name: 'Not accepted' }).waitFor()
    await at.recent.getByText('1 not accepted by the CRM').waitFor()
    await axe(page, 'not accepted')
    await shot(page, 'desk-not-accepted-dark')
    await page.unroute('**/api/call-logs**')
    await at.outbox.getByRole('button', { name: 'Retry' }).click()
    await at.recent.getByText('All saved in the CRM').waitFor()
  })

  await inspector(page, at)

  await test('the page broke no policy and threw no error while the server was away', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

async function inspector(page, at) {
  const machines = page.getByRole('region', { name: 'Machines' })
  const row = (name) => machines.getByRole('button', { name: new RegExp(`^${name}`) })

  await test('the inspector shows the machines, where they stand, and the events', async () => {
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await page.getByRole('link', { name: 'Inspector' }).click()
    await page.getByRole('heading', { name: 'Machines' }).waitFor()
    await row('registration').getByText('Registered').waitFor()
    await row('link').getByText('Open').waitFor()
    await row('call').getByText('Active').first().waitFor()
    await page.getByRole('img', { name: /State machine call\. Present state: Active/ }).waitFor()
    await page
      .getByRole('region', { name: /^Rows of call/ })
      .getByRole('row')
      .nth(2)
      .waitFor()
    await axe(page, 'inspector')
    await shot(page, 'inspector-call-dark')
  })

  await test('numbers and names are hidden in the inspector', async () => {
    const text = await page.locator('main').textContent()
    assert.doesNotMatch(text, /2079460|1614960|Marta|Lukas|Aoife/)
  })

  await test('events are filtered and opened', async () => {
    await page.getByLabel('Filter events').fill('CallConnected')
    const event = page.getByRole('button', { name: /CallConnected/ }).first()
    await event.click()
    await page.getByText('"type": "CallConnected"').waitFor()
    await page.getByLabel('Filter events').fill('no such event')
    await page.getByText('No event matches.').waitFor()
    await page.getByLabel('Filter events').fill('')
  })

  await test('another machine is chosen and its whole table shown', async () => {
    await row('hold').first().click()
    await page.getByRole('img', { name: /Present state: Off/ }).waitFor()
    await page.getByLabel(/all \d+ rows/).check()
    await axe(page, 'inspector table')
    await page.emulateMedia({ colorScheme: 'light' })
    await shot(page, 'inspector-hold-light')
    await page.setViewportSize({ width: 380, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await shot(page, 'inspector-380-light', true)
    await page.setViewportSize({ width: 1280, height: 800 })
    assert.ok(wide <= 0, `380 px scrolls by ${wide}`)
  })

  await test('the call goes on when the page is changed back', async () => {
    await page.getByRole('link', { name: 'Desk' }).click()
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish()
  })
}
