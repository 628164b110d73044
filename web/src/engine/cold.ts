// The cold face, started: emcc's glue takes the compiled phone_cold.wasm. It never settles when that fails, so the failure is
// caught here, where the instance is made.
import createPhoneEngine from 'offhook:cold'
import { badWasm } from './load.js'
import type { ColdClass } from './module.js'

export function startCold(module: WebAssembly.Module): Promise<ColdClass> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(badWasm(String(error), error))
    try {
      createPhoneEngine({
        instantiateWasm(imports, done) {
          WebAssembly.instantiate(module, imports)
            .then((instance) => done(instance, module))
            .catch(fail)
          return {}
        },
        onAbort: fail,
      }).then(
        ({ PhoneEngine }) =>
          typeof PhoneEngine?.schema === 'function' ? resolve(PhoneEngine) : fail('it has no PhoneEngine'),
        fail,
      )
    } catch (error) {
      fail(error)
    }
  })
}
