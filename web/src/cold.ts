// The door `offhook/cold`: the engine with JSON text both ways, over Embind. For tools, tests and clients that have no need
// of a phone: each event in, its reply out, the state to look at. A page that has a phone does without it.
import { startCold } from './engine/cold.js'
import { compileOnce, type WasmSource } from './engine/load.js'
import type { ColdClass } from './engine/module.js'

export type { WasmSource } from './engine/load.js'
export type { ColdClass, ColdEngine } from './engine/module.js'
export { PhoneError, type PhoneErrorCode } from './errors.js'

/**
 * The class of the engine (docs/ARCHITECTURE.md, The boundary), in an instance of its own. `wasm` is phone_cold.wasm, when it is not
 * beside this module. Rejects with a PhoneError: `bad_wasm`, `no_wasm`.
 */
export async function openEngine(options: { wasm?: WasmSource | Promise<WasmSource> } = {}): Promise<ColdClass> {
  const source = options.wasm === undefined ? new URL('./phone_cold.wasm', import.meta.url) : await options.wasm
  return startCold(await compileOnce(source))
}
