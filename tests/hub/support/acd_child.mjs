// A hub in a process of its own, to be killed: its engine by script tells a
// record and a journal entry a step, as fast as it is asked, and says what was
// stored. usage: node acd_child.mjs OPTIONS-AS-JSON
import { createHub } from '../../../hub/dist/index.js'

const options = JSON.parse(process.argv[2])
let told = 0
let pbx
let started = false

/** Begins where the journal ends, and goes on counting. */
function openCentre() {
  const reply = (changes = {}, effects = []) => ({ version: 1, error: null, wake_ms: null, changes, effects })
  return {
    receive: () => null,
    dispatch(event) {
      if (event.type === 'AcdRestored') {
        told = event.snapshot?.told ?? 0
        for (const entry of event.journal) {
          if (entry.n !== told + 1) throw new Error(`entry ${entry.n} after ${told}`)
          told = entry.n
        }
      }
      if (event.type === 'Started') started = true
      if (event.type === 'SnapshotAsked') return reply({}, [{ type: 'journal.snapshot', state: { told } }])
      if (event.type !== 'PhoneTold') return reply()
      const n = ++told
      const record = { id: `r${n}`, call_id: `c${n}`, queue_name: 'support', wrap_up_time: n, final: true }
      return reply({}, [
        { type: 'journal', entry: { n } },
        { type: 'record.write', record },
      ])
    },
    state: () => reply(),
    memoryBytes: () => 0,
    close() {},
  }
}

const hub = await createHub({
  port: 0,
  ...options,
  contactCentre: { snapshotEntries: 200 },
  pbx: { url: 'ami://127.0.0.1:1', user: 'hub', secret: 'none', openCentre: async () => openCentre() },
})
pbx = hub.pbx
await hub.listen()
// After a kill the lease of the hub before must run out, where another process could have the database.
// The lease is this hub's a moment before its engine has read what was kept.
while (!started) await new Promise((done) => setTimeout(done, 20))
process.stdout.write(`begun ${told}\n`)
for (;;) {
  for (let i = 0; i < 20; i++) pbx.phoneTold('1001', null)
  const upTo = told
  await hub.acd.settle()
  await new Promise((done) => setImmediate(done))
  process.stdout.write(`stored ${upTo}\n`)
}
