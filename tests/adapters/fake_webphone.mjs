// A stand-in for Mizu's webphone_api: handlers that append, errors that vanish, Call-IDs in brackets, lines that are the
// active one, hold without an event. `build` and `apibehaviour` choose among the packages in the field.

export function fakeWebphone(
  clock,
  { apibehaviour = 1, loaded = true, localUser = '1001', friendlyPeer = false, cdrAfterMs = 500 } = {},
) {
  const handlers = { app: [], registration: [], call: [], cdr: [] }
  const did = []
  const swallowed = []
  const parameters = new Map([
    ['password', 'secret of the last user'],
    ['realm', 'old.example'],
  ])
  const calls = []
  let active = 0
  let aimed = null
  let ids = 0

  const fire = (list, args) => {
    for (const handler of list) {
      try {
        handler(...args)
      } catch (error) {
        swallowed.push(error)
      }
    }
  }
  const names = (event) => {
    const old = `call${event[0].toUpperCase()}${event.slice(1)}`
    const hasOld = ['setup', 'trying', 'ringing', 'connected', 'disconnected'].includes(event)
    if (apibehaviour === 1) return [event]
    if (apibehaviour === 'old') return hasOld && event !== 'trying' ? [old] : []
    return hasOld ? [old, event] : []
  }
  /** The arguments as the dispatcher builds them, commas and all. */
  const tell = (event, call, change = {}) => {
    const peer = friendlyPeer && call.display ? call.display : call.peer.length > 1 ? call.peer : localUser
    const [display, shifted] = (call.display || peer).split(/,(.*)/)
    const line = event === 'disconnected' ? call.line : active
    const id = shifted === undefined ? `[${call.callid}]` : shifted.trim()
    const args = { direction: call.direction, peer, display, line, id, ...change }
    for (const name of names(event))
      fire(handlers.call, [name, args.direction, args.peer, args.display, args.line, args.id])
  }
  const target = () => {
    const found = calls.find((call) => call.callid === aimed || call.line === Number(aimed) || call.peer === aimed)
    return found ?? calls.find((call) => call.line === active)
  }
  const open = (call) => {
    const known = {
      line: Math.max(0, ...calls.map(({ line }) => line)) + 1,
      callid: `call-${++ids}@10.0.0.1`,
      held: 0,
      muted: false,
      display: '',
      ...call,
    }
    calls.push(known)
    active = known.line
    return known
  }

  const api = {
    did,
    swallowed,
    parameters,
    calls,
    handlers,
    onAppStateChange: (handler) => void handlers.app.push(handler),
    onRegStateChange: (handler) => void handlers.registration.push(handler),
    onCallStateChange: (handler) => void handlers.call.push(handler),
    onCdr: (handler) => void handlers.cdr.push(handler),
    getenginename: () => (loaded ? 'webrtc' : ''),
    setparameter(name, value) {
      did.push(`setparameter ${name}`)
      if (value === 'NULL') parameters.delete(name)
      else parameters.set(name, value)
    },
    start() {
      did.push('start')
      clock.setTimeout(() => fire(handlers.app, ['started']), 10)
      clock.setTimeout(() => fire(handlers.registration, ['registered', null]), 30)
    },
    stop: () => void did.push('stop'),
    register: () => void clock.setTimeout(() => fire(handlers.registration, ['registered', null]), 20),
    unregister: () => void clock.setTimeout(() => fire(handlers.registration, ['unregistered', null]), 20),
    call(number) {
      did.push(`call ${number}`)
      const call = open({ direction: 1, peer: number })
      if (!api.mute1xx) clock.setTimeout(() => calls.includes(call) && tell('setup', call, api.outgoing ?? {}), 20)
    },
    setline(line) {
      did.push(`setline ${line}`)
      aimed = line
      clock.setTimeout(() => {
        aimed = null
      }, 300)
    },
    getlinedetails: (line) => {
      const call = calls.find((one) => one.line === Number(line))
      return call ? `LINEDETAILS,${line},5,${call.callid},${call.peer},${localUser}` : ''
    },
    getsipheader(name, callback) {
      did.push(`getsipheader ${name}`)
      clock.setTimeout(() => callback(api.fromHeader ?? 'ERROR no such header'), 40)
    },
    accept() {
      did.push('accept')
      const call = target()
      if (call) clock.setTimeout(() => api.connect(call), 20)
    },
    reject() {
      did.push('reject')
      const call = target()
      if (call) clock.setTimeout(() => api.end(call, 'rejected'), 20)
    },
    hangup() {
      did.push('hangup')
      if (aimed === -2) {
        for (const call of [...calls]) api.end(call, 'User Hung Up')
        return
      }
      const call = target()
      if (call && !api.deaf) clock.setTimeout(() => api.end(call, 'User Hung Up'), 20)
    },
    hold(on) {
      did.push(`hold ${on}`)
      const call = target()
      if (api.holdAnswer !== undefined) return api.holdAnswer
      if (call)
        clock.setTimeout(() => {
          call.held = on ? (api.heldAs ?? 2) : 0
        }, 200)
    },
    isonhold: () => target()?.held ?? 0,
    mute(on, direction) {
      did.push(`mute ${on} ${direction}`)
      const call = target()
      if (!call || api.muteFails) return
      clock.setTimeout(() => {
        call.muted = on
        const names = api.silentMute ? [] : [on ? 'muted' : 'unmuted']
        for (const name of names) fire(handlers.call, [name, '', '', '', call.line, ''])
      }, 50)
    },
    ismuted: () => target()?.muted ?? false,
    isincall: () => calls.length > 0,
    conference(number, add = true) {
      did.push(`conference ${number} ${add}`)
      if (api.conferenceAnswer !== undefined) return api.conferenceAnswer
      clock.setTimeout(() => {
        for (const call of calls) if (add) call.held = 0
      }, 200)
    },
    dtmf: (digits) => void did.push(`dtmf ${digits}`),
    transfer(number) {
      did.push(`transfer ${number}`)
      clock.setTimeout(() => fire(handlers.call, ['transfer', '', '', '', -1, '']), 30)
      clock.setTimeout(() => fire(handlers.call, ['transfer', '', '', '', -1, '']), 60)
    },

    // The world behind the library --------------------------------------------------------------------------------
    app: (state) => fire(handlers.app, [state]),
    registration: (state, reason = null) => fire(handlers.registration, [state, reason]),
    raw: (...args) => fire(handlers.call, args),
    rawCdr: (...args) => fire(handlers.cdr, args),
    tell,
    incoming({ number, name = '' }, change = {}) {
      const call = open({ direction: 2, peer: number, display: name })
      tell('setup', call, change)
      tell('ringing', call, change)
      return call
    },
    connect: (call, change = {}) => tell('connected', call, change),
    end(call, reason, { cdr = true, change = {} } = {}) {
      if (!calls.includes(call)) return
      calls.splice(calls.indexOf(call), 1)
      active = calls.at(-1)?.line ?? 0
      tell('disconnected', call, change)
      if (cdr) clock.setTimeout(() => api.cdr(call, reason), cdrAfterMs)
    },
    cdr(call, reason) {
      const [caller, called] = call.direction === 1 ? [localUser, call.peer] : [call.display || call.peer, localUser]
      const plain = (text) => text.replace(/,/g, ' ')
      fire(handlers.cdr, [
        plain(caller),
        called,
        '0',
        '0',
        call.direction,
        call.peer,
        reason,
        call.line,
        call.callid,
        'NA',
      ])
    },
  }
  return api
}

/** The far end as the conformance suite sees it. */
export function mizuWorld(clock, options) {
  const api = fakeWebphone(clock, options)
  const ids = new Map()
  const byId = (id) => ids.get(id) ?? api.calls.find(({ callid }) => callid === id)
  return {
    clock,
    api,
    ids,
    peer: {
      offer: (call) => void api.incoming(call),
      ring: (id) => api.tell('ringing', byId(id)),
      answer: (id) => api.connect(byId(id)),
      hangup: (id) => api.end(byId(id), 'bye received'),
      cancel: (id) => api.end(byId(id), 'cancel received'),
      busy: (id) => api.end(byId(id), '486 Busy Here'),
      refuseHold: () => {
        api.holdAnswer = 'ERROR: hold is not possible'
      },
      acceptTransfer: (id) => api.end(byId(id), 'transfer done'),
      // An engine that has lost a call says no word of it.
      forget: (id) => void api.calls.splice(api.calls.indexOf(byId(id)), 1),
    },
  }
}

export function withIds(adapter, world) {
  return {
    ...adapter,
    dial(id, number) {
      const before = world.api.calls.length
      adapter.dial(id, number)
      if (world.api.calls.length > before) world.ids.set(id, world.api.calls.at(-1))
    },
  }
}
