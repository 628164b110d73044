// A phone on the real engine, with the clock, backend and softphone of the harness; and the cold face.
import { readFileSync } from 'node:fs'
import wasm from 'offhook:wasm'
import { coldWasmPath } from '../../tools/embed_wasm.mjs'
import { startCold } from '../../web/src/engine/cold.js'
import { compileInline, compileOnce, startEngine } from '../../web/src/engine/load.js'
import type { ColdClass, EngineModule } from '../../web/src/engine/module.js'
import { makePhone, type Phone } from '../../web/src/phone.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { testOptions } from './harness.js'

export function wasmBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(wasm, 'base64'))
}

export async function realModule(): Promise<EngineModule> {
  return startEngine(await compileInline(wasmBytes))
}

/** Of phone_cold.wasm. */
export function coldBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(coldWasmPath))
}

/** The class of the cold face, in an instance of its own. */
export async function coldEngine(): Promise<ColdClass> {
  return startCold(await compileOnce(coldBytes()))
}

export async function realPhone(
  more: Partial<PhoneOptions> = {},
): Promise<{ phone: Phone } & ReturnType<typeof testOptions>> {
  const set = testOptions(more)
  const phone = await makePhone(set.options, startEngine, () => compileInline(wasmBytes))
  return { phone, ...set }
}
