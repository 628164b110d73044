// Browser tests of the console: node tests/browser/run.mjs
// Needs the built package, hub and console (node tools/build.mjs) and Chromium;
// ONLY=words runs the tests whose name has them; FILE=transfers runs one file. Pictures go to build/shots.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { admin } from './admin.test.mjs'
import { away } from './away.test.mjs'
import { calls, signInPage } from './calls.test.mjs'
import { chips } from './chips.test.mjs'
import { devices } from './devices.test.mjs'
import { createTestHub, launch, result, root } from './harness.mjs'
import { outbox } from './outbox.test.mjs'
import { queueDesk } from './queue_desk.test.mjs'
import { queues } from './queues.test.mjs'
import { recording } from './recording.test.mjs'
import { reports } from './reports.test.mjs'
import { status } from './status.test.mjs'
import { supervisor } from './supervisor.test.mjs'
import { tabs } from './tabs.test.mjs'
import { transfers } from './transfers.test.mjs'
import { wallboard } from './wallboard.test.mjs'
import { wallboardLive } from './wallboard_live.test.mjs'

for (const need of ['hub/dist/cli.js', 'web/console/dist/index.html']) {
  if (existsSync(join(root, need))) continue
  console.log(`${need} is missing: run node tools/build.mjs first`)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const hub = await createTestHub()
let browser
let broken = 0
try {
  await hub.setUp()
  await hub.start()
  browser = await launch()
  const files = {
    calls,
    signInPage,
    status,
    transfers,
    outbox,
    devices,
    recording,
    tabs,
    chips,
    away,
    wallboard,
    wallboardLive,
    queues,
    supervisor,
    reports,
    queueDesk,
    admin,
  }
  for (const [name, run] of Object.entries(files)) {
    if (!process.env.FILE || process.env.FILE === name) await run(browser, hub)
  }
} catch (error) {
  broken = 1
  console.log(`FAIL the run itself\n     ${error?.stack ?? error}`)
} finally {
  await browser?.close()
  await hub.end()
}
const { passed, failed } = result()
console.log(`${passed} passed, ${failed + broken} failed`)
process.exit(failed + broken === 0 ? 0 : 1)
