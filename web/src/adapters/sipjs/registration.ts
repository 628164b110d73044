// The socket and the registration. SIP.js neither reconnects nor notices that
// a registration died with its socket; both are done here, with back-off.

import type { Registerer, UserAgent } from 'sip.js'
import { attempt, backoffMs, ignore } from '../common.js'
import { orphan, revive } from './calls.js'
import type { Core } from './context.js'

export interface Registration {
  /** Of the user agent's delegate. */
  connected(): void
  disconnected(error: Error | undefined): void
  /** The first connection failed: keep trying. */
  retry(reason: string): void
  register(): void
  unregister(): void
  stop(): void
}

/** A PBX answers a REGISTER in milliseconds. One that is starting may swallow it, and SIP gives up only after 32 s. */
const ANSWER_LIMIT_MS = 8_000

type Told = 'nothing' | 'registering' | 'registered' | 'unregistered'

export function registration(core: Core, agent: UserAgent, make: () => Registerer): Registration {
  const { clock } = core
  let wanted = true
  let online = false
  let told: Told = 'nothing'
  let attempts = 0
  let timer: unknown
  let dropped = false
  let registerer = make()
  /** A REGISTER is out and not answered. */
  let asking = false
  let limit: unknown

  const clear = () => {
    clock.clearTimeout(timer)
    timer = undefined
  }
  /** Returns in how many milliseconds it will be. */
  const later = (run: () => void): number => {
    clear()
    const ms = backoffMs(attempts++, core.random)
    timer = clock.setTimeout(() => {
      timer = undefined
      run()
    }, ms)
    return ms
  }

  const answered = () => {
    asking = false
    clock.clearTimeout(limit)
    limit = undefined
  }
  const registered = () => {
    attempts = 0
    clear()
    answered()
    // A refresh, and a REGISTER after a reconnect, change nothing in SIP.js's state: say it once.
    if (told === 'registered') return
    told = 'registered'
    core.emit({ type: 'Registered' })
  }
  const unregistered = (reason: string, retry_after_ms = 0) => {
    if (told === 'unregistered') return
    told = 'unregistered'
    core.emit({ type: 'Unregistered', reason, retry_after_ms })
  }
  const refused = (status: number, reason: string) => {
    // The state changed a moment ago, and asked for another attempt: now it is known whether that makes sense.
    clear()
    answered()
    told = 'unregistered'
    // Wrong credentials do not heal, and repeating them gets the address blocked.
    const final = status === 401 || status === 403 || status === 404 || status === 407
    const retry_after_ms = wanted && online && !final ? later(send) : 0
    core.emit({ type: 'RegistrationFailed', status_code: status, reason, retry_after_ms })
  }

  const send = () => {
    if (!online) return
    if (told !== 'registered' && told !== 'registering') {
      told = 'registering'
      core.emit({ type: 'Registering' })
    }
    // SIP.js lets no second REGISTER out before the first is answered: one that never will be is left behind with its registerer.
    if (asking) renew()
    const mine = registerer
    asking = true
    clock.clearTimeout(limit)
    limit = clock.setTimeout(() => {
      if (asking && wanted && online) send()
    }, ANSWER_LIMIT_MS)
    attempt(
      () =>
        mine.register({
          requestDelegate: {
            onAccept: () => wanted && mine === registerer && registered(),
            onReject: (response) => {
              if (mine === registerer) refused(response.message.statusCode ?? 0, response.message.reasonPhrase ?? '')
            },
          },
        }),
      // A REGISTER is under way already, a refresh of SIP.js's own; its answer serves.
      (reason) => core.context.log('debug', `register: ${reason}`),
    )
  }

  const reconnect = () => {
    if (online) return
    attempt(
      () => agent.reconnect(),
      (reason) => {
        core.context.log('info', `reconnect: ${reason}`)
        if (!online) later(reconnect)
      },
    )
  }

  function heard(state: string): void {
    const { RegistererState } = core.sip
    if (state === RegistererState.Registered && wanted) registered()
    if (state !== RegistererState.Unregistered) return
    const retryMs = wanted && online && timer === undefined ? later(send) : 0
    if (told === 'registered') unregistered(wanted ? 'registration expired' : 'requested', retryMs)
  }
  function renew(): void {
    registerer.stateChange.removeListener(heard)
    registerer = make()
    registerer.stateChange.addListener(heard)
  }
  registerer.stateChange.addListener(heard)

  // Do not wait for the back-off when the browser knows that the network is back.
  const networkIsBack = () => {
    if (timer === undefined || online) return
    attempts = 0
    clear()
    reconnect()
  }
  globalThis.addEventListener?.('online', networkIsBack)

  return {
    connected() {
      online = true
      attempts = 0
      clear()
      if (wanted) send()
      if (dropped) revive(core)
      dropped = false
    },
    disconnected(error) {
      online = false
      dropped = true
      unregistered(error?.message ?? 'disconnected', later(reconnect))
      orphan(core)
    },
    retry(reason) {
      told = 'unregistered'
      core.emit({ type: 'RegistrationFailed', status_code: 503, reason, retry_after_ms: later(reconnect) })
    },
    register() {
      wanted = true
      clear()
      if (online) send()
      else reconnect()
    },
    unregister() {
      wanted = false
      clear()
      answered()
      if (told === 'registered') {
        attempt(
          () => registerer.unregister(),
          () => unregistered('requested'),
        )
      } else unregistered('requested')
    },
    stop() {
      wanted = false
      online = false
      clear()
      answered()
      globalThis.removeEventListener?.('online', networkIsBack)
      attempt(() => registerer.dispose(), ignore)
    },
  }
}
