// How long an agent who has hung up waits for the INVITE of the next caller, on a real Asterisk: with the hub routing, through
// AMI, the engine and one Redirect; and with app_queue routing, in the same run. Bare telephones stand for agent and callers
// (tests/pbx). It needs root, network namespaces and tools/setup --pbx; else the rows are left out, and it says so.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run } from '../processes.mjs'

const own = fileURLToPath(import.meta.url)
const kit = join(root, 'tests/pbx/asterisk-kit')
const pbxRoot = process.env.PBX_ROOT ?? join(process.env.HOME ?? '/root', '.cache/offhook-pbx')
const netns = 'offhook-bench'

const round = (value) => Number(value.toPrecision(4))
/** The value that so many of the sorted are not above. */
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]

export async function pbxRows({ only, quick, progress }) {
  if (!'pbx.freed'.includes(only) && !only.startsWith('pbx')) return []
  if (process.getuid?.() !== 0 || !existsSync(join(pbxRoot, '.offhook-ready'))) {
    process.stderr.write('pbx.freed: left out, it needs root and an Asterisk (tools/setup --pbx)\n')
    return []
  }
  progress('pbx.freed')
  const folder = mkdtempSync(join(tmpdir(), 'offhook-freed-'))
  const result = join(folder, 'result.json')
  const env = {
    PBX_ROOT: pbxRoot,
    NETNS: netns,
    OWNER_PID: String(process.pid),
    PBX_LOG: join(pbxRoot, 'var/log/offhook', netns, 'full'),
    PBX_RESULT: result,
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  }
  const rounds = quick ? 20 : 60
  try {
    const started = await run(join(kit, 'start.sh'), ['600'], { env, log: join(folder, 'start.log') })
    if (started.code !== 0) throw new Error(`Asterisk did not start: ${started.output}`)
    const inner = ['netns', 'exec', netns, process.execPath, own, '--inside', String(rounds)]
    const { code, output } = await run('ip', inner, { env, log: join(folder, 'inside.log'), limitMs: 400_000 })
    if (code !== 0) throw new Error(`pbx.freed: ${output}`)
    const { hub, queue } = JSON.parse(readFileSync(result, 'utf8'))
    const [ours, theirs] = [hub, queue].map((times) => times.sort((a, b) => a - b))
    const ratio = at(theirs, 0.5) / at(ours, 0.5)
    const what = `an agent hangs up → INVITE of the next caller, whole hub and Asterisk, median of ${ours.length}`
    return [
      {
        ...{
          id: 'pbx.freed.app_queue',
          what,
          unit: 'ms',
          ours: round(at(ours, 0.5)),
          against: `app_queue (n = ${theirs.length})`,
        },
        ...{ theirs: round(at(theirs, 0.5)), ratio: round(ratio), target: 30, met: ratio >= 30 },
      },
      {
        ...{
          id: 'pbx.freed.p99',
          what: 'the same, 99th percentile',
          unit: 'ms',
          ours: round(at(ours, 0.99)),
          against: 'at most',
        },
        ...{ theirs: null, ratio: null, target: 20, met: at(ours, 0.99) <= 20 },
      },
    ]
  } finally {
    spawnSync(join(kit, 'stop.sh'), { env: { ...process.env, ...env } })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One agent, always two callers: as soon as one talk ends the next caller is due. */
async function freed(stage, number, rounds) {
  const { setTimeout: sleep } = await import('node:timers/promises')
  const { alice, callers } = stage
  const times = []
  const phones = [callers[0], callers[1]]
  for (const phone of phones) {
    phone.dial(number)
    await phone.until('up')
    await sleep(300)
  }
  let call = await alice.until('offered')
  while (times.length < rounds) {
    alice.answer(call)
    const ending = call
    // Not in step with anybody's seconds: app_queue looks once in each.
    await sleep(400 + Math.random() * 1000)
    alice.hangup(ending)
    call = await alice.until('offered', 10_000)
    times.push(call.marks.offered - ending.marks.bye)
    // Whose talk it was comes again.
    const over = () => phones.find((phone) => phone.calls.every(({ state }) => state === 'over'))
    while (!over()) await sleep(5)
    const free = over()
    free.dial(number)
    await free.until('up')
  }
  alice.answer(call)
  await stage.rest()
  return times
}

async function inside(rounds) {
  const { writeFileSync } = await import('node:fs')
  const { QueueStage } = await import('../../tests/pbx/queue_stage.mjs')
  const stage = new QueueStage()
  try {
    await stage.open()
    await stage.queue({ unreachable_ms: 0 }, { members: ['3001'] })
    const hub = await freed(stage, '7300', rounds)
    for (const member of ['PJSIP/1001', 'PJSIP/1002']) stage.pbx(`queue pause member ${member} queue support`)
    await stage.queue({ mode: 'asterisk' }, { members: ['3001'] })
    stage.pbx('queue add member PJSIP/3001 to support')
    const queue = await freed(stage, '7000', Math.max(20, Math.round(rounds / 2)))
    writeFileSync(process.env.PBX_RESULT, JSON.stringify({ hub, queue }))
  } finally {
    await stage.close()
  }
}

if (process.argv[2] === '--inside')
  await inside(Number(process.argv[3])).then(
    () => process.exit(0),
    (error) => {
      console.error(error.stack ?? error)
      process.exit(1)
    },
  )
