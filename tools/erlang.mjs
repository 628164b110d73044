// Erlang's tables beside a simulation of our own matcher: every row in a process of its own, on every core, printed in order.
// The last line is "N passed, N failed"; exit code 1 when a number is outside of its tolerance. docs/reports.md, "Theory".
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from './processes.mjs'

const USAGE = `usage: npm run erlang -- [options]
  --calls N     calls a row (1000000)
  --seed N      the first row's seed (1)
  --rows A-B    these rows alone, from 0
  --no-build    build/native/erlang as it is`

const options = { calls: 1_000_000, seed: 1, from: 0, to: 18, build: true }
const args = process.argv.slice(2)
while (args.length > 0) {
  const flag = args.shift()
  if (flag === '--help' || flag === '-h') {
    console.log(USAGE)
    process.exit(0)
  }
  const value = flag === '--no-build' ? '' : (args.shift() ?? '')
  const range = /^(\d+)(?:-(\d+))?$/.exec(value)
  if (flag === '--no-build') options.build = false
  else if (flag === '--calls' && Number(value) >= 1000) options.calls = Number(value)
  else if (flag === '--seed' && /^\d+$/.test(value)) options.seed = Number(value)
  else if (flag === '--rows' && range && Number(range[2] ?? range[1]) <= 18) {
    options.from = Number(range[1])
    options.to = Number(range[2] ?? range[1])
  } else {
    console.error(`Cannot be meant: ${flag} ${value}\n\n${USAGE}`)
    process.exit(2)
  }
}

if (options.build) {
  for (const asked of [
    ['--preset', 'native'],
    ['--build', '--preset', 'native', '--target', 'erlang'],
  ]) {
    const { status, stdout, stderr } = spawnSync('cmake', asked, { cwd: root, encoding: 'utf8' })
    if (status === 0) continue
    console.error(`cmake ${asked.join(' ')}\n${stdout}${stderr}`)
    process.exit(1)
  }
}

/** What one row printed, and whether it came to its end. */
function row(index) {
  return new Promise((resolve) => {
    const asked = ['--calls', options.calls, '--seed', options.seed, '--row', index].map(String)
    const child = spawn(join(root, 'build/native/erlang'), asked, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (data) => {
      text += data
    })
    child.on('error', (error) => resolve(`${error.message}\n`))
    child.on('close', () => resolve(text))
  })
}

const rows = Array.from({ length: options.to - options.from + 1 }, (_, i) => options.from + i)
const waiting = [...rows].reverse()
const told = new Map()
let next = options.from
let [passed, failed] = [0, 0]

function tell() {
  for (; told.has(next); next++) {
    const lines = told.get(next).trimEnd().split('\n')
    const count = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1))
    console.log((count ? lines.slice(0, -1) : [...lines, `  row ${next} did not come to its end`]).join('\n'))
    passed += count ? Number(count[1]) : 0
    failed += count ? Number(count[2]) : 1
  }
}

await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), rows.length) }, async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      told.set(index, await row(index))
      tell()
    }
  }),
)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
