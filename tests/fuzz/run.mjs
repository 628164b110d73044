// Runs every fuzz target for a bounded time from a copy of its corpus; each is one test. `--seconds N` (10), `--only NAME`.
// A finding is kept in build/fuzz-found/NAME; run the target on it to see it again.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const root = join(folder, '../..')
const args = process.argv.slice(2)
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise)
const seconds = Number(option('--seconds', 10))
const only = option('--only', '')
const targets = readdirSync(folder)
  .filter((file) => file.endsWith('.cpp'))
  .map((file) => file.slice(0, -'.cpp'.length))
  .filter((name) => only === '' || name === only)

for (const step of [
  ['--preset', 'fuzz', '--log-level=WARNING'],
  ['--build', '--preset', 'fuzz'],
]) {
  const { status } = spawnSync('cmake', step, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status === 0) continue
  console.log(`0 passed, ${targets.length || 1} failed`)
  process.exit(1)
}

let passed = 0
let failed = 0
for (const name of targets) {
  const found = join(root, 'build/fuzz-found', name)
  rmSync(found, { recursive: true, force: true })
  mkdirSync(found, { recursive: true })
  const corpus = join(folder, 'corpus', name)
  const limits = [`-max_total_time=${seconds}`, '-timeout=10', '-rss_limit_mb=2048', '-print_final_stats=1']
  const command = [...limits, `-artifact_prefix=${found}/`, found, ...(existsSync(corpus) ? [corpus] : [])]
  const { status, stderr } = spawnSync(join(root, 'build/fuzz', name), command, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const runs = /number_of_executed_units:\s*(\d+)/.exec(stderr ?? '')?.[1] ?? '?'
  if (status === 0) passed += 1
  else failed += 1
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${runs} runs`)
  if (status !== 0) console.log(String(stderr).split('\n').slice(-60).join('\n'))
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
