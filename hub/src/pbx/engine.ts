// The Centre as the hub holds it: loads centre.wasm, hands bytes and events in, and copies what comes out before it
// returns. It knows no rule and no socket. What goes in and out is described in docs/centre.md.

import { readFile } from 'node:fs/promises'
import type { CentreConfig, CentreEvent, CentreReply } from './centre_types.js'

/** Most bytes that go in at once: a socket hands over 64 KiB, a restart a whole snapshot. */
export const INPUT_BYTES = 64 * 1024 * 1024

export interface Centre {
  /** Bytes of the PBX, in any chunking. `null`: nothing changed, nothing is to be done. */
  receive(bytes: Uint8Array, at: number, mono: number): CentreReply | null
  dispatch(event: CentreEvent): CentreReply
  /** Whose leg a channel is, the extension null when it is no agent's; null when the PBX has no such channel. */
  channel(name: string): { extension: string | null; call_id: string; uniqueid: string } | null
  /** Everything that is shown, as `changes` has it, whole. */
  state(): CentreReply
  /** Bytes of memory that the engine has; it never gives any back. */
  memoryBytes(): number
  /** Frees the engine; every later call throws. */
  close(): void
}

/** The configuration was refused; `code` says which rule. */
export class CentreConfigError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'CentreConfigError'
    this.code = code
  }
}

// What is used of WebAssembly: the compiler's library for Node does not describe it, and the browser's would bring a page.
type Compiled = object
const wasmApi = (globalThis as unknown as { WebAssembly: unknown }).WebAssembly as {
  compile(bytes: Uint8Array): Promise<Compiled>
  instantiate(module: Compiled, imports: Imports): Promise<{ exports: unknown }>
  Module: { imports(module: Compiled): { module: string; name: string; kind: string }[] }
}
type Imports = Record<string, Record<string, () => void>>

interface Exports {
  memory: { buffer: ArrayBuffer }
  _initialize?: () => void
  oc_create(bytes: number): number
  oc_delete(handle: number): void
  oc_in(bytes: number): number
  oc_receive(handle: number, bytes: number, at: number, mono: number): number
  oc_dispatch(handle: number, bytes: number): number
  oc_channel(handle: number, bytes: number): number
  oc_woke(handle: number, at: number, mono: number): number
  oc_state(handle: number): number
  oc_out(): number
  oc_out_bytes(): number
}

let compiled: Promise<Compiled> | undefined

/** The module lies beside `dist` and `src`, so that both find it. */
function compile(): Promise<Compiled> {
  compiled ??= readFile(new URL('../../wasm/centre.wasm', import.meta.url)).then((bytes) => wasmApi.compile(bytes))
  return compiled
}

/** A standalone module imports little: memory growth is told, everything else would be a defect. */
function importsOf(module: Compiled): Imports {
  const imports: Imports = {}
  for (const { module: from, name, kind } of wasmApi.Module.imports(module)) {
    if (kind !== 'function') throw new Error(`centre.wasm wants ${from}.${name}, a ${kind}`)
    const functions = imports[from] ?? {}
    imports[from] = functions
    functions[name] = () => {
      if (name !== 'emscripten_notify_memory_growth') throw new Error(`centre.wasm called ${from}.${name}`)
    }
  }
  return imports
}

/** An instance of centre.wasm of its own: what it exports, and how bytes go in and text comes out. */
export async function centreInstance() {
  const module = await compile()
  const wasm = (await wasmApi.instantiate(module, importsOf(module))).exports as Exports
  wasm._initialize?.()
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()

  // The engine's memory, and in it the area that it takes its input from: found anew only when either has moved.
  let memory = new Uint8Array(wasm.memory.buffer)
  let area = 0
  let room = 0
  const put = (input: Uint8Array | string): number => {
    const bytes = typeof input === 'string' ? encoder.encode(input) : input
    const length = bytes.length
    if (length > room) {
      const found = wasm.oc_in(length)
      if (found === 0) throw new RangeError(`${length} bytes at once; at most ${INPUT_BYTES}`)
      area = found
      room = length
    }
    // Memory that has grown leaves an old view without a byte.
    if (memory.length === 0) memory = new Uint8Array(wasm.memory.buffer)
    memory.set(bytes, area)
    return length
  }
  const take = (bytes: number): string => {
    if (memory.length === 0) memory = new Uint8Array(wasm.memory.buffer)
    const from = wasm.oc_out()
    return decoder.decode(memory.subarray(from, from + bytes))
  }
  return { exports: wasm, put, take }
}

/**
 * An engine of its own, in an instance of its own.
 * @throws CentreConfigError when the configuration is refused
 */
export async function openCentre(config: CentreConfig): Promise<Centre> {
  const { exports: wasm, put, take } = await centreInstance()

  let handle = wasm.oc_create(put(JSON.stringify(config)))
  if (handle === 0) {
    const { code, message } = JSON.parse(take(wasm.oc_out_bytes())) as { code: string; message: string }
    throw new CentreConfigError(code, message)
  }
  const open = (): number => {
    if (handle === 0) throw new Error('the Centre is closed')
    return handle
  }
  return {
    receive(bytes, at, mono) {
      const length = wasm.oc_receive(open(), put(bytes), at, mono)
      return length === 0 ? null : (JSON.parse(take(length)) as CentreReply)
    },
    dispatch(event) {
      const length =
        event.type === 'Woke'
          ? wasm.oc_woke(open(), event.at, event.mono)
          : wasm.oc_dispatch(open(), put(JSON.stringify(event)))
      return JSON.parse(take(length)) as CentreReply
    },
    channel(name) {
      const length = wasm.oc_channel(open(), put(name))
      return length === 0 ? null : JSON.parse(take(length))
    },
    state() {
      return JSON.parse(take(wasm.oc_state(open()))) as CentreReply
    },
    memoryBytes: () => wasm.memory.buffer.byteLength,
    close() {
      if (handle !== 0) wasm.oc_delete(handle)
      handle = 0
    },
  }
}
