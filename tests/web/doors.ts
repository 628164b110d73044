// createPhone without an engine behind it: what is wrong with the options shows before one is loaded.
import type { Phone } from '../../web/src/phone.js'
import { makePhone } from '../../web/src/phone.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { fakeEngine } from './fake_engine.js'
import { testOptions } from './harness.js'

export const options = (more: Partial<PhoneOptions> = {}) => testOptions(more).options

export function createPhone(given: PhoneOptions): Promise<Phone> {
  return makePhone(given, fakeEngine(() => ({})).create, async () => {
    throw new Error('no engine in this test')
  })
}
