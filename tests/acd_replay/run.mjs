// The contact centre gives the same bytes natively and in centre.wasm, reply for reply (effects, items that changed, rows, refusals, when it is due), and in
// the end the same snapshot: for every story of tests/acd, as it was told, and for seeded worlds of tests/acd_sim with lost links and dead hubs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../tools/processes.mjs'

const WORLDS = 60
const native = (name) => join(root, 'build/native', name)
const output = (file, args, env = {}) =>
  execFileSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 29, env: { ...process.env, ...env } })
for (const name of ['acd_tests', 'acd_sim', 'acd_replay'])
  if (!existsSync(native(name))) throw new Error(`build/native/${name} does not exist: npm test builds it`)

const folder = mkdtempSync(join(tmpdir(), 'offhook-acd-replay-'))
let [passed, failed, lines] = [0, 0, 0]

/** An instance of centre.wasm: a line in, the reply out. */
async function wasmReplay() {
  const module = await WebAssembly.compile(readFileSync(join(root, 'build/wasm/centre.wasm')))
  const imports = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    imports[from] = { ...imports[from], [name]: () => {} }
  const { exports: wasm } = await WebAssembly.instantiate(module, imports)
  wasm._initialize?.()
  const handle = wasm.oc_acd_new()
  const tell = (line) => {
    const bytes = Buffer.from(line)
    const area = wasm.oc_in(bytes.length)
    new Uint8Array(wasm.memory.buffer).set(bytes, area)
    const length = wasm.oc_acd_tell(handle, bytes.length)
    const from = wasm.oc_out()
    return Buffer.from(new Uint8Array(wasm.memory.buffer, from, length)).toString()
  }
  return { tell, close: () => wasm.oc_acd_delete(handle) }
}

/** What differs between both builds on this file, or ''. */
async function compare(file) {
  const told = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  lines += told.length
  const expected = output(native('acd_replay'), [file]).trimEnd().split('\n')
  if (expected.length !== told.length + 1) return `${told.length} lines and ${expected.length} replies`
  const replay = await wasmReplay()
  for (const [at, line] of [...told, '{"snapshot":true}'].entries()) {
    const got = replay.tell(line)
    if (got !== expected[at]) return `line ${at + 1}: ${line.slice(0, 300)}\n  native ${expected[at]}\n  wasm   ${got}`
  }
  replay.close()
  return ''
}

async function judge(title, file) {
  let wrong
  try {
    wrong = await compare(file)
  } catch (error) {
    wrong = String(error.message ?? error).slice(0, 2_000)
  }
  if (wrong) failed += 1
  else passed += 1
  if (wrong) console.log(`FAILED ${title}: ${wrong}`)
}

output(native('acd_tests'), [], { OFFHOOK_ACD_LINES: folder })
const stories = readdirSync(folder).filter((name) => name.startsWith('story_'))
if (stories.length < 50) throw new Error(`only ${stories.length} stories were written`)
for (const name of stories) await judge(name, join(folder, name))
for (let seed = 1; seed <= WORLDS; ++seed) {
  const file = join(folder, `world_${seed}.jsonl`)
  writeFileSync(file, output(native('acd_sim'), ['--seed', String(seed), '--record']))
  await judge(`the world of seed ${seed}`, file)
}
rmSync(folder, { recursive: true, force: true })
console.log(`${lines} lines of ${stories.length} stories and ${WORLDS} worlds, natively and in WebAssembly`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
