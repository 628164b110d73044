// A UserAgent, or a SessionManager, that the application has already: its own
// delegates go on hearing what they heard, ours hear it after them, and
// everything is put back when the phone stops.

import type { Invitation, Session, UserAgent } from 'sip.js'
import { attempt } from '../common.js'
import { orphan, revive } from './calls.js'
import type { Core, SessionManagerLike } from './context.js'
import type { Registration } from './registration.js'

// biome-ignore lint/suspicious/noExplicitAny: each of SIP.js's delegates has a shape of its own
type Hear = (...given: any[]) => unknown

/**
 * What `own` hears, after whoever was there before; functions that `own` leaves out stay theirs. A request that both may
 * answer is answered by them: SIP.js allows one answer.
 */
export function chain<T extends object>(theirs: T | undefined, own: T, answers: readonly string[] = []): T {
  // The application's delegate may be of a class of its own: its methods must find their `this`.
  const chained = Object.create(theirs ?? {}) as Record<string, Hear>
  for (const [name, hear] of Object.entries(own) as [string, Hear][]) {
    const before = (theirs as Record<string, Hear | undefined> | undefined)?.[name]
    if (before && answers.includes(name)) continue
    chained[name] = (...given) => {
      before?.apply(theirs, given)
      return hear(...given)
    }
  }
  return chained as T
}

/** Requests that want one answer. */
export const kAnswered = ['onInfo', 'onMessage', 'onNotify', 'onRefer'] as const

/** An invitation that the application has refused, or taken, by itself is not offered. */
export function isStillRinging(core: Core, invitation: Invitation): boolean {
  return invitation.state === core.sip.SessionState.Initial
}

/** The sessions that the application's agent has at the start. */
export function sessionsOf(agent: UserAgent): Session[] {
  return Object.values((agent as { _sessions?: Record<string, Session> })._sessions ?? {})
}

/**
 * A SessionManager registers, reconnects and disposes of its sessions when the socket drops: it is watched, and told to
 * register. Its own `register` and `unregister` are used, so that it knows what it is.
 */
export function managerRegistration(core: Core, manager: SessionManagerLike): Registration {
  let told = ''
  let dropped = false
  const tell = (type: 'Registering' | 'Registered' | 'Unregistered', reason = '') => {
    if (told === type) return
    told = type
    core.emit(type === 'Unregistered' ? { type, reason } : { type })
  }
  const failed = (reason: string) => {
    told = ''
    core.emit({ type: 'RegistrationFailed', status_code: 503, reason })
  }
  const before = manager.delegate
  manager.delegate = chain(before, {
    onServerConnect: () => {
      if (dropped) revive(core)
      dropped = false
    },
    onServerDisconnect: (error?: Error) => {
      dropped = true
      if (told !== '') tell('Unregistered', error?.message ?? 'disconnected')
      orphan(core)
    },
    // Without anybody to hear of it, a SessionManager refuses what comes in. The user agent's delegate offers it.
    onCallReceived: () => {},
    onRegistered: () => tell('Registered'),
    onUnregistered: () => tell('Unregistered', 'requested'),
  })
  // A REGISTER that changes nothing is heard of by its answer only.
  const requestDelegate = {
    onAccept: () => tell('Registered'),
    onReject: ({ message }: { message: { statusCode?: number; reasonPhrase?: string } }) => {
      told = ''
      const reason = message.reasonPhrase ?? ''
      core.emit({ type: 'RegistrationFailed', status_code: message.statusCode ?? 0, reason })
    },
  }
  const register = () => {
    if (told !== 'Registered') tell('Registering')
    attempt(() => manager.register({ requestDelegate }), failed)
  }
  return {
    connected: register,
    disconnected: () => {},
    retry: failed,
    register: () => {
      if (manager.isConnected()) register()
      // It registers by itself after a reconnect; the first time it must be told.
      else attempt(() => manager.connect().then(register), failed)
    },
    unregister: () =>
      attempt(
        () => manager.unregister(),
        () => tell('Unregistered', 'requested'),
      ),
    stop: () => {
      manager.delegate = before
    },
  }
}
