#!/usr/bin/env node
// Calls through a real Asterisk: the hub, the package in headless Chromium and SIP.js, with real media. Everything
// runs in a network namespace that has only loopback, so nothing of it can leave the machine.
// usage: node tests/pbx/run.mjs [--asterisk 22|16] [--lib centre|sipjs|jssip] [--only TEXT] [--sip]
// It needs root or sudo, and before that tools/setup --pbx (for Asterisk 16: --pbx16).
// Without --lib: the Centre's scenarios, then everything else twice, with SIP.js and with JsSIP behind the agents' phones.
// --sip: Asterisk's log of a failure has every SIP message.

import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endWithMe, root, run } from '../../tools/processes.mjs'

// chroot and ip live there, and a user's PATH seldom does.
process.env.PATH += ':/usr/sbin:/sbin'

const kit = join(root, 'tests/pbx/asterisk-kit')
const args = process.argv.slice(2)
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
// Each version has a folder and a namespace of its own; within the namespace the folder is told whole.
const version = option('--asterisk') ?? '22'
const suffix = { 22: '', 16: '-16' }[version]
const inNamespace = args[0] === '--inside'
const netns = `offhook-pbx${suffix}`
const base = process.env.PBX_ROOT ?? join(process.env.HOME ?? '/root', '.cache/offhook-pbx')
const pbxRoot = inNamespace ? base : `${base}${suffix}`
const pbxLog = join(pbxRoot, 'var/log/offhook', netns, 'full')
const secondsMost = 1500
const libraries = ['centre', 'sipjs', 'jssip']

/** Outside: root, Asterisk, the namespace; then this same program inside. Always cleans up. */
async function outside(args) {
  if (process.getuid?.() !== 0) {
    const keep = ['PATH', 'HOME', 'PBX_ROOT', 'CHROMIUM'].filter((name) => process.env[name])
    const settings = keep.map((name) => `${name}=${process.env[name]}`)
    return (await run('sudo', ['env', ...settings, process.execPath, process.argv[1], ...args], { sudo: true })).code
  }
  const env = { PBX_ROOT: pbxRoot, PBX_VERSION: version, NETNS: netns, OWNER_PID: String(process.pid) }
  const stop = () => spawnSync(join(kit, 'stop.sh'), { env: { ...process.env, ...env }, stdio: 'inherit' })
  endWithMe(stop)
  try {
    const started = await run(join(kit, 'start.sh'), [String(secondsMost + 30)], { env })
    if (started.code !== 0) throw new Error('Asterisk did not start: see above')
    const inner = ['netns', 'exec', netns, process.execPath, process.argv[1], '--inside', ...args]
    const { code, problem } = await run('ip', inner, { env: { ...env, PBX_LOG: pbxLog }, limitMs: secondsMost * 1000 })
    if (problem) console.error(`The scenarios stopped: ${problem}`)
    return code
  } finally {
    stop()
  }
}

/** Inside the namespace: the stage and the scenarios with each library, one line each. */
async function inside(chosenLibraries, only) {
  const { scenarios, centreScenarios } = await import('./scenarios.mjs')
  const chosen = (all) => all.filter(([name]) => !only || name.includes(only))
  const count = { passed: 0, failed: 0 }
  // First what the hub sees of the PBX: the pages' scenarios end with a PBX that restarts.
  for (const library of chosenLibraries) {
    const centre = library === 'centre'
    const toPlay = chosen(centre ? centreScenarios : scenarios)
    if (toPlay.length === 0) continue
    console.log(`# ${library}`)
    await playAll(library, toPlay, count)
  }
  console.log(`${count.passed} passed, ${count.failed} failed`)
  return count.failed > 0 || count.passed === 0 ? 1 : 0
}

async function playAll(library, chosen, count) {
  const { Stage } = await import('./stage.mjs')
  const stage = library === 'centre' ? new Stage('sipjs', { centre: true }) : new Stage(library)
  endWithMe(() => stage.close())
  try {
    await stage.open()
    if (args.includes('--sip')) stage.pbx('pjsip set logger on')
    for (const [name, play] of chosen) {
      const began = Date.now()
      stage.pbxLog.mark()
      const error = await play(stage).then(
        () => undefined,
        (error) => error,
      )
      const seconds = ((Date.now() - began) / 1000).toFixed(1)
      count[error ? 'failed' : 'passed'] += 1
      console.log(`${error ? 'FAILED' : 'ok    '} ${name} (${library}, ${seconds} s)`)
      if (error) report(error, stage, count.failed)
      await stage.rest().catch((problem) => console.log(`  not at rest afterwards: ${problem.message}`))
    }
  } finally {
    await stage.close()
  }
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
  console.log([...text.split('\n').slice(0, 40), ...stage.said().slice(-30)].map((line) => `  ${line}`).join('\n'))
  console.log(`  Asterisk’s log of it: ${file.slice(root.length + 1)}`)
}

if (suffix === undefined) throw new Error('--asterisk is 22 or 16')
const chosen = option('--lib') ? [option('--lib')] : libraries
process.exitCode = await (inNamespace ? inside(chosen, option('--only')) : outside(args)).catch((error) => {
  console.error(error.stack ?? error)
  console.log('0 passed, 1 failed')
  return 1
})
process.exit()
