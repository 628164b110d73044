// Writes web/src/generated/* from the engine's own schema, so that names, words
// and record layouts exist once, in C++. `--check` writes nothing and fails
// when a file is stale; `--schema <file>` reads the schema from a file. The text of each file is in generate/.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeFile, encodeFile } from './generate/codec.mjs'
import { effectsFile, eventsFile, initialFile, machinesFile, stateFile } from './generate/types.mjs'
import { nameWords, wordsFile } from './generate/words.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'web/src/generated')
const exporter = join(root, 'build/native/export_tables')

function main() {
  const schema = readSchema()
  const words = nameWords(schema)
  const files = {
    'schema.json': `${JSON.stringify(schema)}\n`,
    'words.ts': wordsFile(words),
    'state.ts': stateFile(schema, words),
    'initial.ts': initialFile(schema),
    'events.ts': eventsFile(schema, words),
    'effects.ts': effectsFile(schema, words),
    'encode.ts': encodeFile(schema, words),
    'decode.ts': decodeFile(schema, words),
    'machines.ts': machinesFile(schema),
  }
  const check = process.argv.includes('--check')
  const stale = Object.entries(files).filter(([name, text]) => text !== readIfThere(join(target, name)))
  if (check) {
    if (stale.length === 0) return console.log(`generated code is fresh (${Object.keys(files).length} files)`)
    console.error(`stale: ${stale.map(([name]) => name).join(', ')}. Run: node tools/generate.mjs`)
    process.exitCode = 1
    return
  }
  mkdirSync(target, { recursive: true })
  for (const [name, text] of stale) writeFileSync(join(target, name), text)
  console.log(`generated code: ${stale.length ? stale.map(([name]) => name).join(', ') : 'nothing to do'}`)
}

function readSchema() {
  const given = process.argv.indexOf('--schema')
  if (given > 0) return JSON.parse(readFileSync(process.argv[given + 1], 'utf8'))
  if (!existsSync(exporter)) {
    console.error(
      `${exporter} is missing. Run: cmake --preset native && cmake --build --preset native --target export_tables`,
    )
    process.exit(1)
  }
  return JSON.parse(execFileSync(exporter, ['--schema'], { encoding: 'utf8', maxBuffer: 16 * 2 ** 20 }))
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

main()
