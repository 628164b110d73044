// A hub in a process of its own, so that a scenario can kill it: started by queue_stage.mjs with its options as one
// argument, tells its parent where it listens and an administrator's token, ends in order when the parent says so.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../tools/processes.mjs'

const { createHub } = await import(pathToFileURL(join(root, 'hub/dist/index.js')))
const hub = await createHub({ ...JSON.parse(process.argv[2]), logger: { level: 'warn', stream: process.stderr } })
await hub.listen()
const admin = await hub.auth.issueToken({ role: 'admin' })
process.send({ url: hub.url, admin, aliceToken: await hub.auth.issueToken({ extension: '3001' }) })
process.on('message', async () => {
  await hub.close()
  process.exit(0)
})
process.on('disconnect', () => process.exit(0))
