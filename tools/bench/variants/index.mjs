// Every measured piece of work, by name; runs in Node and in Chromium. A work is `events` done by one `run()`, which is
// timed, and a `between()`, which is not.

import { EngineLink } from '../../../web/src/engine/link.ts'
import { engineAndStore, engineConfig, engineModule, rawSteps, wasmBytes, wholePhone } from './ours.mjs'
import { literalVariant, reduxAgents, reduxVariant, xstateVariant, zustandAgents, zustandVariant } from './rivals.mjs'
import {
  AGENTS,
  agentUpdate,
  CALL_EVENTS,
  CONTROL_EVENTS,
  connect,
  control,
  nextId,
  oneCall,
  PAUSE_MS,
} from './workload.mjs'

const rivals = { xstate: xstateVariant, redux: reduxVariant, zustand: zustandVariant, literal: literalVariant }

const BATCH = 16

/** Sixteen calls one after another. */
function rivalCalls(to) {
  return {
    events: BATCH * CALL_EVENTS,
    run() {
      for (let i = 0; i < BATCH; i++) {
        to.clock.advance(PAUSE_MS)
        oneCall(to, to.clock, nextId())
      }
    },
  }
}

async function phoneCalls() {
  const to = await wholePhone()
  return {
    events: BATCH * CALL_EVENTS,
    async run() {
      for (let i = 0; i < BATCH; i++) {
        to.clock.advance(PAUSE_MS)
        const id = nextId()
        oneCall(to, to.clock, id)
        await to.finish(id)
      }
    },
  }
}

async function engineCalls() {
  const to = await engineAndStore()
  return {
    events: BATCH * CALL_EVENTS,
    run() {
      for (let i = 0; i < BATCH; i++) {
        to.clock.advance(PAUSE_MS)
        to.alarms()
        oneCall(to, to.clock, nextId())
      }
    },
    between() {
      to.answerRequests()
      to.saveDrafts()
    },
  }
}

/** One call that stays, once everything that its beginning caused is over. */
async function controlOf(to, afterwards, rest) {
  const id = nextId()
  connect(to, to.clock, id)
  await afterwards()
  return {
    events: BATCH * CONTROL_EVENTS,
    run: rest
      ? async () => {
          for (let i = 0; i < BATCH; i++) {
            control(to, to.clock, id)
            await null
          }
        }
      : () => {
          for (let i = 0; i < BATCH; i++) control(to, to.clock, id)
        },
  }
}

const allAgents = (kind) => Array.from({ length: AGENTS }, (_, n) => agentUpdate(n, kind))

/** All agents are there; then one update a flush. */
function updates(to, kind, batch) {
  to.fill(allAgents(kind))
  let n = AGENTS
  return {
    events: batch,
    run() {
      for (let i = 0; i < batch; i++) to.says(agentUpdate(n++, kind))
    },
  }
}

async function ourAgents() {
  const to = await wholePhone()
  const fill = (events) => {
    for (const event of events) to.says(event)
  }
  return { fill, says: to.says, all: () => to.shown.state.agents.toArray() }
}

export const works = {
  'phone.call': phoneCalls,
  'phone.control': async () => {
    const to = await wholePhone()
    return controlOf(to, to.quiet, true)
  },
  'engine.call': engineCalls,
  'engine.control': async () => {
    const to = await engineAndStore()
    return controlOf(to, () => to.answerRequests(), false)
  },
  steps: async () => {
    const { eightSteps } = await rawSteps()
    return {
      events: BATCH * CONTROL_EVENTS,
      run() {
        for (let i = 0; i < BATCH; i++) eightSteps()
      },
    }
  },
}
for (const [name, create] of Object.entries(rivals)) {
  works[`${name}.call`] = async () => rivalCalls(create())
  works[`${name}.control`] = async () => controlOf(create(), () => {}, false)
}

for (const kind of ['ids', 'digits']) {
  works[`agents.${kind}`] = async () => updates(await ourAgents(), kind, 256)
  works[`zustand.agents.${kind}`] = async () => updates(zustandAgents(), kind, 1)
  works[`redux.agents.${kind}`] = async () => updates(reduxAgents(), kind, 1)
}

/** Until the compilers are done with it: on a busy machine they get their turn late. */
const WARM_EVENTS = 60_000
const WARM_MS = 1500

/** Events a second in each of `slices` slices of `ms` milliseconds of timed work. */
export async function measure(name, slices, ms) {
  const { events, run, between } = await works[name]()
  const warmUntil = performance.now() + WARM_MS
  for (let done = 0; done < WARM_EVENTS && performance.now() < warmUntil; done += events) {
    await run()
    between?.()
  }
  const rates = []
  for (let slice = 0; slice < slices; slice++) {
    let done = 0
    let spent = 0
    while (spent < ms) {
      const begun = performance.now()
      const running = run()
      if (running !== undefined) await running
      spent += performance.now() - begun
      done += events
      between?.()
    }
    rates.push((done / spent) * 1000)
  }
  return rates
}

// Checks ------------------------------------------------------------------------

/** Fields of other machines than the call's: only our phone has them. */
const notCompared = new Set([
  ...['contact', 'contactId', 'contactName', 'callLogId', 'queueName', 'queueNumber'],
  ...['holdWanted', 'muteWanted', 'recording'],
])

function watched(to, id, seen) {
  const note = (what) => {
    const call = to.call(id)
    const fields = Object.entries(call).filter(([name]) => !notCompared.has(name))
    seen.push(`${what} ${JSON.stringify({ active: to.active(), ...Object.fromEntries(fields.sort()) })}`)
  }
  return {
    says: (event) => {
      to.says(event)
      note(event.type)
    },
    answer: (one) => {
      to.answer(one)
      note('answer')
    },
    hold: (one, on) => {
      to.hold(one, on)
      note(`hold ${on}`)
    },
    mute: (one, on) => {
      to.mute(one, on)
      note(`mute ${on}`)
    },
  }
}

async function traceOf(create) {
  const to = await create()
  const seen = []
  for (const [kind, id] of [
    ['call', 'check-1'],
    ['call', 'check-2'],
    ['live', 'check-3'],
  ]) {
    to.clock.at = 1_700_000_100_000 + seen.length * PAUSE_MS
    to.clock.advance(PAUSE_MS)
    const eyes = watched(to, id, seen)
    if (kind === 'call') {
      oneCall(eyes, to.clock, id)
      await to.finish?.(id)
      to.answerRequests?.()
      continue
    }
    connect(eyes, to.clock, id)
    for (let i = 0; i < 4; i++) control(eyes, to.clock, id)
  }
  return seen
}

async function agentsOf(create) {
  const to = await create()
  to.fill(allAgents('ids'))
  for (let n = AGENTS; n < AGENTS + 64; n++) to.says(agentUpdate(n, 'ids'))
  const all = to.all().sort((a, b) => (a.extension < b.extension ? -1 : 1))
  return all.map(({ extension, name, status, reason, since, revision }) =>
    JSON.stringify([extension, name, status, reason, since, revision]),
  )
}

function compare(reference, name, trace) {
  for (let i = 0; i < Math.max(reference.length, trace.length); i++) {
    if (reference[i] !== trace[i]) throw new Error(`${name} differs at ${i}:\n  ${trace[i]}\n  ours: ${reference[i]}`)
  }
}

/** Every variant shows the same after every event, or this throws. */
export async function check() {
  const reference = await traceOf(engineAndStore)
  compare(reference, 'phone', await traceOf(wholePhone))
  for (const [name, create] of Object.entries(rivals)) compare(reference, name, await traceOf(async () => create()))
  const agents = await agentsOf(ourAgents)
  compare(agents, 'zustand, agents', await agentsOf(async () => zustandAgents()))
  compare(agents, 'redux, agents', await agentsOf(async () => reduxAgents()))
  return { states: reference.length, agents: agents.length }
}

/** Where the native program begins, and what the engine's state is in WebAssembly after so many rounds. */
export async function stepsReference(rounds) {
  const { journal, eightSteps, snapshot } = await rawSteps()
  for (let i = 0; i < rounds; i++) eightSteps()
  return { journal, snapshot: snapshot() }
}

// Memory and start -----------------------------------------------------------------

/** Bytes of linear memory: ready, and with 10,000 agents and 64 call_logs that no backend has confirmed. */
export async function memory() {
  const to = await engineAndStore()
  const rest = to.module.HEAPU8.length
  for (const event of allAgents('ids')) to.says(event)
  for (let i = 0; i < 64; i++) {
    to.clock.advance(PAUSE_MS)
    to.alarms()
    oneCall(to, to.clock, nextId())
  }
  const { agents, callLogs } = to.shown.state
  if (agents.size !== AGENTS || Object.keys(callLogs).length !== 64) throw new Error('not all of it is there')
  return { rest, full: to.module.HEAPU8.length }
}

/** Milliseconds to compile and to instantiate, a second time in the same process. */
export async function secondStart() {
  const bytes = wasmBytes()
  await engineModule(bytes.slice())
  const begun = performance.now()
  const module = await engineModule(bytes)
  const spent = performance.now() - begun
  new EngineLink(module, engineConfig)
  return spent
}
