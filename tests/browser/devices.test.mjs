// Microphone and speaker: the panel of the bar on top, with Chromium's made-up
// devices.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, shot, signIn, test, until } from './harness.mjs'

export async function devices(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)
  const panel = page.getByRole('dialog', { name: 'Microphone and speaker' })
  const opener = page.getByRole('button', { name: /^Microphone and speaker/ })
  await page.context().grantPermissions(['microphone'])

  await test('the devices panel opens by keyboard, lists what is plugged in, and takes a choice', async () => {
    await signIn(page, hub)
    await opener.focus()
    await page.keyboard.press('Enter')
    await panel.waitFor()
    const microphone = panel.getByRole('combobox', { name: 'Microphone', exact: true })
    await until('focus on the microphone', () => microphone.evaluate((field) => field === document.activeElement))
    await until('the made-up devices', async () => (await microphone.locator('option').count()) > 1)
    const id = await microphone.locator('option').nth(1).getAttribute('value')
    await microphone.selectOption(id)
    await until('chosen', async () => (await microphone.inputValue()) === id)
    await axe(page, 'devices')
    await shot(page, 'desk-devices-light')
  })

  await test('the microphone is tested with a meter that moves, and the test is stopped', async () => {
    await panel.getByRole('button', { name: 'Test microphone' }).click()
    const meter = panel.getByRole('meter', { name: 'Microphone level' })
    await until('a level', async () => Number(await meter.evaluate((one) => one.value)) > 0)
    await page.emulateMedia({ colorScheme: 'dark' })
    await axe(page, 'devices, dark')
    await shot(page, 'desk-devices-dark')
    await panel.getByRole('button', { name: 'Stop the test' }).click()
    await until('silence', async () => Number(await meter.evaluate((one) => one.value)) === 0)
  })

  await test('Escape closes the panel and gives the focus back', async () => {
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await until('focus on the opener', () => opener.evaluate((button) => button === document.activeElement))
  })

  await test('a blocked microphone is said in the bar, in the panel and among the reasons', async () => {
    await page.getByLabel('The microphone is blocked').check()
    await page.getByRole('button', { name: 'Microphone and speaker: microphone not usable' }).waitFor()
    await at.why.getByRole('button', { name: 'Microphone' }).click()
    await panel.getByText(/The browser blocks the microphone: callers would not hear you/).waitFor()
    await at.why.getByText('The microphone may not be used').waitFor()
    await axe(page, 'microphone blocked')
    await shot(page, 'desk-microphone-blocked-dark')
    await page.setViewportSize({ width: 380, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await shot(page, 'desk-devices-380-dark')
    assert.ok(wide <= 0, `380 px scrolls by ${wide}`)
  })

  await test('the page broke no policy and threw no error in the devices scenes', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
