// The pictures of docs/queues.md: the board of the queues, the supervisor's page and an agent's desk, the real pages on a hub that
// says what a busy afternoon with made-up people would be. node tests/browser/queue_pictures.mjs

import { join } from 'node:path'
import { acdAgent, acdCall, acdQueue, busyCentre, counts } from './contact_centre.mjs'
import { desk } from './desk.mjs'
import { launch, openPage, root } from './harness.mjs'
import { agentItem, startScriptedHub } from './scripted_hub.mjs'

const browser = await launch()
const to = (name) => join(root, 'docs', `${name}.png`)

async function open(address, { role = 'supervisor', extension, name, theme, fill }) {
  const hub = await startScriptedHub({ role })
  hub.session = { extension, extensionId: `e-${extension}`, number: extension, name }
  fill(hub)
  const page = await openPage(browser, { theme })
  await page.goto(`${hub.url}/${address}?code=ONE-TIME-CODE`)
  return {
    hub,
    page,
    end: () =>
      page
        .context()
        .close()
        .then(() => hub.end()),
  }
}

/** A day's quarter hours, with a busy late morning. */
function report(hub) {
  const midnight = new Date().setHours(0, 0, 0, 0)
  const rows = Array.from({ length: 38 }, (_, at) => ({
    from: midnight + (32 + at) * 900_000,
    counters: { offered: Math.round(18 + 12 * Math.sin(at / 6) + ((at * 7) % 5)) },
    numbers: {
      service_level: 0.82 - 0.12 * Math.sin(at / 5) + ((at * 3) % 7) / 100,
      aht_ms: 236_000 + 22_000 * Math.sin(at / 4) + ((at * 13) % 9) * 1000,
    },
  }))
  hub.reports = true
  hub.answers = (_, url) => (url.includes('/reports/intervals') ? { status: 200, value: { rows } } : undefined)
}

async function board() {
  const { hub, page, end } = await open('#/wallboard', {
    extension: '2001',
    name: 'Dana Ruiz',
    theme: 'dark',
    fill: (one) => {
      busyCentre(one)
      report(one)
    },
  })
  await page.getByText('Lines: today').waitFor()
  // The lines of the tiles are what the page has seen: some steps of it.
  for (const [support, billing] of [
    [2, 1],
    [3, 2],
    [5, 2],
    [4, 3],
  ]) {
    hub.change('queues', [
      acdQueue('Support', support, 134_000, [0, 7], counts(182, 168, 9, 3, 129)),
      acdQueue('Billing', billing, 72_000, [1, 6], counts(151, 144, 5, 2, 124)),
    ])
    await page.waitForTimeout(10_500)
  }
  await page.screenshot({ path: to('queues') })
  await end()
}

async function supervisor() {
  const now = Date.now()
  const { hub, page, end } = await open('#/supervisor', {
    extension: '2001',
    name: 'Dana Ruiz',
    theme: 'light',
    fill: busyCentre,
  })
  const excluded = [
    { agent: '1007', reason: 'not_in_queue' },
    { agent: '1004', reason: 'not_in_queue' },
    { agent: '1017', reason: 'skill_missing', skill: 'french', level: 3 },
    { agent: '1005', reason: 'ringing' },
    { agent: '1010', reason: 'wrap_up', until: now + 12_000 },
  ]
  const answer = {
    call_id: 'c-camille',
    strategy: 'skills',
    decision: { agent: null, reason: 'skill_missing' },
    candidates: [],
    excluded,
    candidate_count: 0,
    excluded_count: 5,
    ahead: 0,
  }
  hub.answers = (_, url) => (url.endsWith('/explanation') ? { status: 200, value: answer } : undefined)
  await page.locator('.waits .why').first().click()
  hub.change('supervision', [
    { supervisor: '2001', call_id: 'c-elif', state: 'Coach', mode: 'coach', since: now, reason: null },
  ])
  hub.change('acd_calls', [
    acdCall('c-655', 'Support', 'AgentRinging', '+447700900655', 91, { agent: '1017', offer_until: now + 12_000 }),
  ])
  await page.getByText('Coaching Priya Nair').waitFor()
  await page.getByRole('table', { name: /^Candidates/ }).waitFor()
  await page.mouse.move(640, 790)
  await page.waitForTimeout(600)
  await page.screenshot({ path: to('supervisor') })
  await end()
}

async function agentsDesk() {
  const own = ['Billing', 'Support']
  const { hub, page, end } = await open('#/', {
    role: 'agent',
    extension: '1001',
    name: 'Alice Novak',
    theme: 'light',
    fill: (one) => {
      one.shown.agent_status = [agentItem('1001', 'Alice Novak', 'ONLINE')]
      one.shown.acd_agents = [acdAgent('1001', 'Available', 200, own)]
      one.shown.queues = [
        acdQueue('Support', 4, 134_000, [0, 7], counts(182, 168, 9, 3, 129)),
        acdQueue('Billing', 3, 41_000, [1, 6], counts(151, 144, 5, 2, 124)),
      ]
    },
  })
  // A CRM that takes what the telephone saves.
  hub.answers = (method, url, body) => {
    if (url.includes('find-or-create'))
      return { status: 200, value: { id: 'ct-1', name: 'Marta Keller', created: false } }
    if (/call-logs/.test(url) && method !== 'GET') return { status: 200, value: { id: 'cl-1', ...body } }
    return undefined
  }
  const at = desk(page)
  await page.getByRole('region', { name: 'My queues' }).waitFor()
  await page.getByText('Phone registered').first().waitFor()
  await page.waitForTimeout(1500)
  await at.customerCalls()
  await at.offer.waitFor()
  const now = Date.now()
  const offer = { agent: '1001', offer_until: now + 13_000, since: now - 2000, priority: 5 }
  hub.change('acd_calls', [acdCall('q1', 'Billing', 'AgentRinging', '+442079460123', 41, offer)])
  hub.change('acd_agents', [acdAgent('1001', 'Ringing', 1, own, { call_id: 'q1', queue: 'Billing' })])
  await at.offer.getByRole('timer').first().waitFor()
  await page.waitForTimeout(2500)
  await page.screenshot({ path: to('desk') })
  await end()
}

try {
  await board()
  await supervisor()
  await agentsDesk()
  console.log('docs/queues.png, docs/supervisor.png, docs/desk.png')
} finally {
  await browser.close()
}
