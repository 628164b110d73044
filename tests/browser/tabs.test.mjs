// Two tabs of one extension: a consultation is finished where it was not
// begun, and the phone is taken over by a click.

import assert from 'node:assert/strict'
import { desk } from './desk.mjs'
import { axe, bothThemes, openPage, ready, signIn, test, until } from './harness.mjs'

export async function tabs(browser, hub) {
  const page = await openPage(browser)
  const second = await page.context().newPage()
  const [here, there] = [desk(page), desk(second)]
  const takeOver = second.getByRole('button', { name: 'Take over' })

  await test('a consultation begun in one tab is completed in another, also when that was loaded anew', async () => {
    await signIn(page, hub)
    await signIn(second, hub)
    await second.getByText('Rings in another tab').waitFor()
    await here.talk()
    await here.ask('1002')
    await here.colleagueAnswers()
    await second.reload()
    await ready(second)
    await there.consult.getByText(/^Talking to/).waitFor()
    const button = (name) => there.consult.getByRole('button', { name })
    await until('Complete', async () => (await button(/^Complete/).getAttribute('aria-disabled')) !== 'true')
    await bothThemes(second, 'desk-consult-other-tab')
    await button(/^Swap/).click()
    await here.consult.getByText(/^Talking to Marta/).waitFor()
    await button(/^Complete/).click()
    await there.wrapUp.waitFor()
    await here.wrapUp.waitFor()
    const { items } = await hub.get('/call-logs?limit=5')
    await until('the record', () => items.some((one) => one.end_reason === 'transferred'))
    await there.finish()
  })

  await test('back to the customer from the other tab', async () => {
    await here.talk()
    await there.ask('1002')
    await there.consult.getByRole('button', { name: /^Back to/ }).click()
    await there.consult.waitFor({ state: 'detached' })
    await here.call.waitFor()
  })

  await test('while a call is on, taking over is refused with its reason', async () => {
    assert.equal(await takeOver.getAttribute('aria-disabled'), 'true')
    await takeOver.getByText('A call is on in the other tab').waitFor({ state: 'attached' })
    await takeOver.focus()
    await bothThemes(second, 'desk-take-over-refused')
    await second.keyboard.press('Enter')
    await second.locator('[data-live=polite]').getByText('A call is on in the other tab').waitFor({ state: 'attached' })
    await here.hangUp.click()
    await here.wrapUp.waitFor()
    await here.finish()
  })

  await test('a person takes the phone over in the tab he looks at; what he typed and his status stay', async () => {
    await here.choose('Break')
    await there.status.getByText('Break', { exact: true }).waitFor()
    await until('Take over', async () => (await takeOver.getAttribute('aria-disabled')) !== 'true')
    await bothThemes(second, 'desk-take-over')
    await takeOver.focus()
    await second.keyboard.press('Enter')
    await second.getByText('This tab rings').waitFor()
    await page.getByText('Rings in another tab').waitFor()
    await until('the focus', () =>
      second.evaluate(() => document.activeElement?.textContent?.includes('This tab rings')),
    )
    assert.match(await there.status.textContent(), /Break/)
    await axe(second, 'taken over')
    await there.choose('Available')
    await there.customerCalls()
    await here.offer.waitFor()
    await here.answer()
    await there.call.waitFor()
    await there.hangUp.click()
    await there.wrapUp.waitFor()
    await there.finish()
  })

  await test('on a narrow screen the button is there, and nothing scrolls sideways', async () => {
    await page.getByRole('button', { name: 'Take over' }).waitFor()
    for (const width of [900, 380, 320]) {
      await page.setViewportSize({ width, height: 800 })
      await bothThemes(page, `desk-take-over-${width}`)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(over <= 0, `${width} px scrolls by ${over}`)
      assert.ok(await page.getByRole('button', { name: 'Take over' }).isVisible(), `${width} px`)
    }
  })

  await test('the pages broke no policy and threw no error in the scenes with two tabs', async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
