// Each recording gives the same bytes natively and in WebAssembly, reply for reply, and in the end the same state; and
// so does its second half alone, from a checkpoint in the middle.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linesOf, loadEngine, reply, runNative, runWasm } from './engine.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const PhoneEngine = await loadEngine()
const scratch = mkdtempSync(join(tmpdir(), 'offhook-replay-'))
let passed = 0
let failed = 0

/** What differs between the two builds on this file, or ''. */
function compare(file) {
  const { events } = linesOf(file)
  const expected = runNative(file)
  const got = runWasm(PhoneEngine, file)
  const at = expected.findIndex((reply, index) => reply !== got[index])
  if (expected.length !== got.length) return `${expected.length} replies natively, ${got.length} in wasm`
  if (expected.length !== events.length + 1) return `${events.length} events but ${expected.length - 1} replies`
  if (at >= 0)
    return `differs at line ${at + 2}: ${events[at] ?? '(the snapshot)'}\n  native ${expected[at]}\n  wasm   ${got[at]}`
  return ''
}

/** The second half of the file alone, from a checkpoint: the same replies as in the whole, in both builds. */
function compareHalf(file, name) {
  const { config, events } = linesOf(file)
  const half = Math.floor(events.length / 2)
  const phone = new PhoneEngine(config)
  const first = events.slice(0, half)
  for (const [index, line] of first.entries()) reply(phone, line, index)
  const part = join(scratch, name)
  const rest = events.slice(half)
  writeFileSync(part, `${[config, `{"checkpoint":${phone.checkpoint(1)}}`, ...rest].join('\n')}\n`)
  phone.delete()
  const wrong = compare(part)
  if (wrong) return `from the checkpoint: ${wrong}`
  const whole = runNative(file).slice(half)
  const alone = runNative(part).slice(1)
  const at = whole.findIndex((line, index) => line !== alone[index])
  return at < 0 ? '' : `from the checkpoint, event ${half + at + 1} gives\n  ${alone[at]}\n  instead of\n  ${whole[at]}`
}

function judge(title, events, work) {
  let wrong
  try {
    wrong = work()
  } catch (error) {
    wrong = String(error.message ?? error)
  }
  if (wrong) failed += 1
  else passed += 1
  console.log(`${wrong ? 'FAILED' : 'ok    '} ${title.padEnd(52)} ${events} events${wrong ? `: ${wrong}` : ''}`)
}

const names = readdirSync(folder).filter((file) => file.endsWith('.jsonl'))
for (const name of names.sort()) {
  const file = join(folder, name)
  const { length } = linesOf(file).events
  judge(name, length, () => compare(file))
  judge(`${name}, second half`, length - Math.floor(length / 2), () => compareHalf(file, name))
}
rmSync(scratch, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
