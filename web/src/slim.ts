// The door `offhook/slim`: the same, with the engine in its own file, to be
// cached, shared or served from elsewhere. By default it is looked for beside
// this module, in the form that Vite and webpack turn into an asset.
import { compileOnce, startEngine } from './engine/load.js'
import { makePhone, type Phone } from './phone.js'
import type { PhoneOptions } from './runtime/options.js'

export * from './faces.js'

export function createPhone(options: PhoneOptions): Promise<Phone> {
  return makePhone(options, startEngine, () => compileOnce(new URL('./phone.wasm', import.meta.url)))
}
