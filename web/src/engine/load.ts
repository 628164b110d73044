// From WebAssembly in any form to a running engine module. Compiling comes
// first and is ours, so that bad bytes are an error here and not a promise
// that never settles inside the glue; what was compiled once is kept, so that
// a second phone in the same process starts at once.
import { PhoneError } from '../errors.js'
import { instantiate } from './host.js'
import type { EngineModule } from './module.js'

/** A compiled module, its bytes, a response that brings them, or the address to fetch them from. */
export type WasmSource = WebAssembly.Module | ArrayBuffer | ArrayBufferView | Response | URL | string

const compiled = new Map<string, Promise<WebAssembly.Module>>()
const compiledOf = new WeakMap<object, Promise<WebAssembly.Module>>()

export function compileOnce(source: WasmSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== 'object') return Promise.reject(new PhoneError('no_wasm'))
  if (source instanceof WebAssembly.Module) return Promise.resolve(source)
  if (typeof source === 'string' || source instanceof URL) {
    const key = String(source)
    return remember(compiled, key, () => compileUrl(key))
  }
  return remember(compiledOf, source, () => (isResponse(source) ? compileResponse(source) : compileBytes(source)))
}

/** `bytes()` is called once a process, for the door that carries its WebAssembly inside. */
export function compileInline(bytes: () => Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== 'object') return Promise.reject(new PhoneError('no_wasm'))
  return remember(compiled, '', () => compileBytes(bytes()))
}

interface Memory<K> {
  get(key: K): Promise<WebAssembly.Module> | undefined
  set(key: K, value: Promise<WebAssembly.Module>): unknown
  delete(key: K): boolean
}

/** A failure is not remembered: the next try may have a better network. */
function remember<K>(memory: Memory<K>, key: K, compile: () => Promise<WebAssembly.Module>) {
  const known = memory.get(key)
  if (known) return known
  const made = compile().catch((error: unknown) => {
    memory.delete(key)
    throw asPhoneError(error)
  })
  memory.set(key, made)
  return made
}

function asPhoneError(error: unknown): PhoneError {
  if (error instanceof PhoneError) return error
  const refused = /Content Security Policy|unsafe-eval|disallowed by embedder/i.test(String(error))
  return refused ? new PhoneError('no_wasm', undefined, error) : badWasm(String(error), error)
}

export const badWasm = (detail: string, cause?: unknown) =>
  new PhoneError('bad_wasm', `The WebAssembly given is not Offhook’s engine: ${detail}`, cause)

function isResponse(source: object): source is Response {
  return typeof Response === 'function' && source instanceof Response
}

async function compileBytes(source: ArrayBuffer | ArrayBufferView): Promise<WebAssembly.Module> {
  return WebAssembly.compile(source as BufferSource)
}

async function compileUrl(url: string): Promise<WebAssembly.Module> {
  const file = url.startsWith('file:') ? readFile(url) : null
  if (file) return compileBytes(file)
  return compileResponse(await fetch(url, { credentials: 'same-origin' }))
}

/** fetch refuses file: addresses in Node; this asks Node itself, without an import that a bundler would have to resolve. */
function readFile(url: string): ArrayBufferView | null {
  const host = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  const fs = host.process?.getBuiltinModule?.('node:fs') as { readFileSync(url: URL): ArrayBufferView } | undefined
  return fs ? fs.readFileSync(new URL(url)) : null
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw badWasm(`${response.url || 'the response'} answered ${response.status}`)
  const streamed = /^application\/wasm\b/i.test(response.headers.get('content-type') ?? '')
  return streamed && typeof WebAssembly.compileStreaming === 'function'
    ? WebAssembly.compileStreaming(response)
    : compileBytes(await response.arrayBuffer())
}

/** One instance with a memory of its own: what goes wrong in one phone stays in it. */
export async function startEngine(module: WebAssembly.Module): Promise<EngineModule> {
  try {
    const engine = await instantiate(module)
    if (typeof engine.oh_create === 'function') return engine
  } catch (error) {
    throw badWasm(String(error), error)
  }
  throw badWasm('it is another module')
}
