// The same call, written the way each library's users write it. They keep the calls and the active one, in the fields our
// phone shows; they do without call_log, contact, agent status, verdicts, time limits, recording and effects.

import { configureStore, createEntityAdapter, createSlice } from '@reduxjs/toolkit'
import { assign, createActor, setup } from 'xstate'
import { createStore } from 'zustand/vanilla'
import { BenchClock } from './workload.mjs'

/** A call as it begins. Contact and call_log are other machines' business: here they stay as they are. */
function offered(event) {
  return {
    id: event.call_id,
    sipCallId: event.sip_call_id,
    direction: 'inbound',
    state: 'Offered',
    number: event.number,
    name: event.name,
    line: null,
    contactId: null,
    contactName: null,
    contact: 'Idle',
    callLogId: null,
    queueName: null,
    queueNumber: null,
    startedAt: event.at,
    ringingAt: event.at,
    connectedAt: null,
    endedAt: null,
    durationMs: 0,
    endReason: 'none',
    hold: 'Off',
    heldSince: null,
    heldMs: 0,
    mute: 'Off',
    dtmf: 'Idle',
    dtmfDigits: '',
    transfer: 'Idle',
    transferTarget: null,
  }
}

const isOver = (call) => call.state === 'Ended'
const turning = (on) => (on ? 'TurningOn' : 'TurningOff')
const mayTurn = (now, on) => now === (on ? 'Off' : 'On')
const mayConfirm = (now, on) => (on ? now === 'TurningOn' || now === 'Off' : now === 'TurningOff' || now === 'On')
const endReason = (event) => (event.origin === 'remote' ? 'remote_hangup' : 'lost')
const heldUntil = (call, at) => (call.heldSince === null ? call.heldMs : call.heldMs + at - call.heldSince)

/** What a change of state does to a call, as the fields that differ; null when nothing does. */
function patchOf(call, event) {
  switch (event.type) {
    case 'AnswerRequested':
      return call.state === 'Offered' ? { state: 'Answering' } : null
    case 'CallConnected':
      return call.state === 'Answering' || call.state === 'Offered' ? { state: 'Active', connectedAt: event.at } : null
    case 'HoldRequested':
      return call.state === 'Active' && mayTurn(call.hold, event.on) ? { hold: turning(event.on) } : null
    case 'HoldConfirmed':
      if (!mayConfirm(call.hold, event.on)) return null
      return event.on
        ? { hold: 'On', heldSince: event.at }
        : { hold: 'Off', heldSince: null, heldMs: heldUntil(call, event.at) }
    case 'MuteRequested':
      return call.state === 'Active' && mayTurn(call.mute, event.on) ? { mute: turning(event.on) } : null
    case 'MuteConfirmed':
      return mayConfirm(call.mute, event.on) ? { mute: event.on ? 'On' : 'Off' } : null
    case 'CallEnded':
      if (isOver(call)) return null
      return {
        state: 'Ended',
        endedAt: event.at,
        durationMs: call.connectedAt === null ? 0 : event.at - call.connectedAt,
        endReason: endReason(event),
        hold: 'Off',
        heldSince: null,
        heldMs: heldUntil(call, event.at),
        mute: 'Off',
      }
    default:
      return null
  }
}

function without(calls) {
  const left = {}
  for (const id in calls) if (!isOver(calls[id])) left[id] = calls[id]
  return left
}

/** The user's commands as events; `dispatch` is what the library calls it. */
function asVariant(dispatch, shownOf) {
  const clock = new BenchClock()
  return {
    clock,
    says: dispatch,
    answer: (id) => dispatch({ type: 'AnswerRequested', call_id: id, at: clock.at }),
    hold: (id, on) => dispatch({ type: 'HoldRequested', call_id: id, on, at: clock.at }),
    mute: (id, on) => dispatch({ type: 'MuteRequested', call_id: id, on, at: clock.at }),
    call: (id) => shownOf().calls[id],
    active: () => shownOf().activeCallId,
  }
}

// xstate ------------------------------------------------------------------------

const ofThisCall = ({ context, event }) => context.calls[event.call_id] !== undefined
const of = ({ context, event }) => context.calls[event.call_id]
const take = assign(({ context, event }) => {
  const call = context.calls[event.call_id]
  return { calls: { ...context.calls, [event.call_id]: { ...call, ...patchOf(call, event) } } }
})

/** One actor for one call at a time, hold and mute in the context behind guards: twice as fast as parallel states for them. */
const callMachine = setup({
  guards: {
    ofThisCall,
    mayHold: (args) => ofThisCall(args) && mayTurn(of(args).hold, args.event.on),
    mayConfirmHold: (args) => ofThisCall(args) && mayConfirm(of(args).hold, args.event.on),
    mayMute: (args) => ofThisCall(args) && mayTurn(of(args).mute, args.event.on),
    mayConfirmMute: (args) => ofThisCall(args) && mayConfirm(of(args).mute, args.event.on),
  },
  actions: {
    take,
    offer: assign(({ context, event }) => ({
      activeCallId: null,
      calls: { ...without(context.calls), [event.call_id]: offered(event) },
    })),
    activate: assign({ activeCallId: ({ event }) => event.call_id }),
    deactivate: assign({ activeCallId: null }),
  },
}).createMachine({
  context: { activeCallId: null, calls: {} },
  initial: 'Idle',
  states: {
    Idle: { on: { CallOffered: { target: 'Offered', actions: 'offer' } } },
    Offered: {
      on: {
        AnswerRequested: { guard: 'ofThisCall', target: 'Answering', actions: ['take', 'activate'] },
        CallEnded: { guard: 'ofThisCall', target: 'Idle', actions: ['take', 'deactivate'] },
      },
    },
    Answering: {
      on: {
        CallConnected: { guard: 'ofThisCall', target: 'Active', actions: 'take' },
        CallEnded: { guard: 'ofThisCall', target: 'Idle', actions: ['take', 'deactivate'] },
      },
    },
    Active: {
      on: {
        HoldRequested: { guard: 'mayHold', actions: 'take' },
        HoldConfirmed: { guard: 'mayConfirmHold', actions: 'take' },
        MuteRequested: { guard: 'mayMute', actions: 'take' },
        MuteConfirmed: { guard: 'mayConfirmMute', actions: 'take' },
        CallEnded: { guard: 'ofThisCall', target: 'Idle', actions: ['take', 'deactivate'] },
      },
    },
  },
})

export function xstateVariant() {
  const actor = createActor(callMachine)
  let shown = null
  actor.subscribe((snapshot) => {
    shown = snapshot.context
  })
  actor.start()
  return asVariant(
    (event) => actor.send(event),
    () => shown,
  )
}

// Redux Toolkit -----------------------------------------------------------------

function patching(state, { payload: event }) {
  const call = state.calls[event.call_id]
  if (call === undefined) return
  Object.assign(call, patchOf(call, event))
}

const phoneSlice = createSlice({
  name: 'phone',
  initialState: { activeCallId: null, calls: {} },
  reducers: {
    CallOffered(state, { payload: event }) {
      for (const id of Object.keys(state.calls)) if (isOver(state.calls[id])) delete state.calls[id]
      state.calls[event.call_id] = offered(event)
    },
    AnswerRequested(state, action) {
      patching(state, action)
      state.activeCallId = action.payload.call_id
    },
    CallConnected: patching,
    HoldRequested: patching,
    HoldConfirmed: patching,
    MuteRequested: patching,
    MuteConfirmed: patching,
    CallEnded(state, action) {
      patching(state, action)
      state.activeCallId = null
    },
  },
})

export function reduxVariant() {
  const store = configureStore({ reducer: phoneSlice.reducer })
  let shown = store.getState()
  store.subscribe(() => {
    shown = store.getState()
  })
  const { actions } = phoneSlice
  return asVariant(
    (event) => store.dispatch(actions[event.type](event)),
    () => shown,
  )
}

// Zustand, with spread ------------------------------------------------------------

function spreadReducer(state, event) {
  if (event.type === 'CallOffered')
    return { ...state, calls: { ...without(state.calls), [event.call_id]: offered(event) } }
  const call = state.calls[event.call_id]
  const patch = call === undefined ? null : patchOf(call, event)
  if (patch === null) return state
  const calls = { ...state.calls, [event.call_id]: { ...call, ...patch } }
  if (event.type === 'AnswerRequested') return { ...state, activeCallId: event.call_id, calls }
  if (event.type === 'CallEnded') return { ...state, activeCallId: null, calls }
  return { ...state, calls }
}

export function zustandVariant() {
  const store = createStore(() => ({ activeCallId: null, calls: {} }))
  let shown = store.getState()
  store.subscribe((state) => {
    shown = state
  })
  return asVariant(
    (event) => store.setState((state) => spreadReducer(state, event)),
    () => shown,
  )
}

// By hand: one object literal a call ------------------------------------------------

/** The whole call in one literal; what does not change is handed on. The fastest JavaScript we know for this. */
function literal(c, state, connectedAt, endedAt, durationMs, reason, hold, heldSince, heldMs, mute) {
  return {
    id: c.id,
    sipCallId: c.sipCallId,
    direction: c.direction,
    state,
    number: c.number,
    name: c.name,
    line: c.line,
    contactId: c.contactId,
    contactName: c.contactName,
    contact: c.contact,
    callLogId: c.callLogId,
    queueName: c.queueName,
    queueNumber: c.queueNumber,
    startedAt: c.startedAt,
    ringingAt: c.ringingAt,
    connectedAt,
    endedAt,
    durationMs,
    endReason: reason,
    hold,
    heldSince,
    heldMs,
    mute,
    dtmf: c.dtmf,
    dtmfDigits: c.dtmfDigits,
    transfer: c.transfer,
    transferTarget: c.transferTarget,
  }
}

function literalStep(c, event) {
  const { state, connectedAt, hold, heldSince, heldMs, mute } = c
  switch (event.type) {
    case 'AnswerRequested':
      return state === 'Offered' ? literal(c, 'Answering', null, null, 0, 'none', hold, heldSince, heldMs, mute) : c
    case 'CallConnected':
      if (state !== 'Answering' && state !== 'Offered') return c
      return literal(c, 'Active', event.at, null, 0, 'none', hold, heldSince, heldMs, mute)
    case 'HoldRequested':
      if (state !== 'Active' || !mayTurn(hold, event.on)) return c
      return literal(c, state, connectedAt, null, 0, 'none', turning(event.on), heldSince, heldMs, mute)
    case 'HoldConfirmed':
      if (!mayConfirm(hold, event.on)) return c
      if (event.on) return literal(c, state, connectedAt, null, 0, 'none', 'On', event.at, heldMs, mute)
      return literal(c, state, connectedAt, null, 0, 'none', 'Off', null, heldUntil(c, event.at), mute)
    case 'MuteRequested':
      if (state !== 'Active' || !mayTurn(mute, event.on)) return c
      return literal(c, state, connectedAt, null, 0, 'none', hold, heldSince, heldMs, turning(event.on))
    case 'MuteConfirmed':
      if (!mayConfirm(mute, event.on)) return c
      return literal(c, state, connectedAt, null, 0, 'none', hold, heldSince, heldMs, event.on ? 'On' : 'Off')
    case 'CallEnded': {
      if (state === 'Ended') return c
      const duration = connectedAt === null ? 0 : event.at - connectedAt
      const held = heldUntil(c, event.at)
      return literal(c, 'Ended', connectedAt, event.at, duration, endReason(event), 'Off', null, held, 'Off')
    }
    default:
      return c
  }
}

export function literalVariant() {
  let state = { activeCallId: null, calls: {} }
  let shown = state
  const listeners = [
    (next) => {
      shown = next
    },
  ]
  const show = (next) => {
    state = next
    for (let i = 0; i < listeners.length; i++) listeners[i](next)
  }
  const dispatch = (event) => {
    const id = event.call_id
    if (event.type === 'CallOffered') {
      show({ activeCallId: null, calls: { ...without(state.calls), [id]: offered(event) } })
      return
    }
    const call = state.calls[id]
    if (call === undefined) return
    const next = literalStep(call, event)
    if (next === call) return
    const { activeCallId } = state
    const active = event.type === 'AnswerRequested' ? id : event.type === 'CallEnded' ? null : activeCallId
    show({ activeCallId: active, calls: { ...state.calls, [id]: next } })
  }
  return asVariant(dispatch, () => shown)
}

// 10,000 agents. They are there at once: one by one would take these stores most of a minute -----------

const agentOf = ({ extension, name, status, reason, since, revision }) => ({
  extension,
  name,
  status,
  reason: reason === '' ? null : reason,
  since,
  revision,
})

export function zustandAgents() {
  const store = createStore(() => ({ agents: {} }))
  let shown = store.getState()
  store.subscribe((state) => {
    shown = state
  })
  return {
    fill: (events) =>
      store.setState({ agents: Object.fromEntries(events.map((one) => [one.extension, agentOf(one)])) }),
    says: (event) => store.setState((state) => ({ agents: { ...state.agents, [event.extension]: agentOf(event) } })),
    all: () => Object.values(shown.agents),
  }
}

export function reduxAgents() {
  const adapter = createEntityAdapter({ selectId: (agent) => agent.extension })
  const slice = createSlice({
    name: 'agents',
    initialState: adapter.getInitialState(),
    reducers: {
      told: (state, { payload }) => void adapter.setOne(state, agentOf(payload)),
      filled: (state, { payload }) => void adapter.setAll(state, payload.map(agentOf)),
    },
  })
  const store = configureStore({ reducer: slice.reducer })
  let shown = store.getState()
  store.subscribe(() => {
    shown = store.getState()
  })
  return {
    fill: (events) => store.dispatch(slice.actions.filled(events)),
    says: (event) => store.dispatch(slice.actions.told(event)),
    all: () => Object.values(shown.entities),
  }
}
