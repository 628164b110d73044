// What a suite said, read: how many of its tests passed and failed, and for each that failed its name with the reason.
// Programs of ours print `FAIL…` lines with indented lines below; doctest and vitest have forms of their own.

import { existsSync, readFileSync } from 'node:fs'

const reasonLines = 6
const reasonColumns = 400

/** A failure as it is shown: its name, and below it the first lines of why. */
function failure(name, reason) {
  const lines = String(reason ?? '')
    .split('\n')
    .map((line) => line.trim().slice(0, reasonColumns))
    .filter((line) => line !== '' && !line.startsWith('at '))
  return [name.trim().slice(0, reasonColumns), ...lines.slice(0, reasonLines).map((line) => `    ${line}`)].join('\n')
}

/** The last line `N passed, N failed` of a program's output. */
export function countLine(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1)
  return found && { passed: Number(found[1]), failed: Number(found[2]), failures: failedLines(output) }
}

/** `FAIL name` or `FAILED name` with the indented lines below, or a seed of the simulation; each name once. */
function failedLines(output) {
  const failures = new Map()
  for (const [, name, below] of output.matchAll(/^(?:FAIL(?:ED)?\s+|(?=seed \d+: ))(.*)((?:\n[ \t]+\S.*)*)/gm)) {
    if (!failures.has(name)) failures.set(name, failure(name, below))
  }
  return [...failures.values()]
}

export function countDoctest(output) {
  const found = [...output.matchAll(/test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed/g)].at(-1)
  if (!found) return undefined
  const failures = output
    .split(/^={20,}$/m)
    .filter((part) => /\bERROR: /.test(part))
    .map((part) => {
      const name = part.match(/^\s*TEST CASE:\s*(.*)/m)?.[1] ?? 'a test case'
      return failure(name, part.slice(Math.max(0, part.search(/^.*\bERROR: /m))))
    })
  return { passed: Number(found[1]), failed: Number(found[2]), failures }
}

/** From vitest's JSON report. A file that does not even load has no tests to count: it counts as one that failed. */
export function countVitest(file) {
  if (!existsSync(file)) return undefined
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some(({ status }) => status === 'failed'),
  )
  const failures = [
    ...failed.map(({ fullName, failureMessages }) => failure(fullName, failureMessages.join('\n'))),
    ...broken.map(({ name, message }) => failure(name, message)),
  ]
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests, failures }
}

export function tail(text, lines) {
  const all = text.trimEnd().split('\n')
  return all.length > lines ? ['…', ...all.slice(-lines)].join('\n') : all.join('\n')
}
