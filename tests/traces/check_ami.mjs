#!/usr/bin/env node
// Plays the AMI recordings of a real PBX and compares with expected_ami/, which was written from the raw text and from what
// the softphones of the same calls saw. Then the same recordings in a folder it has never seen, without times, with other line
// ends and with broken lines in between. The last line is `N passed, N failed`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { replayFolder } from './ami.mjs'

const kDurationS = 0.15

let passed = 0
let failed = 0
const verdict = (name, differences) => {
  if (differences.length === 0) passed += 1
  else failed += 1
  console.log(`${differences.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  for (const difference of differences) console.log(`       ${difference}`)
}
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const expectedOf = (name) => JSON.parse(readFileSync(here(`expected_ami/${name}.json`), 'utf8'))
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

/** What differs in `fields`; a duration may be off by what two packets are apart. */
function compare(expected, got, fields) {
  if (!got) return ['was not played']
  const differences = []
  for (const field of fields) {
    if (field === 'calls') continue
    if (!same(expected[field], got[field]))
      differences.push(`${field}: ${JSON.stringify(expected[field])} expected, not ${JSON.stringify(got[field])}`)
  }
  if (fields.includes('calls')) {
    if (got.calls.length !== expected.calls.length)
      differences.push(`${expected.calls.length} calls expected, not ${JSON.stringify(got.calls)}`)
    for (const [index, call] of expected.calls.entries()) {
      for (const [field, want] of Object.entries(call)) {
        const is = got.calls[index]?.[field]
        const equal = field === 'duration_s' ? Math.abs(is - want) <= kDurationS : same(is, want)
        if (!equal)
          differences.push(`call ${index + 1}, ${field}: ${JSON.stringify(want)} expected, not ${JSON.stringify(is)}`)
      }
    }
  }
  return differences
}

async function play(folder) {
  const problems = []
  const results = new Map()
  for await (const result of replayFolder(folder, (what) => problems.push(what))) results.set(result.scenario, result)
  return { results, problems }
}

const kAll = ['extensions', 'registered', 'paused', 'calls']

async function checkFolder(folder, expectations) {
  const { results, problems } = await play(here(folder))
  const expected = expectedOf(expectations)
  for (const one of expected) {
    const got = results.get(one.scenario)
    verdict(one.scenario, [
      ...compare(one, got, kAll),
      ...(got?.anomalies === (one.anomalies ?? 0) ? [] : [`anomalies: ${got?.anomalies}`]),
    ])
  }
  const known = new Set(expected.map(({ scenario }) => scenario))
  verdict(
    `${folder}: nothing else was played`,
    [...results.keys()].filter((name) => !known.has(name)),
  )
  verdict(`${folder}: every file could be read`, problems)
}

/** States that lasted long enough to be seen however the messages are spaced, and none that only the spacing makes visible. */
const kPlain =
  /^(in-answered|in-missed|hold-unhold|attended|blind-transfer-by|queue-(rna|wrapup|answer)|out-answered|ami-originate|out-(callee|cancelled|noanswer))/

/** The recordings in a folder that is new, as `change` makes them. */
async function checkUnseen(name, change, { fields, only = /./ }) {
  const folder = mkdtempSync(join(tmpdir(), 'ami-'))
  try {
    const expected = expectedOf('recorded')
    for (const { scenario } of expected) {
      const bytes = change(readFileSync(here(`ami/${scenario}.ami.txt`)), scenario)
      writeFileSync(join(folder, `${scenario}.ami.txt`), bytes)
    }
    const { results, problems } = await play(folder)
    const differences = [...problems]
    for (const one of expected.filter(({ scenario }) => only.test(scenario))) {
      const calls = one.calls.map(({ duration_s, ...call }) => call)
      const found = compare({ ...one, calls }, results.get(one.scenario), fields)
      differences.push(...found.map((difference) => `${one.scenario}: ${difference}`))
    }
    verdict(name, differences)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

await checkFolder('ami', 'recorded')
await checkFolder('ami_routing', 'routing')
await checkFolder('ami_made', 'made')
await checkUnseen('without an index: the same calls, whoever is registered and paused', (bytes) => bytes, {
  fields: ['registered', 'paused', 'calls'],
})
await checkUnseen('without an index: the same codes', (bytes) => bytes, { fields: ['extensions'], only: kPlain })
await checkUnseen(
  'with newlines only',
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  {
    fields: ['registered', 'paused', 'calls'],
  },
)
const kBroken = [
  'no colon in this line\r\n\r\n',
  'Event: Newstate\r\nChannel\r\n: \r\nUniqueid: \r\n\r\n',
  'Event: \r\n\r\n',
  '\u0000\u0001\u00ff\u00fe\r\n\r\n',
  'Event: NoSuchEvent\r\nUniqueid: 9.9\r\n\r\n',
  `Event: VarSet\r\nValue: ${'x'.repeat(100_000)}\r\n\r\n`,
  'Event: Hangup\r\nUniqueid: 999.999\r\nCause: many\r\n\r\n',
  'Event: BridgeEnter\r\nBridgeUniqueid: b\r\nChannel: PJSIP/trunk-1\r\n\r\n',
]
await checkUnseen(
  'with broken messages between the whole ones, and one cut off at the end',
  (bytes) => {
    let turn = 0
    const text = bytes
      .toString('latin1')
      .replace(/\r\n\r\n(?=Event: (?:Newstate|Bridge|Hangup))/g, (gap) => gap + kBroken[turn++ % kBroken.length])
    return Buffer.from(`${text}Event: Newchannel\r\nChannel: PJSIP/10`, 'latin1')
  },
  { fields: ['registered', 'paused', 'calls'] },
)

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
