// Registration. JsSIP reconnects and registers by itself; here its events are
// told once each, a refused REGISTER is tried again, and a swallowed one sent anew.

import { accountDomain, attempt, backoffMs, ignore } from '../common.js'
import { overhear, watchWire } from '../wire.js'
import { orphan, revive } from './calls.js'
import type { Core, Message } from './context.js'

/** A PBX answers a REGISTER in milliseconds. One that is starting may swallow it, and SIP gives up only after 32 s. */
const kAnswerLimitMs = 8_000

/** A WebSocket that is taken and never answered: a browser waits minutes for it, and JsSIP with it. */
const kConnectLimitMs = 10_000

type Told = 'nothing' | 'registering' | 'registered' | 'unregistered'

export interface Registration {
  register(): void
  unregister(): void
  stop(): void
}

/** JsSIP's Transport, as far as it is reached into. */
interface Transport {
  ondata?: unknown
  socket?: { disconnect?(): void }
  _onDisconnect?(error: boolean, code: number, reason: string): void
}

interface Failure {
  response?: Message | null
  cause?: string
}

export function registration(core: Core): Registration {
  const { clock, ua } = core
  let wanted = true
  let told: Told = 'nothing'
  let attempts = 0
  let retry: unknown
  let limit: unknown
  let connecting: unknown
  let dropped = false
  let unreachable = false
  /** REGISTERs that were left behind: when JsSIP gives them up it takes the living registration for dead, too. */
  let abandoned = 0

  const calm = () => {
    clock.clearTimeout(retry)
    clock.clearTimeout(limit)
    retry = undefined
  }
  const registering = () => {
    clock.clearTimeout(limit)
    limit = clock.setTimeout(unanswered, kAnswerLimitMs)
    if (told === 'registered' || told === 'registering') return
    told = 'registering'
    core.emit({ type: 'Registering' })
  }
  const unregistered = (reason: string) => {
    if (told === 'unregistered') return
    told = 'unregistered'
    core.emit({ type: 'Unregistered', reason })
  }
  const send = () => {
    registering()
    attempt(
      () => ua.register(),
      (reason) => core.context.log('debug', `register: ${reason}`),
    )
  }
  /** JsSIP lets no second REGISTER out before the first is answered; told that its socket is gone it forgets the first. */
  function unanswered(): void {
    if (!wanted || told === 'registered' || !ua.isConnected()) return
    const registrator = ua.registrator() as { onTransportClosed?: () => void }
    if (!registrator.onTransportClosed) return
    abandoned += 1
    registrator.onTransportClosed()
    send()
  }

  const transport = (ua as { transport?: Transport }).transport
  const giveUp = () => {
    // Closed in order, a dead WebSocket would wait for an answer that does not come: JsSIP is told that it has closed.
    attempt(() => transport?.socket?.disconnect?.(), ignore)
    attempt(() => transport?._onDisconnect?.(true, 1006, 'no answer'), ignore)
  }
  const wire = watchWire(clock, {
    ask() {
      if (!transport || !ua.sendOptions) return false
      const { sip } = core.context.session
      try {
        // A text without a user is a telephone number to JsSIP: `sip:10.0.0.1` would ask for sip:10001@….
        const named = `sip:${accountDomain(sip, sip.server ?? core.options.server ?? '')}`
        ua.sendOptions(ua.configuration?.registrar_server ?? named)
        return true
      } catch (error) {
        core.context.log('debug', `the wire cannot be asked: ${String(error)}`)
        return false
      }
    },
    lost() {
      core.context.log('warn', 'the PBX answers nothing any more: the connection is given up')
      giveUp()
    },
  })
  const giveBack = overhear(transport, 'ondata', wire.heard)

  const heard: Record<string, (event: never) => void> = {
    connecting: () => {
      clock.clearTimeout(connecting)
      connecting = clock.setTimeout(() => !ua.isConnected() && giveUp(), kConnectLimitMs)
    },
    connected: () => {
      clock.clearTimeout(connecting)
      wire.start()
      unreachable = false
      attempts = 0
      if (wanted) registering()
      if (dropped) revive(core)
      dropped = false
    },
    disconnected: ({ code, reason }: { code?: number; reason?: string }) => {
      calm()
      clock.clearTimeout(connecting)
      wire.stop()
      const why = `WebSocket closed${code ? ` (code: ${code})` : ''}${reason ? `: ${reason}` : ''}`
      if (told === 'registered' || told === 'registering') {
        dropped = true
        unregistered(why)
        orphan(core)
      } else if (!unreachable) {
        // The first connection failed; JsSIP keeps trying, and it is said once.
        unreachable = true
        told = 'unregistered'
        core.emit({ type: 'RegistrationFailed', status_code: 503, reason: why })
      }
    },
    registered: () => {
      calm()
      attempts = 0
      if (!wanted || told === 'registered') return
      told = 'registered'
      core.emit({ type: 'Registered' })
    },
    unregistered: ({ cause }: Failure) => {
      if (abandoned > 0 && cause === 'Request Timeout') {
        abandoned -= 1
        return send()
      }
      // Said after `disconnected` and after a refusal, too: both have been told by then.
      if (told === 'registered') unregistered(wanted ? (cause ?? 'registration expired') : 'requested')
    },
    registrationFailed: ({ response, cause = '' }: Failure) => {
      if (abandoned > 0 && cause === 'Request Timeout') {
        // JsSIP goes on with `unregistered` only where it was registered; else the number is not needed any more.
        if (told !== 'registered') abandoned -= 1
        return
      }
      // The socket went away with the REGISTER: `disconnected` tells it.
      if (cause === 'Connection Error') return
      calm()
      const status = response?.status_code ?? (cause === 'Request Timeout' ? 408 : 0)
      told = 'unregistered'
      // Wrong credentials do not heal, and repeating them gets the address blocked.
      const final = !wanted || status === 401 || status === 403 || status === 404 || status === 407
      const retry_after_ms = final ? 0 : backoffMs(attempts++, core.random)
      if (!final) retry = clock.setTimeout(() => wanted && ua.isConnected() && send(), retry_after_ms)
      core.emit({
        type: 'RegistrationFailed',
        status_code: status,
        reason: response?.reason_phrase || cause,
        retry_after_ms,
      })
    },
  }
  const listeners = Object.entries(heard) as [string, (event: unknown) => void][]
  for (const [event, hear] of listeners) ua.on(event, hear)

  // Do not wait for the back-off when the browser knows that the network is back.
  const networkIsBack = () => {
    if (ua.isConnected()) return
    const { transport } = ua as { transport?: { connect?: () => void } }
    attempt(() => transport?.connect?.(), ignore)
  }
  globalThis.addEventListener?.('online', networkIsBack)

  if (ua.isConnected()) wire.start()
  if (core.borrowed && ua.isConnected()) {
    if (ua.isRegistered()) {
      told = 'registered'
      core.emit({ type: 'Registered' })
    } else registering()
  }

  return {
    register() {
      wanted = true
      clock.clearTimeout(retry)
      if (ua.isConnected()) send()
      // JsSIP registers by itself once it is connected, if it was told to.
      else attempt(() => ua.start(), ignore)
    },
    unregister() {
      wanted = false
      calm()
      const waiting = told !== 'registered' || !ua.isConnected()
      attempt(() => ua.unregister(), ignore)
      if (waiting) unregistered('requested')
    },
    stop() {
      wanted = false
      calm()
      clock.clearTimeout(connecting)
      wire.stop()
      giveBack()
      for (const [event, hear] of listeners) ua.removeListener(event, hear)
      globalThis.removeEventListener?.('online', networkIsBack)
    },
  }
}
