// The hub of broadcast.mjs: 10,000 agents in memory, connected to the manager interface at the port given. Says where it
// is and a supervisor's token when everything has been read, then runs until it is ended.

import { setTimeout as sleep } from 'node:timers/promises'
import { createHub } from '../../hub/dist/index.js'

const agents = Array.from({ length: 10_000 }, (_, i) => ({
  extension: String(10_000 + i),
  name: `Agent ${10_000 + i}`,
}))
const hub = await createHub({
  port: 0,
  data: 'memory',
  agents,
  rateLimit: false,
  pbx: { url: `ami://127.0.0.1:${process.argv[2]}`, user: 'bench', secret: 'bench' },
})
await hub.listen()
while (hub.pbx.link.state !== 'live' || hub.pbx.topics.extension_status.size < agents.length) await sleep(20)
await sleep(500)
process.send({ url: hub.url, token: await hub.auth.issueToken({ role: 'supervisor' }) })
process.on('disconnect', () => process.exit())
