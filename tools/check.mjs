#!/usr/bin/env node
// npm run check: everything that needs no running program. Layering and house rules, generated code, types, format.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { endWithMe, root, run } from './processes.mjs'

const node = (title, ...args) => ({ title, args })
const bin = (name) => join('node_modules/.bin', name)
const projects = ['web/tsconfig.json', 'hub/tsconfig.json', 'web/console/tsconfig.json', 'tests/tsconfig.json']

const checks = [
  node('layering and house rules', process.execPath, 'tools/tidy.mjs'),
  node('generated code is fresh', process.execPath, 'tools/generate.mjs', '--check'),
  node('generated documents are fresh', process.execPath, 'tools/generate_docs.mjs', '--check'),
  ...projects
    .filter((project, index) => index < 3 || existsSync(join(root, project)))
    .map((project) => node(`types of ${project.replace('/tsconfig.json', '')}`, bin('tsc'), '--noEmit', '-p', project)),
  node('format and lint', bin('biome'), 'check', '--error-on-warnings'),
]

endWithMe()
const failed = []
for (const [index, { title, args }] of checks.entries()) {
  const [command, ...rest] = args
  const log = join(root, `build/test-logs/check-${index + 1}.log`)
  const { code, problem, output, seconds } = await run(command, rest, { log })
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${title.padEnd(28)} ${seconds.toFixed(1)} s`)
  if (code === 0) continue
  failed.push(title)
  console.log(`${output.trimEnd()}\n${problem ?? ''}`)
}
console.log(`${checks.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0
