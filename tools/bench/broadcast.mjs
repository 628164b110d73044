// A whole hub with 10,000 extensions and 200 wallboards: this process is Asterisk's manager interface and the 200
// clients, the hub is a process of its own. Prints JSON: how many changes of state a second reach every client, how long
// one takes to the last of them, and the hub's memory. What is measured: docs/benchmarks.md.

import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const extensions = Array.from({ length: 10_000 }, (_, i) => String(10_000 + i))
const clients = 200
const floodRounds = Number(process.argv[2] ?? 5)
const pacedSeconds = Number(process.argv[3] ?? 10)
const pacedRate = 1000

const message = (fields) =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')}\r\n\r\n`

/** Just enough of AMI for a hub to be live: every telephone registered and free. */
function answer(action, write) {
  const id = { ActionID: action.ActionID }
  const list = (complete, rows) => {
    const items = rows.map(({ Event, ...row }) => message({ Event, ...id, ...row })).join('')
    const end = message({ Event: complete, ...id, EventList: 'Complete', ListItems: rows.length })
    write(message({ Response: 'Success', ...id, EventList: 'start' }) + items + end)
  }
  const empty = {
    CoreShowChannels: 'CoreShowChannelsComplete',
    BridgeList: 'BridgeListComplete',
    QueueStatus: 'QueueStatusComplete',
    ExtensionStateList: 'ExtensionStateListComplete',
    PJSIPShowRegistrationInboundContactStatuses: 'ContactStatusDetailComplete',
    Agents: 'AgentsComplete',
  }
  if (action.Action in empty) return list(empty[action.Action], [])
  if (action.Action === 'DeviceStateList') {
    const rows = extensions.map((one) => ({ Event: 'DeviceStateChange', Device: `PJSIP/${one}`, State: 'NOT_INUSE' }))
    return list('DeviceStateListComplete', rows)
  }
  if (action.Action === 'PJSIPShowContacts') {
    const row = (one) => ({
      Event: 'ContactList',
      ObjectName: one,
      Endpoint: one,
      Uri: 'sip:x',
      Status: 'NonQualified',
    })
    return list('ContactListComplete', extensions.map(row))
  }
  write(message({ Response: 'Success', ...id, ...(action.Action === 'Ping' ? { Ping: 'Pong' } : {}) }))
  if (action.Action === 'Login') write(message({ Event: 'FullyBooted', Uptime: 100, Status: 'Fully Booted' }))
}

async function startPbx() {
  const pbx = { socket: null }
  const server = createServer((socket) => {
    pbx.socket = socket
    socket.write('Asterisk Call Manager/11.0.0\r\n')
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      text += bytes
      const blocks = text.split('\r\n\r\n')
      text = blocks.pop()
      for (const block of blocks) {
        const action = Object.fromEntries(block.split('\r\n').map((line) => line.split(': ')))
        answer(action, (out) => socket.write(out))
      }
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  pbx.port = server.address().port
  /** Says the state of these extensions; waits until it is on its way. */
  pbx.say = (which, state) =>
    new Promise((done) => {
      const text = which
        .map((one) => message({ Event: 'DeviceStateChange', Device: `PJSIP/${one}`, State: state }))
        .join('')
      pbx.socket.write(text, done)
    })
  return pbx
}

async function startHub(amiPort) {
  const child = fork(fileURLToPath(new URL('broadcast_hub.mjs', import.meta.url)), [String(amiPort)])
  const { url, token } = await new Promise((done, failed) => {
    child.once('message', done)
    child.once('exit', () => failed(new Error('the hub did not start')))
  })
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024
  return { child, url, token, memory }
}

/** All clients note when each frame came; the first one also reads it, for all of them. */
class Wallboards {
  #revisions = new Map()
  #seen = new Map()
  #waiting = null
  frames = 0
  bytes = 0

  async open(url, token) {
    const topics = ['extension_status']
    await Promise.all(
      Array.from({ length: clients }, async (_, i) => {
        const ws = new WebSocket(`${url.replace('http', 'ws')}/api/ws`, { perMessageDeflate: false })
        ws.on('message', (data) => this.#take(i, data))
        await new Promise((done, failed) => ws.once('open', done).once('error', failed))
        ws.send(JSON.stringify({ type: 'hello', token, topics }))
      }),
    )
  }

  #take(client, data) {
    const head = data.subarray(0, 120).toString('latin1')
    if (!head.startsWith('{"type":"changes"')) return
    this.frames += 1
    this.bytes += data.length
    const revision = Number(/"revision":(\d+)/.exec(head)[1])
    const arrived = this.#revisions.get(revision) ?? { at: [], items: null }
    this.#revisions.set(revision, arrived)
    arrived.at.push(performance.now())
    if (client === 0) arrived.items = JSON.parse(data.toString()).items.map(({ extension, code }) => [extension, code])
    if (arrived.at.length === clients && arrived.items) {
      this.#revisions.delete(revision)
      for (const [extension, code] of arrived.items) this.#seen.set(extension, { code, at: arrived.at })
      this.#waiting?.()
    }
  }

  /** When each client was shown this code of that extension; undefined until the last one was. */
  shown(extension, code) {
    const seen = this.#seen.get(extension)
    return seen?.code === code ? seen.at : undefined
  }

  /** Resolves when every client shows that code for all of them. */
  async until(which, code) {
    for (let left = which; left.length > 0; ) {
      await new Promise((done) => {
        const limit = setTimeout(done, 50)
        this.#waiting = () => {
          clearTimeout(limit)
          done()
        }
      })
      left = left.filter((one) => !this.shown(one, code))
    }
  }
}

const pbx = await startPbx()
const hub = await startHub(pbx.port)
const memoryBefore = hub.memory()
const walls = new Wallboards()
await walls.open(hub.url, hub.token)
await sleep(2000)
const memoryOpen = hub.memory()

// All at once, again and again: each extension changes, and every client has been shown it.
await pbx.say(extensions, 'INUSE')
await walls.until(extensions, 1)
const began = performance.now()
for (let round = 0; round < floodRounds; round++) {
  const [state, code] = round % 2 ? ['INUSE', 1] : ['NOT_INUSE', 0]
  await pbx.say(extensions, state)
  await walls.until(extensions, code)
}
const eventsPerSecond = (floodRounds * extensions.length * 1000) / (performance.now() - began)
const memoryFlood = hub.memory()

// At a pace: a thousand changes a second, each an extension of its own, and how long each takes to each client.
const code = floodRounds % 2 ? 0 : 1
const [state, wanted] = code === 0 ? ['INUSE', 1] : ['NOT_INUSE', 0]
const sent = new Map()
const start = performance.now()
for (let n = 0; n < Math.min(extensions.length, pacedSeconds * pacedRate); ) {
  const due = Math.min(extensions.length, Math.floor(((performance.now() - start) * pacedRate) / 1000) + 1)
  if (due > n) {
    const which = extensions.slice(n, due)
    for (const one of which) sent.set(one, performance.now())
    await pbx.say(which, state)
    n = due
  }
  await sleep(2)
}
await walls.until([...sent.keys()], wanted)
const times = [...sent]
  .flatMap(([extension, at]) => walls.shown(extension, wanted).map((came) => came - at))
  .sort((a, b) => a - b)
const quantile = (q) => times[Math.min(times.length - 1, Math.floor(times.length * q))]

console.log(
  JSON.stringify({
    eventsPerSecond,
    deliveriesPerSecond: eventsPerSecond * clients,
    p50: quantile(0.5),
    p99: quantile(0.99),
    memoryBefore,
    memoryOpen,
    memory: Math.max(memoryFlood, hub.memory()),
    megabytesSent: walls.bytes / 1e6,
  }),
)
hub.child.kill()
process.exit()
