// JsSIP behind the adapter port, on UA and RTCSession. What the library does by
// itself, and what is done about it, is listed in docs/adapters.md.

import type { AdapterContext, SoftphoneAdapter, SoftphoneCommandName } from '../../ports.js'
import { accountUri, attempt, errorText, ignore, refusal, restartable, systemClock } from '../common.js'
import { media } from '../media/media.js'
import { replacesHeaders } from '../replaces.js'
import { watch } from './calls.js'
import { answer, dial, drop, hangup, offer, reject, transfer } from './commands.js'
import type { Core, JsSip, JssipCall, JssipOptions, Message, Session, UserAgent } from './context.js'
import { check, hold } from './hold.js'
import { type Registration, registration } from './registration.js'
import { dtmf, mute } from './sound.js'

export type { JsSip, JssipOptions } from './context.js'

/** JsSIP rejects a call by itself after 60 s of ringing. How long to ring is the PBX's affair. */
const kRingSeconds = 3_600

export function jssip(options: JssipOptions = {}): SoftphoneAdapter {
  return restartable(() => one(options))
}

/** From its start to its stop. */
function one(options: JssipOptions): SoftphoneAdapter {
  let core: Core | undefined
  let reg: Registration | undefined
  let stopped = false

  const refuse = (callId: string, refused: SoftphoneCommandName, reason: string) =>
    core?.emit(refusal(callId, refused, reason))
  /** Finds the call of a command, or answers that there is none. */
  const withCall = (callId: string, refused: SoftphoneCommandName, run: (core: Core, call: JssipCall) => void) => {
    const call = core?.calls.get(callId)
    if (core && call) run(core, call)
    else refuse(callId, refused, 'no such call')
  }
  const sessions = ({ originator, session, request }: { originator: string; session: Session; request: Message }) => {
    if (!core || stopped) return
    if (originator === 'remote') offer(core, session, request)
    // A call that the application dials on a UA of its own is the application's.
    else if (core.dialing) watch(core, core.dialing, session)
  }

  return {
    name: 'jssip',

    async start(context) {
      if (core) return
      let made: { ua: UserAgent; borrowed: boolean }
      try {
        made = options.ua ? { ua: options.ua as UserAgent, borrowed: true } : await makeUa(options, context)
      } catch (error) {
        context.emit({ type: 'SoftphoneFailed', reason: errorText(error) })
        return
      }
      if (stopped) return
      core = makeCore(options, context, made, () => stopped)
      core.ua.on('newRTCSession', sessions)
      // Ready means that the library works. Whether the PBX can be reached is registration's story, and may change.
      core.emit({ type: 'SoftphoneReady', features: 'transfer attended check resume' })
      core.media.watch()
      reg = registration(core)
      const { ua, borrowed } = core
      if (!borrowed || !ua.isConnected())
        attempt(
          () => ua.start(),
          (reason) => context.log('warn', `JsSIP: ${reason}`),
        )
    },

    register: () => reg?.register(),
    unregister: () => reg?.unregister(),
    dial(callId, number) {
      if (core && !stopped) dial(core, callId, number)
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
      if (!core || !call) return
      call.checking = true
      check(core, call)
    },
    resume(callId, dialog, number) {
      if (!core || stopped || core.calls.has(callId)) return
      const headers = replacesHeaders(dialog)
      if (headers) dial(core, callId, number || core.context.session.extension, headers)
      else core.emit({ type: 'CallEnded', call_id: callId, reason: 'nothing is known of its dialog' })
    },
    devices: {
      setMicrophone: async (deviceId) => (core ?? notStarted()).media.devices.setMicrophone(deviceId),
      setSpeaker: async (deviceId) => (core ?? notStarted()).media.devices.setSpeaker(deviceId),
    },

    async stop() {
      if (stopped) return
      stopped = true
      if (!core) return
      const { ua, borrowed } = core
      reg?.stop()
      core.media.stop()
      drop(core)
      ua.removeListener('newRTCSession', sessions)
      // JsSIP waits two seconds for the answers to its BYEs before it closes the socket.
      if (!borrowed) attempt(() => ua.stop(), ignore)
    },
  }
}

function notStarted(): never {
  throw new Error('the phone has not started')
}

function makeCore(
  options: JssipOptions,
  context: AdapterContext,
  made: { ua: UserAgent; borrowed: boolean },
  stopped: () => boolean,
): Core {
  const emit: Core['emit'] = (event) => {
    if (!stopped()) context.emit(event)
  }
  const calls: Core['calls'] = new Map()
  return {
    options,
    context,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    media: media({
      context,
      audio: options.audio,
      emit,
      connections: () => [...calls.values()].map(({ session }) => session?.connection),
    }),
    calls,
    ...made,
    dialing: undefined,
    emit,
  }
}

async function makeUa(options: JssipOptions, context: AdapterContext): Promise<{ ua: UserAgent; borrowed: boolean }> {
  const library = options.jssip ?? (await load())
  const { session } = context
  const server = session.sip.server ?? options.server ?? ''
  if (!/^wss?:\/\//i.test(server)) throw new Error('the SIP account names no WebSocket server (sip.server)')
  const configuration = {
    sockets: [new library.WebSocketInterface(server)],
    uri: accountUri(session, server),
    display_name: session.sip.displayName ?? session.name,
    authorization_user: session.sip.username ?? session.extension,
    ...(session.sip.password === undefined ? {} : { password: session.sip.password }),
    ...(options.expiresSeconds ? { register_expires: options.expiresSeconds } : {}),
    no_answer_timeout: kRingSeconds,
    ...options.uaConfiguration,
  }
  return { ua: new library.UA(configuration as never) as UserAgent, borrowed: false }
}

async function load(): Promise<JsSip> {
  try {
    const found = (await import('jssip')) as unknown as { default?: JsSip } & JsSip
    return found.default ?? found
  } catch (error) {
    throw new Error(`jssip is not installed: ${errorText(error)}`)
  }
}
