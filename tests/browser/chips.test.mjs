// What the bar says of links that work badly: a silent server, a browser that
// keeps nothing, a clock that is wrong. And what else the desk looks like in
// both themes: outbox, devices, wrap-up, consultation, conference, recording.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { bothThemes, openPage, signIn, test, until } from './harness.mjs'

export async function chips(browser, hub) {
  await silent(browser, hub)
  await storage(browser, hub)
  await clock(browser, hub)
  await scenes(browser, hub)
}

async function silent(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)
  const links = page.getByRole('group', { name: 'Connection' })
  let mute = false
  await page.routeWebSocket(/\/api\/ws/, (socket) => {
    // While nothing is said, nobody new is let in.
    if (mute) return void socket.close()
    const server = socket.connectToServer()
    server.onMessage((message) => {
      if (!mute) socket.send(message)
    })
  })
  await page.clock.install()

  await test('a server that says nothing is said to be silent, with what is done about it', async () => {
    await signIn(page, hub)
    mute = true
    await page.clock.runFor(20_500)
    await links.getByText('Server silent').waitFor()
    assert.equal(await page.getByText(/No connection to the server/).count(), 0)
    await at.why.getByText(/says nothing/).waitFor()
    await bothThemes(page, 'chip-silent')
  })

  await test('when it goes on being silent it is away, and when it speaks again connected', async () => {
    await page.clock.runFor(6_000)
    await links.getByText(/Server away|Connecting/).waitFor()
    mute = false
    // In small steps: the new socket opens in the time of this machine, the back-off passes in the page's.
    await until('connected again', async () => {
      await page.clock.runFor(500)
      return links.getByText('Connected', { exact: true }).isVisible()
    })
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

async function storage(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)
  const links = page.getByRole('group', { name: 'Connection' })
  await page.addInitScript(() => {
    window.diskFull = false
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (...given) {
      if (window.diskFull) throw new DOMException('The disk is full', 'QuotaExceededError')
      return put.apply(this, given)
    }
  })

  await test('a browser that keeps nothing is said, with what to do', async () => {
    await signIn(page, hub)
    await page.evaluate(() => (window.diskFull = true))
    await at.choose('Break')
    await links.getByText('Not kept').waitFor()
    await page.getByText('This browser does not keep anything.').first().waitFor()
    await bothThemes(page, 'chip-storage')
  })

  await test('when it keeps again the chip and the banner go', async () => {
    await page.evaluate(() => (window.diskFull = false))
    await page.waitForTimeout(5_200)
    await at.choose('Available')
    await links.getByText('Not kept').waitFor({ state: 'detached' })
    await page.getByText('This browser does not keep anything.').waitFor({ state: 'detached' })
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

async function clock(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)
  await page.clock.install({ time: Date.now() - 10 * 60_000 })

  await test('a clock that is wrong is said, by how much, and the times of records are the server’s', async () => {
    await signIn(page, hub)
    await page.getByRole('group', { name: 'Connection' }).getByText('Clock wrong').waitFor()
    await at.why.getByText('clock is 10 minutes slow').waitFor()
    await bothThemes(page, 'chip-clock')
    await at.customerCalls()
    await at.offer.waitFor()
    await at.decline()
    await until('the record with the right time', async () => {
      const { items } = await hub.get('/call-logs?limit=1')
      return Math.abs(items[0].started_at - Date.now()) < 60_000
    })
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

async function scenes(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)

  await test('records that wait, and one that the CRM refuses, in both themes', async () => {
    await signIn(page, hub)
    await page.route('**/api/call-logs**', (route) => route.fulfill({ status: 503, body: '' }))
    await at.customerCalls()
    await at.offer.waitFor()
    await at.decline()
    await at.outbox.getByText('Marta Keller').waitFor()
    await at.outbox.getByText('sent again by itself').waitFor()
    await bothThemes(page, 'scene-outbox-waiting')
    await page.unroute('**/api/call-logs**')
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
    await at.outbox.getByRole('img', { name: 'Refused by the CRM' }).first().waitFor()
    await bothThemes(page, 'scene-outbox')
    await at.outbox
      .getByRole('button', { name: /^Discard the record/ })
      .first()
      .click()
    await at.outbox.getByRole('button', { name: 'Discard for good' }).waitFor()
    await bothThemes(page, 'scene-outbox-asked')
    await page.keyboard.press('Escape')
    await page.unroute('**/api/call-logs**')
    await at.outbox.getByRole('button', { name: 'Retry' }).click()
    await at.outbox.waitFor({ state: 'detached' })
    await page.getByText('The CRM did not accept a call record.').waitFor({ state: 'detached' })
  })

  await test('the devices panel in both themes', async () => {
    await page.getByRole('button', { name: /Microphone and speaker|Devices|Sound/ }).click()
    await bothThemes(page, 'scene-devices')
    await page.keyboard.press('Escape')
  })

  await test('a consultation, a conference and a recording in both themes', async () => {
    await at.talk()
    await at.ask('1002')
    await bothThemes(page, 'scene-consult-calling')
    await at.colleagueAnswers()
    await at.consult.getByText(/^Talking to/).waitFor()
    await bothThemes(page, 'scene-consult-ready')
    await page.keyboard.press('Alt+KeyJ')
    await at.consult.getByText('Three-way call').waitFor()
    await bothThemes(page, 'scene-three-way')
    await page.keyboard.press('Alt+KeyB')
    await at.consult.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Tell its queue' }).click()
    await at.call.getByRole('button', { name: 'Record', exact: true }).click()
    await at.call.getByText('Recording', { exact: true }).waitFor()
    await bothThemes(page, 'scene-recording')
    await at.call.getByRole('button', { name: 'Pause recording' }).click()
    await at.call.getByText('Recording paused').waitFor()
    await bothThemes(page, 'scene-recording-paused')
  })

  await test('wrap-up that is extended, in both themes', async () => {
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await page.keyboard.press('Alt+KeyX')
    await bothThemes(page, 'scene-wrap-up')
    await at.finish()
  })

  await test('two calls joined without a consultation, in both themes', async () => {
    await at.talk()
    await at.customerCalls()
    await at.offer.waitFor()
    await at.answer()
    await at.held.getByText('On hold').waitFor()
    await until(
      'both to be joinable',
      async () =>
        (await page.getByRole('button', { name: 'Three-way call with both' }).getAttribute('aria-disabled')) !== 'true',
    )
    await page.getByRole('button', { name: 'Three-way call with both' }).click()
    await at.conference.waitFor()
    await bothThemes(page, 'scene-conference')
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
