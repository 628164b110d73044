// The picture of the README: the desk in a call, taken from the real page on
// the real hub with made-up people. node tests/browser/picture.mjs

import { join } from 'node:path'
import { desk } from './desk.mjs'
import { createTestHub, launch, openPage, root, signIn, until } from './harness.mjs'

const hub = await createTestHub()
let browser
try {
  await hub.setUp()
  await hub.start()
  browser = await launch()
  const colleague = await openPage(browser)
  await signIn(colleague, hub, '1002')
  const page = await openPage(browser)
  // Begun in the past, so that the page's clock is the hub's when the picture is taken.
  await page.clock.install({ time: Date.now() - 1_142_000 })
  const at = desk(page)
  await signIn(page, hub)

  const talk = async (seconds, disposition) => {
    await at.answer()
    await at.call.getByRole('timer').waitFor()
    await page.clock.fastForward(seconds * 1000)
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish(disposition)
    await page.clock.fastForward(7000)
  }
  const calls = async () => {
    await page.clock.runFor(300)
    await at.customerCalls()
    await at.offer.waitFor()
  }
  await calls()
  await talk(380, 'Resolved')
  await calls()
  await at.customerGivesUp()
  await page.clock.fastForward(100_000)
  await calls()
  await talk(125, 'Callback promised')
  await calls()
  await at.decline()
  await page.clock.fastForward(200_000)
  await until('free', () => at.status.getByText('Available').isVisible())

  await calls()
  await hub.post('/queue-number', {
    type: 'queue_number',
    extension: '1001',
    call_from: '+442079460123',
    queue_name: 'Billing',
    queue_number: '6401',
    server_call_log_token: 't-1',
    yeastar_call_id: '1651057476.362',
    channel_id: 'PJSIP/1001-000000ae',
  })
  await at.answer()
  await page.getByText('Billing').first().waitFor()
  await page.clock.fastForward(66_000)
  await calls()
  await at.answer()
  const held = page.getByRole('region', { name: /^Held call/ })
  await held.getByText('On hold').waitFor()
  await at.call.getByRole('heading', { name: 'Lukas Brandt' }).waitFor()
  await at.call.getByRole('timer').waitFor()
  await page.clock.fastForward(252_000)
  await at.choose('Break')
  await page.getByText('Then: Break').waitFor()
  await page
    .getByLabel('Notes on this call')
    .fill('Invoice 20418 billed twice (3 and 17 Nov). Customer wants the second one refunded, not credited.')
  await page.getByRole('button', { name: /^Transfer Alt/ }).click()
  await page.getByRole('option').first().waitFor()
  await page.clock.runFor(500)
  // A clock that jumps is a tab that was asleep, and the page says so.
  const dismiss = page.getByRole('button', { name: 'Dismiss' })
  while ((await dismiss.count()) > 0) await dismiss.first().click()
  await page.getByRole('combobox', { name: 'Transfer to' }).focus()
  await page.clock.runFor(500)
  await page.screenshot({ path: join(root, 'docs/console.png') })
  console.log('docs/console.png')
} finally {
  await browser?.close()
  await hub.end()
}
