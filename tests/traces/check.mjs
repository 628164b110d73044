#!/usr/bin/env node
// Plays the recordings of a real PBX in fixtures/, and those made by hand in made/ for what was not recorded, and
// compares with the expected.json beside them, which was written by reading the recordings, not by running this. The
// last line is `N passed, N failed`.

import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { readRecording, runFolder } from './run.mjs'

const folders = ['fixtures', 'made']
const kDurationMs = 50

let passed = 0
let failed = 0
const verdict = (name, differences) => {
  if (differences.length === 0) passed += 1
  else failed += 1
  console.log(`${differences.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  for (const difference of differences) console.log(`       ${difference}`)
}

function compare(expected, result) {
  if (!result) return ['was not played']
  const differences = []
  if (result.anomalies !== 0) differences.push(`anomalies: ${result.anomalies}`)
  if (result.calls.length !== expected.calls.length) {
    differences.push(
      `${expected.calls.length} calls expected, not ${result.calls.length}: ${JSON.stringify(result.calls)}`,
    )
  }
  for (const [index, call] of expected.calls.entries()) {
    const got = result.calls[index] ?? {}
    for (const [field, want] of Object.entries(call)) {
      const same =
        field === 'duration'
          ? Math.abs(got.duration - want) <= kDurationMs
          : JSON.stringify(got[field]) === JSON.stringify(want)
      if (!same)
        differences.push(
          `call ${index + 1}, ${field}: ${JSON.stringify(want)} expected, not ${JSON.stringify(got[field])}`,
        )
    }
  }
  return differences
}

async function checkFolder(name) {
  const folder = fileURLToPath(new URL(name, import.meta.url))
  const expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
  const { results, problems } = await runFolder(folder)
  const key = ({ scenario, agent, lib = 'sipjs' }) => `${scenario} ${agent}${lib === 'sipjs' ? '' : ` ${lib}`}`
  const byKey = new Map(results.map((result) => [key(result), result]))
  for (const one of expected) verdict(key(one), compare(one, byKey.get(key(one))))
  const known = new Set(expected.map(key))
  verdict(`${name}: nothing else was played`, results.filter((one) => !known.has(key(one))).map(key))
  verdict(`${name}: every line could be read and played`, problems === 0 ? [] : [`${problems} problems, above`])
}

for (const name of folders) await checkFolder(name)

const complaints = []
const { lines } = readRecording(
  'broken',
  '{"scenario":"broken"}\n{oops\n[]\n{"ms":1,"agent":"1001","ev":"cmd.bye"}\n{"ms":"1"}\n',
  (text) => complaints.push(text),
)
verdict('a broken line is reported with its number and skipped', [
  ...(lines.length === 1 ? [] : [`${lines.length} lines read`]),
  ...(complaints.map((text) => text.split(':')[1]).join() === '2,3,5' ? [] : complaints),
])

const nowhere = await runFolder(`${tmpdir()}/no-such-folder-of-recordings`)
verdict('a folder that is not there is reported, and nothing is played', [
  ...(nowhere.problems === 1 && nowhere.results.length === 0 ? [] : [JSON.stringify(nowhere)]),
])

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
