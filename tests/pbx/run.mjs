#!/usr/bin/env node
// Calls through a real Asterisk: the hub, the package in headless Chromium and SIP.js, with real media. Each lane
// (tests/pbx/scenarios.mjs) has an Asterisk of its own in a network namespace that has only loopback, so nothing of it
// can leave the machine, and lanes do not see each other. Most of a scenario is waiting: several lanes run at once.
// usage: node tests/pbx/run.mjs [--asterisk 22|16] [--lane NAME] [--lib centre|sipjs|jssip|queue|console] [--only TEXT] [--at-once N] [--sip] [--list]
// It needs root or sudo, and before that tools/setup --pbx (for Asterisk 16: --pbx16).
// --lane, --lib: only these lanes; may be given several times. --at-once: how many lanes run at once (4).
// --sip: Asterisk's log of a failure has every SIP message.
// NETNS: what the namespaces' names begin with (offhook-pbx), so that two of these can run on one machine.

import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithMe, root, run, start } from '../../tools/processes.mjs'
import { lanes } from './scenarios.mjs'

// chroot and ip live there, and a user's PATH seldom does.
process.env.PATH += ':/usr/sbin:/sbin'

const kit = join(root, 'tests/pbx/asterisk-kit')
const secondsMost = 900

const args = process.argv.slice(2)
const all = (name) => args.flatMap((word, at) => (args[at - 1] === name ? [word] : []))
const option = (name) => all(name).at(-1)
const inNamespace = args[0] === '--inside'
// Each version has a folder and namespaces of its own; within a namespace the folder is told whole.
const version = option('--asterisk') ?? '22'
const suffix = { 22: '', 16: '-16' }[version]
if (suffix === undefined) throw new Error('--asterisk is 22 or 16')
const base = process.env.PBX_ROOT ?? join(process.env.HOME ?? '/root', '.cache/offhook-pbx')
const pbxRoot = inNamespace ? base : `${base}${suffix}`

// --- outside: root, an Asterisk and a namespace for each lane, and this same program in there ----------------------

async function outside(args, chosen, atOnce) {
  if (process.getuid?.() !== 0) {
    const keep = ['PATH', 'HOME', 'PBX_ROOT', 'CHROMIUM', 'NETNS'].filter((name) => process.env[name])
    const settings = keep.map((name) => `${name}=${process.env[name]}`)
    return (await run('sudo', ['env', ...settings, process.execPath, process.argv[1], ...args], { sudo: true })).code
  }
  const folder = mkdtempSync(join(tmpdir(), 'offhook-lanes-'))
  const up = new Set()
  endWithMe(() => {
    for (const stop of up) stop()
  })
  try {
    const waiting = [...chosen]
    const results = []
    const worker = async () => {
      for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
        results.push(await outsideLane(lane, args, join(folder, lane.name), up))
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, chosen.length) }, worker))
    const failures = results.flatMap(({ failures }) => failures)
    const passed = results.reduce((sum, result) => sum + result.passed, 0)
    const failed =
      results.reduce((sum, result) => sum + result.failed, 0) + (passed === 0 && failures.length === 0 ? 1 : 0)
    if (failures.length > 0) console.log(['# failed', ...failures].join('\n'))
    console.log(`${passed} passed, ${failed} failed`)
    return failed > 0 ? 1 : 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One lane from its Asterisk's start to its end; what the program inside counted, or one failure. */
async function outsideLane({ name }, args, file, up) {
  const netns = `${process.env.NETNS ?? 'offhook-pbx'}${suffix}-${name}`
  const pbxLog = join(pbxRoot, 'var/log/offhook', netns, 'full')
  const env = {
    PBX_ROOT: pbxRoot,
    PBX_VERSION: version,
    NETNS: netns,
    OWNER_PID: String(process.pid),
    PBX_LOG: pbxLog,
    PBX_RESULT: file,
  }
  const stop = () => spawnSync(join(kit, 'stop.sh'), { env: { ...process.env, ...env }, stdio: 'inherit' })
  const began = Date.now()
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1)
  up.add(stop)
  let why = 'its Asterisk did not start'
  try {
    const started = await run(join(kit, 'start.sh'), [String(secondsMost + 30)], { env, log: `${file}.start` })
    if (started.code === 0) why = await insideOf(netns, name, args, env)
    else why += `: ${started.output.trim().slice(-2000)}`
  } finally {
    stop()
    up.delete(stop)
  }
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, failures: [] }
  if (!result.done) {
    result.failed += 1
    result.failures.push(`FAILED the lane ${name} as a whole\n  ${why || 'it ended before its end'}`)
  }
  console.log(`# ${name}: ${result.passed} passed, ${result.failed} failed, ${seconds()} s`)
  return result
}

/** The program inside the namespace; what it prints is passed on by whole lines. Gives why it was ended, if it was. */
function insideOf(netns, name, args, env) {
  const command = ['netns', 'exec', netns, process.execPath, process.argv[1], '--inside', name, ...args]
  const child = start('ip', command, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let why = ''
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const end = (rest + text).lastIndexOf('\n') + 1
    process.stdout.write((rest + text).slice(0, end))
    rest = (rest + text).slice(end)
  })
  const limit = setTimeout(() => {
    why = `it was ended after ${secondsMost} s`
    child.kill('SIGTERM')
  }, secondsMost * 1000)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      resolve(why || (signal ? `it died of ${signal}` : code > 1 ? `it gave exit code ${code}` : ''))
    })
  })
}

// --- inside the namespace: the stage and the lane's scenarios, one line each --------------------------------------

async function inside(lane, only) {
  const Stage = lane.bare
    ? (await import('./queue_stage.mjs')).QueueStage
    : lane.console
      ? (await import('./console_stage.mjs')).ConsoleStage
      : (await import('./stage.mjs')).Stage
  const count = { passed: 0, failed: 0, failures: [], done: false }
  const stage = new Stage(lane)
  endWithMe(() => stage.close())
  try {
    await stage.open()
    if (args.includes('--sip')) stage.pbx('pjsip set logger on')
    for (const [name, play] of playing(lane, only)) {
      await playOne(stage, lane, name, play, count)
      writeFileSync(process.env.PBX_RESULT, JSON.stringify(count))
    }
    count.done = true
  } catch (error) {
    console.log(`FAILED the stage of ${lane.name}\n  ${error.stack ?? error}`)
    throw error
  } finally {
    writeFileSync(process.env.PBX_RESULT, JSON.stringify(count))
    await stage.close()
  }
  return count.failed > 0 ? 1 : 0
}

async function playOne(stage, lane, name, play, count) {
  const began = Date.now()
  stage.pbxLog.mark()
  const error = await play(stage).then(
    () => undefined,
    (error) => error ?? new Error('rejected with nothing'),
  )
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  count[error ? 'failed' : 'passed'] += 1
  const title = `${error ? 'FAILED' : 'ok    '} ${name} (${lane.name}, ${seconds} s)`
  console.log(error ? `${title}\n${report(error, stage, `${lane.name}-${count.failed}`)}` : title)
  if (error)
    count.failures.push(
      `${title}\n  ${String(error.message ?? error)
        .slice(0, 600)
        .replaceAll('\n', '\n  ')}`,
    )
  await stage.rest().catch((problem) => console.log(`  not at rest afterwards: ${problem.message}`))
}

/** The failure, what the pages said, and where Asterisk's own story of that call is. */
function report(error, stage, number) {
  const folder = join(root, 'build/test-logs')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `pbx-failure-${number}.log`)
  writeFileSync(file, stage.pbxLog.since())
  const { SUDO_UID, SUDO_GID } = process.env
  if (SUDO_UID) for (const path of [folder, file]) chownSync(path, Number(SUDO_UID), Number(SUDO_GID))
  const text = error.stack ?? String(error)
  const lines = [...text.split('\n').slice(0, 40), ...stage.said().slice(-30)].map((line) => `  ${line}`)
  return [...lines, `  Asterisk’s log of it: ${file.slice(root.length + 1)}`].join('\n')
}

/** The scenarios of a lane that are to be played: with `--only` those whose name has the text. */
const playing = (lane, only) => lane.scenarios.filter(([name]) => !only || name.includes(only))

async function main() {
  const only = option('--only')
  if (args[0] === '--inside')
    return inside(
      lanes.find(({ name }) => name === args[1]),
      only,
    )
  const [names, libraries] = [all('--lane'), all('--lib')]
  const chosen = lanes
    .filter(
      ({ name, lib }) =>
        (names.length === 0 || names.includes(name)) && (libraries.length === 0 || libraries.includes(lib)),
    )
    .filter((lane) => playing(lane, only).length > 0)
  if (args.includes('--help'))
    return console.log(
      readFileSync(process.argv[1], 'utf8')
        .match(/^\/\/.*(?=\n)/gm)
        .slice(0, 8)
        .join('\n'),
    )
  if (args.includes('--list')) {
    for (const lane of chosen)
      console.log([`# ${lane.name}`, ...playing(lane, only).map(([name]) => name)].join('\n  '))
    return 0
  }
  return outside(args, chosen, Number(option('--at-once') ?? 4))
}

process.exitCode = await main().catch((error) => {
  console.error(error.stack ?? error)
  if (!inNamespace) console.log('0 passed, 1 failed')
  return 2
})
process.exit()
