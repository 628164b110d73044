// A recording in the inspector: saved from the phone, opened again, stepped
// through; and what a wrong file is answered with.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { desk } from './desk.mjs'
import { axe, openPage, shot, signIn, test, until } from './harness.mjs'

export async function recording(browser, hub) {
  const page = await openPage(browser, { height: 900 })
  const at = desk(page)
  const replay = page.getByRole('region', { name: 'Replay' })
  const detail = page.locator('.det')
  const step = () => page.locator('[data-step][class*="sel"]').getAttribute('data-step').then(Number)
  const slider = page.getByRole('slider', { name: 'Event' })
  const pick = (files) => page.locator('input[type=file]').first().setInputFiles(files)
  const file = (name, text) => ({ name, mimeType: 'application/x-ndjson', buffer: Buffer.from(text) })
  let text = ''

  await test('the recording of a call is saved as a file, one JSON a line, without numbers and names', async () => {
    await signIn(page, hub)
    await at.customerCalls()
    await at.answer()
    await at.call.waitFor()
    await at.customerHangsUp()
    await at.wrapUp.waitFor()
    await at.finish()
    await page.getByRole('link', { name: 'Inspector' }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save recording' }).click()
    const download = await downloading
    assert.match(download.suggestedFilename(), /\.offhook\.jsonl$/)
    text = readFileSync(await download.path(), 'utf8')
    const [head, ...events] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(head.recording.redacted, true)
    assert.ok(events.some(({ type }) => type === 'CallConnected'))
    assert.doesNotMatch(text, /2079460|1614960|Marta|Lukas|Aoife|Alice/)
  })

  await test('without a recording the page says how to get one', async () => {
    await page.getByRole('radio', { name: 'Recording' }).click()
    await page.getByText('No recording open').waitFor()
    await axe(page, 'no recording')
    await shot(page, 'inspector-recording-empty-light')
  })

  await test('the file is opened again and shows the event, what changed and what was asked for', async () => {
    await pick([file('call.offhook.jsonl', text)])
    await replay.waitFor()
    await page.getByText('numbers redacted').waitFor()
    await page.getByLabel('Filter events').fill('CallConnected')
    await page
      .getByRole('button', { name: /CallConnected/ })
      .first()
      .click()
    await page.getByLabel('Filter events').fill('')
    await detail.getByText('"type": "CallConnected"').waitFor()
    await detail.locator('del', { hasText: 'Answering' }).waitFor()
    await detail.locator('ins', { hasText: 'Active' }).first().waitFor()
    await detail.getByText(/^Out: \d+ effect/).waitFor()
    await page.getByRole('img', { name: /State machine call\. Present state: Active/ }).waitFor()
    await until('the row taken', () => page.locator('tr.took').count())
    await axe(page, 'recording')
    await shot(page, 'inspector-recording-light')
  })

  await test('keys step back and forth, to both ends, and play', async () => {
    await page.getByRole('heading', { name: 'Machines' }).click()
    const here = await step()
    await page.keyboard.press('ArrowRight')
    assert.equal(await step(), here + 1)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await step(), here - 1)
    await page.keyboard.press('End')
    const last = Number(await slider.getAttribute('max'))
    assert.equal(await step(), last)
    await page.keyboard.press('Home')
    await page.getByRole('heading', { name: 'The beginning' }).waitFor()
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    assert.equal(await step(), 1)
    assert.match(await slider.getAttribute('aria-valuetext'), /^Event 1 of \d+, Started, 00:00\.000$/)
    await page.getByRole('heading', { name: 'Machines' }).click()
    await page.keyboard.press('Space')
    await replay.getByRole('button', { name: 'Pause' }).waitFor()
    await until('the third event', async () => (await step()) >= 3)
    await page.keyboard.press('Space')
    await replay.getByRole('button', { name: 'Play', exact: true }).waitFor()
  })

  await test('an odd event is marked, explained and found again', async () => {
    const lines = text.trim().split('\n')
    const { at: time, mono } = JSON.parse(lines.at(-1))
    const odd = JSON.stringify({ type: 'CallConnected', at: time, mono, call_id: 'nobody' })
    await pick([file('odd.offhook.jsonl', `${[...lines, odd].join('\n')}\n`)])
    await page.getByText('odd.offhook.jsonl').waitFor()
    const row = page.locator('.anom li', { hasText: 'unknown_call' })
    await row.getByRole('button', { name: /^Go to/ }).click()
    await detail.getByText('An event for a call that is not there').waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await axe(page, 'odd event')
    await shot(page, 'inspector-anomaly-dark')
    await page.emulateMedia({ colorScheme: 'light' })
  })

  await test('a file dropped on the page is opened; a damaged one is answered with its line', async () => {
    const drop = async (name, content) => {
      const data = await page.evaluateHandle(
        ([title, body]) => {
          const transfer = new DataTransfer()
          transfer.items.add(new File([body], title))
          return transfer
        },
        [name, content],
      )
      await page.dispatchEvent('body', 'dragenter', { dataTransfer: data })
      await page.getByText('Drop the recording here').waitFor()
      await page.dispatchEvent('body', 'drop', { dataTransfer: data })
    }
    await drop('cut.offhook.jsonl', text.slice(0, -20))
    const alert = page.getByRole('alert').filter({ hasText: 'cannot be played' })
    await alert.getByText(/Line \d+: not JSON.*not downloaded whole/).waitFor()
    await axe(page, 'damaged recording')
    await shot(page, 'inspector-recording-damaged-light')
    await drop('whole.offhook.jsonl', text)
    await page.getByText('whole.offhook.jsonl').waitFor()
  })

  await test('on a narrow screen nothing of a recording is cut off', async () => {
    await page.setViewportSize({ width: 380, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await shot(page, 'inspector-recording-380-light', true)
    await page.setViewportSize({ width: 1280, height: 900 })
    assert.ok(wide <= 0, `380 px scrolls by ${wide}`)
  })

  await test('the live phone is still there when the recording is closed', async () => {
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('radio', { name: 'Live phone' }).click()
    await page
      .getByRole('button', { name: /^registration/ })
      .getByText('Registered')
      .waitFor()
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
}
