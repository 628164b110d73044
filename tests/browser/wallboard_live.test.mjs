// The wallboard while things happen: links that are lost, a recording of Asterisk played through the real engine, colleagues
// in the transfer panel, a thousand tiles under load, and the real hub.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Host, packetsOf } from '../traces/ami_replay.mjs'
import { desk } from './desk.mjs'
import { axe, openPage, root, shot, signIn, test, until } from './harness.mjs'
import { bigCentre, extensionItem, linkItem, queueItem, smallCentre, startScriptedHub } from './scripted_hub.mjs'
import { open, places } from './wallboard_page.mjs'

export async function wallboardLive(browser, realHub) {
  await links(browser)
  await recorded(browser)
  await colleagues(browser)
  await thousand(browser)
  await onTheRealHub(browser, realHub)
}

async function links(browser) {
  const hub = await startScriptedHub()
  smallCentre(hub)
  const page = await open(browser, hub)
  const at = places(page)

  await test('a lost hub makes all stale, comes back by itself, and takes up what was missed', async () => {
    await hub.cut()
    await page
      .getByRole('alert')
      .getByText(/The hub is lost\. What stands here is from/)
      .waitFor()
    await page.getByText('Hub lost').waitFor()
    assert.equal(await page.locator('.tile').count(), await page.locator('.tile.stale').count())
    await at.agent('1002').click()
    assert.equal(await at.drawer.getByRole('button', { name: 'Break' }).getAttribute('aria-disabled'), 'true')
    await page.keyboard.press('Escape')
    await shot(page, 'wallboard-hub-lost-light')
    hub.change('extension_status', [extensionItem('1002', 8, { name: 'Bob Agent' })])
    await hub.back()
    await page.getByText('Hub connected').waitFor({ timeout: 20_000 })
    assert.match(await at.phone('1002').textContent(), /Ringing/)
    assert.equal(await page.locator('.tile.stale').count(), 0)
    await page.getByText('The wallboard is live again.').waitFor({ state: 'attached' })
    const { last_revision } = hub.told.hellos.at(-1)
    assert.equal(typeof last_revision.extension_status, 'number')
  })

  await test('a revision that was left out is answered by asking for the whole', async () => {
    hub.told.resyncs.length = 0
    hub.shown.extension_status = hub.shown.extension_status.map((item) =>
      item.extension === '1003' ? extensionItem('1003', 1, { name: 'Sue Supervisor' }) : item,
    )
    hub.skip('extension_status')
    hub.change('extension_status', [extensionItem('1002', 0, { name: 'Bob Agent' })])
    await at.phone('1003').getByText('On Call').waitFor()
    assert.deepEqual(hub.told.resyncs, ['extension_status'])
  })

  await test('a frame that cannot be read changes nothing', async () => {
    const before = await page.locator('.tile').allTextContents()
    for (const frame of ['{', '[]', '{"type":"changes","stream":"extension_status"}', '{"type":"news"}'])
      hub.tellRaw(frame)
    hub.tellRaw({ type: 'changes', stream: 'no_such_stream', revision: 1, items: [] })
    hub.change('queue_status', [queueItem('billing', 0, null, 4, 2)])
    await page.getByRole('button', { name: /billing.*0 waiting/ }).waitFor()
    const words = (texts) => texts.map((text) => text.replace(/\d+:\d\d/g, ''))
    assert.deepEqual(words(await page.locator('.tile').allTextContents()), words(before))
    assert.deepEqual(await page.complaints(), [])
  })

  await test('a hub that says nothing any more is asked, and left', async () => {
    hub.deaf = true
    await page.getByText('Hub lost').waitFor({ timeout: 30_000 })
    hub.deaf = false
    await page.getByText('Hub connected').waitFor({ timeout: 20_000 })
  })
  await page.context().close()
  await hub.end()
}

/** The hub's part is played with the real engine: what it makes of a recording is told as it comes. */
async function recorded(browser) {
  await test('a recorded queue call of Asterisk is seen from Free over Ringing and On Call to Free', async () => {
    const folder = join(root, 'tests/traces/ami')
    const index = readFileSync(join(folder, 'queue-rna-then-answer.ami.idx.jsonl'), 'utf8').trim().split('\n')
    const packets = packetsOf(readFileSync(join(folder, 'queue-rna-then-answer.ami.txt')), index.map(JSON.parse))
    const hub = await startScriptedHub()
    const page = await openPage(browser, { width: 1440, height: 900 })
    await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
    await page.getByText('Hub connected').waitFor()
    const at = places(page)
    const host = await Host.open({ learn_extensions: true }, { startAt: Date.now() })
    const told = []
    host.onReply = ({ changes }) => told.push(changes)
    const seen = {}
    const show = async () => {
      for (const { link, extensions = [], members = [], queues = [] } of told.splice(0)) {
        if (link) hub.tellLink(link)
        if (queues.length > 0) hub.change('queue_status', queues)
        const known = members.filter(({ extension }) => extension)
        if (known.length > 0) hub.change('queue_member', known)
        if (extensions.length > 0) hub.change('extension_status', extensions)
        for (const { extension, text, stale } of extensions) {
          const word = stale ? `was ${text}` : text
          await until(`${extension} ${word}`, async () => (await at.phone(extension).textContent()).includes(word))
          if (stale) continue
          seen[extension] ??= []
          if (seen[extension].at(-1) !== text) seen[extension].push(text)
        }
      }
    }
    host.start()
    await show()
    for (const { ms, bytes } of packets) {
      host.until(1000 + ms)
      host.bytes(bytes)
      await show()
    }
    host.until(host.now + 5000)
    await show()
    const withoutFirstFree = (texts) => texts.filter((text, position) => position > 0 || text !== 'Free')
    assert.deepEqual(withoutFirstFree(seen['1001']), ['Ringing', 'Free'])
    assert.deepEqual(withoutFirstFree(seen['1002']), ['Ringing', 'On Call', 'Free'])
    assert.match(await at.phone('1002').textContent(), /Free.*told by AMI/)
    assert.deepEqual(await page.complaints(), [])
    host.centre.close()
    await page.context().close()
    await hub.end()
  })
}

async function colleagues(browser) {
  const hub = await startScriptedHub({ role: 'agent' })
  smallCentre(hub)
  const page = await openPage(browser)
  await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
  const panel = page.locator('.xfer')
  const colleague = (extension) => panel.getByRole('option').filter({ hasText: extension })

  await test('who transfers a call sees what each colleague’s telephone does, as it happens', async () => {
    await desk(page).talk()
    await page.keyboard.press('Alt+KeyT')
    await colleague('1001')
      .getByText(/On call · 04:/)
      .waitFor()
    await colleague('1002')
      .getByText(/Available/)
      .waitFor()
    await colleague('1004')
      .getByText(/Ringing/)
      .waitFor()
    await colleague('1005')
      .getByText(/No phone/)
      .waitFor()
    await colleague('1006')
      .getByText(/On hold/)
      .waitFor()
    await colleague('1007').getByText(/Break/).waitFor()
    await axe(page, 'transfer with telephones')
    await shot(page, 'desk-transfer-telephones-light')
    hub.change('extension_status', [extensionItem('1002', 8)])
    await colleague('1002')
      .getByText(/Ringing/)
      .waitFor()
    hub.change('extension_status', [extensionItem('1002', 1)])
    await colleague('1002')
      .getByText(/On call/)
      .waitFor()
  })

  await test('a colleague who talks or has no telephone may be chosen, with a warning', async () => {
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1002')
    await panel.getByText('Bob is on a call and may not answer.').waitFor()
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1005')
    await panel.getByText('Lea has no phone just now: nobody would answer.').waitFor()
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1007')
    await panel
      .getByText(/Tom does not take calls now \(Break\)/)
      .first()
      .waitFor()
  })

  await test('while the PBX is lost nobody is shown as free', async () => {
    hub.tellLink(linkItem('down'))
    await page.getByRole('combobox', { name: 'Transfer to' }).fill('1004')
    await colleague('1004')
      .getByText(/was Ringing/)
      .waitFor()
    await page.keyboard.press('Escape')
    assert.equal(hub.told.hellos.filter(({ topics }) => String(topics) === 'extension_status').length, 1)
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
  await hub.end()
}

/** Frames of some seconds, what lasted longer than 50 ms, and what the page did in them. */
async function measure(page, ms, during = async () => {}) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  const read = async () =>
    Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const before = await read()
  const frames = page.evaluate(
    (span) =>
      new Promise((resolve) => {
        const gaps = []
        let last = performance.now()
        const end = last + span
        const frame = (now) => {
          gaps.push(now - last)
          last = now
          if (now < end) requestAnimationFrame(frame)
          else resolve(gaps.sort((left, right) => left - right))
        }
        requestAnimationFrame(frame)
      }),
    ms,
  )
  await during()
  const gaps = await frames
  const after = await read()
  const at = (share) => Number(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))].toFixed(1))
  return {
    frames: gaps.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    layouts: after.LayoutCount - before.LayoutCount,
    script_ms: Math.round((after.ScriptDuration - before.ScriptDuration) * 1000),
    layout_ms: Math.round((after.LayoutDuration - before.LayoutDuration) * 1000),
  }
}

async function thousand(browser) {
  const hub = await startScriptedHub()
  const extensions = bigCentre(hub)
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'no-preference' })
  const page = await context.newPage()
  await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
  await page.locator('.extensions .tile').nth(999).waitFor({ state: 'attached', timeout: 20_000 })

  await test('one change touches one tile of a thousand', async () => {
    await page.evaluate(() => {
      window.touched = new Set()
      new MutationObserver((changes) => {
        for (const { target, type } of changes) {
          const element = target.nodeType === 1 ? target : target.parentElement
          // Clocks write their own text each second.
          if (type === 'characterData' && element?.closest('.t, .stuck')) continue
          const tile = element?.closest('.extensions [data-key]')
          if (tile) window.touched.add(tile.dataset.key)
        }
      }).observe(document.querySelector('.extensions'), {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      })
    })
    hub.change('extension_status', [extensionItem('10005', 8, { name: 'Agent 0006' })])
    await page.locator('.extensions [data-key="10005"].ring').waitFor()
    assert.deepEqual(await page.evaluate(() => [...window.touched]), ['10005'])
  })

  await test('a thousand tiles stay smooth under 50 changes a second, and pulses lay out nothing', async () => {
    const idle = await measure(page, 3000)
    let n = 0
    const codes = [0, 8, 1, 16, 1, 0]
    const timer = setInterval(() => {
      const items = Array.from({ length: 5 }, () => {
        n += 37
        return extensionItem(extensions[n % 1000], codes[n % 6], { name: `Agent ${(n % 1000) + 1}` })
      })
      hub.change('extension_status', items)
    }, 100)
    const busy = await measure(page, 5000)
    clearInterval(timer)
    console.log(`     idle ${JSON.stringify(idle)}\n     50 changes/s ${JSON.stringify(busy)}`)
    // Clocks tick once a second; a pulse that cost layout would be sixty times that.
    assert.ok(idle.layouts <= 15, `${idle.layouts} layouts in 3 s at rest`)
    assert.ok(busy.p50 <= 34, `half of the frames take more than ${busy.p50} ms`)
    assert.ok(
      busy.script_ms + busy.layout_ms < 2500,
      `${busy.script_ms} ms of script and ${busy.layout_ms} ms of layout in 5 s`,
    )
  })

  await test('a reader who wants less motion gets none', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await until('no beat', () => page.evaluate(() => document.body.dataset.beat === undefined))
    await page.waitForTimeout(900)
    assert.equal(await page.evaluate(() => document.body.dataset.beat), undefined)
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await until('a beat', () => page.evaluate(() => document.body.dataset.beat !== undefined))
  })

  await test('all thousand become stale at once when the PBX is lost', async () => {
    hub.tellLink(linkItem('down', { last_event_at: Date.now() - 2000 }))
    await until('stale', () => page.evaluate(() => document.querySelectorAll('.tile:not(.stale)').length === 0))
    await shot(page, 'wallboard-thousand-down-light')
  })
  await context.close()
  await hub.end()
}

/** Without a PBX; with one it is played by the suite of the real Asterisk. */
async function onTheRealHub(browser, hub) {
  const agent = await openPage(browser)
  await signIn(agent, hub, '1001')
  const page = await openPage(browser, { width: 1440, height: 900 })
  const at = places(page)

  await test('on the real hub: an agent appears, a supervisor changes the status, the agent sees it, the audit has it', async () => {
    await page.goto(`${hub.url}/#code=${hub.codes['1003']}`)
    await page.getByText('Hub connected').waitFor()
    await page.getByText('No PBX is connected to this hub').waitFor()
    await at.agent('1001').getByText('Available').waitFor()
    await at.agent('1001').click()
    await at.drawer.getByRole('region', { name: 'Today' }).waitFor()
    await at.drawer.getByLabel('Reason, shown to the agent').fill('team talk')
    await at.drawer.getByRole('button', { name: 'Meeting' }).click()
    await at.agent('1001').getByText('Meeting').waitFor()
    await until('the agent’s own page', () => desk(agent).status.getByText('Meeting', { exact: true }).isVisible())
    const { items } = await hub.get('/audit?extension=1001&limit=5')
    assert.equal(items[0]?.extension, '1001')
    assert.match(JSON.stringify(items[0]), /1003.*MEETING/)
    await shot(page, 'wallboard-real-light')
    assert.deepEqual(await page.complaints(), [])
    await desk(agent).choose('Available')
    await at.agent('1001').getByText('Available').waitFor()
  })

  await test('on the real hub: killed, all is stale; started again, all is live', async () => {
    await hub.kill()
    await page.getByText(/The hub is lost/).waitFor()
    assert.equal(await page.locator('.tile:not(.stale)').count(), 0)
    await hub.start()
    await page.getByText('Hub connected').waitFor({ timeout: 25_000 })
    await until('live', async () => (await page.locator('.tile.stale').count()) === 0)
  })
  await page.context().close()
  await agent.context().close()
}
