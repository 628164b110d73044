// The matcher's rows: one program (native/matcher.cpp), built here twice, natively and by emcc for Node. Times of single decisions, a burst, memory,
// decisions a second against size with the exponent of their growth, a full scan beside, and how long pollers leave a call beside a free agent.

import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, run } from '../processes.mjs'
import { folder } from './bundle.mjs'

const execute = promisify(execFile)
const source = join(root, 'tools/bench/native/matcher.cpp')
const native = join(folder, 'matcher')
const wasm = join(folder, 'matcher.cjs')
const sizes = [100, 1_000, 10_000, 100_000]
/** A scan of a hundred thousand for each decision is slow enough to be seen at a tenth of it. */
const scanned = [100, 1_000, 10_000]

async function build() {
  mkdirSync(folder, { recursive: true })
  const engine = join(root, 'engine/matcher')
  const sources = readdirSync(engine).filter((name) => name.endsWith('.cpp'))
  const inputs = [source, ...sources.map((name) => join(engine, name))]
  const flags = ['-DNDEBUG', '-std=c++20', '-fno-rtti', '-fno-exceptions', `-I${root}`]
  const memory = [
    '-sALLOW_MEMORY_GROWTH=1',
    '-sMALLOC=dlmalloc',
    '-sENVIRONMENT=node',
    '-sEXIT_RUNTIME=1',
    '-sSINGLE_FILE=1',
  ]
  const env = { NODE_PATH: '/usr/share/nodejs' } // where Debian's emcc finds its acorn, as in CMakePresets.json
  for (const [compiler, rest] of [
    [process.env.CXX ?? 'clang++', ['-O2', '-o', native]],
    ['emcc', ['-O3', ...memory, '-o', wasm]],
  ]) {
    const log = join(folder, 'matcher.log')
    const { code, output, problem } = await run(compiler, [...flags, ...inputs, ...rest], { log, env })
    if (code !== 0) throw new Error(`${compiler} could not build the matcher's bench: ${problem}\n${output}`)
  }
}

async function measured(host, ms, ...args) {
  const [file, rest] = host === 'native' ? [native, [ms, ...args]] : [process.execPath, [wasm, ms, ...args]]
  const { stdout } = await execute(file, rest.map(String))
  return JSON.parse(stdout)
}

/** The exponent b of time = a × size^b that fits best: 1 grows with the size, 0 does not grow. */
function exponent(points) {
  const logs = points.map(([size, rate]) => [Math.log(size), -Math.log(rate)])
  const mean = (at) => logs.reduce((sum, one) => sum + one[at], 0) / logs.length
  const [x, y] = [mean(0), mean(1)]
  const over = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  return over / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
}

const round = (value) => Number(value.toPrecision(4))
const atMost = (id, what, unit, target, ours) => ({
  ...{ id, what, unit, ours: round(ours), against: 'at most', theirs: null, ratio: null, target },
  met: ours <= target,
})
const beside = (id, what, unit, ours, against, theirs, ratio, target) => ({
  ...{ id, what, unit, ours: round(ours), against, theirs: round(theirs), ratio: round(ratio), target },
  met: ratio >= target,
})

/** Rows whose id contains `only`; `quick`: a tenth of the time. Nothing is built when none is wanted. */
export async function matcherRows({ only, quick, progress }) {
  const wanted = (id) => id.includes(only)
  const ms = quick ? 40 : 300
  const rows = []
  const groups = [
    { ids: ['matcher.decision', 'matcher.decision.wasm'], measure: decisions },
    { ids: ['matcher.burst', 'matcher.burst.wasm'], measure: bursts },
    { ids: ['matcher.memory.agent', 'matcher.memory.call'], measure: memory },
    { ids: ['matcher.wait.app_queue', 'matcher.wait.mod_callcenter'], measure: waits },
    { ids: ['matcher.waiting', 'matcher.waiting.growth', 'matcher.waiting.wasm'], measure: () => scaled('busy') },
    { ids: ['matcher.agents', 'matcher.agents.growth', 'matcher.agents.wasm'], measure: () => scaled('idle') },
  ].filter(({ ids }) => ids.some((id) => wanted(id) || only.startsWith(id)))
  if (groups.length === 0) return rows
  progress('matcher: building')
  await build()
  for (const { measure } of groups) await measure()
  return rows.filter(({ id }) => wanted(id))

  async function decisions() {
    for (const [host, id] of [
      ['native', 'matcher.decision'],
      ['wasm', 'matcher.decision.wasm'],
    ]) {
      progress(id)
      const { freed_p99, came_p99 } = await measured(host, ms, 'decision')
      const what =
        '5,000 agents, 500 queues, 10,000 waiting: p99 of one decision, the slower of agent free and call comes'
      rows.push(atMost(id, what, 'µs', host === 'native' ? 100 : 300, Math.max(freed_p99, came_p99)))
    }
  }
  async function bursts() {
    for (const [host, id] of [
      ['native', 'matcher.burst'],
      ['wasm', 'matcher.burst.wasm'],
    ]) {
      progress(id)
      const found = await measured(host, ms, 'burst')
      if (found.offers !== 1_000) throw new Error(`the burst gave ${found.offers} offers instead of 1000`)
      const what = '10,000 calls queued at once, 1,000 agents free: all 1,000 offers, median of 7'
      rows.push(atMost(id, what, 'ms', host === 'native' ? 50 : 150, found.ms))
    }
  }
  async function memory() {
    progress('matcher.memory')
    const { agent, call } = await measured('native', ms, 'memory')
    rows.push(atMost('matcher.memory.agent', 'a free agent of five queues and ten skills', 'KiB', 2, agent / 1024))
    rows.push(atMost('matcher.memory.call', 'a waiting call', 'KiB', 1, call / 1024))
  }
  async function waits() {
    progress('matcher.wait')
    const found = await measured('native', ms, 'waits')
    if (found.virtual_ms !== 0) throw new Error('the matcher left a call beside a free agent')
    for (const [id, name] of [
      ['app_queue', 'app_queue, modelled: each caller looks each second'],
      ['mod_callcenter', 'mod_callcenter, modelled: one look in 100 ms'],
    ]) {
      for (const q of ['p50', 'p99']) {
        const what = `the same 20,000 calls: ${q} of the time that a call and an agent who is free for it stand side by side`
        const [ours, theirs] = [found.ours[q], found[id][q]]
        rows.push(beside(`matcher.wait.${id}.${q}`, what, 'ms', ours, name, theirs, theirs / ours, 30))
      }
    }
  }
  async function scaled(kind) {
    const name = kind === 'busy' ? 'waiting' : 'agents'
    const of = kind === 'busy' ? 'calls waiting, 1,000 agents' : 'free agents'
    const found = { native: [], wasm: [], scan: [] }
    for (const size of sizes) {
      progress(`matcher.${name}.${size}`)
      found.native.push([size, (await measured('native', ms, kind, size)).rate])
      found.wasm.push([size, (await measured('wasm', ms, kind, size)).rate])
      if (scanned.includes(size)) found.scan.push([size, (await measured('native', ms, kind, size, 'scan')).rate])
    }
    for (const [at, size] of sizes.entries()) {
      const [ours, theirs, scan] = [found.native[at][1], found.wasm[at][1], found.scan[at]?.[1]]
      const what = `${size.toLocaleString('en')} ${of}: decisions a second, with all that goes before and after`
      if (scan) rows.push(beside(`matcher.${name}.${size}`, what, '/s', ours, 'a full scan', scan, ours / scan, 1))
      rows.push(beside(`matcher.${name}.wasm.${size}`, what, '/s', theirs, 'native', ours, theirs / ours, 0.3))
    }
    const [law, scan] = [exponent(found.native), exponent(found.scan)]
    const what = `time of a decision grows as size^this, sizes 100 to 100,000 ${of}; a full scan as size^${scan.toFixed(2)}`
    rows.push(atMost(`matcher.${name}.growth`, what, '', 0.5, law))
    rows.push(atMost(`matcher.${name}.wasm.growth`, `the same in WebAssembly`, '', 0.5, exponent(found.wasm)))
  }
}
