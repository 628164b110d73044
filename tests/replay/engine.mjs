// The engine in WebAssembly for Node, as web/src/engine/cold.ts starts it, and a
// recording run by either build. A recording: one JSON text a line, first the
// configuration, then a checkpoint if the beginning is not in it, then events.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const native = join(root, 'build/native/replay')
const wasm = join(root, 'build/wasm/phone_cold.wasm')

/** The PhoneEngine class of the wasm build. */
export async function loadEngine() {
  if (!existsSync(wasm)) throw new Error('build/wasm/phone_cold.wasm does not exist: npm run build -- --only wasm')
  const create = createRequire(import.meta.url)(join(root, 'build/wasm/phone_cold.cjs'))
  const module = await WebAssembly.compile(readFileSync(wasm))
  const engine = await new Promise((resolve, reject) => {
    create({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(module, imports).then((instance) => done(instance, module), reject)
        return {}
      },
      onAbort: reject,
    }).then(resolve, reject)
  })
  return engine.PhoneEngine
}

const begins = '{"checkpoint":'

/** `events` are all lines after the first, the checkpoint too: each has its reply. */
export function linesOf(file) {
  const [config, ...events] = readFileSync(file, 'utf8').split('\n')
  return { config, events: events.filter((line) => line !== '') }
}

/** The reply to one line after the first. */
export function reply(phone, line, index) {
  return index === 0 && line.startsWith(begins) ? phone.resume(line.slice(begins.length, -1)) : phone.dispatch(line)
}

/** Every reply, then the snapshot: what build/native/replay prints. */
export function runNative(file) {
  if (!existsSync(native)) throw new Error('build/native/replay does not exist: npm run build -- --only native')
  return execFileSync(native, [file], { encoding: 'utf8', maxBuffer: 1 << 28 })
    .trimEnd()
    .split('\n')
}

export function runWasm(PhoneEngine, file) {
  const { config, events } = linesOf(file)
  const phone = new PhoneEngine(config)
  try {
    if (phone.error() !== '') throw new Error(phone.error())
    return [...events.map((line, index) => reply(phone, line, index)), phone.snapshot()]
  } finally {
    phone.delete()
  }
}
