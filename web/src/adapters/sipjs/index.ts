// SIP.js behind the adapter port, on UserAgent, Registerer, Inviter and
// Invitation; not on SimpleUser or SessionManager, which hide why a call ended.
// The traps are listed in docs/adapters.md.

import type { Invitation, Inviter, UserAgent, UserAgentDelegate } from 'sip.js'
import type { AdapterContext, SoftphoneAdapter, SoftphoneCommandName } from '../../ports.js'
import { accountUri, attempt, errorText, ignore, refusal, restartable, systemClock } from '../common.js'
import { media } from '../media/media.js'
import { replacesHeaders } from '../replaces.js'
import { chain, isStillRinging, kAnswered, managerRegistration, sessionsOf } from './borrowed.js'
import { adopt, check } from './calls.js'
import { answer, dial, hangup, mediaOptions, offer, reject, serverOf, targetUri, transfer } from './commands.js'
import type { Core, Sip, SipCall, SipjsOptions } from './context.js'
import { hold } from './hold.js'
import { connectionOf, dtmf, mute } from './media.js'
import { type Registration, registration } from './registration.js'
import { mediaFactory, type SipWire, sipWire } from './wire.js'

export type { SipjsOptions } from './context.js'

/** SIP.js rejects a call by itself after 60 s of ringing. How long to ring is the PBX's affair. */
const kRingSeconds = 3_600

export function sipjs(options: SipjsOptions = {}): SoftphoneAdapter {
  return restartable(() => one(options))
}

/** From its start to its stop. */
function one(options: SipjsOptions): SoftphoneAdapter {
  let core: Core | undefined
  let agent: UserAgent | undefined
  let reg: Registration | undefined
  let wire: SipWire | undefined
  let stopped = false
  const { sessionManager } = options
  const lent = sessionManager?.userAgent ?? options.userAgent
  let giveBack = () => {}

  /** Finds the call of a command, or answers that there is none. */
  const withCall = (callId: string, refused: SoftphoneCommandName, run: (core: Core, call: SipCall) => void) => {
    const call = core?.calls.get(callId)
    if (core && call) return run(core, call)
    refuse(callId, refused, 'no such call')
  }
  const refuse = (callId: string, refused: SoftphoneCommandName, reason: string) =>
    core?.emit(refusal(callId, refused, reason))

  return {
    name: 'sipjs',

    async start(context) {
      if (core) return
      let sip: Sip
      try {
        sip = options.sip ?? (await import('sip.js'))
      } catch (error) {
        context.emit({ type: 'SoftphoneFailed', reason: `sip.js is not installed: ${errorText(error)}` })
        return
      }
      if (stopped) return
      core = makeCore(sip, options, context, lent !== undefined, () => stopped)
      try {
        agent = lent ?? makeAgent(core)
      } catch (error) {
        core.emit({ type: 'SoftphoneFailed', reason: errorText(error) })
        return
      }
      const { emit } = core
      const shared = core
      const userAgent = agent
      reg = sessionManager
        ? managerRegistration(core, sessionManager)
        : registration(
            core,
            userAgent,
            () => new sip.Registerer(userAgent, options.expiresSeconds ? { expires: options.expiresSeconds } : {}),
          )
      const own = reg
      const probe = sipWire(core, userAgent)
      wire = probe
      const before = agent.delegate
      const delegate: UserAgentDelegate = {
        onConnect: () => {
          probe.connected()
          if (!sessionManager) own.connected()
        },
        onDisconnect: (error) => {
          probe.disconnected()
          if (!sessionManager) own.disconnected(error)
        },
        onInvite: (invitation) => {
          if (stopped) attempt(() => invitation.reject(), ignore)
          // What the application has refused, or taken, by itself is its own.
          else if (!lent || isStillRinging(shared, invitation)) offer(shared, invitation)
        },
        onNotify: (notification) => attempt(() => notification.accept(), ignore),
      }
      agent.delegate = lent ? chain(before, delegate, kAnswered) : delegate
      giveBack = () => {
        userAgent.delegate = before
      }
      // Ready means that the library works. Whether the PBX can be reached is registration's story, and may change.
      emit({ type: 'SoftphoneReady', features: 'transfer attended check resume' })
      shared.media.watch()
      if (lent) takeUp(shared, lent)
      if (lent?.isConnected()) probe.connected()
      if (sessionManager) own.register()
      else if (lent?.isConnected()) own.connected()
      else if (lent && lent.state === sip.UserAgentState.Started) own.retry('not connected')
      else
        attempt(
          () => agent?.start(),
          (reason) => !stopped && own.retry(reason),
        )
    },

    register: () => reg?.register(),
    unregister: () => reg?.unregister(),

    dial(callId, number) {
      if (!core || !agent) return
      try {
        dial(core, inviterFor(core, agent, number), callId, number)
      } catch (error) {
        refuse(callId, 'dial', errorText(error))
      }
    },
    resume(callId, dialog, number) {
      if (!core || !agent || core.calls.has(callId)) return
      try {
        const headers = replacesHeaders(dialog)
        if (!headers) throw new Error('nothing is known of its dialog')
        dial(core, inviterFor(core, agent, number || core.context.session.extension, headers), callId, number, true)
      } catch (error) {
        core.emit({ type: 'CallEnded', call_id: callId, reason: errorText(error) })
      }
    },

    answer: (callId) => withCall(callId, 'answer', answer),
    reject: (callId) => withCall(callId, 'reject', reject),
    hangup: (callId) => withCall(callId, 'hangup', hangup),
    hold: (callId, on) => withCall(callId, 'hold', (c, call) => hold(c, call, on)),
    mute: (callId, on) => withCall(callId, 'mute', (c, call) => mute(c, call, on)),
    dtmf: (callId, digits) => withCall(callId, 'dtmf', (c, call) => dtmf(c, call, digits)),
    transfer: (callId, target, otherCallId) =>
      withCall(callId, 'transfer', (c, call) => {
        if (!otherCallId) return transfer(c, call, target, undefined)
        const other = c.calls.get(otherCallId)
        if (other) transfer(c, call, target, other)
        else refuse(callId, 'transfer', 'no such other call')
      }),

    check(callId) {
      const call = core?.calls.get(callId)
      if (core && call) check(core, call)
    },
    devices: {
      setMicrophone: async (deviceId) => (core ?? notStarted()).media.devices.setMicrophone(deviceId),
      setSpeaker: async (deviceId) => (core ?? notStarted()).media.devices.setSpeaker(deviceId),
    },

    async stop() {
      if (stopped) return
      stopped = true
      for (const call of core?.calls.values() ?? []) {
        core?.clock.clearTimeout(call.endTimer)
        call.quality?.stop()
        if (core) hangup(core, call)
      }
      core?.calls.clear()
      core?.media.stop()
      reg?.stop()
      wire?.stop()
      const stopping = lent ? undefined : agent
      agent = undefined
      if (lent) giveBack()
      if (stopping) attempt(() => stopping.stop(), ignore)
    },
  }
}

/** An INVITE to be; throws what is wrong with the number. */
function inviterFor(core: Core, agent: UserAgent, number: string, extraHeaders: string[] = []): Inviter {
  const target = targetUri(core, number)
  if (!target) throw new Error(`not a SIP target: ${number}`)
  return new core.sip.Inviter(agent, target, {
    sessionDescriptionHandlerOptions: mediaOptions(core),
    earlyMedia: core.options.earlyMedia ?? true,
    extraHeaders,
  })
}

/** Calls that the application's agent has already: talks go on, what rings is offered. */
function takeUp(core: Core, agent: UserAgent): void {
  const { SessionState } = core.sip
  for (const session of sessionsOf(agent)) {
    if (session.state === SessionState.Established) adopt(core, session)
    else if ('accept' in session && session.state === SessionState.Initial) offer(core, session as Invitation)
  }
}

function notStarted(): never {
  throw new Error('the phone has not started')
}

function makeCore(
  sip: Sip,
  options: SipjsOptions,
  context: AdapterContext,
  borrowed: boolean,
  stopped: () => boolean,
): Core {
  const calls: Core['calls'] = new Map()
  const emit: Core['emit'] = (event) => {
    if (!stopped()) context.emit(event)
  }
  const connections = () => [...calls.values()].map(connectionOf)
  return {
    sip,
    options,
    context,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    calls,
    media: media({ context, audio: options.audio, emit, connections }),
    borrowed,
    emit,
  }
}

function makeAgent(core: Core): UserAgent {
  const { sip, options, context } = core
  const { session } = context
  const account = session.sip
  const server = serverOf(core)
  if (!/^wss?:\/\//i.test(server)) throw new Error('the SIP account names no WebSocket server (sip.server)')
  const uri = sip.UserAgent.makeURI(accountUri(session, server))
  if (!uri) throw new Error('the SIP account has no valid uri (sip.uri)')
  return new sip.UserAgent({
    uri,
    displayName: account.displayName ?? session.name,
    authorizationUsername: account.username ?? session.extension,
    ...(account.password === undefined ? {} : { authorizationPassword: account.password }),
    transportOptions: { server },
    noAnswerTimeout: kRingSeconds,
    ...mediaFactory(sip),
    sessionDescriptionHandlerFactoryOptions: {
      iceGatheringTimeout: options.iceGatheringTimeoutMs ?? 2_000,
      peerConnectionConfiguration: { iceServers: options.iceServers ?? [] },
    },
    // SIP.js prints REGISTER and its Authorization header at level debug: nothing of it reaches our log.
    logBuiltinEnabled: false,
    logLevel: 'warn',
    logConnector: (level, category, _label, content) =>
      context.log(level === 'log' ? 'info' : level, `${category}: ${content}`),
    ...options.userAgentOptions,
  })
}
