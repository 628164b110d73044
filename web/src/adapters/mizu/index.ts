// Mizu WebPhone behind the adapter port. The library is a global object loaded
// by a script tag; its callbacks are read in reading.ts, its calls kept in
// calls.ts. The quirks are listed in docs/adapters.md.

import type { AdapterContext, SoftphoneAdapter, SoftphoneCommandName, SoftphoneEvent } from '../../ports.js'
import { type AdapterClock, errorText, refusal, restartable, systemClock } from '../common.js'
import { type Media, media } from '../media/media.js'
import { isRefusal, isTrue, listen, text, type WebphoneApi } from './api.js'
import { type Calls, holdIsOurs, type MizuCall, mizuCalls } from './calls.js'
import { featuresOf, isGone, keptCalls, mizuDevices } from './features.js'
import { readCallEvent } from './reading.js'

export type { WebphoneApi } from './api.js'

export interface MizuOptions {
  /** More of Mizu's parameters; they win over ours. */
  parameters?: Record<string, string | number | boolean>
  /**
   * Mizu's `transfertype` for transfers without consultation: 6 (holds and watches the NOTIFYs), 1 (hangs up at once), 7
   * (simplest), 0 (none). With two calls `transfer` joins them whatever it is.
   */
  transferType?: number
  /** How long the end of an unanswered call waits for the CDR that says why. */
  cdrWaitMs?: number
  /** How long to wait for "loaded" before assuming that it was said before we listened. */
  loadWaitMs?: number
  clock?: AdapterClock
}

/** Mizu keeps parameters in the browser; what we do not set is cleared, or the last user's account would answer. */
const kAccountParameters = [
  'serveraddress',
  'webrtcserveraddress',
  'proxyaddress',
  'realm',
  'username',
  'sipusername',
  'password',
  'displayname',
]
const kPollMs = 150
const kPolls = 12
const kMicrophone = 2

export function mizu(api: WebphoneApi | null | undefined, options: MizuOptions = {}): SoftphoneAdapter {
  return restartable(() => one(api, options))
}

/** From its start to its stop. */
function one(api: WebphoneApi | null | undefined, options: MizuOptions): SoftphoneAdapter {
  const clock = options.clock ?? systemClock
  let context: AdapterContext | undefined
  let calls: Calls | undefined
  let silence = () => {}
  let stopped = false
  let running = false
  let ready = false
  let loadTimer: unknown
  let sound: Media | undefined
  const transferType = Number(options.parameters?.transfertype ?? options.transferType ?? 6)
  const polls = new Set<unknown>()

  const emit: AdapterContext['emit'] = (event) => {
    if (!stopped) context?.emit(event)
  }

  const beReady = (next: SoftphoneEvent) => {
    if (!ready && api) emit({ type: 'SoftphoneReady', features: featuresOf(api, transferType) })
    const first = !ready
    ready = true
    emit(next)
    if (!first || !api) return
    for (const kept of keptCalls(api)) calls?.resumed(kept)
    sound?.watch()
  }

  const run = () => {
    if (running || stopped || !api || !context) return
    running = true
    clock.clearTimeout(loadTimer)
    const wanted: Record<string, unknown> = { transfertype: transferType, ...accountParameters(context, options) }
    try {
      for (const name of kAccountParameters) if (wanted[name] === undefined) api.setparameter?.(name, 'NULL')
      for (const [name, value] of Object.entries(wanted)) api.setparameter?.(name, value)
      if (isRefusal(api.start?.())) emit({ type: 'SoftphoneFailed', reason: 'webphone_api.start() refused' })
    } catch (error) {
      emit({ type: 'SoftphoneFailed', reason: errorText(error) })
    }
  }

  const refuse = (callId: string, refused: SoftphoneCommandName, reason: string) => {
    emit(refusal(callId, refused, reason))
  }

  /** setline falls back after some 300 ms, so it stands right before every command. */
  const aim = (call: MizuCall) => {
    api?.setline?.(call.sipCallId || Number(call.line) || call.number)
  }

  /** Finds the call, aims at it, runs the command, and turns whatever the api calls failure into a refusal. */
  const command = (
    callId: string,
    name: SoftphoneCommandName,
    go: (api: WebphoneApi, call: MizuCall) => unknown,
  ): boolean => {
    const call = calls?.get(callId)
    const obstacle = !api || !call || call.ending ? 'no such call' : unfit(call, name)
    if (!api || !call || obstacle) {
      refuse(callId, name, obstacle)
      return false
    }
    try {
      aim(call)
      const result = go(api, call)
      if (!isRefusal(result)) return true
      refuse(callId, name, text(result) || 'refused')
    } catch (error) {
      refuse(callId, name, errorText(error))
    }
    return false
  }

  /** Asks until the library agrees, a bounded number of times. */
  const confirm = (call: MizuCall, isSo: () => boolean, yes: () => void, no: () => void, left = kPolls) => {
    if (stopped || !calls?.get(call.id)) return
    let so = false
    try {
      aim(call)
      so = isSo()
    } catch {}
    if (so) return yes()
    if (left === 0) return no()
    const timer = clock.setTimeout(() => {
      polls.delete(timer)
      confirm(call, isSo, yes, no, left - 1)
    }, kPollMs)
    polls.add(timer)
  }

  const hangup = (callId: string, name: 'hangup' | 'reject') => {
    const done = command(callId, name, (phone, call) => {
      call.endedByUs = true
      return name === 'reject' && phone.reject ? phone.reject() : phone.hangup?.()
    })
    const call = calls?.get(callId)
    if (!call) return
    if (!done) call.endedByUs = false
    // A call that died before the PBX's first answer may never be mentioned by the library.
    else if (!call.seen) calls?.endSoon(call)
  }

  return {
    name: 'mizu',

    start(given) {
      if (context) return
      context = given
      if (!api?.onCallStateChange || !api.call) {
        emit({ type: 'SoftphoneFailed', reason: 'webphone_api is not loaded: its script tag must come first' })
        return
      }
      const { sip, extension } = given.session
      calls = mizuCalls({
        api,
        clock,
        cdrWaitMs: Math.min(options.cdrWaitMs ?? 800, 800),
        localUsers: [sip.username ?? '', extension].filter((user) => user !== ''),
        emit,
      })
      const own = calls
      sound = media({ context: given, audio: undefined, connections: () => [], emit })
      silence = listen(
        api,
        {
          app(state) {
            if (state === 'loaded') run()
            if (state === 'started' && !ready) beReady({ type: 'Registering' })
            if (state === 'stopped' && ready) emit({ type: 'Unregistered', reason: 'the web phone has stopped' })
          },
          registration(state, reason) {
            if (state === 'registered') beReady({ type: 'Registered' })
            else if (state === 'unregistered') emit({ type: 'Unregistered', reason })
            else if (state === 'failed') {
              const status = Number(/\b([3-6]\d\d)\b/.exec(reason)?.[1] ?? 0)
              emit({ type: 'RegistrationFailed', status_code: status, reason })
            }
          },
          call(args) {
            const event = readCallEvent(args)
            if (event) own.onEvent(event)
          },
          cdr: (args) => own.onCdr(args),
        },
        (error) => context?.log('error', `mizu callback: ${errorText(error)}`),
      )
      // "loaded" is said once. Whoever comes later finds an engine already named.
      if (text(api.getenginename?.()) !== '') run()
      else loadTimer = clock.setTimeout(run, options.loadWaitMs ?? 3_000)
    },

    register: () => void api?.register?.(),
    unregister: () => void api?.unregister?.(),

    dial(callId, number) {
      if (!api || !calls) return refuse(callId, 'dial', 'not started')
      const call = calls.dialed(callId, number)
      try {
        // After a comma Mizu would send the rest as digits.
        const result = api.call?.(number.replace(/,/g, ''))
        if (!isRefusal(result)) return
        calls.forget(call)
        refuse(callId, 'dial', text(result) || 'refused')
      } catch (error) {
        calls.forget(call)
        refuse(callId, 'dial', errorText(error))
      }
    },

    answer: (callId) => void command(callId, 'answer', (phone) => phone.accept?.()),
    reject: (callId) => hangup(callId, 'reject'),
    hangup: (callId) => hangup(callId, 'hangup'),

    hold(callId, on) {
      if (!command(callId, 'hold', (phone) => phone.hold?.(on))) return
      const call = calls?.get(callId)
      if (!call || !api) return
      const yes = () => {
        call.held = on
        emit({ type: 'HoldConfirmed', call_id: callId, on })
      }
      // No callback tells of hold: isonhold() is the only witness. Where it is missing, hold()'s answer must do.
      if (!api.isonhold) return yes()
      confirm(
        call,
        () => holdIsOurs(api.isonhold?.()) === on,
        yes,
        () => refuse(callId, 'hold', 'not confirmed'),
      )
    },

    mute(callId, on) {
      const call = calls?.get(callId)
      const asked = command(callId, 'mute', (phone, target) => {
        target.pendingMute = on
        return phone.mute?.(on, kMicrophone)
      })
      if (!asked) {
        if (call) call.pendingMute = null
        return
      }
      if (!call || !api) return
      const settle = (ok: boolean) => {
        if (call.pendingMute !== on) return // the `muted` event was first, or another wish
        call.pendingMute = null
        if (ok) emit({ type: 'MuteConfirmed', call_id: callId, on })
        else refuse(callId, 'mute', 'not confirmed')
      }
      if (!api.ismuted) return settle(true)
      confirm(
        call,
        () => call.pendingMute !== on || isTrue(api.ismuted?.()) === on,
        () => settle(true),
        () => settle(false),
      )
    },

    dtmf(callId, digits) {
      if (command(callId, 'dtmf', (phone) => phone.dtmf?.(digits))) emit({ type: 'DtmfSent', call_id: callId })
    },

    transfer(callId, target, otherCallId) {
      const other = otherCallId ? calls?.get(otherCallId) : undefined
      if (otherCallId && !other) return refuse(callId, 'transfer', 'no such other call')
      if (other && !other.connected) return refuse(callId, 'transfer', 'the other call is not connected')
      // With two calls, transfer('') joins the line aimed at with the other one.
      const done = command(callId, 'transfer', (phone, call) => {
        call.transferring = true
        call.transferAccepted = false
        return phone.transfer?.(other ? '' : target)
      })
      const call = calls?.get(callId)
      if (!done && call) call.transferring = false
    },

    // conference('') joins every call there is, so it is only asked for when there are just these two.
    merge(callId, otherCallId, on) {
      const pair = [callId, otherCallId].map((id) => calls?.get(id))
      const talks = [...(calls?.live() ?? [])].filter((call) => call.connected && !call.ending)
      const [call, other] = pair
      if (!call?.connected || !other?.connected) return refuse(callId, 'merge', 'both calls must be connected')
      if (talks.length !== 2)
        return refuse(callId, 'merge', 'the web phone joins all calls, and there are more than two')
      if (!command(callId, 'merge', (phone) => (on ? phone.conference?.('') : phone.conference?.('', false)))) return
      const yes = () => {
        emit({ type: 'MergeConfirmed', call_id: callId, other_call_id: otherCallId, on })
        for (const one of on ? [call, other] : []) {
          if (one.held) emit({ type: 'HoldConfirmed', call_id: one.id, on: false })
          one.held = false
        }
      }
      // No callback tells of it: in a conference nobody is on hold.
      if (!on || !api?.isonhold) return yes()
      const heard = () => !holdIsOurs(api.isonhold?.())
      confirm(
        call,
        heard,
        () => confirm(other, heard, yes, () => refuse(callId, 'merge', 'not confirmed')),
        () => refuse(callId, 'merge', 'not confirmed'),
      )
    },

    /** The library's own knowledge of its lines: it cannot ask the other side. */
    check(callId) {
      const call = calls?.get(callId)
      if (!api || !call?.connected || call.ending) return
      let gone = false
      try {
        gone = isGone(api)
      } catch {}
      if (gone) calls?.lost(call)
      else emit({ type: 'CallAlive', call_id: callId })
    },

    ...(api && devicesOf(api, clock, (device) => sound?.chosen(device))),

    stop() {
      if (stopped) return
      stopped = true
      sound?.stop()
      clock.clearTimeout(loadTimer)
      for (const timer of polls) clock.clearTimeout(timer)
      polls.clear()
      silence()
      try {
        if ([...(calls?.live() ?? [])].length > 0) {
          api?.setline?.(-2)
          api?.hangup?.()
        }
        if (running) {
          api?.stop?.()
          api?.setparameter?.('password', 'NULL')
        }
      } catch {}
      calls?.clear()
    },
  }
}

function devicesOf(...given: Parameters<typeof mizuDevices>): Pick<SoftphoneAdapter, 'devices'> {
  const devices = mizuDevices(...given)
  return devices ? { devices } : {}
}

/** Mizu would apply the command to some other line; better to say why it cannot be. */
function unfit(call: MizuCall, name: SoftphoneCommandName): string {
  const forTalks = name === 'hold' || name === 'mute' || name === 'dtmf' || name === 'transfer'
  if (forTalks && !call.connected) return 'not connected'
  const forRinging = name === 'answer' || name === 'reject'
  return forRinging && (call.connected || call.outgoing) ? 'not ringing' : ''
}

function accountParameters(context: AdapterContext, options: MizuOptions): Record<string, unknown> {
  const { sip, extension, name } = context.session
  const domain =
    /^(?:sips?:)?[^@]*@([^;>?]+)/i.exec(sip.uri ?? '')?.[1] ?? /^(?:wss?:\/\/)?([^/]+)/i.exec(sip.server ?? '')?.[1]
  const socket = /^wss?:\/\//i.test(sip.server ?? '') ? sip.server : undefined
  return {
    ...(domain && { serveraddress: domain }),
    ...(socket && { webrtcserveraddress: socket }),
    username: sip.username ?? extension,
    ...(sip.password === undefined ? {} : { password: sip.password }),
    displayname: sip.displayName ?? name,
    register: 1,
    // One name for each event; the other settings of this switch report everything twice.
    apibehaviour: 1,
    ...options.parameters,
  }
}
