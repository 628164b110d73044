// Attended transfer, two calls, conference, recording and the sound of a line,
// on the simulated softphone and the real hub.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, shot, signIn, test, until } from './harness.mjs'

/** Both themes: a scene is looked at and checked in light and dark. */
async function scene(page, name) {
  await page.evaluate(() => scrollTo(0, 0))
  for (const theme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme: theme })
    await axe(page, `${name}, ${theme}`)
    await shot(page, `desk-${name}-${theme}`)
  }
}

async function narrow(page, name) {
  await page.setViewportSize({ width: 380, height: 800 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  await axe(page, `${name}, 380 px`)
  await shot(page, `desk-${name}-380-light`, true)
  await page.setViewportSize({ width: 1280, height: 800 })
  assert.ok(wide <= 0, `380 px scrolls by ${wide}`)
}

export async function transfers(browser, hub) {
  const other = await openPage(browser)
  const bob = desk(other)
  const page = await openPage(browser)
  const at = desk(page)
  const press = (key) => page.keyboard.press(key)
  const logs = async () => (await hub.get('/call-logs?limit=20')).items
  const talksTo = (name) => at.consult.getByText(`Talking to ${name}`).waitFor()
  const button = (name) => at.consult.getByRole('button', { name })

  await test('a colleague is asked first: the customer waits, and completing is refused with its reason until he answers', async () => {
    await signIn(other, hub, '1002')
    await signIn(page, hub)
    await until('Bob is free', () => bob.status.getByText('Available').isVisible())
    await at.talk()
    await press('Alt+KeyT')
    await page.getByRole('option', { name: /Bob Agent/ }).waitFor()
    await scene(page, 'transfer')
    await press('Escape')
    await at.ask('1002')
    await at.consult.getByText('Calling Bob Agent').waitFor()
    await at.consult.getByText(/on hold 00:0\d, hears music/).waitFor()
    assert.equal(await button(/^Complete/).getAttribute('aria-disabled'), 'true')
    await button(/^Complete/)
      .getByText('The colleague has not answered yet')
      .waitFor({ state: 'attached' })
    await until('focus in the card', () =>
      page.evaluate(() => document.activeElement?.textContent?.startsWith('Complete')),
    )
    await scene(page, 'consult-calling')
  })

  await test('he answers, and calls are swapped by button and by key', async () => {
    await at.colleagueAnswers()
    await talksTo('Bob Agent')
    await scene(page, 'consult-ready')
    await narrow(page, 'consult-ready')
    await press('Alt+KeyS')
    await talksTo('Marta Keller')
    await at.consult.getByText('1002, on hold').waitFor()
    assert.match(await page.locator('[data-live=polite]').textContent(), /Talking to Bob Agent before the transfer/)
    await scene(page, 'consult-swapped')
    await button(/^Swap/).click()
    await talksTo('Bob Agent')
  })

  await test('all three talk, and are parted again by the same key', async () => {
    await press('Alt+KeyJ')
    await at.consult.getByText('all three hear each other').waitFor()
    await until('pressed', async () => (await button(/^Three-way/).getAttribute('aria-pressed')) === 'true')
    await scene(page, 'consult-three-way')
    await press('Alt+KeyJ')
    await talksTo('Bob Agent')
    await at.consult.getByText(/on hold 00:\d\d/).waitFor()
  })

  await test('mute in a consultation mutes the colleague’s line', async () => {
    await press('Alt+KeyM')
    await until('muted', async () => (await button(/^Muted/).getAttribute('aria-pressed')) === 'true')
    await press('Alt+KeyM')
    await button(/^Mute Alt/).waitFor()
  })

  await test('a transfer that the PBX refuses keeps both calls and says so', async () => {
    await page.getByLabel('The PBX refuses transfers').check()
    await press('Alt+Enter')
    await at.consult.getByText('The transfer did not work. You keep both calls.').waitFor()
    await talksTo('Bob Agent')
    await scene(page, 'consult-failed')
    await page.getByLabel('The PBX refuses transfers').uncheck()
  })

  await test('completed, the customer is with the colleague, and wrap-up begins', async () => {
    await press('Alt+Enter')
    await at.consult.getByText('Transferring Marta to Bob').waitFor()
    await at.wrapUp.waitFor()
    await at.consult.waitFor({ state: 'detached' })
    await at.finish('Passed on')
    const log = await until('the record', async () =>
      (await logs()).find((one) => one.end_reason === 'transferred' && one.contact_name === 'Marta Keller'),
    )
    assert.equal(log.status, 'answered')
    assert.ok(log.hold_ms > 0)
  })

  await test('back to the customer: the colleague’s call ends, the customer is taken from hold', async () => {
    await at.talk()
    await at.ask('1002')
    await at.colleagueAnswers()
    await talksTo('Bob Agent')
    await press('Alt+KeyB')
    await at.consult.waitFor({ state: 'detached' })
    await until('resumed', async () => (await at.hold.getAttribute('aria-pressed')) === 'false')
    await at.call.getByRole('heading', { name: 'Lukas Brandt' }).waitFor()
  })

  await test('a colleague who does not take it gives the call back, with his name', async () => {
    await at.ask('1002')
    await at.colleagueIsBusy()
    await at.call.getByText('Bob Agent could not be reached. You are back with Lukas.').waitFor()
    await until('resumed', async () => (await at.hold.getAttribute('aria-pressed')) === 'false')
    await scene(page, 'consult-not-reached')
    await page.getByRole('button', { name: 'Dismiss' }).first().click()
  })

  await test('a colleague who is away cannot be chosen, and it is said why', async () => {
    await bob.choose('Break')
    await press('Alt+KeyT')
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1002')
    await page.getByText('Bob does not take calls now (Break): choose somebody else.').first().waitFor()
    await scene(page, 'transfer-away')
    await press('Enter')
    assert.equal(await at.consult.count(), 0)
    await press('Escape')
    await bob.choose('Available')
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish()
  })

  await twoCalls(page, at, press)
  await line(page, at)

  await test('the page broke no policy and threw no error in the transfer scenes', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await other.context().close()
  await page.context().close()
}

async function twoCalls(page, at, press) {
  await test('a second call waits while one talks, and they are swapped by key', async () => {
    await at.talk()
    const first = await at.call.getByRole('heading').textContent()
    await at.customerCalls()
    await at.offer.getByText('Answering puts your present call on hold.').waitFor()
    await scene(page, 'call-waiting')
    await press('Alt+KeyA')
    await at.held.getByText('On hold').waitFor()
    await scene(page, 'two-calls')
    await narrow(page, 'two-calls')
    await press('Alt+KeyS')
    await at.call.getByRole('heading', { name: first, exact: true }).waitFor()
    await at.held.getByText('On hold').waitFor()
  })

  await test('both are joined into a three-way call, and parted', async () => {
    await press('Alt+KeyJ')
    await at.conference.getByText('all three hear each other').waitFor()
    assert.equal(await at.held.count(), 0)
    await scene(page, 'conference')
    await narrow(page, 'conference')
    await press('Alt+KeyJ')
    await at.conference.waitFor({ state: 'detached' })
    await at.held.getByText('On hold').waitFor()
  })

  await test('one of the two hangs up in a three-way call, and the other goes on', async () => {
    await press('Alt+KeyJ')
    await at.conference.waitFor()
    await at.conference
      .getByRole('button', { name: /^Hang up/ })
      .first()
      .click()
    await at.conference.waitFor({ state: 'detached' })
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
  })
}

async function line(page, at) {
  await test('a call whose PBX can record is recorded, paused, resumed and stopped', async () => {
    const button = (name) => at.call.getByRole('button', { name, exact: true })
    assert.equal(await button('Record').count(), 0, 'no button while the PBX cannot')
    await page.getByRole('button', { name: 'Tell its queue' }).click()
    await button('Record').click()
    await at.call.getByText('Recording', { exact: true }).waitFor()
    await scene(page, 'recording')
    await button('Pause recording').click()
    await at.call.getByText('Recording paused').waitFor()
    await button('Resume recording').click()
    await at.call.getByText('Recording', { exact: true }).waitFor()
    await button('Stop recording').click()
    await button('Record').waitFor()
  })

  await test('a line that becomes bad has a badge with its numbers, and a notice what to do', async () => {
    const tag = at.call.getByRole('button', { name: 'Poor line' })
    await at.call.getByRole('button', { name: 'Good line' }).waitFor()
    await page.getByLabel(/^Line of/).selectOption('poor')
    await at.call.getByRole('button', { name: 'Poor line' }).waitFor()
    await at.call.getByText(/^The line to .* is bad\.$/).waitFor()
    await at.call
      .getByText(/MOS 2\.3 of 4\.5 · jitter 95 ms · loss 8\.4 % · round trip 420 ms/)
      .waitFor({ state: 'attached' })
    await tag.focus()
    await scene(page, 'poor-line')
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish()
  })
}
