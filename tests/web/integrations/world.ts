// A phone with a scripted far end, a backend in memory, and what the output
// adapters need of a page: a storage, a log, and other tabs.
import type { PhoneState } from '../../../web/src/generated/state.js'
import type { TabState } from '../../../web/src/generated/words.js'
import type { Phone } from '../../../web/src/phone.js'
import type { PhoneOptions } from '../../../web/src/runtime/options.js'
import { scriptedBackend } from '../../../web/src/testing/backend.js'
import { scripted, virtualClock } from '../../../web/src/testing/index.js'
import { realPhone } from '../real_phone.js'

export function memoryStorage() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
}

export async function world(more: Partial<PhoneOptions> = {}) {
  const softphone = scripted()
  const clock = virtualClock()
  const backend = scriptedBackend()
  const { phone, options } = await realPhone({
    softphone,
    clock,
    login: true,
    wrapUp: { mode: 'timed', seconds: 30 },
    ...more,
    api: { baseUrl: 'http://crm/api', token: () => 't', fetch: backend.fetch },
  })
  await clock.run(100)
  const logged: string[] = []
  const note = (level: string) => (text: string) => void logged.push(`${level} ${text}`)
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const problems = () => logged.filter((line) => /^(warn|error)/.test(line))
  return { phone, options, softphone, peer: softphone.peer, clock, backend, logged, problems, logger }
}

/** The same phone in a tab of another standing: the state is mirrored, the standing is the tab's. */
export function inTab(phone: Phone, first: TabState) {
  let tab = first
  const listeners = new Set<() => void>()
  const shown = new WeakMap<PhoneState, PhoneState>()
  const seen = (state: PhoneState): PhoneState => {
    const known = shown.get(state)
    if (known?.tab.state === tab) return known
    const fresh = { ...state, tab: { ...state.tab, state: tab } }
    shown.set(state, fresh)
    return fresh
  }
  const store: Phone['store'] = {
    getState: () => seen(phone.store.getState()),
    getInitialState: () => seen(phone.store.getInitialState()),
    subscribe(listener) {
      const told = () => listener(store.getState(), store.getState())
      listeners.add(told)
      const end = phone.store.subscribe(told)
      return () => {
        listeners.delete(told)
        end()
      }
    },
  }
  return {
    phone: { ...phone, store } as Phone,
    becomes(next: TabState) {
      tab = next
      for (const listener of listeners) listener()
    },
  }
}
