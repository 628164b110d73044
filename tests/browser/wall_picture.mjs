// The README's picture of the wallboard: the real page, and a hub that says what a busy afternoon with
// made-up people would be. node tests/browser/wall_picture.mjs

import { join } from 'node:path'
import { launch, openPage, root } from './harness.mjs'
import { agentItem, extensionItem, memberItem, queueItem, startScriptedHub } from './scripted_hub.mjs'

/** Name, status, code of the phone, seconds, and what is unusual. */
const people = [
  ['Alice Novak', 'ONLINE', 1, 252, { peer: '+44 20 7946 0123' }],
  ['Bob Okafor', 'ONLINE', 0, 130],
  ['Priya Nair', 'ONLINE', 1, 707, { peer: '+44 20 7946 0871' }],
  ['Karim Haddad', 'ONLINE', 8, 4, { peer: '+44 1632 960 418' }],
  ['Ines Duarte', 'ONLINE', 0, 31],
  ['Jonas Weber', 'BREAK', 0, 1084, { stuck: true }],
  ['Lea Fischer', 'ONLINE', 4, 80],
  ['Tom Evans', 'ONLINE', 1, 115, { peer: '+44 7700 900 214' }],
  ['Mei Tanaka', 'ONLINE', 16, 188, { peer: '+44 20 7946 0650' }],
  ['Omar Aziz', 'WRAP_UP', 0, 22],
  ['Ruth Adler', 'ONLINE', 1, 49, { peer: '1008', source: 'AMI' }],
  ['Sam Dekker', 'MEETING', 0, 1360, { reason: 'team' }],
  ['Nina Popov', 'ONLINE', 1, 391, { peer: '+44 7700 900 377' }],
  ['Luis Ortega', 'ONLINE', 9, 3, { peer: '+44 1632 960 005' }],
  ['Zoe Martin', 'WRAP_UP', 0, 9, { pause: 'failed' }],
  ['Hana Kim', 'ONLINE', 1, 435, { peer: '+44 20 7946 0311' }],
  ['Paul Meyer', 'ONLINE', 0, 62, { pause: 'pending' }],
  ['Eva Rossi', 'OFFLINE', 4, 5400, { reason: 'Auto: SIP not registered' }],
]

const hub = await startScriptedHub()
const now = Date.now()
const extensions = people.map((_, at) => String(1001 + at))
hub.shown.extension_status = people.map(([name, , code, seconds, { peer, source } = {}], at) =>
  extensionItem(extensions[at], code, {
    name,
    since: now - seconds * 1000,
    ...(peer ? { peer } : {}),
    ...(source ? { source } : {}),
  }),
)
hub.shown.agent_status = people.map(([name, status, , seconds, { stuck, reason } = {}], at) =>
  agentItem(extensions[at], name, status, {
    since: now - seconds * 1000,
    reason: reason ?? null,
    stuck_at: stuck ? now - 60_000 : null,
  }),
)
hub.shown.queue_member = people.map(([, status, , , { pause } = {}], at) =>
  memberItem(extensions[at], ['support', 'billing', 'sales', 'escalation'][at % 4], status !== 'ONLINE', {
    state: pause ?? 'synced',
    error: pause === 'failed' ? 'Interface not found' : null,
  }),
)
hub.shown.queue_status = [
  queueItem('support', 4, now - 134_000, 7, 0),
  queueItem('billing', 3, now - 72_000, 6, 1),
  queueItem('sales', 0, null, 4, 2),
  queueItem('escalation', 0, null, 3, 1),
]

const browser = await launch()
try {
  const page = await openPage(browser, { width: 1280, height: 800, theme: 'dark' })
  await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
  await page
    .locator('.extensions .tile')
    .nth(people.length - 1)
    .waitFor()
  await page.getByText('Hub connected').waitFor()
  await page.screenshot({ path: join(root, 'docs/wallboard.png') })
  console.log('docs/wallboard.png')
} finally {
  await browser.close()
  await hub.end()
}
