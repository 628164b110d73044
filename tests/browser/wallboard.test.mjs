// The wallboard on a hub that says what the test wants: what tiles say, filters, keys, a supervisor's actions, and what a
// screen reader finds. What lost links, recordings, a thousand tiles and the real hub do is in wallboard_live.test.mjs.

import assert from 'node:assert/strict'
import { axe, openPage, shot, test, until } from './harness.mjs'
import {
  agentItem,
  bigCentre,
  extensionItem,
  linkItem,
  memberItem,
  smallCentre,
  startScriptedHub,
} from './scripted_hub.mjs'
import { open, places } from './wallboard_page.mjs'

export async function wallboard(browser) {
  for (const theme of ['light', 'dark']) await scenes(browser, theme)
  await roles(browser)
  await filters(browser)
  await keyboard(browser)
  await actions(browser)
}

async function scenes(browser, theme) {
  const hub = await startScriptedHub()
  smallCentre(hub)
  const page = await open(browser, hub, { theme })
  const at = places(page)

  await test(`a supervisor's one-time link leads to the wallboard, and no telephone is started (${theme})`, async () => {
    assert.equal(new URL(page.url()).hash, '#/wallboard')
    assert.equal(await page.title(), 'Wallboard · Offhook')
    const pbx = ['agent_status', 'extension_status', 'queue_member', 'queue_status']
    assert.deepEqual(hub.told.hellos[0].topics, [...pbx, 'queues', 'acd_agents', 'acd_calls', 'supervision'])
    assert.equal(hub.told.requests.length, 0, 'a telephone would have asked for call_logs and set a status')
  })

  await test(`a tile says word, colour, pulse, source, age and who is talked to (${theme})`, async () => {
    const phone = at.phone('1001')
    assert.match(await phone.textContent(), /1001.*04:1\d.*On Call.*\+442079460123.*Alice Agent.*Call/)
    assert.match(await phone.getAttribute('class'), /\bbusy\b/)
    assert.equal(await phone.locator('.pulse').count(), 1)
    assert.match(await at.phone('1002').getAttribute('class'), /\bfree\b/)
    assert.equal(await at.phone('1002').locator('.pulse').count(), 0)
    assert.match(await at.phone('1004').getAttribute('class'), /\bring\b/)
    assert.match(await at.phone('1006').getAttribute('class'), /\bhold\b/)
    assert.match(await at.phone('1005').textContent(), /Unavailable/)
  })

  await test(`an agent's tile is the person: on call by the phone, else by the status (${theme})`, async () => {
    assert.match(await at.agent('1001').textContent(), /Alice Agent.*On call/)
    assert.match(await at.agent('1002').textContent(), /Bob Agent.*Available/)
    assert.match(await at.agent('1005').textContent(), /No phone/)
    assert.match(await at.agent('1007').textContent(), /Break.*lunch.*too long/)
    assert.match(await at.agent('1009').textContent(), /Offline/)
    await at.agent('1008').getByLabel('pause failed, sales: Interface not found').waitFor()
    await at.agent('1002').getByLabel('pause not confirmed by the PBX').waitFor()
  })

  await test(`sums and queues stand on top (${theme})`, async () => {
    assert.match(await page.locator('.tots').textContent(), /Waiting5.*Longest wait2:1\d.*Free1of 7.*On call2/)
    const queues = page.getByRole('list', { name: 'Queues' })
    await queues.getByRole('button', { name: /support.*Act now.*4 waiting.*1 of 3 free/ }).waitFor()
    await queues.getByRole('button', { name: /billing.*Watch/ }).waitFor()
    await queues.getByRole('button', { name: /sales.*Calm/ }).waitFor()
  })

  await test(`axe finds nothing on the live board and its details (${theme})`, async () => {
    await axe(page, 'wallboard')
    await shot(page, `wallboard-live-${theme}`)
    await at.agent('1008').click()
    await at.drawer.waitFor()
    await axe(page, 'wallboard details')
    await shot(page, `wallboard-details-${theme}`)
    await page.keyboard.press('Escape')
    await at.drawer.waitFor({ state: 'detached' })
  })

  await test(`alarms stand above everything, and go when they are over (${theme})`, async () => {
    const since = Date.now() - 4000
    const alarms = [
      { code: 'mass_drop', detail: '5 of 8 phones', since },
      ...['1001', '1002', '1004', '1008'].map((one) => ({ code: 'pause_failed', detail: `${one} in sales`, since })),
    ]
    hub.tellLink(hub.link, alarms)
    const mass = page.getByRole('alert').filter({ hasText: 'mass_drop' })
    await mass.getByText('Many phones dropped at once. Nobody has been set offline yet.').waitFor()
    await mass.getByRole('button', { name: 'Look again now' }).click()
    await until('the request', () => hub.told.requests.at(-1)?.url === '/api/pbx/resync')
    const pause = page.getByRole('alert').filter({ hasText: 'pause_failed' })
    assert.match(await pause.textContent(), /1001 in sales; 1002 in sales; 1004 in sales and 1 more/)
    await axe(page, 'wallboard alarms')
    await shot(page, `wallboard-alarms-${theme}`)
    hub.tellLink(hub.link, [])
    await mass.waitFor({ state: 'detached' })
  })

  await test(`a lost PBX makes every tile stale, with its age, and none says Free (${theme})`, async () => {
    hub.tellLink(linkItem('down', { reason: 'ECONNRESET', last_event_at: Date.now() - 38_000 }))
    await page
      .getByRole('alert')
      .getByText(/PBX link lost\. What stands here is from \d\d:\d\d:\d\d\./)
      .waitFor()
    const tiles = page.locator('.tile')
    assert.equal(await tiles.count(), await page.locator('.tile.stale').count())
    assert.equal(await page.locator('.tile .pulse').count(), 0)
    for (const text of await tiles.allTextContents())
      assert.doesNotMatch(text.replace(/was (Free|Available)/, ''), /Free|Available/)
    assert.match(await at.phone('1002').textContent(), /00:3\d old.*was Free.*last known at/)
    assert.match(await page.locator('.tots').textContent(), /Free–/)
    await axe(page, 'wallboard without PBX')
    await shot(page, `wallboard-down-${theme}`)
    for (const [state, words] of [
      ['silent', 'The PBX is silent.'],
      ['resyncing', 'The PBX is being read anew.'],
      ['refused', 'The PBX refuses the hub.'],
    ]) {
      hub.tellLink(linkItem(state))
      await page.locator('.banner').getByText(words).waitFor()
      assert.equal(await tiles.count(), await page.locator('.tile.stale').count(), state)
    }
    hub.tellLink(linkItem('live'))
    await until('live tiles', async () => (await page.locator('.tile.stale').count()) === 0)
  })

  await test(`of a telephone that nothing was heard of yet the tile says Unknown, never Free (${theme})`, async () => {
    const before = extensionItem('1002', 0, { name: 'Bob Agent' })
    hub.change('extension_status', [
      extensionItem('1002', -3, { name: 'Bob Agent', peer: null, stale: true, stale_since: Date.now() }),
    ])
    await until('Unknown', async () => /Unknown/.test(await at.phone('1002').textContent()))
    assert.doesNotMatch(await at.phone('1002').textContent(), /Free|was/)
    assert.equal(await at.phone('1002').evaluate((tile) => tile.classList.contains('stale')), true)
    await shot(page, `wallboard-unknown-${theme}`)
    hub.change('extension_status', [before])
    await until('Free again', async () => /Free/.test(await at.phone('1002').textContent()))
  })

  await test(`the large mode is read from three metres (${theme})`, async () => {
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.getByRole('button', { name: 'Large' }).click()
    const size = (locator) => locator.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))
    // A 43-inch screen has 0.5 mm a pixel: 28 px are capitals of 10 mm, three times what a good eye needs at 3 m.
    assert.ok((await size(at.agent('1001').locator('.n'))) >= 28)
    assert.ok((await size(at.agent('1001').locator('.w'))) >= 28)
    assert.ok((await size(page.locator('.tots dd').first())) >= 60)
    await axe(page, 'wallboard large')
    await shot(page, `wallboard-large-${theme}`)
    await page.getByRole('button', { name: 'Large' }).click()
  })

  await test(`nothing scrolls sideways at 1280, 900 and 380 px (${theme})`, async () => {
    for (const width of [1280, 900, 380]) {
      await page.setViewportSize({ width, height: 800 })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(wide <= 0, `${width} px scrolls by ${wide}`)
    }
    await shot(page, `wallboard-380-${theme}`)
  })

  await test(`the wallboard broke no policy and threw no error (${theme})`, async () => {
    assert.deepEqual(await page.complaints(), [])
  })
  await page.context().close()
  await hub.end()
}

async function roles(browser) {
  await test('an agent does not see the wallboard, and is told why at its address', async () => {
    const hub = await startScriptedHub({ role: 'agent' })
    const page = await openPage(browser)
    await page.goto(`${hub.url}/#/wallboard?code=ONE-TIME-CODE`)
    await page.getByRole('heading', { name: 'The wallboard is for supervisors' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Wallboard', exact: true }).count(), 0)
    await axe(page, 'wallboard for an agent')
    await shot(page, 'wallboard-agent-light')
    await page.getByRole('link', { name: 'Go to the desk' }).click()
    await page.getByRole('button', { name: /My status/ }).waitFor()
    assert.ok(hub.told.hellos.every(({ topics }) => !topics.includes('queue_member')))
    await page.context().close()
    await hub.end()
  })

  await test('a hub without a PBX says so, and shows what the CRM holds as true', async () => {
    const hub = await startScriptedHub()
    hub.link = null
    hub.shown.agent_status = [agentItem('1001', 'Alice Agent', 'ONLINE'), agentItem('1002', 'Bob Agent', 'BREAK')]
    const page = await open(browser, hub)
    await page.getByText('No PBX is connected to this hub').waitFor()
    await page.getByText('No PBX', { exact: true }).waitFor()
    assert.match(await places(page).agent('1001').getAttribute('class'), /\bfree\b/)
    await axe(page, 'wallboard without a PBX')
    await shot(page, 'wallboard-no-pbx-light')
    await page.context().close()
    await hub.end()
  })

  await test('before anybody has signed in, the board says what will come', async () => {
    const hub = await startScriptedHub()
    const page = await openPage(browser)
    await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
    await page.getByText('No agent has signed in yet').waitFor()
    await page.getByText('The PBX shows no extension yet').waitFor()
    await page.context().close()
    await hub.end()
  })
}

async function filters(browser) {
  const hub = await startScriptedHub()
  smallCentre(hub)
  const page = await open(browser, hub)
  const at = places(page)
  const shows = (board, keys) =>
    until(`${board}: ${keys}`, async () => String(await at.keys(board)) === String(keys)).catch(async (error) => {
      throw new Error(`${error.message}, but it shows ${await at.keys(board)}`)
    })

  await test('the board is searched by name, extension and number', async () => {
    await at.search.fill('priya')
    await shows('agents', ['1006'])
    await shows('extensions', ['1006'])
    await at.search.fill('2001')
    await shows('extensions', ['1004', '2001'])
    await shows('agents', ['1004'])
    await until('the count is said', async () =>
      (await page.locator('[data-live="polite"]').textContent()).includes('1 agent and 2 extensions shown.'),
    )
    await at.search.fill('nobody of that name')
    await page.getByText('No agents fit').waitFor()
    await page.getByRole('button', { name: 'Show all again' }).first().click()
    assert.equal(await at.search.inputValue(), '')
  })

  await test('it is filtered by status, queue, registration and what is stuck', async () => {
    await at.status.selectOption('on_call')
    await shows('agents', ['1001'])
    await shows('extensions', ['1001', '1007', '2001'])
    await at.status.selectOption('')
    await at.queue.selectOption('sales')
    await shows('agents', ['1002', '1008'])
    await at.queue.selectOption('')
    await page.getByRole('button', { name: /^support/ }).click()
    await shows('agents', ['1001', '1002', '1007'])
    await page.getByRole('button', { name: /^support/ }).click()
    await at.registration.selectOption('not_registered')
    await shows('agents', ['1005'])
    await at.registration.selectOption('')
    await page.getByRole('button', { name: 'Stuck' }).click()
    await shows('agents', ['1007', '1008'])
    await shows('extensions', ['1007'])
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    assert.equal((await at.keys('agents')).length, 8)
  })

  await test('a tile joins and leaves a filter as its status changes', async () => {
    await at.status.selectOption('on_call')
    await shows('agents', ['1001'])
    hub.change('extension_status', [extensionItem('1002', 1, { name: 'Bob Agent' }), extensionItem('1001', 0)])
    await shows('agents', ['1002'])
    hub.change('extension_status', [], ['1002'])
    await shows('agents', [])
    await at.status.selectOption('')
    smallCentre(hub)
  })

  await test('it is ordered by name, by time and by need', async () => {
    await at.order.selectOption('name')
    await shows('agents', ['1001', '1002', '1009', '1004', '1005', '1008', '1006', '1007'])
    await at.order.selectOption('attention')
    await until('those who need help first', async () => {
      const keys = await at.keys('agents')
      return new Set(keys.slice(0, 2)).size === 2 && keys.slice(0, 2).every((key) => key === '1007' || key === '1008')
    })
    await at.order.selectOption('longest')
    await until('the oldest first', async () => (await at.keys('agents'))[0] === '1009')
  })

  await test('a page that is loaded anew shows what it showed', async () => {
    await at.queue.selectOption('sales')
    await page.reload()
    await page.locator('.tile').first().waitFor()
    await shows('agents', ['1002', '1008'])
    assert.equal(await at.order.inputValue(), 'longest')
  })
  await page.context().close()
  await hub.end()
}

async function keyboard(browser) {
  const hub = await startScriptedHub()
  bigCentre(hub, 60)
  const page = await open(browser, hub)
  const at = places(page)
  const focused = () => page.evaluate(() => document.activeElement?.dataset.key ?? document.activeElement?.tagName)

  await test('one Tab reaches a board, arrows go through its tiles, Enter opens, Escape comes back', async () => {
    assert.equal(await page.locator('.agents [tabindex="0"]').count(), 1)
    await page.getByRole('list', { name: 'Queues' }).getByRole('button').last().focus()
    await page.keyboard.press('Tab')
    assert.equal(await focused(), '10000')
    await page.keyboard.press('ArrowRight')
    assert.equal(await focused(), '10001')
    const columns = await page
      .locator('.agents .tiles-grid')
      .evaluate((list) => getComputedStyle(list).gridTemplateColumns.split(' ').length)
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(), String(10_001 + columns))
    await page.keyboard.press('End')
    assert.equal(await focused(), '10059')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowUp')
    assert.equal(await focused(), '10000')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await at.drawer.waitFor()
    assert.equal(await at.agent('10001').getAttribute('aria-expanded'), 'true')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Close details')
    await page.keyboard.press('Escape')
    assert.equal(await focused(), '10001')
    await page.keyboard.press('Tab')
    assert.match(await page.evaluate(() => document.activeElement?.closest('.board')?.className ?? ''), /extensions/)
  })

  await test('a tile is named without a running clock, and changes are not read out', async () => {
    const said = []
    await page.exposeFunction('heard', (text) => said.push(text))
    await page.evaluate(() => {
      const listen = new MutationObserver((changes) => {
        for (const { target } of changes) window.heard(target.textContent)
      })
      for (const region of document.querySelectorAll('[aria-live]'))
        listen.observe(region, { childList: true, characterData: true, subtree: true })
    })
    hub.change('extension_status', [extensionItem('10000', 1, { name: 'Agent 0001' })])
    await at.phone('10000').getByText('On Call').waitFor()
    const name = await page
      .getByRole('button', { name: /^10000/ })
      .first()
      .ariaSnapshot()
    assert.match(name, /10000 On Call since \d\d:\d\d · \+442079460123 Agent 0001 , told by Call/)
    assert.doesNotMatch(name, /00:0/)
    assert.deepEqual(said, [])
  })
  await page.context().close()
  await hub.end()
}

async function actions(browser) {
  const hub = await startScriptedHub()
  smallCentre(hub)
  const page = await open(browser, hub)
  const at = places(page)

  await test('a supervisor sets an agent’s status with a reason', async () => {
    await at.agent('1007').click()
    const day = at.drawer.getByRole('region', { name: 'Today' })
    await day.waitFor()
    assert.match(
      await day.textContent(),
      /Calls31, answered 28Handle time03:46Available2:03:04On call1:30:20Break18:04/,
    )
    await at.drawer.getByLabel('Reason, shown to the agent').fill('team talk')
    await at.drawer.getByRole('button', { name: 'Meeting' }).click()
    await until('the request', () => hub.told.requests.length === 1)
    const [{ method, url, key, body }] = hub.told.requests
    assert.deepEqual(
      [method, url, body],
      ['PUT', '/api/agents/1007/status', { status: 'MEETING', reason: 'team talk', source: 'crm' }],
    )
    assert.match(key, /^[a-z0-9-]{16,}$/)
    hub.change('agent_status', [agentItem('1007', 'Tom Evans', 'MEETING', { reason: 'team talk', source: 'crm' })])
    await until(
      'pressed',
      async () => (await at.drawer.getByRole('button', { name: 'Meeting' }).getAttribute('aria-pressed')) === 'true',
    )
    assert.match(await at.agent('1007').textContent(), /Meeting.*team talk/)
  })

  await test('pauses and unpauses in one queue or in all, and sees what the PBX made of it', async () => {
    hub.told.requests.length = 0
    await at.drawer.getByRole('button', { name: 'Unpause in support' }).click()
    await until('the request', () => hub.told.requests.length === 1)
    assert.deepEqual(hub.told.requests[0].body, { paused: false, reason_paused: null, queue: 'support' })
    hub.change('queue_member', [
      memberItem('1007', 'support', false, { state: 'failed', error: 'Interface not found' }),
    ])
    await at.drawer.getByText('PBX refused').waitFor()
    await at.drawer.getByText('Interface not found').waitFor()
    await at.drawer.getByRole('button', { name: 'Pause in all queues' }).click()
    await until('the request', () => hub.told.requests.length === 2)
    assert.deepEqual(hub.told.requests[1].body, { paused: true, reason_paused: 'team talk' })
  })

  await test('what the hub refuses is said, with the code', async () => {
    hub.answer = { status: 403, value: { status: 403, code: 'role_required' } }
    await at.drawer.getByRole('button', { name: 'Break' }).click()
    await at.drawer
      .getByRole('alert')
      .getByText(/Your role does not allow this.*role_required/)
      .waitFor()
    await axe(page, 'wallboard refused')
    hub.answer = null
  })
  await page.context().close()
  await hub.end()
}
