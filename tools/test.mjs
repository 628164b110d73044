#!/usr/bin/env node
// npm test: set-up, build, then every suite, two at a time, one line each as it ends; then each test that failed, with
// its reason; the sum is the last line. npm run test:pbx: the same with the one suite that calls through a real Asterisk.
// A suite that is absent, crashes or prints no count has failed; none is ever skipped.

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { endWithMe, root, run } from './processes.mjs'
import { countDoctest, countLine, countVitest, tail } from './test/results.mjs'
import { playAll } from './test/schedule.mjs'

const logs = join(root, 'build/test-logs')
const minutes = 60_000
const fuzzSeconds = Number(process.env.FUZZ_SECONDS ?? 15)
const atOnceUsually = Math.min(availableParallelism(), 2)

const node = (...args) => [process.execPath, args]
// A suite: what must exist (`needs`), its part of the C++ build (`preset`, `targets`), then `command` with `count` for
// its output, or `measure`. `alone`: nothing runs beside it, because it measures or takes every processor by itself.
const vitest = (name, folder) => {
  const own = `${folder}/vitest.config.ts`
  const which = existsSync(join(root, own)) ? ['--config', own] : [`${folder}/`]
  return {
    name,
    needs: folder,
    command: node('node_modules/vitest/vitest.mjs', 'run', ...which, ...reports(name)),
    count: () => countVitest(report(name)),
  }
}
const doctest = (name, preset, folder) => ({
  name,
  needs: `tests/${folder}`,
  preset,
  targets: [`${folder}_tests`],
  command: [`build/${preset}/${folder}_tests`, []],
  count: countDoctest,
})
/** The hub's tests once more, by their own program, which hands its arguments on to vitest. */
function hubOnPostgres() {
  const [name, file] = ['hub-postgres', 'tests/hub/run-postgres.mjs']
  const [versions] = ['/usr/lib/postgresql'].filter(existsSync).map((folder) => readdirSync(folder))
  const newest = versions?.sort((a, b) => Number(b) - Number(a))[0]
  return {
    name,
    needs: file,
    command: node(file, ...reports(name)),
    count: () => countVitest(report(name)),
    env: newest && !process.env.OFFHOOK_PG_BIN ? { OFFHOOK_PG_BIN: `/usr/lib/postgresql/${newest}/bin` } : {},
  }
}
const script = (name, file, limitMs) => ({ name, needs: file, command: node(file), count: countLine, limitMs })

// Long ones that mostly wait stand first: they run while the compiler is at work for the others.
const suites = [
  { ...script('check', 'tools/check.mjs'), says: 'layering, generated code, types, format' },
  { ...script('browser', 'tests/browser/run.mjs'), says: 'the console in Chromium' },
  { ...vitest('hub', 'tests/hub'), says: 'REST and WebSocket, on the embedded database' },
  { ...hubOnPostgres(), says: 'the same on a real PostgreSQL' },
  { ...script('tabs', 'tests/tabs/run.mjs'), says: 'one phone in many tabs, in Chromium' },
  { ...script('packaging', 'tests/packaging/run.mjs'), says: 'the package in every kind of consumer' },
  { ...vitest('adapters', 'tests/adapters'), says: 'the conformance of the softphone adapters' },
  { ...vitest('web', 'tests/web'), says: 'runtime and store' },
  { ...vitest('memory', 'tests/memory'), says: 'nothing is kept for ever' },
  { ...script('replay', 'tests/replay/run.mjs'), says: 'the same bytes natively and in WebAssembly' },
  { ...script('traces', 'tests/traces/check.mjs'), says: 'recordings of real calls' },
  { ...script('ami-traces', 'tests/traces/check_ami.mjs'), says: 'what a real Asterisk told of the same calls' },
  { ...doctest('engine', 'native', 'engine'), says: 'machines and codecs' },
  { ...doctest('centre', 'native', 'centre'), says: 'AMI and what the PBX is known to hold' },
  { ...doctest('acd', 'native', 'acd'), says: 'the contact centre: queues, matching, wrap-up, numbers' },
  {
    name: 'sim',
    says: 'a seeded world with faults, 2,000 times; native and WebAssembly alike',
    needs: 'tests/sim',
    preset: 'native',
    targets: ['sim'],
    command: node('tools/sim.mjs', '--no-build', '--seeds', '2000', '--compare', '6'),
    count: countLine,
  },
  {
    name: 'acd-sim',
    says: 'a contact centre in a seeded world with faults, 2,000 times',
    needs: 'tests/acd_sim',
    preset: 'native',
    targets: ['acd_sim'],
    command: node('tools/acd_sim.mjs', '--no-build', '--seeds', '2000'),
    count: countLine,
  },
  {
    ...script('acd-replay', 'tests/acd_replay/run.mjs'),
    says: 'the contact centre, the same bytes natively and in WebAssembly',
    preset: 'native',
    targets: ['acd_tests', 'acd_sim', 'acd_replay'],
  },
  { ...doctest('engine-asan', 'asan', 'engine'), says: 'engine with address and undefined-behaviour checks' },
  { ...doctest('centre-asan', 'asan', 'centre'), says: 'centre with address and undefined-behaviour checks' },
  { ...doctest('acd-asan', 'asan', 'acd'), says: 'acd with address and undefined-behaviour checks' },
  {
    name: 'fuzz',
    says: `each target ${fuzzSeconds} s`,
    needs: 'tests/fuzz',
    preset: 'asan',
    targets: ['fuzzers'],
    measure: fuzz,
    alone: true,
  },
]
const pbxSuites = [
  { ...script('pbx', 'tests/pbx/run.mjs', 20 * minutes), sudo: true, says: 'calls through a real Asterisk' },
]

function usage() {
  console.log(`usage: npm test [-- options]            every suite but the PBX's
       npm run test:pbx [-- options]    calls through a real Asterisk (needs root or sudo)
  --only NAME   only this suite; may be given several times
  --at-once N   how many suites beside each other (${atOnceUsually})
  --list        the suites' names
  --no-build    neither set-up nor build: as they are
Logs: build/test-logs/NAME.log. FUZZ_SECONDS sets how long each fuzz target runs (${fuzzSeconds}).`)
}

function reports(name) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${report(name)}`]
}

function report(name) {
  return join(logs, `${name}.json`)
}

// --- fuzzing ---------------------------------------------------------------------------------------------------

/** Runs every fuzz target for a bounded time from a copy of its corpus, as many at once as there are processors; each is one test. */
async function fuzz(log) {
  const sources = readdirSync(join(root, 'tests/fuzz')).filter((name) => name.endsWith('.cpp'))
  if (sources.length === 0) return { passed: 0, failed: 1, output: 'there is no fuzz target in tests/fuzz' }
  const waiting = sources.map((name) => name.slice(0, -'.cpp'.length))
  const outcome = { passed: 0, failed: 0, output: '', failures: [] }
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const done = await fuzzTarget(name, log.replace('.log', `-${name}.log`))
      outcome[done.code === 0 ? 'passed' : 'failed'] += 1
      if (done.code === 0) continue
      outcome.output += `${name}\n${done.output}\n${done.problem}\n`
      const why = done.output.match(/^.*(?:ERROR: |runtime error: ).*$/m)?.[0]
      outcome.failures.push(`fuzz target ${name}\n    ${why ?? (done.problem || `exit code ${done.code}`)}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, lane))
  return outcome
}

/** What a target finds is kept in build/test-logs/fuzz/NAME; run the target on it to see it again. */
function fuzzTarget(name, log) {
  const found = join(logs, 'fuzz', name)
  rmSync(found, { recursive: true, force: true })
  mkdirSync(found, { recursive: true })
  const corpora = [`tests/fuzz/corpus/${name}`, 'tests/fuzz/corpus'].filter((path) => existsSync(join(root, path)))
  const limits = [`-max_total_time=${fuzzSeconds}`, '-timeout=10', '-rss_limit_mb=2048', '-print_final_stats=1']
  const args = [...limits, `-artifact_prefix=${found}/`, found, ...corpora.slice(0, 1)]
  return run(join(root, 'build/asan', `fuzz_${name}`), args, { log, limitMs: 2 * minutes })
}

// --- running ----------------------------------------------------------------------------------------------------

/** What the suites of one preset are built from, at a lower priority than the suites that run meanwhile. */
async function compile(preset, targets) {
  const steps = [
    ['--preset', preset],
    ['--build', '--preset', preset, '--target', ...targets],
  ]
  for (const [at, args] of steps.entries()) {
    const log = join(logs, `build-${preset}-${at}.log`)
    const { code, problem, output } = await run('nice', ['cmake', ...args], { log, limitMs: 15 * minutes })
    if (code !== 0) return { why: `cmake ${args.join(' ')} ${problem || `gave exit code ${code}`}`, output, log }
  }
  return { why: '' }
}

const broken = ({ name }, { why, output = '', log }) => ({
  passed: 0,
  failed: 1,
  why,
  output,
  log,
  failures: [`${name}: ${why}`],
})

/** One suite to its counts; `why` says what went wrong when not a test but the suite itself failed. */
async function play(suite) {
  const log = join(logs, `${suite.name}.log`)
  const failed = (why, output) => broken(suite, { why, output, log })
  if (!existsSync(join(root, suite.needs))) return failed(`${suite.needs} does not exist`)
  rmSync(report(suite.name), { force: true })
  if (suite.measure) return { why: '', log, ...(await suite.measure(log)) }
  // OFFHOOK_BUILT: a suite must not build anew what others are reading.
  const env = { NO_COLOR: '1', FORCE_COLOR: undefined, OFFHOOK_BUILT: '1', ...suite.env }
  const done = await run(...suite.command, { log, limitMs: suite.limitMs ?? 10 * minutes, sudo: suite.sudo, env })
  const counts = suite.count(done.output)
  if (!counts) return failed(done.problem || `printed no count (exit code ${done.code})`, done.output)
  const result = { why: '', output: done.output, ...counts, log }
  const odd =
    (done.code !== 0 && counts.failed === 0 && (done.problem || `gave exit code ${done.code} though no test failed`)) ||
    (counts.passed + counts.failed === 0 && 'ran no test')
  return odd ? { ...result, failed: 1, why: odd, failures: [`${suite.name}: ${odd}`] } : result
}

async function prepare(pbx) {
  for (const [title, command, args] of [
    ['Set-up', 'tools/setup', pbx ? ['--pbx'] : []],
    ['Build', process.execPath, ['tools/build.mjs']],
  ]) {
    const { code, problem } = await run(command, args, { sudo: true })
    if (code !== 0) return `${title} failed${problem ? `: ${problem}` : ''}.`
  }
  return ''
}

/** Runs them, prints a line as each ends, then what failed. Gives the sum. */
async function runSuites(chosen, atOnce) {
  const total = { passed: 0, failed: 0 }
  const failures = []
  let done = 0
  const ended = ({ name }, { passed, failed, skipped, why, output, log, seconds, failures: its }) => {
    total.passed += passed
    total.failed += failed
    const place = `[${String(++done).padStart(String(chosen.length).length)}/${chosen.length}]`
    const counts = `${passed} passed${failed ? `, ${failed} FAILED` : ''}${skipped ? `, ${skipped} skipped` : ''}`
    console.log(`${place} ${name.padEnd(13)} ${counts.padEnd(24)} ${seconds.toFixed(1)} s`)
    if (failed === 0) return
    if (output) console.log(tail(output, 80))
    console.log(`${name} failed${why ? `: ${why}` : ''}. Its log: ${relative(root, log)}\n`)
    failures.push(...(its?.length ? its : [why]).map((one) => `FAILED ${name}: ${one}`))
  }
  await playAll(chosen, { atOnce, prepare: compile, play, ended, failed: broken })
  if (failures.length > 0) console.log(`\n${failures.slice(0, 40).join('\n')}\n`)
  if (failures.length > 40) console.log(`… and ${failures.length - 40} more`)
  return total
}

async function main() {
  const args = process.argv.slice(2)
  const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0
  const values = (flag) => {
    const found = []
    for (let at = args.indexOf(flag); at >= 0; at = args.indexOf(flag)) found.push(...args.splice(at, 2).slice(1))
    return found
  }
  const pbx = take('--pbx')
  const only = values('--only')
  const atOnce = Number(values('--at-once').at(-1) ?? atOnceUsually)
  const asked = { help: take('--help') || take('-h'), list: take('--list'), noBuild: take('--no-build') }
  const all = pbx ? pbxSuites : suites
  const unknown = [...args, ...only.filter((name) => !all.some((suite) => suite.name === name))]
  if (asked.help) return usage()
  if (unknown.length > 0 || !(atOnce >= 1)) {
    usage()
    console.error(`\nUnknown: ${unknown.join(' ')}. The suites: ${all.map(({ name }) => name).join(' ')}.`)
    process.exitCode = 2
    return
  }
  if (asked.list) return console.log(all.map(({ name, says }) => `${name.padEnd(14)}${says ?? ''}`).join('\n'))

  endWithMe()
  mkdirSync(logs, { recursive: true })
  const problem = asked.noBuild ? '' : await prepare(pbx)
  if (problem) console.log(`${problem} No suite was run.`)
  const chosen = all.filter(({ name }) => only.length === 0 || only.includes(name))
  const total = problem ? { passed: 0, failed: 1 } : await runSuites(chosen, atOnce)
  process.exitCode = total.failed > 0 ? 1 : 0
  console.log(`${total.passed} passed, ${total.failed} failed`)
}

await main()
