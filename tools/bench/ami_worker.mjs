// One process of the AMI rows: `node ami_worker.mjs [--cpu] measure CLIENT CHUNK SLICES MS` prints bytes a second of each slice,
// `check CHUNK` that all clients hear the same events, `resync` the milliseconds.

import { chunked, countEvents, recorded, renewal } from './ami_bytes.mjs'
import { clients } from './ami_clients.mjs'
import { resync } from './ami_resync.mjs'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const cpu = process.argv[2] === '--cpu'
const [what, ...args] = process.argv.slice(cpu ? 3 : 2)

/** ms: of the clock on the wall, or with --cpu what the processor has worked for this process, all threads. */
function now() {
  if (!cpu) return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Bytes a second of each slice. The clock is read once a MiB, since asking for the processor's time is dear beside 64 KiB of
 * a fast client; new Uniqueids are made untimed.
 */
async function measure(name, size, slices, ms) {
  const client = await clients[name]()
  const bytes = recorded()
  const renew = renewal(bytes)
  const chunks = chunked(bytes, size)
  let at = 0
  const slice = async (limit) => {
    let [fed, spent] = [0, 0]
    while (spent < limit) {
      if (at === 0) renew()
      const begun = now()
      for (let round = 0; round < 16 && at < chunks.length; round++) {
        // A client may answer in the next turn: it has one for each 64 KiB.
        for (let some = 0; some < 65_536 && at < chunks.length; at++) {
          client.feed(chunks[at])
          some += chunks[at].length
          fed += chunks[at].length
        }
        await turn()
      }
      spent += now() - begun
      if (at === chunks.length) at = 0
    }
    return (fed / spent) * 1000
  }
  await slice(2000) // V8 compiles WebAssembly twice: first at once, then well
  const rates = []
  for (let i = 0; i < slices; i++) rates.push(await slice(ms))
  return rates
}

/** Every client has heard every event by its name; list items that only answer an action of ours go elsewhere in some. */
async function check(size) {
  const bytes = recorded()
  const expected = countEvents(bytes)
  const problems = []
  let events = 0
  for (const count of expected.values()) events += count
  for (const [name, open] of Object.entries(clients)) {
    const client = await open()
    for (const chunk of chunked(bytes, size)) client.feed(chunk)
    for (let i = 0; i < 10; i++) await turn()
    if (client.total && client.total() !== events) problems.push(`${name}: ${client.total()} events of ${events}`)
    for (const [event, count] of client.names ? expected : []) {
      if (client.names.get(event) !== count)
        problems.push(`${name}: ${client.names.get(event) ?? 0} × ${event}, not ${count}`)
    }
  }
  return { events, problems }
}

const numbers = args.map((text) => (/^\d+$/.test(text) ? Number(text) : text))
const answer = await { measure, check, resync }[what](...numbers)
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
