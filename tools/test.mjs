#!/usr/bin/env node
// npm test: set-up, build, then every suite in order, one line each, and the sum as the last line.
// npm run test:pbx: the same with the one suite that calls through a real Asterisk.
// A suite that is absent, crashes or prints no count has failed; none is ever skipped.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { endWithMe, root, run } from './processes.mjs'

const logs = join(root, 'build/test-logs')
const minutes = 60_000
const fuzzSeconds = Number(process.env.FUZZ_SECONDS ?? 15)

const node = (...args) => [process.execPath, args]
const cmake = (preset, ...targets) => [
  ['cmake', ['--preset', preset]],
  ['cmake', ['--build', '--preset', preset, ...(targets.length > 0 ? ['--target', ...targets] : [])]],
]
// A suite: what must exist (`needs`), what builds it, then `command` with `count` for its output, or `measure`.
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
  build: cmake(preset, `${folder}_tests`),
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

const suites = [
  { ...script('check', 'tools/check.mjs'), says: 'layering, generated code, types, format' },
  { ...doctest('engine', 'native', 'engine'), says: 'machines and codecs' },
  { ...doctest('engine-asan', 'asan', 'engine'), says: 'the same with address and undefined-behaviour checks' },
  { ...doctest('centre', 'native', 'centre'), says: 'AMI and what the PBX is known to hold' },
  { ...doctest('centre-asan', 'asan', 'centre'), says: 'the same with address and undefined-behaviour checks' },
  { ...doctest('acd', 'native', 'acd'), says: 'the contact centre: queues, matching, wrap-up, numbers' },
  { ...doctest('acd-asan', 'asan', 'acd'), says: 'the same with address and undefined-behaviour checks' },
  { name: 'fuzz', says: `each target ${fuzzSeconds} s`, needs: 'tests/fuzz', build: cmake('fuzz'), measure: fuzz },
  {
    name: 'sim',
    says: 'a seeded world with faults, 2,000 times; native and WebAssembly alike',
    needs: 'tests/sim',
    build: cmake('native', 'sim'),
    command: node('tools/sim.mjs', '--no-build', '--seeds', '2000', '--compare', '6'),
    count: countLine,
  },
  { ...script('replay', 'tests/replay/run.mjs'), says: 'the same bytes natively and in WebAssembly' },
  { ...vitest('web', 'tests/web'), says: 'runtime and store' },
  { ...vitest('memory', 'tests/memory'), says: 'nothing is kept for ever' },
  { ...vitest('adapters', 'tests/adapters'), says: 'the conformance of the softphone adapters' },
  { ...script('traces', 'tests/traces/check.mjs'), says: 'recordings of real calls' },
  { ...script('ami-traces', 'tests/traces/check_ami.mjs'), says: 'what a real Asterisk told of the same calls' },
  { ...vitest('hub', 'tests/hub'), says: 'REST and WebSocket, on the embedded database' },
  { ...hubOnPostgres(), says: 'the same on a real PostgreSQL' },
  { ...script('packaging', 'tests/packaging/run.mjs'), says: 'the package in every kind of consumer' },
  { ...script('tabs', 'tests/tabs/run.mjs'), says: 'one phone in many tabs, in Chromium' },
  { ...script('browser', 'tests/browser/run.mjs'), says: 'the console in Chromium' },
]
const pbxSuites = [
  { ...script('pbx', 'tests/pbx/run.mjs', 27 * minutes), sudo: true, says: 'calls through a real Asterisk' },
]

function usage() {
  console.log(`usage: npm test [-- options]            every suite but the PBX's
       npm run test:pbx [-- options]    calls through a real Asterisk (needs root or sudo)
  --only NAME   only this suite; may be given several times
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

// --- counts -----------------------------------------------------------------------------------------------------

/** The last line `N passed, N failed` of a suite's output. */
function countLine(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1)
  return found && { passed: Number(found[1]), failed: Number(found[2]) }
}

function countDoctest(output) {
  const found = [...output.matchAll(/test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed/g)].at(-1)
  return found && { passed: Number(found[1]), failed: Number(found[2]) }
}

function countVitest(file) {
  if (!existsSync(file)) return undefined
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
  // A test file that does not even load has no tests to count: it counts as one that failed.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests }
}

/** Runs every fuzz target for a bounded time from a copy of its corpus, as many at once as there are processors; each is one test. */
async function fuzz(log) {
  const sources = readdirSync(join(root, 'tests/fuzz')).filter((name) => name.endsWith('.cpp'))
  if (sources.length === 0) return { passed: 0, failed: 1, output: 'there is no fuzz target in tests/fuzz' }
  const waiting = sources.map((name) => name.slice(0, -'.cpp'.length))
  const outcome = { passed: 0, failed: 0, output: '' }
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const done = await fuzzTarget(name, log.replace('.log', `-${name}.log`))
      outcome[done.code === 0 ? 'passed' : 'failed'] += 1
      if (done.code !== 0) outcome.output += `${name}\n${done.output}\n${done.problem}\n`
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
  return run(join(root, 'build/fuzz', name), args, { log, limitMs: 2 * minutes })
}

// --- running ----------------------------------------------------------------------------------------------------

/** One suite to its counts; `why` says what went wrong when not a test but the suite itself failed. */
async function runSuite(suite) {
  const log = join(logs, `${suite.name}.log`)
  const failed = (why, output = '') => ({ passed: 0, failed: 1, why, output, log })
  if (!existsSync(join(root, suite.needs))) return failed(`${suite.needs} does not exist`)
  rmSync(report(suite.name), { force: true })
  for (const [command, args] of suite.build ?? []) {
    const { code, problem, output } = await run(command, args, { log, limitMs: 15 * minutes })
    if (code !== 0) return failed(`${command} ${args.join(' ')} ${problem || `gave exit code ${code}`}`, output)
  }
  if (suite.measure) return { why: '', log, ...(await suite.measure(log)) }
  const env = { NO_COLOR: '1', FORCE_COLOR: undefined, ...suite.env }
  const done = await run(...suite.command, { log, limitMs: suite.limitMs ?? 8 * minutes, sudo: suite.sudo, env })
  const counts = suite.count(done.output)
  if (!counts) return failed(done.problem || `printed no count (exit code ${done.code})`, done.output)
  const result = { why: '', output: done.output, ...counts, log }
  if (done.code !== 0 && result.failed === 0) {
    return { ...result, failed: 1, why: done.problem || `gave exit code ${done.code} though no test failed` }
  }
  if (result.passed + result.failed === 0) return { ...result, failed: 1, why: 'ran no test' }
  return result
}

function tail(text, lines) {
  const all = text.trimEnd().split('\n')
  return all.length > lines ? ['…', ...all.slice(-lines)].join('\n') : all.join('\n')
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

async function main() {
  const args = process.argv.slice(2)
  const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0
  const pbx = take('--pbx')
  const only = []
  for (let at = args.indexOf('--only'); at >= 0; at = args.indexOf('--only')) only.push(...args.splice(at, 2).slice(1))
  const asked = { help: take('--help') || take('-h'), list: take('--list'), noBuild: take('--no-build') }
  const all = pbx ? pbxSuites : suites
  const unknown = [...args, ...only.filter((name) => !all.some((suite) => suite.name === name))]
  if (asked.help) return usage()
  if (unknown.length > 0) {
    usage()
    console.error(`\nUnknown: ${unknown.join(' ')}. The suites: ${all.map(({ name }) => name).join(' ')}.`)
    process.exitCode = 2
    return
  }
  if (asked.list) return console.log(all.map(({ name, says }) => `${name.padEnd(14)}${says ?? ''}`).join('\n'))

  endWithMe()
  mkdirSync(logs, { recursive: true })
  const problem = asked.noBuild ? '' : await prepare(pbx)
  const total = { passed: 0, failed: 0 }
  if (problem) {
    console.log(`${problem} No suite was run.`)
    total.failed = 1
  } else {
    const chosen = all.filter(({ name }) => only.length === 0 || only.includes(name))
    for (const [index, suite] of chosen.entries()) {
      const place = `[${String(index + 1).padStart(String(chosen.length).length)}/${chosen.length}]`
      process.stdout.write(`${place} ${suite.name.padEnd(13)} `)
      const began = Date.now()
      const { passed, failed, skipped, why, output, log } = await runSuite(suite)
      total.passed += passed
      total.failed += failed
      const counts = `${passed} passed${failed ? `, ${failed} FAILED` : ''}${skipped ? `, ${skipped} skipped` : ''}`
      console.log(`${counts.padEnd(24)} ${((Date.now() - began) / 1000).toFixed(1)} s`)
      if (failed > 0) {
        if (output) console.log(tail(output, 80))
        console.log(`${suite.name} failed${why ? `: ${why}` : ''}. Its log: ${relative(root, log)}\n`)
      }
    }
  }
  process.exitCode = total.failed > 0 ? 1 : 0
  console.log(`${total.passed} passed, ${total.failed} failed`)
}

await main()
