// The simulated contact centre: build/native/acd_sim on every core, failing seeds as they are found, the count as the last line.
// docs/simulation.md says what is simulated and what must hold.
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { endWithMe, root } from './processes.mjs'

const USAGE = `usage: npm run sim:centre -- [options]
  --seeds N        so many seeds (2000)
  --from SEED      the first one (1)
  --seed ONE       this one alone
  --trace          with --seed: every event and every effect
  --day AGENTS     instead: a working day of so many agents, as one line of JSON
  --calls N        with --day: so many calls (200000)
  --jobs N         processes side by side (all cores)
  --no-build       build/native/acd_sim as it is
Each seed runs twice: once to check what must hold, once to see that it is the same. The last line is "N passed, N failed".`

// Rows that no world takes, and why: each has its story in tests/acd. A long run fails when another one is not taken, or when one of these is.
const notHere = {
  queue_call: {},
  centre_agent: {
    42: 'the end of a talk of somebody who was no agent when it began: every telephone of these worlds is an agent’s',
  },
}
const ENOUGH = 5_000 // seeds: with fewer, chance may have left out a row (the rarest is taken once in a thousand or so)

const program = join(root, 'build/native/acd_sim')

function options(args) {
  const found = {
    seeds: 2000,
    from: 1,
    seed: 0,
    day: 0,
    calls: 200_000,
    jobs: availableParallelism(),
    trace: false,
    build: true,
  }
  while (args.length > 0) {
    const flag = args.shift()
    const name = flag.slice(2)
    if (flag === '--help' || flag === '-h') {
      console.log(USAGE)
      process.exit(0)
    }
    if (flag === '--trace') found.trace = true
    else if (flag === '--no-build') found.build = false
    else {
      const value = Number(args.shift())
      const known = flag.startsWith('--') && typeof found[name] === 'number'
      if (!known || !Number.isSafeInteger(value) || value < 0) {
        console.error(`Cannot be meant: ${flag}\n\n${USAGE}`)
        process.exit(2)
      }
      found[name] = value
    }
  }
  return found
}

/** The program, as the sources are now. */
function make() {
  for (const asked of [
    ['--preset', 'native'],
    ['--build', '--preset', 'native', '--target', 'acd_sim'],
  ]) {
    const { status, stdout, stderr } = spawnSync('cmake', asked, { cwd: root, encoding: 'utf8' })
    if (status === 0) continue
    console.error(`cmake ${asked.join(' ')}\n${stdout}${stderr}`)
    process.exit(1)
  }
}

/** One process; its failing seeds are told as they come. */
function share(from, seeds, step, rows) {
  return new Promise((resolve) => {
    const child = spawn(program, ['--from', from, '--seeds', seeds, '--step', step].map(String), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const sum = { passed: 0, failed: 0, events: 0 }
    let counted = false
    createInterface({ input: child.stdout }).on('line', (line) => {
      const count = /^(\d+) passed, (\d+) failed$/.exec(line)
      const [word, name, total, ...taken] = line.split(' ')
      if (count) {
        counted = true
        sum.passed = Number(count[1])
        sum.failed = Number(count[2])
      } else if (word === 'rows') {
        const known = rows.get(name) ?? { total: Number(total), taken: new Set() }
        for (const row of taken) known.taken.add(Number(row) + 1)
        rows.set(name, known)
      } else if (word === 'events') sum.events = Number(name)
      else if (word !== 'at') console.log(line)
    })
    child.on('error', (error) => console.log(error.message))
    child.on('close', (code, signal) => {
      if (!counted) {
        console.log(`seeds from ${from}, every ${step}: the program ended with ${signal ?? code}`)
        sum.failed = 1
      }
      resolve(sum)
    })
  })
}

const { seeds, from, seed, day, calls, jobs, trace, build } = options(process.argv.slice(2))
endWithMe()
if (build) make()
if (day > 0 || seed > 0) {
  const asked = day > 0 ? ['--day', day, '--calls', calls] : ['--seed', seed, ...(trace ? ['--trace'] : [])]
  const child = spawn(program, asked.map(String), { stdio: 'inherit' })
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
} else {
  const began = Date.now()
  const many = Math.max(1, Math.min(jobs, seeds))
  const rows = new Map()
  const sums = await Promise.all(
    Array.from({ length: many }, (_, i) =>
      share(from + i, Math.floor(seeds / many) + (i < seeds % many ? 1 : 0), many, rows),
    ),
  )
  const total = { passed: 0, failed: 0, events: 0 }
  for (const sum of sums) for (const name of Object.keys(total)) total[name] += sum[name]
  for (const [name, { total: all, taken }] of rows) {
    const left = Array.from({ length: all }, (_, i) => i + 1).filter((row) => !taken.has(row))
    console.log(`${name}: ${taken.size} of ${all} rows of its table taken; not: ${left.join(' ') || 'none'}`)
    for (const row of left.filter((row) => notHere[name][row])) console.log(`  ${row}: ${notHere[name][row]}`)
    const odd = [
      ...left.filter((row) => !notHere[name][row]).map((row) => `row ${row} of ${name} was never taken`),
      ...Object.keys(notHere[name])
        .filter((row) => taken.has(Number(row)))
        .map((row) => `row ${row} of ${name} was taken after all`),
    ]
    if (seeds < ENOUGH) continue
    for (const one of odd) console.log(one)
    total.failed += odd.length
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(`${total.events} events in ${seconds} s, ${many} processes, seeds ${from} to ${from + seeds - 1}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 ? 1 : 0
}
