#!/usr/bin/env node
// node tests/traces/run.mjs DIR: replays every NAME.sipjs.jsonl and NAME.jssip.jsonl of DIR, one line of JSON per scenario and agent.
// A line that cannot be read is reported on stderr and skipped; the exit code is then 1. --verbose says what was not played.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from './load.mjs'
import { recordings, replay } from './replay.mjs'

/** The customer's phone and the test runner are in the recordings too; they are no agents. */
const kNotAgents = /^(2001(\/.*)?|runner)$/

/** Reads a recording; what is no line of it is told to `complain`. */
export function readRecording(name, text, complain) {
  let header = { scenario: name }
  const lines = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (raw.trim() === '') continue
    const refuse = (why) => complain(`${name}:${index + 1}: ${why}; skipped`)
    let line
    try {
      line = JSON.parse(raw)
    } catch {
      refuse('not JSON')
      continue
    }
    if (line === null || typeof line !== 'object' || Array.isArray(line)) refuse('not an object')
    else if (typeof line.scenario === 'string') header = { ...header, ...line }
    else if (typeof line.ev !== 'string' || typeof line.agent !== 'string' || !Number.isFinite(line.ms))
      refuse('no ms, agent or ev')
    else lines.push(line)
  }
  return { header, lines }
}

export function agentsOf(lines) {
  return [...new Set(lines.map(({ agent }) => agent))].filter((agent) => !kNotAgents.test(agent)).sort()
}

/** All results of a folder, in the order of names; `problems` counts what could not be read or played. */
export async function runFolder(folder, { verbose = false, report = () => {} } = {}) {
  const parts = await load()
  const results = []
  let problems = 0
  const complain = (text) => {
    problems += 1
    console.error(text)
  }
  const libraryOf = (file) => Object.keys(recordings).find((lib) => file.endsWith(`.${lib}.jsonl`))
  let all = []
  try {
    all = readdirSync(folder)
  } catch (error) {
    complain(`${folder}: ${error.code === 'ENOENT' ? 'no such folder' : error.message}`)
    return { results, problems }
  }
  const files = all.filter(libraryOf).sort()
  if (files.length === 0) complain(`${folder}: no NAME.sipjs.jsonl, no NAME.jssip.jsonl here`)
  for (const file of files) {
    const lib = libraryOf(file)
    const { header, lines } = readRecording(
      basename(file, `.${lib}.jsonl`),
      readFileSync(join(folder, file), 'utf8'),
      complain,
    )
    for (const agent of agentsOf(lines)) {
      const own = lines.filter(
        (line) => line.agent === agent || (line.agent === 'runner' && String(line.who) === agent),
      )
      const note = (text) => verbose && console.error(`${header.scenario} ${agent}: ${text}`)
      const result = { scenario: header.scenario, agent, lib, calls: [], anomalies: 0 }
      try {
        Object.assign(result, await replay({ agent, header, lib, lines: own, note, ...parts }))
      } catch (error) {
        complain(`${header.scenario} ${agent}: ${(verbose && error.stack) || error.message || error}`)
      }
      results.push(result)
      report(result)
    }
  }
  return { results, problems }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...flags] = process.argv.slice(2)
  if (!folder) {
    console.error('usage: node tests/traces/run.mjs DIR [--verbose]')
    process.exit(2)
  }
  const print = (result) => console.log(JSON.stringify(result))
  const { problems } = await runFolder(folder, { verbose: flags.includes('--verbose'), report: print })
  process.exitCode = problems > 0 ? 1 : 0
}
