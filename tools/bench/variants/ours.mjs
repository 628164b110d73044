// Our phone, two ways. `phone` is what a customer calls: createPhone with promises, recorder, timers and REST requests.
// `engine` is the hot face and the store alone, without what carries effects out.

import wasm from 'offhook:wasm'
import { createPhone } from '../../../dist/index.js'
import { EngineLink } from '../../../web/src/engine/link.ts'
import { startEngine } from '../../../web/src/engine/load.ts'
import { eventNames } from '../../../web/src/generated/events.ts'
import { createStore } from '../../../web/src/store/store.ts'
import { BenchClock, backendAnswer, benchConfig, connect, nextId } from './workload.mjs'

const REQUEST_MS = 9_999
const nothing = () => {}

/** An adapter that takes every command and does nothing; what the softphone says comes from the workload. */
function silentSoftphone() {
  let context = null
  return {
    name: 'silent',
    start(given) {
      context = given
      context.emit({ type: 'SoftphoneReady' })
      context.emit({ type: 'Registered' })
    },
    register: nothing,
    unregister: nothing,
    dial: nothing,
    answer: nothing,
    reject: nothing,
    hangup: nothing,
    hold: nothing,
    mute: nothing,
    dtmf: nothing,
    transfer: nothing,
    stop: nothing,
    says: (event) => context.emit(event),
  }
}

/** A backend that answers at once, without a network and without the platform's own fetch. */
function instantFetch() {
  const nameOf = (method, path) => {
    if (path.endsWith('/find-or-create')) return 'contact_find_or_create'
    if (path.endsWith('/pause')) return 'queue_pause'
    if (path.endsWith('/status')) return method === 'GET' ? 'agent_status_get' : 'agent_status_put'
    return method === 'POST' ? 'call_log_create' : 'call_log_update'
  }
  return async (url, { method }) => {
    const { status, body } = backendAnswer(nameOf(method, url))
    return { status, ok: true, headers: { get: () => null }, body: null, text: async () => body }
  }
}

export async function wholePhone() {
  const clock = new BenchClock()
  const softphone = silentSoftphone()
  const phone = await createPhone({
    ...benchConfig,
    api: { baseUrl: '', token: () => 't', fetch: instantFetch(), timeoutMs: REQUEST_MS },
    softphone,
    clock,
    wrapUp: { mode: 'none' },
    // As in Node: a page's IndexedDB, and its proof that it leads after each leap of this clock, are not what is measured.
    storage: false,
    tabs: false,
    logger: {},
  })
  const quiet = async () => {
    do await null
    while (clock.waiting(REQUEST_MS) > 0)
  }
  await quiet()
  const shown = { state: phone.store.getState() }
  phone.store.subscribe((state) => {
    shown.state = state
  })
  return {
    clock,
    shown,
    phone,
    quiet,
    says: softphone.says,
    answer: (id) => phone.answer(id),
    hold: (id, on) => phone.hold(id, on),
    mute: (id, on) => phone.mute(id, on),
    call: (id) => shown.state.calls[id],
    active: () => shown.state.activeCallId,
    /** The call's own end: everything it asked of the backend is answered, and its draft is saved. */
    async finish(id) {
      await quiet()
      phone.draft.save(shown.state.calls[id].callLogId, { notes: 'called back' })
      await quiet()
    },
  }
}

export const engineConfig = JSON.stringify({
  seed: benchConfig.seed,
  extension: '1001',
  extension_id: 'e-17',
  number: '1001',
  name: 'Alice',
  wrap_up: { mode: 'none', seconds: 0 },
})

export function wasmBytes() {
  const text = atob(wasm)
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}

export const engineModule = async (bytes = wasmBytes()) => startEngine(await WebAssembly.compile(bytes))

/** `journal` takes down every event, so that the native program can begin where this one is. */
export async function engineAndStore(journal = null) {
  const clock = new BenchClock()
  const module = await engineModule()
  const link = new EngineLink(module, engineConfig)
  const requests = []
  const alarms = new Map()
  let command = 0
  const perform = (effects) => {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]
      if (effect.type === 'http.send') requests.push(effect)
      else if (effect.type === 'timer.set') alarms.set(effect.timer, clock.at + effect.delay_ms)
      else if (effect.type === 'timer.clear') alarms.delete(effect.timer)
    }
  }
  journal?.push({ type: 'Started', at: clock.at, mono: clock.mono() })
  link.dispatch({ type: 'Started' }, clock.at, clock.mono())
  perform(link.effects)
  const store = createStore(link.state, (error) => {
    throw error
  })
  const shown = { state: store.getState() }
  store.subscribe((state) => {
    shown.state = state
  })
  const says = (event) => {
    if (journal !== null) journal.push({ ...event, at: clock.at, mono: clock.mono() })
    if (link.dispatch(event, clock.at, clock.mono()) !== 0) throw new Error(`refused: ${event.type}`)
    if (link.state !== store.getState()) store.show(link.state)
    perform(link.effects)
  }
  const engine = {
    clock,
    shown,
    module,
    link,
    says,
    answer: (id) => says({ type: 'AnswerRequested', command: ++command, call_id: id }),
    hold: (id, on) => says({ type: 'HoldRequested', command: ++command, call_id: id, on }),
    mute: (id, on) => says({ type: 'MuteRequested', command: ++command, call_id: id, on }),
    call: (id) => shown.state.calls[id],
    active: () => shown.state.activeCallId,
    /** Alarms that are due go off. */
    alarms() {
      for (const [timer, due] of alarms) {
        if (due > clock.at) continue
        alarms.delete(timer)
        says({ type: 'TimerFired', timer })
      }
    },
    /** The backend answers all that was asked, and what is asked because of it. */
    answerRequests() {
      for (let one = requests.shift(); one !== undefined; one = requests.shift()) {
        const { status, body } = backendAnswer(one.request)
        says({ type: 'HttpAnswered', request: one.id, status_code: status, body })
      }
    },
    saveDrafts() {
      for (const draft of shown.state.drafts)
        says({ type: 'DraftSaved', command: ++command, call_log_id: draft.call_log_id, notes: 'called back' })
      engine.answerRequests()
    },
  }
  says({ type: 'SoftphoneReady' })
  says({ type: 'Registered' })
  engine.answerRequests()
  return engine
}

/** The machine step alone: raw calls of the exports, strings interned beforehand, nothing read back. */
export async function rawSteps() {
  const journal = [JSON.parse(engineConfig)]
  const engine = await engineAndStore(journal)
  const { link, module, clock } = engine
  const id = nextId()
  connect(engine, clock, id)
  engine.answerRequests()
  const h = link.handle()
  const input = module.oh_in() >> 3
  const call = link.intern(id)
  const types = ['HoldRequested', 'HoldConfirmed', 'MuteRequested', 'MuteConfirmed']
  const [hold, held, mute, muted] = types.map((name) => eventNames.indexOf(name))
  let command = 1_000_000
  let f = link.numbers
  const step = (type, ms) => {
    clock.at += ms
    f[input] = clock.at
    f[input + 1] = clock.mono()
    return Math.min(module.oh_dispatch(h, type, 0), 0)
  }
  const asked = (type, on) => {
    f[input + 2] = ++command
    f[input + 3] = call
    f[input + 4] = on
    return step(type, 101)
  }
  const confirmed = (type, on) => {
    f[input + 2] = call
    f[input + 3] = on
    return step(type, 57)
  }
  const half = (on) => asked(hold, on) + confirmed(held, on) + asked(mute, on) + confirmed(muted, on)
  return {
    journal,
    eightSteps() {
      if (f.length === 0) f = new Float64Array(module.HEAPU8.buffer)
      if (half(1) + half(0) !== 0) throw new Error('the engine refused a step')
    },
    snapshot: () => link.snapshot(),
  }
}
