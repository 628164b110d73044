// A phone on the real engine, with the clock, backend and softphone of the harness.
import createPhoneEngine from 'offhook:glue'
import wasm from 'offhook:wasm'
import { compileInline, startEngine } from '../../web/src/engine/load.js'
import type { EngineModule } from '../../web/src/engine/module.js'
import { makePhone, type Phone } from '../../web/src/phone.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { testOptions } from './harness.js'

export function wasmBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(wasm, 'base64'))
}

export async function realModule(): Promise<EngineModule> {
  return startEngine(createPhoneEngine, await compileInline(wasmBytes))
}

export async function realPhone(
  more: Partial<PhoneOptions> = {},
): Promise<{ phone: Phone } & ReturnType<typeof testOptions>> {
  const set = testOptions(more)
  const phone = await makePhone(set.options, createPhoneEngine, () => compileInline(wasmBytes))
  return { phone, ...set }
}
