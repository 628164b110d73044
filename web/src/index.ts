// The door `offhook`: the engine is inside, nothing has to be served or configured.
import wasm from 'offhook:wasm'
import { compileInline, startEngine } from './engine/load.js'
import { makePhone, type Phone } from './phone.js'
import type { PhoneOptions } from './runtime/options.js'

export * from './faces.js'

export function createPhone(options: PhoneOptions): Promise<Phone> {
  return makePhone(options, startEngine, () => compileInline(bytes))
}

function bytes(): Uint8Array<ArrayBuffer> {
  const host = globalThis as { Buffer?: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> } }
  if (host.Buffer) return host.Buffer.from(wasm, 'base64')
  const text = atob(wasm)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
