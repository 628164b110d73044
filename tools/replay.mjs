// Runs a recording and tells it state by state: what happened, what changed, what the phone asked for.
import { linesOf, loadEngine, runNative, runWasm } from '../tests/replay/engine.mjs'

const USAGE = `usage: node tools/replay.mjs FILE [--native | --wasm] [--raw] [--only LEAF]
  A recording has one JSON text a line: the configuration, then events (phone.recording() gives them).
  --native      by build/native/replay (default)
  --wasm        by build/wasm/phone.wasm
  --raw         the engine's replies as they are
  --only LEAF   changes of this leaf only, e.g. Call, CallLog, Agent; may be given several times`

const args = process.argv.slice(2)
const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0
if (take('--help') || take('-h')) {
  console.log(USAGE)
  process.exit(0)
}
const wasm = take('--wasm')
take('--native')
const raw = take('--raw')
const only = []
for (let at = args.indexOf('--only'); at >= 0; at = args.indexOf('--only')) only.push(...args.splice(at, 2).slice(1))
if (args.length !== 1 || args[0].startsWith('-')) {
  console.error(USAGE)
  process.exit(2)
}

/** Only what is not empty, on one line. */
function brief(fields) {
  return Object.entries(fields)
    .filter(([, value]) => value !== '' && value !== null && value !== 0 && value !== false && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')
}

/** What differs between two values of a leaf: `state Offered → Answering`. */
function difference(before, after) {
  const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before?.[name]))
  if (!before) return brief(after)
  const show = (value) => (typeof value === 'object' && value ? (value.reason ?? JSON.stringify(value)) : String(value))
  return changed.map((name) => `${name} ${show(before[name])} → ${show(after[name])}`).join(', ')
}

function tell(events, replies) {
  const shown = new Map()
  let began
  for (const [index, line] of events.entries()) {
    const reply = JSON.parse(replies[index])
    let event = {}
    try {
      event = JSON.parse(line)
    } catch {
      // The reply says what is wrong with it.
    }
    const { type = line.slice(0, 60), at: _at, mono, ...fields } = event
    began ??= mono
    const time = typeof mono === 'number' ? `${((mono - began) / 1000).toFixed(3)} s` : ''
    console.log(`\n${time.padStart(12)}  ${type}  ${brief(fields)}`)
    if (reply.error) console.log(`${' '.repeat(14)}refused: ${reply.error.code}: ${reply.error.message}`)
    for (const { leaf, slot, value } of reply.changes) {
      const key = `${leaf} ${slot}`
      const text = value ? difference(leaf === 'StackEntry' ? undefined : shown.get(key), value) : 'gone'
      if (value) shown.set(key, value)
      else shown.delete(key)
      if (only.length === 0 || only.includes(leaf)) console.log(`${' '.repeat(14)}${key.padEnd(12)} ${text}`)
    }
    for (const { type: effect, id: _id, ...what } of reply.effects) {
      if (only.length === 0) console.log(`${' '.repeat(14)}→ ${effect}  ${brief(what)}`)
    }
  }
}

try {
  const [file] = args
  const replies = wasm ? runWasm(await loadEngine(), file) : runNative(file)
  if (raw) console.log(replies.join('\n'))
  else tell(linesOf(file).events, replies)
} catch (error) {
  console.error(error.message ?? error)
  process.exitCode = 1
}
