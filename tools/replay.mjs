// Runs a recording natively and in WebAssembly, compares the two byte for byte, and tells it state by state: what
// happened, what changed, what the phone asked for.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEngine, root, runNative, runWasm } from '../tests/replay/engine.mjs'

const USAGE = `usage: npm run replay -- FILE [options]
  FILE is a recording: phone.downloadRecording() in a page, or recordingText(phone.recording()) in a file
  (docs/recording.md). It is run natively and in WebAssembly; both must say the same, byte for byte.
  --only LEAF   changes of this leaf only, e.g. Call, CallLog, Agent; may be given several times
  --at N        the whole state after event N, as JSON (0: where the file begins)
  --raw         the engine's replies as they are, one a line, then the state
  --native      only natively
  --wasm        only in WebAssembly
  --help        this
Exit code: 0 both agree; 1 they differ, or the file is damaged; 2 wrong use.`

const args = process.argv.slice(2)
const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0
const values = (flag) => {
  const found = []
  for (let at = args.indexOf(flag); at >= 0; at = args.indexOf(flag)) found.push(...args.splice(at, 2).slice(1))
  return found
}

if (take('--help') || take('-h')) {
  console.log(USAGE)
  process.exit(0)
}
const only = { native: take('--native'), wasm: take('--wasm'), leaves: values('--only') }
const raw = take('--raw')
const at = values('--at').at(-1)
if (args.length !== 1 || args[0].startsWith('-') || (at !== undefined && !/^\d+$/.test(at))) {
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
  if (!before) return brief(after)
  const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))
  const show = (value) => (typeof value === 'object' && value ? (value.reason ?? JSON.stringify(value)) : String(value))
  return changed.map((name) => `${name} ${show(before[name])} → ${show(after[name])}`).join(', ')
}

/** The leaves as the replies have left them, by `Leaf slot`. */
function follow(shown, { changes }) {
  return changes.map(({ leaf, slot, value }) => {
    const key = `${leaf} ${slot}`
    const text = value ? difference(leaf === 'StackEntry' ? undefined : shown.get(key), value) : 'gone'
    if (value) shown.set(key, value)
    else shown.delete(key)
    return { leaf, key, text }
  })
}

const margin = ' '.repeat(14)
const wanted = (leaf) => only.leaves.length === 0 || only.leaves.includes(leaf)

function tell(recording, replies) {
  const shown = new Map()
  const rest = [...replies]
  if (recording.checkpoint !== null) {
    follow(shown, JSON.parse(rest.shift()))
    console.log(`\n${recording.dropped} events are not in this file; it begins from a checkpoint.`)
  }
  for (const [index, event] of recording.events.entries()) {
    const reply = JSON.parse(rest[index])
    const { type, at: _at, mono, ...fields } = event
    const time = `${((mono - recording.events[0].mono) / 1000).toFixed(3)} s`
    console.log(`\n${String(index + 1).padStart(5)} ${time.padStart(12)}  ${type}  ${brief(fields)}`)
    if (reply.error) console.log(`${margin}refused: ${reply.error.code}: ${reply.error.message}`)
    for (const { leaf, key, text } of follow(shown, reply))
      if (wanted(leaf)) console.log(`${margin}${key.padEnd(12)} ${text}`)
    for (const { type: effect, id: _id, ...what } of reply.effects)
      if (only.leaves.length === 0) console.log(`${margin}→ ${effect}  ${brief(what)}`)
  }
}

/** Every leaf after event `number`, as an object by leaf and slot. */
function stateAt(recording, replies, number) {
  const before = recording.checkpoint === null ? 0 : 1
  if (number > recording.events.length)
    throw new Error(`There are ${recording.events.length} events; --at ${number} is beyond.`)
  const shown = new Map()
  for (const reply of replies.slice(0, number + before)) follow(shown, JSON.parse(reply))
  return Object.fromEntries(shown)
}

/** The file as the engines read it: lines of \n, whatever a mail program has made of them. */
function clean(file, text) {
  const plain = `${text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n')}\n`
  if (plain === text) return { path: file, done() {} }
  const folder = mkdtempSync(join(tmpdir(), 'offhook-replay-'))
  const path = join(folder, 'recording.jsonl')
  writeFileSync(path, plain)
  return { path, done: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The replies of the builds asked for, once they are known to be the same. */
async function run(file, { lines }) {
  const native = only.wasm ? null : runNative(file)
  const wasm = only.native ? null : runWasm(await loadEngine(), file)
  const differs = native && wasm ? native.findIndex((reply, index) => reply !== wasm[index]) : -1
  if (differs < 0)
    return { replies: native ?? wasm, verdict: native && wasm ? 'native and WebAssembly agree, byte for byte' : '' }
  const where = differs === native.length - 1 ? 'the last state' : `line ${lines[differs] ?? differs + 2}`
  throw new Error(`The two builds differ at ${where}:\n  native ${native[differs]}\n  wasm   ${wasm[differs]}`)
}

try {
  const [file] = args
  if (!existsSync(file)) throw new Error(`${file} does not exist.`)
  const door = join(root, 'dist/replay.js')
  if (!existsSync(door)) throw new Error('dist/replay.js does not exist: npm run build')
  const { parseRecording } = await import(door)
  const text = readFileSync(file, 'utf8')
  const recording = parseRecording(text)
  const source = clean(file, text)
  const lines = recording.checkpoint === null ? recording.lines : [2, ...recording.lines]
  const { replies, verdict } = await run(source.path, { lines }).finally(source.done)
  if (recording.checkpoint !== null) {
    const { error } = JSON.parse(replies[0])
    if (error) throw new Error(`${file}: line 2: the checkpoint cannot be taken up: ${error.message}`)
  }
  if (at !== undefined) console.log(JSON.stringify(stateAt(recording, replies, Number(at)), null, 2))
  else if (raw) console.log(replies.join('\n'))
  else {
    tell(recording, replies)
    const hidden = recording.redacted ? ', redacted' : ''
    console.log(`\n${recording.events.length} events${hidden}${verdict ? `; ${verdict}` : ''}`)
  }
  if (recording.events.length === 0) console.error('There is no event in this file.')
} catch (error) {
  const what = error.code === 'bad_recording' ? `${args[0]}: ${error.message}` : (error.message ?? String(error))
  console.error(what)
  process.exitCode = 1
}
