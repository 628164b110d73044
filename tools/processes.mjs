// Running other programs from the tools: output to a log, a time limit, and nothing left behind when the tool ends.
// Every child leads a process group of its own, so that ending it ends what it started too; unless it may ask for a
// password (`sudo`), which takes the terminal.

import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Process id → whether it leads a group. */
const children = new Map()

function signal(pid, name) {
  try {
    process.kill(children.get(pid) === false ? pid : -pid, name)
  } catch {
    // Gone already.
  }
}

/** Asks a child started here, and all it started, to end; insists after `graceMs`. */
export async function end(child, graceMs = 8000) {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  signal(child.pid, 'SIGTERM')
  const insist = setTimeout(() => signal(child.pid, 'SIGKILL'), graceMs)
  await gone
  clearTimeout(insist)
}

/** Starts a program. `stdio` as in node:child_process; `sudo`: it may call sudo. */
export function start(command, args, { cwd = root, env = {}, stdio = 'inherit', sudo = false } = {}) {
  const detached = !sudo || process.getuid?.() === 0
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached })
  if (child.pid) children.set(child.pid, detached)
  child.on('exit', () => children.delete(child.pid))
  return child
}

/**
 * Runs a program to its end, its output in the file `log` (or on the screen without one).
 * Never rejects: what happened is in the answer.
 */
export function run(command, args, { log, limitMs = 0, ...options } = {}) {
  const started = Date.now()
  if (log) mkdirSync(dirname(log), { recursive: true })
  const file = log ? openSync(log, 'w') : 'inherit'
  return new Promise((resolve) => {
    const child = start(command, args, { ...options, stdio: [options.sudo ? 'inherit' : 'ignore', file, file] })
    let late = false
    const limit =
      limitMs > 0 &&
      setTimeout(() => {
        late = true
        end(child)
      }, limitMs)
    const finish = (code, problem) => {
      clearTimeout(limit)
      if (log) closeSync(file)
      const output = log ? readFileSync(log, 'utf8') : ''
      resolve({ code, problem, output, seconds: (Date.now() - started) / 1000 })
    }
    child.once('error', (error) => finish(-1, `${command} could not be started: ${error.message}`))
    child.once('exit', (code, by) =>
      finish(code ?? -1, late ? `was ended after ${limitMs / 1000} s` : by ? `died of ${by}` : ''),
    )
  })
}

const patienceMs = 15_000

/**
 * On Ctrl-C and the like: asks every child to end, runs `before` (more cleaning up), waits for both, insists on what is
 * left, and leaves with the usual code.
 */
export function endWithMe(before = () => {}) {
  let ending = false
  const leave = async (number) => {
    if (ending) return
    ending = true
    for (const pid of children.keys()) signal(pid, 'SIGTERM')
    const limit = Date.now() + patienceMs
    await before()
    while (children.size > 0 && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 50))
    process.exit(128 + number)
  }
  process.on('SIGINT', () => leave(2))
  process.on('SIGTERM', () => leave(15))
  process.on('SIGHUP', () => leave(1))
  process.on('exit', () => {
    for (const pid of children.keys()) signal(pid, 'SIGKILL')
  })
}
