// The native side of the step: built here against the engine's library, and begun where the WebAssembly one is.

import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../processes.mjs'
import { folder } from './bundle.mjs'

const source = join(root, 'tools/bench/native/steps.cpp')
const library = join(root, 'build/native/libengine.a')
export const program = join(folder, 'steps')
export const journalPath = join(folder, 'steps.jsonl')

const time = (path) => statSync(path).mtimeMs

/** A library of other sources than the headers here would be another program's memory. */
function isStale() {
  const engine = join(root, 'engine')
  const stamp = join(root, 'build/stamps/native')
  const built = Math.min(time(library), existsSync(stamp) ? time(stamp) : Number.POSITIVE_INFINITY)
  const files = readdirSync(engine, { recursive: true }).filter((name) => /\.(h|cpp)$/.test(name))
  return files.some((name) => time(join(engine, name)) > built)
}

export async function buildNative() {
  if (isStale()) throw new Error('the engine has changed since it was built\nRun first: npm run build')
  const flags = ['-O2', '-DNDEBUG', '-std=c++20', '-fno-rtti', '-DJSON_NOEXCEPTION', `-I${root}`]
  const log = join(folder, 'steps.log')
  const compiler = process.env.CXX ?? 'clang++'
  const { code, output, problem } = await run(compiler, [...flags, source, library, '-o', program], { log })
  if (code !== 0) throw new Error(`${compiler} could not build the native steps: ${problem}\n${output}`)
}

export function writeJournal(journal) {
  writeFileSync(journalPath, `${journal.map((one) => JSON.stringify(one)).join('\n')}\n`)
}
