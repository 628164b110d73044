#!/usr/bin/env node
// npm run bench: how fast, how large in memory, beside what people use instead. Everything that is compared is measured in
// this one run; what it means and how it is measured: docs/benchmarks.md.

import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endWithMe, root } from '../processes.mjs'
import { acdRows } from './acd_day.mjs'
import { createBrowser } from './browser.mjs'
import { bundle, bundlePath, missing, versionOf } from './bundle.mjs'
import { matcherRows } from './matcher.mjs'
import { buildNative, journalPath, program, writeJournal } from './native.mjs'
import { pbxRows } from './pbx_freed.mjs'

const help = `npm run bench [-- OPTION…]

  --quick         one short pass instead of three: for a first look, not for a claim
  --json          only {"rows":[…]} on standard output; what is going on, on standard error
  --only TEXT     only rows whose id contains TEXT, e.g. --only node.engine
  --no-browser    without Chromium
  --cpu           in Node and native: what the processor has worked, all threads, instead of the time that has passed; for a
                  machine that has other work to do. Starts are not measured that way
  --help

It needs a build: npm run build. Close what else is at work on the machine: ratios bear it, single numbers do not.`

const args = process.argv.slice(2)
const known = ['--quick', '--json', '--only', '--no-browser', '--cpu', '--help']
const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : ''
const unknown = args.filter((word, at) => !known.includes(word) && args[at - 1] !== '--only')
if (args.includes('--help') || unknown.length > 0) {
  if (unknown.length > 0) console.error(`unknown: ${unknown.join(' ')}\n`)
  console.log(help)
  process.exit(unknown.length > 0 ? 2 : 0)
}
const quick = args.includes('--quick')
const json = args.includes('--json')
const cpu = args.includes('--cpu')
const passes = quick ? 1 : 3
const slices = quick ? 10 : 24
const SLICE_MS = 30
const STARTS = 9
const STEP_ROUNDS = 1000

const notBuilt = missing()
if (notBuilt.length > 0) {
  console.error(`Not built: ${notBuilt.join(', ')}\nRun first: npm run build`)
  process.exit(2)
}

// Rows ----------------------------------------------------------------------------

const rivals = [
  { key: 'xstate', name: `xstate ${versionOf('xstate')}`, target: 30 },
  { key: 'redux', name: `Redux Toolkit ${versionOf('@reduxjs/toolkit')}`, target: 20 },
  { key: 'zustand', name: `Zustand ${versionOf('zustand')}, spread`, target: 5 },
  { key: 'literal', name: 'by hand, one literal', target: 0.4 },
]
const ourWays = [
  { key: 'engine.control', work: 'control', what: 'hold and mute in a live call, engine + store' },
  { key: 'engine.call', work: 'call', what: 'a whole call, engine + store, all machines' },
  { key: 'phone.control', work: 'control', what: 'hold and mute in a live call, createPhone' },
  { key: 'phone.call', work: 'call', what: 'a whole call, createPhone, its REST requests included' },
]

/** A comparison of two works of the bundle, in the given host. */
const compared = (host, id, what, ours, theirs, against, target) => ({
  id: `${host}.${id}`,
  what,
  unit: 'events/s',
  host,
  ours,
  theirs,
  against,
  target,
})

const rowsOf = (host) =>
  ourWays.flatMap(({ key, work, what }) =>
    rivals.map((rival) =>
      compared(host, `${key}.${rival.key}`, what, key, `${rival.key}.${work}`, rival.name, rival.target),
    ),
  )

const agentRows = [
  { kind: 'ids', what: '10,000 agents with ids, one update a flush' },
  { kind: 'digits', what: '10,000 agents whose keys are numbers, one update a flush' },
].flatMap(({ kind, what }) =>
  [
    { key: 'zustand', name: `Zustand ${versionOf('zustand')}, one flat map` },
    { key: 'redux', name: `Redux Toolkit ${versionOf('@reduxjs/toolkit')}, entity adapter` },
  ].map(({ key, name }) =>
    compared('node', `agents.${kind}.${key}`, what, `agents.${kind}`, `${key}.agents.${kind}`, name, 1000),
  ),
)
const amiRows = [
  { kind: 'bytes', chunk: 65_536, what: 'AMI of 99 recordings in 64 KiB chunks, to events applied' },
  { kind: 'messages', chunk: 0, what: 'the same, each message in a chunk of its own' },
].flatMap(({ kind, chunk, what }) =>
  ['asterisk-manager', 'asterisk-ami-client', 'ami-io', 'nami'].map((name) => ({
    ...compared('node', `ami.${kind}.${name}`, what, `ami offhook ${chunk}`, `ami ${name} ${chunk}`, '', 10),
    against: `${name} ${versionOf(name)}`,
    unit: 'bytes/s',
  })),
)

const comparisons = [
  ...rowsOf('node'),
  ...(args.includes('--no-browser') ? [] : rowsOf('chromium')),
  ...agentRows,
  ...amiRows,
  {
    ...compared('node', 'steps.native', 'machine step, raw exports', 'steps', 'native', 'the same engine, native', 0.6),
    unit: 'steps/s',
  },
].filter(({ id }) => id.includes(only))

// Measuring -----------------------------------------------------------------------

const CLEAR = `\r${' '.repeat(60)}\r`
const note = (text) => process.stderr.write(text)
/** Overwrites itself; only for people who watch. */
const progress = (text) => process.stderr.isTTY && note(`${CLEAR}${text}`)
const execute = promisify(execFile)
const inNode = async (file, ...rest) => {
  const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_ENV: 'production' } }
  const { stdout } = await execute(process.execPath, [join(root, 'tools/bench', file), ...rest.map(String)], options)
  return JSON.parse(stdout)
}
const inBundle = (what, ...rest) => inNode('worker.mjs', bundlePath, what, ...rest)
const timed = (what, ...rest) => inNode('worker.mjs', ...(cpu ? ['--cpu'] : []), bundlePath, what, ...rest)

/** Of one pass: the second-fastest slice. The fastest may be luck, and the rest met the machine's other work. */
const best = (rates) => [...rates].sort((a, b) => b - a)[Math.min(1, rates.length - 1)]
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

let browser = null
async function rates({ host, work }) {
  if (work === 'native') {
    const how = [String(slices), String(SLICE_MS), ...(cpu ? ['cpu'] : [])]
    const { stdout } = await execute(program, [journalPath, 'measure', ...how])
    return JSON.parse(stdout)
  }
  if (work.startsWith('ami ')) {
    const which = work.split(' ').slice(1)
    return inNode('ami_worker.mjs', ...(cpu ? ['--cpu'] : []), 'measure', ...which, slices, SLICE_MS)
  }
  if (host === 'node') return timed('measure', work, slices, SLICE_MS)
  return browser.runIn('measure', work, slices, SLICE_MS)
}

async function measureAll() {
  const wanted = new Map()
  for (const { host, ours, theirs } of comparisons)
    for (const work of [ours, theirs]) wanted.set(`${host} ${work}`, { host, work })
  const found = new Map()
  for (let pass = 1; pass <= passes; pass++) {
    let count = 0
    for (const [key, one] of wanted) {
      progress(`pass ${pass} of ${passes}: ${++count} of ${wanted.size}  ${key}`)
      found.set(key, Math.max(found.get(key) ?? 0, best(await rates(one))))
    }
  }
  progress('')
  return found
}

/** The native engine and the one in WebAssembly take the same steps to the same state, to the last digit. */
async function checkNative() {
  await buildNative()
  const { journal, snapshot } = await inBundle('stepsReference', STEP_ROUNDS)
  writeJournal(journal)
  const { stdout } = await execute(program, [journalPath, 'state', String(STEP_ROUNDS)])
  if (stdout.trim() !== snapshot) throw new Error('the native engine and the WebAssembly one differ: npm run build')
}

/** All AMI clients hear the same events, in large chunks and in single messages. */
async function checkAmi() {
  for (const chunk of [65_536, 0]) {
    const { events, problems } = await inNode('ami_worker.mjs', 'check', chunk)
    if (problems.length > 0) throw new Error(`the AMI clients do not hear the same:\n${problems.join('\n')}`)
    note(`agreed: ${events} events of AMI\n`)
  }
}

const limit = (id, what, unit, target, measureIt) => ({ id, what, unit, target, measureIt })
const mebibytes = (bytes) => bytes / 1024 / 1024
let broadcast = null
/** One run of a hub with 10,000 extensions and 200 clients gives all rows of it. */
const broadcasting = () => (broadcast ??= inNode('broadcast.mjs', quick ? 2 : 5, quick ? 5 : 10))
const limits = [
  limit(
    'hub.broadcast.all',
    '10,000 changes at once, until 200 clients show them',
    'ms',
    2500,
    async () => (10_000 * 1000) / (await broadcasting()).eventsPerSecond,
  ),
  limit(
    'hub.broadcast.p99',
    '1,000 changes a second to 200 clients, 99th percentile',
    'ms',
    250,
    async () => (await broadcasting()).p99,
  ),
  limit(
    'hub.broadcast.memory',
    'resident memory of that hub, its database included',
    'MiB',
    768,
    async () => (await broadcasting()).memory,
  ),
  limit('node.start', `import → ready, fresh process, median of ${STARTS}`, 'ms', 15, async () => {
    const times = []
    for (let i = 0; i < STARTS; i++) times.push(await inNode('start.mjs'))
    return median(times)
  }),
  limit('chromium.second_start', `compile + instantiate a second time, median of ${STARTS}`, 'ms', 3, async () => {
    const times = []
    for (let i = 0; i < STARTS; i++) times.push(await browser.runIn('secondStart'))
    return median(times)
  }),
  limit(
    'node.ami.resync',
    '5,000 endpoints and 500 calls: last list event → all shown, median of 3',
    'ms',
    2000,
    async () => {
      const times = []
      for (let i = 0; i < 3; i++) times.push((await inNode('ami_worker.mjs', 'resync')).ms)
      return median(times)
    },
  ),
  limit('memory.rest', 'linear memory, ready', 'MiB', 1, async () => mebibytes((await inBundle('memory')).rest)),
  limit('memory.full', 'linear memory, 10,000 agents + 64 call_logs', 'MiB', 4, async () =>
    mebibytes((await inBundle('memory')).full),
  ),
].filter(({ id }) => id.includes(only) && !(args.includes('--no-browser') && id.startsWith('chromium')))

const round = (value) => Number(value.toPrecision(4))

async function rows() {
  const matching = []
  for (const rowsFrom of [matcherRows, acdRows, pbxRows]) matching.push(...(await rowsFrom({ only, quick, progress })))
  if (comparisons.length + limits.length === 0) {
    progress('')
    if (matching.length === 0) throw new Error(`no row has '${only}' in its id`)
    return matching
  }
  note('bundling, checking that all variants agree …\n')
  await bundle()
  const { states, agents } = await inBundle('check')
  if (comparisons.some(({ theirs }) => theirs === 'native')) await checkNative()
  if (comparisons.some(({ theirs }) => theirs.startsWith('ami '))) await checkAmi()
  note(`agreed: ${states} states of calls, ${agents} agents\n`)
  const needsBrowser = [...comparisons, ...limits].some(({ id }) => id.startsWith('chromium'))
  if (needsBrowser) browser = await createBrowser()
  const found = await measureAll()
  const all = [...matching]
  const beside = comparisons.map(({ id, what, unit, host, ours, against, theirs, target }) => {
    const mine = found.get(`${host} ${ours}`)
    const other = found.get(`${host} ${theirs}`)
    const ratio = mine / other
    return {
      id,
      what,
      unit,
      ours: round(mine),
      against,
      theirs: round(other),
      ratio: round(ratio),
      target,
      met: ratio >= target,
    }
  })
  all.push(...beside)
  for (const { id, what, unit, target, measureIt } of limits) {
    progress(id)
    const ours = await measureIt()
    all.push({
      id,
      what,
      unit,
      ours: round(ours),
      against: 'at most',
      theirs: null,
      ratio: null,
      target,
      met: ours <= target,
    })
  }
  progress('')
  return all
}

// Printing -------------------------------------------------------------------------

function shown(value, unit) {
  if (value === null) return ''
  if (unit === 'ms' && value < 0.01) return `${(value * 1000).toFixed(2)} µs`
  if (['ms', 'µs', 'MiB', 'KiB', ''].includes(unit)) return `${value.toFixed(2)} ${unit}`.trimEnd()
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M/s`
  return value >= 1e4
    ? `${(value / 1e3).toFixed(0)} k/s`
    : value >= 1e3
      ? `${(value / 1e3).toFixed(1)} k/s`
      : `${value.toFixed(0)} /s`
}

function table(all) {
  const times = (value) => (value === null ? '' : `${value >= 100 ? value.toFixed(0) : value.toFixed(2)}×`)
  const head = ['row', 'ours', 'against', 'theirs', 'ratio', 'target', '']
  const lines = []
  for (const { id, unit, ours, against, theirs, ratio, target, met } of all) {
    const goal = ratio === null ? `≤ ${target} ${unit}` : `≥ ${target}×`
    lines.push([
      id,
      shown(ours, unit),
      ratio === null ? '' : against,
      shown(theirs, unit),
      times(ratio),
      goal,
      met ? 'met' : 'not met',
    ])
  }
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at].length)))
  const right = new Set([1, 3, 4, 5])
  const print = (line) =>
    console.log(
      line
        .map((cell, at) => (right.has(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
        .join('  ')
        .trimEnd(),
    )
  const whats = new Map(all.map(({ id, what, ratio }) => [ratio === null ? id : id.replace(/\.[a-z-]+$/, ''), what]))
  const processors = cpus()
  console.log(
    `Node ${process.versions.node}${browser ? `, Chromium ${browser.version()}` : ''}; ${processors.length} × ${processors[0]?.model ?? 'unknown processor'}; ${passes} pass${passes > 1 ? 'es' : ''} of ${slices} slices of ${SLICE_MS} ms${cpu ? ' of processor time' : ''}\n`,
  )
  for (const [id, what] of whats) console.log(`${id.padEnd(24)} ${what}`)
  console.log('')
  print(head)
  for (const line of lines) print(line)
  const met = all.filter((row) => row.met).length
  console.log(`\n${met} of ${all.length} targets met. Method and meaning: docs/benchmarks.md`)
}

endWithMe(() => browser?.end())
try {
  const all = await rows()
  if (json) console.log(JSON.stringify({ rows: all }))
  else table(all)
} catch (error) {
  note(`\n${error.stderr || error.message}\n`)
  process.exitCode = 1
} finally {
  await browser?.end()
}
