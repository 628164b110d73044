// The examples of docs/bindings.md at work: each follows the agent's status and the active call's number, is told of
// changes only, and stops when it is ended.
import { createPhone } from 'offhook'
import { scripted, scriptedBackend, virtualClock } from 'offhook/testing'
import { effectScope, watch as watchRef } from 'vue'
import { watch } from './plain_phone.js'
import { storeWith } from './redux_phone.js'
import { phoneState } from './svelte_phone.js'
import { usePhoneState } from './vue_phone.js'

const softphone = scripted()
const backend = scriptedBackend()
const clock = virtualClock()
const phone = await createPhone({
  session: { extension: '1001' },
  api: { baseUrl: 'http://crm/api', token: () => 't', fetch: backend.fetch },
  softphone,
  clock,
  login: true,
})
const call = (state) => state.calls[state.activeCallId ?? '']
const seen = { plain: [], vue: [], svelte: [], redux: [] }
const note = (name) => (value) => seen[name].push(value?.state ?? value ?? null)

const scope = effectScope()
scope.run(() => watchRef(usePhoneState(phone, call), note('vue'), { immediate: true, flush: 'sync' }))
const store = storeWith(phone)
let last
const showRedux = () => {
  const next = call(store.getState().phone)
  if (next !== last || seen.redux.length === 0) note('redux')(next)
  last = next
}
showRedux()
const ends = [
  watch(phone, call, note('plain')),
  phoneState(phone, call).subscribe(note('svelte')),
  () => scope.stop(),
  store.subscribe(showRedux),
]

softphone.peer.offer({ number: '+442079460123' })
await phone.answer()
await phone.setStatus('BREAK').catch(() => {}) // nothing of the call changes
for (const end of ends) end()
const before = JSON.stringify(seen)
softphone.peer.hangup()
await clock.run(10_000)
if (JSON.stringify(seen) !== before) throw new Error('who has ended is still told')
phone.dispose()
const { plain, ...others } = seen
for (const [name, states] of Object.entries(others))
  if (states.join() !== plain.join()) throw new Error(`${name} saw ${states}, and without a library ${plain}`)
console.log([...new Set(plain)].join(' '))
