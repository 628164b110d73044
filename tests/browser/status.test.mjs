// The agent's status, the keyboard, and the sizes of the page.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, ready, shot, signIn, test, until } from './harness.mjs'

export async function status(browser, hub) {
  const page = await openPage(browser, { theme: 'dark' })
  const at = desk(page)
  const inCrm = async () => (await hub.get('/agents/1001/status')).status

  await test('a chosen status is saved in the CRM, and its reason why no calls come is shown', async () => {
    await signIn(page, hub)
    await at.choose('Break')
    await until('Break', () => at.status.getByText('Break', { exact: true }).isVisible())
    assert.equal(await until('the CRM', async () => (await inCrm()) === 'BREAK'), true)
    await at.why.getByText('You are on Break').waitFor()
    await axe(page, 'away')
    await shot(page, 'desk-away-dark')
    await at.why.getByRole('button', { name: 'Available' }).click()
    await until('Available', () => at.status.getByText('Available').isVisible())
  })

  await test('On call and Wrap-up are shown in the menu and cannot be chosen', async () => {
    await at.status.click()
    for (const word of ['On call', 'Wrap-up']) {
      const item = page.getByRole('menuitemradio', { name: new RegExp(`^${word}`) })
      assert.equal(await item.getAttribute('aria-disabled'), 'true')
    }
    await axe(page, 'status menu')
    await shot(page, 'desk-menu-dark')
    await page.keyboard.press('Escape')
  })

  await test('a status the CRM refuses is not shown as set, and the notice says what to do', async () => {
    await page.route('**/api/agents/1001/status', (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 422,
            contentType: 'application/problem+json',
            body: '{"status":422,"code":"validation_failed"}',
          })
        : route.continue(),
    )
    await at.choose('Training')
    await page.getByText('“Training” was not saved. You are still Available.').first().waitFor()
    assert.match(await at.status.textContent(), /Available/)
    await axe(page, 'status refused')
    await shot(page, 'desk-status-refused-dark')
    await page.unroute('**/api/agents/1001/status')
    const dismiss = page.getByRole('button', { name: 'Dismiss' })
    while ((await dismiss.count()) > 0) await dismiss.first().click()
  })

  await test('a status asked for in a call comes next, and can be cancelled', async () => {
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await at.choose('Meeting')
    await page.getByText('Then: Meeting').waitFor()
    assert.match(await at.status.textContent(), /On call/)
    await page.getByRole('button', { name: /Cancel: do not go to Meeting/ }).click()
    await page.getByText('Then: Meeting').waitFor({ state: 'detached' })
    await at.choose('Break')
    await page.getByText('Then: Break').waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await shot(page, 'desk-wrapup-dark')
    await at.finish()
    await until('Break', () => at.status.getByText('Break', { exact: true }).isVisible())
    await until('the CRM', async () => (await inCrm()) === 'BREAK')
    await at.choose('Available')
    await until('Available', () => at.status.getByText('Available').isVisible())
  })

  await test('a wrap-up that runs is extended by 30 s', async () => {
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await page.keyboard.press('Alt+KeyX')
    await until('more than 30 s', async () => {
      const [minutes, seconds] = (await at.wrapUp.getByRole('timer').textContent()).split(':')
      return Number(minutes) * 60 + Number(seconds) > 35
    })
    await at.finish()
  })

  await test('notes left behind wait under Unfinished notes, and are finished later', async () => {
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await page.getByRole('textbox', { name: /^Notes/ }).fill('To be finished.')
    await at.choose('Pause')
    await until('Pause', () => at.status.getByText('Pause', { exact: true }).isVisible())
    await page.getByText('Unfinished notes').waitFor()
    await axe(page, 'unfinished')
    await page.getByRole('button', { name: /^Continue notes/ }).click()
    assert.equal(await page.getByRole('textbox', { name: /^Notes/ }).inputValue(), 'To be finished.')
    await page.getByRole('radio', { name: /Resolved/ }).click()
    await page.getByRole('button', { name: /^Save Alt/ }).click()
    await page.getByText('Unfinished notes').waitFor({ state: 'detached' })
    await until('the record', async () => {
      const { items } = await hub.get('/call-logs?limit=5')
      return items.some((one) => one.notes === 'To be finished.' && one.disposition === 'resolved')
    })
    assert.match(await at.status.textContent(), /Pause/)
    await at.choose('Available')
    await until('Available', () => at.status.getByText('Available').isVisible())
  })

  await keyboard(page, at)
  await sizes(page, at)

  await test('the page broke no policy and threw no error in the status scenes', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}

async function keyboard(page, at) {
  const press = (key) => page.keyboard.press(key)

  await test('a whole call is handled by the keyboard alone', async () => {
    await at.customerCalls()
    await at.offer.waitFor()
    await press('Alt+KeyA')
    await at.call.getByRole('timer', { name: 'Call time' }).waitFor()
    await press('Alt+KeyO')
    await until('hold', async () => (await at.hold.getAttribute('aria-pressed')) === 'true')
    await press('Alt+KeyO')
    await until('resumed', async () => (await at.hold.getAttribute('aria-pressed')) === 'false')
    await press('Alt+KeyM')
    await until('mute', async () => (await at.mute.getAttribute('aria-pressed')) === 'true')
    await press('Alt+KeyM')
    await press('Alt+KeyK')
    await page.getByLabel(/^Keypad\. Type/).waitFor()
    await press('Alt+KeyK')
    await press('Alt+KeyT')
    await page.getByRole('combobox', { name: 'Transfer to' }).waitFor()
    await press('Escape')
    await page.getByRole('combobox', { name: 'Transfer to' }).waitFor({ state: 'detached' })
    assert.equal(await at.call.count(), 1, 'Escape never ends a call')
    await press('Alt+KeyN')
    await page.keyboard.type('By keyboard.')
    await press('Alt+KeyH')
    await at.wrapUp.waitFor()
    await page.getByRole('radio', { name: /Resolved/ }).focus()
    await press('2')
    assert.equal(await page.getByRole('radio', { name: /Information given/ }).getAttribute('aria-checked'), 'true')
    await press('ArrowRight')
    assert.equal(await page.getByRole('radio', { name: /Passed on/ }).getAttribute('aria-checked'), 'true')
    await press('Alt+Enter')
    await at.wrapUp.waitFor({ state: 'detached' })
    await until('focus on the status', () =>
      page.evaluate(() => document.activeElement?.textContent?.startsWith('My status')),
    )
    await press('Alt+KeyP')
    await page.getByRole('menu').waitFor()
    await press('Escape')
  })

  await test('a call that rings while somebody types does not take the focus', async () => {
    await page.getByLabel('Number to call').focus()
    await page.keyboard.type('10')
    const rings = page.getByRole('button', { name: 'A customer calls' })
    // Pressed by the page itself, as a call comes: without moving the focus.
    await rings.evaluate((button) => button.click())
    await at.offer.waitFor()
    await page.keyboard.type('23')
    assert.equal(await page.getByLabel('Number to call').inputValue(), '1023')
    await press('Alt+KeyR')
    await at.offer.waitFor({ state: 'detached' })
  })

  await test('shortcuts can be switched off', async () => {
    await page.getByRole('button', { name: /1001/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Keyboard shortcuts' }).click()
    await press('Escape')
    await press('Alt+KeyP')
    await new Promise((resolve) => setTimeout(resolve, 150))
    assert.equal(await page.getByRole('menu').count(), 0)
    await page.getByRole('button', { name: /1001/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Keyboard shortcuts' }).click()
    await press('Escape')
  })
}

async function sizes(page, at) {
  await test('nothing is lost or scrolled sideways at 1280, 900, 380 and 320 px', async () => {
    await page.reload()
    await ready(page)
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    for (const width of [1280, 900, 380, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(wide <= 0, `${width} px scrolls by ${wide}`)
      await axe(page, `${width} px`)
      await shot(page, `desk-call-dark-${width}`, width < 1000)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish()
  })
}
