// Each recording gives the same bytes natively and in WebAssembly, reply for reply, and in the end the same state.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linesOf, loadEngine, runNative, runWasm } from './engine.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const PhoneEngine = await loadEngine()
let passed = 0
let failed = 0
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .sort()) {
  const file = join(folder, name)
  const { events } = linesOf(file)
  let wrong = ''
  try {
    const expected = runNative(file)
    const got = runWasm(PhoneEngine, file)
    const at = expected.findIndex((reply, index) => reply !== got[index])
    if (expected.length !== got.length) wrong = `${expected.length} replies natively, ${got.length} in wasm`
    else if (expected.length !== events.length + 1) wrong = `${events.length} events but ${expected.length - 1} replies`
    else if (at >= 0) {
      const event = events[at] ?? '(the snapshot)'
      wrong = `differs at event ${at + 1}: ${event}\n  native ${expected[at]}\n  wasm   ${got[at]}`
    }
  } catch (error) {
    wrong = String(error.message ?? error)
  }
  if (wrong) failed += 1
  else passed += 1
  console.log(`${wrong ? 'FAILED' : 'ok    '} ${name.padEnd(34)} ${events.length} events${wrong ? `: ${wrong}` : ''}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
