// The native side of the step: built here against the engine's library, and begun where the WebAssembly one is.

import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../processes.mjs'
import { folder } from './bundle.mjs'

const source = join(root, 'tools/bench/native/steps.cpp')
const library = join(root, 'build/native/libengine.a')
export const program = join(folder, 'steps')
export const journalPath = join(folder, 'steps.jsonl')

export async function buildNative() {
  const time = (path) => statSync(path).mtimeMs
  if (existsSync(program) && time(program) > Math.max(time(source), time(library))) return
  const flags = ['-O2', '-DNDEBUG', '-std=c++20', '-fno-rtti', '-DJSON_NOEXCEPTION', `-I${root}`]
  const log = join(folder, 'steps.log')
  const compiler = process.env.CXX ?? 'clang++'
  const { code, output, problem } = await run(compiler, [...flags, source, library, '-o', program], { log })
  if (code !== 0) throw new Error(`${compiler} could not build the native steps: ${problem}\n${output}`)
}

export function writeJournal(journal) {
  writeFileSync(journalPath, `${journal.map((one) => JSON.stringify(one)).join('\n')}\n`)
}
