// The reports page on a real hub with a day of stored calls: numbers, formulas, tables, the CSV file, a day without calls, an error.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { axe, openPage, password, root, shot, signInAs, test, until } from './harness.mjs'

/** A hub with 721 calls of today between 8 and 18 o'clock, always the same ones. */
async function hubWithCalls() {
  const { createHub } = await import(join(root, 'hub/dist/index.js'))
  const { call_records } = await import(join(root, 'hub/dist/schema.js'))
  const hub = await createHub({
    data: 'memory',
    host: '127.0.0.1',
    port: 0,
    console: join(root, 'web/console/dist'),
    logger: false,
    rateLimit: false,
    simulate: true,
    agents: [
      { extension: '1001', name: 'Alice', password },
      { extension: '2001', name: 'Dana Ruiz', role: 'supervisor', password },
    ],
  })
  let seed = 42
  const chance = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed / 2147483648
  }
  const long = (mean) => Math.floor(-Math.log(1 - chance()) * mean)
  const day = new Date()
  day.setHours(8, 0, 0, 0)
  const queues = ['Billing', 'Support', 'Sales', 'Escalation']
  const rows = Array.from({ length: 721 }, (_, i) => {
    const enqueued_at = day.getTime() + Math.floor(chance() * 36_000_000)
    const busy = enqueued_at > day.getTime() + 7_200_000 && enqueued_at < day.getTime() + 12_000_000
    const wait = long(busy ? 22_000 : 9_000)
    const fate = chance()
    const outcome = fate < 0.945 ? 'answered' : fate < 0.99 ? 'abandoned' : 'timeout'
    const answered = outcome === 'answered'
    const talk_time = answered ? long(214_000) : 0
    return {
      id: `r${i}`,
      call_id: `c${i}`,
      queue_name: queues[Math.floor(chance() ** 1.6 * 4)],
      agent_id: answered ? String(1001 + (i % 3)) : null,
      outcome,
      enqueued_at,
      answered_at: answered ? enqueued_at + wait : null,
      ended_at: enqueued_at + wait + talk_time,
      talk_time,
      hold_time: 0,
      wrap_up_time: answered ? Math.floor(chance() * 66_000) : 0,
      offers: 1,
      rona_count: 0,
      updated_at: enqueued_at,
    }
  })
  for (let i = 0; i < rows.length; i += 200) await hub.database.db.insert(call_records).values(rows.slice(i, i + 200))
  await hub.listen()
  return { hub, rows }
}

const words = async (locator) => (await locator.textContent()).replace(/\s+/g, ' ')

export async function reports(browser) {
  const { hub, rows } = await hubWithCalls()
  const answered = rows.filter(({ outcome }) => outcome === 'answered').length
  const page = await openPage(browser, { width: 1280, height: 960 })
  const open = async (address) => {
    await page.goto(`${hub.url}/${address}`)
    await page.getByRole('heading', { name: 'Queue report' }).waitFor()
  }
  const kpis = page.locator('.kpis')
  const table = page.getByRole('table')

  await test('the reports of today: key figures, each with what it was made of', async () => {
    await signInAs(page, hub, '2001', '#/reports')
    await kpis.waitFor()
    const text = await words(kpis)
    assert.match(text, /Service level8\d\.\d %SL4, 20 s: \d+ answered in time/)
    assert.match(text, new RegExp(`Offered721${answered} answered, \\d+ flowed out`))
    assert.match(text, /Abandoned\d\.\d %\d+ of 721; \d+ under 5 s/)
    assert.match(text, /ASA\)00:1\d90 % within 00:\d\d/)
  })

  await test('the same calls by six formulas; choosing one changes the number and the address', async () => {
    const six = page.locator('.six')
    for (const id of ['SL1', 'SL2', 'SL3', 'SL4', 'SL5', 'SL6'])
      assert.match(await words(six), new RegExp(`${id}.*\\d %`))
    await six.getByRole('button', { name: /^SL2/ }).click()
    await until('SL2', async () => /SL2, 20 s/.test(await words(kpis)))
    assert.match(page.url(), /sl=SL2/)
    assert.match(await words(table.getByRole('columnheader').nth(5)), /SL2, 20 s/)
    await six.getByRole('button', { name: /^SL4/ }).click()
    await until('SL4', async () => /SL4, 20 s/.test(await words(kpis)))
  })

  await test('rows by queue, agent and interval add up to the total, by keyboard too', async () => {
    const sum = async () => {
      const cells = await table.locator('tbody tr:not(.sum) td:nth-child(2)').allTextContents()
      return cells.reduce((all, cell) => all + Number.parseInt(cell, 10), 0)
    }
    assert.equal(await sum(), 721)
    await page.getByRole('radio', { name: 'Queue', exact: true }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('rowheader', { name: '1002' }).waitFor()
    assert.equal(await sum(), answered)
    await page.locator('.seg').getByText('Interval').click()
    await page.getByRole('rowheader', { name: '08:15' }).waitFor()
    assert.equal(await sum(), 721)
    await page.locator('.seg').getByText('Queue').click()
    await page.getByRole('rowheader', { name: 'Billing' }).waitFor()
  })

  for (const theme of ['light', 'dark'])
    await test(`the reports pass axe in both themes and at 400 pixels (${theme})`, async () => {
      await page.emulateMedia({ colorScheme: theme })
      await axe(page, `reports, ${theme}`)
      await shot(page, `reports-${theme}`, true)
      await page.setViewportSize({ width: 400, height: 900 })
      await axe(page, `reports at 400 px, ${theme}`)
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        'nothing is beside the page',
      )
      await shot(page, `reports-narrow-${theme}`, true)
      await page.setViewportSize({ width: 1280, height: 960 })
    })

  await test('the CSV file has the table in view, its formula in the header', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    assert.match(lines[0], /^queue,offered,.*"service_level \(SL4, 20 s\)"/)
    assert.equal(lines.length, 6)
    assert.match(lines.at(-1), /^total,721,/)
  })

  await test('a day without calls says so, and leads to the day before', async () => {
    await open('#/reports?date=2026-11-15')
    await page.reload()
    await page.getByText(/^No calls on/).waitFor()
    assert.match(await words(page.locator('main')), /not 0 %, not 100 %/)
    await page.getByRole('button', { name: /^Go to/ }).click()
    await until('the day before', async () => page.url().includes('2026-11-14'))
  })

  await test('a queue that never was is an error with a way out', async () => {
    await page.goto(`${hub.url}/#/reports?queue=Nowhere`)
    await page.reload()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.match(await words(alert), /There is no such queue any more.*queue_unknown.*Try again/)
    await page.getByLabel('Queues').selectOption('')
    await kpis.waitFor()
  })

  await test('no complaint of the page, and an agent is told whose the reports are', async () => {
    assert.deepEqual(await page.complaints(), [])
    const agent = await openPage(browser)
    await signInAs(agent, hub, '1001', '#/reports')
    await agent.getByRole('heading', { name: 'Reports are for supervisors' }).waitFor({ timeout: 15_000 })
    await agent.context().close()
  })
  await page.context().close()
  await hub.close()
}
