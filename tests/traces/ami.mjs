#!/usr/bin/env node
// node tests/traces/ami.mjs DIR: replays every NAME.ami.txt of DIR through centre.wasm, one line of JSON each: visible codes of
// each extension in their order, who is registered, who is paused in which queue, the calls. Times are of NAME.ami.idx.jsonl
// where it lies beside; else of the messages themselves, else evenly spaced. A file that cannot be read is told on stderr.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packetsOf, replayAmi } from './ami_replay.mjs'

/** The index beside a recording; lines that are none are told to `complain` and skipped. */
export function readIndex(path, complain) {
  if (!existsSync(path)) return undefined
  const entries = []
  for (const [number, line] of readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    try {
      entries.push(JSON.parse(line))
    } catch {
      complain(`${basename(path)}:${number + 1}: not JSON; skipped`)
    }
  }
  return entries
}

/** Every recording of a folder, replayed. */
export async function* replayFolder(folder, complain) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ami.txt'))
  for (const name of names.sort()) {
    const scenario = name.slice(0, -'.ami.txt'.length)
    try {
      const bytes = readFileSync(join(folder, name))
      yield await replayAmi(scenario, packetsOf(bytes, readIndex(join(folder, `${scenario}.ami.idx.jsonl`), complain)))
    } catch (error) {
      complain(`${name}: ${error.message}`)
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2]
  if (!folder) {
    console.error('usage: node tests/traces/ami.mjs DIR')
    process.exit(2)
  }
  let complaints = 0
  for await (const line of replayFolder(folder, (what) => {
    complaints++
    console.error(what)
  })) {
    console.log(JSON.stringify(line))
  }
  process.exitCode = complaints > 0 ? 1 : 0
}
