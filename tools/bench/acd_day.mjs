// The contact centre's day: engine/acd natively with 5,000 agents and 200,000 calls, from the first to the last, and what it holds in the end. The
// program is tests/acd_sim's (docs/simulation.md, "The contact centre").

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, run } from '../processes.mjs'
import { folder } from './bundle.mjs'

const execute = promisify(execFile)
const round = (value) => Number(value.toPrecision(4))
const atMost = (id, what, unit, target, ours) => ({
  ...{ id, what, unit, ours: round(ours), against: 'at most', theirs: null, ratio: null, target },
  met: ours <= target,
})

/** Rows whose id contains `only`; `quick`: a tenth of the agents and of the calls. Nothing is built when none is wanted. */
export async function acdRows({ only, quick, progress }) {
  const ids = ['acd.day', 'acd.day.event', 'acd.day.growth', 'acd.day.memory']
  if (!ids.some((id) => id.includes(only) || only.startsWith(id))) return []
  progress('acd.day: building')
  for (const asked of [
    ['--preset', 'native'],
    ['--build', '--preset', 'native', '--target', 'acd_sim'],
  ]) {
    const { code, output, problem } = await run('cmake', asked, { log: join(folder, 'acd_sim.log') })
    if (code !== 0) throw new Error(`cmake ${asked.join(' ')} failed: ${problem}\n${output}`)
  }
  progress('acd.day')
  const [agents, calls] = quick ? [500, 20_000] : [5_000, 200_000]
  const { stdout } = await execute(join(root, 'build/native/acd_sim'), ['--day', agents, '--calls', calls].map(String))
  const day = JSON.parse(stdout)
  if (!day.holds) throw new Error(`the day did not end as it must: ${stdout}`)
  const size = `${agents.toLocaleString('en')} agents, ${calls.toLocaleString('en')} calls`
  return [
    atMost('acd.day', `${size}: the last nine tenths of a working day`, 's', quick ? 12 : 120, day.seconds),
    atMost('acd.day.event', 'the same: one event, all that follows from it included', 'µs', 50, day.us_per_event),
    atMost(
      'acd.day.growth',
      'what the engine holds in the end, beyond what it held after a tenth',
      '%',
      3,
      day.growth_percent,
    ),
    atMost('acd.day.memory', 'what it holds in the end, all allocations', 'MiB', 64, day.after_mb),
  ].filter(({ id }) => id.includes(only))
}
