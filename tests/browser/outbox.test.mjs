// Records that the CRM refuses, and wrap-up that the agent begins.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, openPage, shot, signIn, test, until } from './harness.mjs'

export async function outbox(browser, hub) {
  const page = await openPage(browser)
  const at = desk(page)

  await test('a refused record is listed with its reason; giving it up is asked twice', async () => {
    await signIn(page, hub, '1001', '?wrapup=optional')
    await page.getByLabel('The CRM refuses call records').check()
    await at.customerCalls()
    await at.offer.waitFor()
    await at.decline()
    await at.outbox.getByText('Marta Keller').waitFor()
    await at.outbox.getByRole('img', { name: 'Refused by the CRM' }).waitFor()
    await axe(page, 'refused record')
    await shot(page, 'desk-outbox-refused-light')
    const discard = at.outbox.getByRole('button', { name: 'Discard the record of Marta Keller' })
    await discard.click()
    await at.outbox.getByText('It is never sent then, nor are its notes.').waitFor()
    await axe(page, 'discard asked')
    await shot(page, 'desk-outbox-asked-light')
    await page.keyboard.press('Escape')
    await until('focus on Discard', () => discard.evaluate((button) => button === document.activeElement))
    assert.equal(await at.outbox.getByRole('listitem').count(), 1)
    await discard.click()
    await at.outbox.getByRole('button', { name: 'Discard for good' }).click()
    await at.outbox.waitFor({ state: 'detached' })
    await at.recent.getByRole('img', { name: 'Given up' }).waitFor()
    await at.recent.getByText('1 record given up, all others in the CRM').waitFor()
    await page.getByLabel('The CRM refuses call records').uncheck()
    const { items } = await hub.get('/call-logs?limit=5')
    assert.equal(
      items.some((one) => one.end_reason === 'rejected' && Date.now() - one.started_at < 8000),
      false,
    )
  })

  await test('with optional wrap-up the notes wait, and the agent begins wrap-up himself', async () => {
    await at.talk()
    await page.getByLabel('Notes on this call').fill('Optional notes.')
    await at.customerHangsUp()
    await page.getByText('Unfinished notes').waitFor()
    assert.match(await at.status.textContent(), /Available/)
    await page.emulateMedia({ colorScheme: 'dark' })
    await axe(page, 'optional wrap-up')
    await shot(page, 'desk-wrapup-optional-dark')
    await page.getByRole('button', { name: 'Wrap up' }).click()
    await at.wrapUp.getByRole('heading', { name: 'Wrap-up' }).waitFor()
    assert.equal(await page.getByRole('textbox', { name: /^Notes/ }).inputValue(), 'Optional notes.')
    await page.keyboard.press('Alt+KeyX')
    await until('more than 30 s', async () => {
      const [minutes, seconds] = (await at.wrapUp.getByRole('timer').textContent()).split(':')
      return Number(minutes) * 60 + Number(seconds) > 35
    })
    await at.finish()
  })

  await test('the page broke no policy and threw no error in the outbox scenes', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
