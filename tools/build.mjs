#!/usr/bin/env node
// npm run build: the engine natively and as WebAssembly, generated code, the package, the hub, the console. A part
// whose inputs are older than its output is skipped; `--force` builds all, `--only NAME` one (may be given several times).

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endWithMe, root, run } from './processes.mjs'

const args = process.argv.slice(2)
const force = args.includes('--force')
const only = args.flatMap((word, at) => (args[at - 1] === '--only' ? [word] : []))
const bin = (name) => join(root, 'node_modules/.bin', name)
const stamps = join(root, 'build/stamps')

const sources = {
  engine: ['engine', 'CMakeLists.txt', 'CMakePresets.json'],
  glue: ['wasm_glue', 'cmake'],
  web: ['web/src', 'web/tsconfig.json', 'tsconfig.base.json'],
  tools: ['tools/generate.mjs', 'tools/generate', 'tools/build_package.mjs', 'tools/embed_wasm.mjs'],
}

const parts = [
  {
    name: 'native',
    says: 'table export and replay',
    inputs: sources.engine,
    outputs: ['build/native/export_tables', 'build/native/replay'],
    steps: () => cmake('native', 'export_tables', 'replay'),
  },
  {
    name: 'wasm',
    says: 'Phone and Centre as WebAssembly',
    inputs: [...sources.engine, ...sources.glue],
    outputs: [
      'build/wasm/phone.wasm',
      'build/wasm/phone_cold.cjs',
      'build/wasm/phone_cold.wasm',
      'build/wasm/centre.wasm',
    ],
    steps: () => cmake('wasm', 'phone', 'phone_cold', 'centre'),
  },
  {
    name: 'generate',
    says: 'TypeScript from the engine’s schema',
    inputs: ['build/native/export_tables', ...sources.tools],
    outputs: ['web/src/generated/decode.ts'],
    steps: () => [[process.execPath, ['tools/generate.mjs']]],
  },
  {
    name: 'package',
    says: 'dist',
    inputs: ['build/wasm/phone.wasm', 'build/wasm/phone_cold.wasm', ...sources.web, ...sources.tools],
    outputs: ['dist/index.js', 'dist/web_phone.js', 'dist/index.d.ts'],
    steps: () => [[process.execPath, ['tools/build_package.mjs', '--force']]],
  },
  {
    name: 'hub',
    says: 'hub/dist and hub/wasm',
    inputs: ['build/wasm/centre.wasm', 'hub/src', 'hub/tsconfig.json', 'tsconfig.base.json'],
    outputs: ['hub/dist/index.js', 'hub/wasm/centre.wasm'],
    steps: () => [
      ['cmake', ['-E', 'make_directory', 'hub/wasm']],
      ['cmake', ['-E', 'copy_if_different', 'build/wasm/centre.wasm', 'hub/wasm/centre.wasm']],
      [bin('tsc'), ['-p', 'hub']],
    ],
  },
  {
    name: 'console',
    says: 'web/console/dist',
    inputs: [
      'dist/index.js',
      'dist/sipjs.js',
      'dist/mizu.js',
      'web/console/src',
      'web/console/index.html',
      'web/console/public',
      'web/console/vite.config.ts',
    ],
    outputs: ['web/console/dist/index.html', 'hub/console/index.html'],
    // The hub's package brings the console along.
    steps: () => [
      [bin('vite'), ['build', 'web/console', '--logLevel', 'warn']],
      ['cmake', ['-E', 'rm', '-rf', 'hub/console']],
      ['cmake', ['-E', 'copy_directory', 'web/console/dist', 'hub/console']],
    ],
  },
]

function cmake(preset, ...targets) {
  return [
    ['cmake', ['--preset', preset, '--log-level=WARNING']],
    ['cmake', ['--build', '--preset', preset, '--target', ...targets]],
  ]
}

/** Where emcc keeps its CMake toolchain; the preset reads EMSCRIPTEN_CMAKE. */
function emscripten() {
  if (process.env.EMSCRIPTEN_CMAKE) return process.env.EMSCRIPTEN_CMAKE
  try {
    const home = execFileSync('em-config', ['EMSCRIPTEN_ROOT'], { encoding: 'utf8' }).trim()
    return join(home, 'cmake/Modules/Platform/Emscripten.cmake')
  } catch {
    throw new Error('emcc is not installed: run tools/setup')
  }
}

function newest(path) {
  const full = join(root, path)
  if (!existsSync(full)) return Number.POSITIVE_INFINITY
  const info = statSync(full)
  if (!info.isDirectory()) return info.mtimeMs
  const inside = readdirSync(full).filter((name) => name !== 'node_modules' && name !== 'dist')
  return Math.max(0, ...inside.map((name) => newest(join(path, name))))
}

/** Fresh: built since the last change of an input, and everything it makes is there. */
function fresh({ name, inputs, outputs }) {
  const stamp = join(stamps, name)
  if (force || !existsSync(stamp) || !outputs.every((path) => existsSync(join(root, path)))) return false
  const built = statSync(stamp).mtimeMs
  return inputs.every((path) => newest(path) < built)
}

async function build(part, at, count) {
  const title = `[${at + 1}/${count}] ${part.name.padEnd(9)}`
  if (fresh(part)) return console.log(`${title} fresh`)
  console.log(`${title} ${part.says} …`)
  const begun = Date.now()
  for (const [command, rest] of part.steps()) {
    const env = part.name === 'wasm' ? { EMSCRIPTEN_CMAKE: emscripten() } : {}
    const log = join(root, `build/test-logs/build-${part.name}.log`)
    const { code, problem, output } = await run(command, rest, { log, env })
    if (code === 0) continue
    console.error(`${output.trimEnd()}\n${problem ?? ''}\n${part.name} failed: ${command} ${rest.join(' ')}`)
    process.exit(1)
  }
  mkdirSync(stamps, { recursive: true })
  // The stamp has the time of the beginning: what changes while it is built is built again.
  writeFileSync(join(stamps, part.name), '')
  utimesSync(join(stamps, part.name), begun / 1000, begun / 1000)
  console.log(`${title} ${((Date.now() - begun) / 1000).toFixed(1)} s`)
}

endWithMe()
const unknown = only.filter((name) => !parts.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(`unknown part: ${unknown.join(', ')}. The parts: ${parts.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const chosen = only.length > 0 ? parts.filter(({ name }) => only.includes(name)) : parts
for (const [at, part] of chosen.entries()) await build(part, at, chosen.length)
