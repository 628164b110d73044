// The simulation: build/native/sim on every core, failing seeds as they are found, the count as the last line.
// docs/simulation.md says what is simulated and what must hold.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { loadEngine, runNative, runWasm } from '../tests/replay/engine.mjs'
import { endWithMe, root } from './processes.mjs'

const USAGE = `usage: npm run sim -- [options]
  --seeds N        so many seeds (2000)
  --from SEED      the first one (1)
  --seed ONE       this one alone
  --trace          with --seed: every event and every effect
  --record [FOLDER]  with --seed: each page's events as a recording for tools/replay.mjs (build/sim)
  --compare N      N of the seeds also as recordings, natively and in WebAssembly, byte for byte (0)
  --jobs N         processes side by side (all cores)
  --no-build       build/native/sim as it is
Each seed runs twice: once to check what must hold, once to see that it is the same. The last line is "N passed, N failed".`

const sim = join(root, 'build/native/sim')
const args = process.argv.slice(2)

function fail(message) {
  console.error(`${message}\n\n${USAGE}`)
  process.exit(2)
}

function options() {
  const found = {
    seeds: 2000,
    from: 1,
    seed: 0,
    trace: false,
    record: '',
    compare: 0,
    jobs: availableParallelism(),
    build: true,
  }
  while (args.length > 0) {
    const flag = args.shift()
    const name = flag.slice(2)
    if (flag === '--help' || flag === '-h') {
      console.log(USAGE)
      process.exit(0)
    } else if (flag === '--trace') found.trace = true
    else if (flag === '--no-build') found.build = false
    else if (flag === '--record')
      found.record = args[0] && !args[0].startsWith('-') ? args.shift() : join(root, 'build/sim')
    else if (!flag.startsWith('--') || !(name in found)) fail(`Unknown: ${flag}`)
    else {
      const value = Number(args.shift())
      if (!Number.isSafeInteger(value) || value < 0) fail(`${flag} needs a number`)
      found[name] = value
    }
  }
  if ((found.trace || found.record) && !found.seed) fail('--trace and --record are for one seed: --seed ONE')
  return found
}

/** The program, as the sources are now. */
function make() {
  for (const asked of [
    ['--preset', 'native'],
    ['--build', '--preset', 'native', '--target', 'sim'],
  ]) {
    const { status, stdout, stderr } = spawnSync('cmake', asked, { cwd: root, encoding: 'utf8' })
    if (status === 0) continue
    console.error(`cmake ${asked.join(' ')}\n${stdout}${stderr}`)
    process.exit(1)
  }
}

/** One process; its failing seeds are told as they come. */
function share(from, seeds, step, told) {
  return new Promise((resolve) => {
    const child = spawn(sim, ['--from', from, '--seeds', seeds, '--step', step].map(String), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const sum = { passed: 0, failed: 0, events: 0 }
    let counted = false
    createInterface({ input: child.stdout }).on('line', (line) => {
      const count = /^(\d+) passed, (\d+) failed$/.exec(line)
      if (count) {
        counted = true
        sum.passed = Number(count[1])
        sum.failed = Number(count[2])
      } else if (line.startsWith('at ')) told.progress(Number(line.slice(3)))
      else if (line.startsWith('rows ')) told.rows(line.split(' ').slice(1))
      else if (line.startsWith('events ')) sum.events = Number(line.slice(7))
      else console.log(line)
    })
    child.on('close', (code, signal) => {
      if (!counted) {
        console.log(`seeds from ${from}, every ${step}: the program ended with ${signal ?? code}`)
        sum.failed = 1
      }
      resolve(sum)
    })
  })
}

/** The recordings of a seed, natively and in WebAssembly: '' when every byte is the same. */
function compare(PhoneEngine, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sim-'))
  try {
    const told = spawnSync(sim, ['--seed', String(seed), '--record', folder], { encoding: 'utf8', timeout: 60_000 })
    if (told.status !== 0) return told.stdout.trim() || `the program ended with ${told.signal ?? told.status}`
    for (const name of readdirSync(folder).sort()) {
      const file = join(folder, name)
      const native = runNative(file)
      const wasm = runWasm(PhoneEngine, file)
      const at = native.findIndex((reply, index) => reply !== wasm[index])
      if (at >= 0 || native.length !== wasm.length)
        return `${name} differs between native and WebAssembly at event ${at + 1}`
    }
    return ''
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main() {
  const { seeds, from, seed, trace, record, compare: sample, jobs, build } = options()
  endWithMe()
  if (build) make()
  if (!existsSync(sim)) {
    console.error('build/native/sim does not exist: npm run sim builds it')
    process.exit(1)
  }
  if (seed) {
    if (record) mkdirSync(record, { recursive: true })
    const asked = ['--seed', String(seed), ...(trace ? ['--trace'] : []), ...(record ? ['--record', record] : [])]
    process.exitCode = await new Promise((resolve) =>
      spawn(sim, asked, { stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1)),
    )
    if (record) console.error(`recordings in ${relative(process.cwd(), record) || '.'}: node tools/replay.mjs FILE`)
    return
  }
  const began = Date.now()
  const many = Math.max(1, Math.min(jobs, seeds))
  const done = new Array(many).fill(0)
  let shown = began
  const progress = (index) => (count) => {
    done[index] = count
    if (Date.now() - shown < 5_000) return
    shown = Date.now()
    console.error(`${done.reduce((a, b) => a + b)} of ${seeds} seeds, ${Math.round((shown - began) / 1000)} s`)
  }
  const tables = new Map()
  const rows = ([name, total, ...taken]) => {
    const known = tables.get(name) ?? { total: Number(total), taken: new Set() }
    for (const row of taken) known.taken.add(Number(row))
    tables.set(name, known)
  }
  const shares = Array.from({ length: many }, (_, i) =>
    share(from + i, Math.floor(seeds / many) + (i < seeds % many ? 1 : 0), many, { progress: progress(i), rows }),
  )
  const sums = await Promise.all(shares)
  const total = { passed: 0, failed: 0, events: 0 }
  for (const sum of sums) for (const name of Object.keys(total)) total[name] += sum[name]
  if (sample > 0) {
    const PhoneEngine = await loadEngine()
    for (let i = 0; i < sample; i++) {
      const one = from + Math.floor((i * seeds) / sample)
      const wrong = compare(PhoneEngine, one)
      if (wrong) console.log(`seed ${one}: ${wrong}`)
      total[wrong ? 'failed' : 'passed'] += 1
    }
  }
  const [taken, all] = [...tables.values()].reduce(([a, b], { taken, total }) => [a + taken.size, b + total], [0, 0])
  const missed = [...tables]
    .map(([name, { taken, total }]) => [
      name,
      [...Array(total).keys()].filter((row) => !taken.has(row)).map((row) => row + 1),
    ])
    .filter(([, left]) => left.length > 0)
  console.log(
    `${taken} of ${all} rows of the tables taken; not: ${missed.map(([name, left]) => `${name} ${left.join(' ')}`).join(', ') || 'none'}`,
  )
  const seconds = (Date.now() - began) / 1000
  console.log(
    `${total.events} events in ${seconds.toFixed(1)} s, ${many} processes, seeds ${from} to ${from + seeds - 1}`,
  )
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

await main()
