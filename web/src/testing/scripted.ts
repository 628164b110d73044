// A softphone whose far end is the test. By itself it does what a well-behaved
// PBX does (registers, confirms holds); the script says what people do.

import type { AdapterContext, SoftphoneAdapter, SoftphoneCommandName, SoftphoneEvent } from '../ports.js'

export type ScriptedCommand =
  | { name: 'start' | 'register' | 'unregister' | 'stop' }
  | { name: 'dial'; callId: string; number: string }
  | { name: 'answer' | 'reject' | 'hangup'; callId: string }
  | { name: 'hold' | 'mute'; callId: string; on: boolean }
  | { name: 'dtmf'; callId: string; digits: string }
  | { name: 'transfer'; callId: string; target: string; otherCallId: string }
  | { name: 'merge'; callId: string; otherCallId: string; on: boolean }
  | { name: 'check'; callId: string }

export interface Offer {
  number: string
  name?: string
  callId?: string
  line?: string
  uniqueid?: string
  linkedid?: string
}

/** What the script may let happen. Without a call id the newest live call is meant. */
export interface Peer {
  registered(): void
  unregistered(reason?: string): void
  registrationFailed(statusCode?: number, reason?: string): void
  offer(call: Offer): string
  ring(callId?: string, statusCode?: number): void
  answer(callId?: string): void
  /** Hangs up a talk; a caller who was not answered gives up. */
  hangup(callId?: string): void
  busy(callId?: string): void
  noAnswer(callId?: string): void
  decline(callId?: string): void
  /** The PBX stops ringing here: its ring time is over, or somebody else has answered. */
  stopRinging(why: 'timeout' | 'elsewhere', callId?: string): void
  /** The call vanishes: nobody hung up. */
  lose(callId?: string): void
  fail(statusCode: number, callId?: string): void
  changeRemote(to: { number?: string; name?: string }, callId?: string): void
  transferResult(statusCode: number, callId?: string): void
  /** The PBX has ended the call without a word: the next `check` finds it gone. */
  forget(callId?: string): void
  /** The next such command is refused… */
  refuse(command: SoftphoneCommandName, reason?: string): void
  refuseHold(reason?: string): void
  /** …or never answered, for tests of time limits. */
  ignore(command: SoftphoneCommandName): void
  /** Any event at all. */
  emit(event: SoftphoneEvent): void
}

export interface ScriptedSoftphone extends SoftphoneAdapter {
  readonly peer: Peer
  /** Every command received, oldest first. */
  readonly commands: readonly ScriptedCommand[]
  /** Ids of the calls that have not ended, oldest first. */
  liveCalls(): readonly string[]
  isConnected(callId: string): boolean
}

export interface ScriptedOptions {
  /** false: starting only says SoftphoneReady; `peer.registered()` does the rest. */
  register?: boolean
  /** Words of SOFTPHONE_FEATURES, blank between; said with SoftphoneReady. Without it nothing is said of them. */
  features?: string
  /** false: REFER is accepted (202) and `peer.transferResult()` tells the rest. */
  transfers?: boolean
}

interface Leg {
  readonly incoming: boolean
  connected: boolean
  forgotten?: boolean
}

export function scripted(options: ScriptedOptions = {}): ScriptedSoftphone {
  const commands: ScriptedCommand[] = []
  const legs = new Map<string, Leg>()
  const refusals = new Map<SoftphoneCommandName, string>()
  const silences = new Set<SoftphoneCommandName>()
  let context: AdapterContext | undefined
  let stopped = false
  let offers = 0

  const emit = (event: SoftphoneEvent) => {
    if (!stopped) context?.emit(event)
  }
  const newest = (callId: string | undefined): string => {
    const id = callId ?? [...legs.keys()].at(-1)
    if (id === undefined) throw new Error('scripted softphone: there is no live call')
    return id
  }
  const end = (callId: string, how: Omit<Extract<SoftphoneEvent, { type: 'CallEnded' }>, 'type' | 'call_id'>) => {
    if (legs.delete(callId)) emit({ type: 'CallEnded', call_id: callId, ...how })
  }
  const refusal = (command: SoftphoneCommandName, callId: string, reason: string) => {
    if (command === 'hold') emit({ type: 'HoldRefused', call_id: callId, reason })
    else if (command === 'mute') emit({ type: 'MuteRefused', call_id: callId, reason })
    else if (command === 'dtmf') emit({ type: 'DtmfRefused', call_id: callId, reason })
    else if (command === 'merge') emit({ type: 'MergeRefused', call_id: callId, reason })
    else emit({ type: 'CommandRefused', call_id: callId, refused: command, reason })
  }

  /** Runs a command unless the script, or the state of the call, is against it. */
  const obey = (
    command: SoftphoneCommandName,
    callId: string,
    when: (leg: Leg) => boolean,
    run: (leg: Leg) => void,
  ) => {
    if (silences.delete(command)) return
    const scriptedReason = refusals.get(command)
    const leg = legs.get(callId)
    if (scriptedReason !== undefined) {
      refusals.delete(command)
      refusal(command, callId, scriptedReason)
    } else if (!leg) refusal(command, callId, 'no such call')
    else if (!when(leg)) refusal(command, callId, leg.connected ? 'connected' : 'not connected')
    else run(leg)
  }
  const connected = (leg: Leg) => leg.connected
  const always = () => true

  const peer: Peer = {
    emit,
    registered: () => emit({ type: 'Registered' }),
    unregistered: (reason = '') => emit({ type: 'Unregistered', reason }),
    registrationFailed: (status_code = 403, reason = 'Forbidden') =>
      emit({ type: 'RegistrationFailed', status_code, reason }),

    offer({ number, name = '', callId, line = '', uniqueid = '', linkedid = '' }) {
      offers += 1
      const id = callId ?? `in-${offers}`
      legs.set(id, { incoming: true, connected: false })
      emit({ type: 'CallOffered', call_id: id, sip_call_id: id, number, name, line, uniqueid, linkedid })
      return id
    },
    ring: (callId, status_code = 180) => emit({ type: 'CallProgress', call_id: newest(callId), status_code }),
    answer(callId) {
      const id = newest(callId)
      const leg = legs.get(id)
      if (leg) leg.connected = true
      emit({ type: 'CallConnected', call_id: id })
    },
    hangup(callId) {
      const id = newest(callId)
      const talk = legs.get(id)?.connected
      end(id, talk ? { origin: 'remote', q850: 16 } : { origin: 'remote', status_code: 487, q850: 127 })
    },
    busy: (callId) => end(newest(callId), { origin: 'remote', status_code: 486, q850: 17, reason: 'Busy Here' }),
    noAnswer: (callId) => end(newest(callId), { origin: 'remote', status_code: 480, q850: 19, reason: 'No answer' }),
    decline: (callId) => end(newest(callId), { origin: 'remote', status_code: 403, q850: 21, reason: 'Forbidden' }),
    fail: (status_code, callId) => end(newest(callId), { origin: 'remote', status_code }),
    lose: (callId) => end(newest(callId), { origin: 'unknown', reason: 'media lost' }),
    stopRinging: (why, callId) =>
      end(
        newest(callId),
        why === 'timeout'
          ? { origin: 'remote', status_code: 487, reason: 'Q.850;cause=0' }
          : { origin: 'remote', status_code: 487, q850: 26, reason: 'Call completed elsewhere' },
      ),
    changeRemote: (to, callId) => emit({ type: 'RemoteChanged', call_id: newest(callId), ...to }),
    transferResult: (status_code, callId) => emit({ type: 'TransferProgress', call_id: newest(callId), status_code }),
    forget(callId) {
      const leg = legs.get(newest(callId))
      if (leg) leg.forgotten = true
    },
    refuse: (command, reason = 'refused') => void refusals.set(command, reason),
    refuseHold: (reason = '488 Not Acceptable Here') => void refusals.set('hold', reason),
    ignore: (command) => void silences.add(command),
  }

  return {
    name: 'scripted',
    peer,
    commands,
    liveCalls: () => [...legs.keys()],
    isConnected: (callId) => legs.get(callId)?.connected ?? false,
    start(given) {
      commands.push({ name: 'start' })
      context = given
      stopped = false
      emit({ type: 'SoftphoneReady', ...(options.features === undefined ? {} : { features: options.features }) })
      if (options.register === false) return
      emit({ type: 'Registering' })
      emit({ type: 'Registered' })
    },
    register() {
      commands.push({ name: 'register' })
      if (!silences.delete('register')) emit({ type: 'Registered' })
    },
    unregister() {
      commands.push({ name: 'unregister' })
      emit({ type: 'Unregistered', reason: 'requested' })
    },
    dial(callId, number) {
      commands.push({ name: 'dial', callId, number })
      legs.set(callId, { incoming: false, connected: false })
      const refused = refusals.has('dial') && !silences.has('dial')
      obey('dial', callId, always, () => emit({ type: 'CallDialed', call_id: callId, sip_call_id: `sip-${callId}` }))
      if (refused) legs.delete(callId)
    },
    answer(callId) {
      commands.push({ name: 'answer', callId })
      obey(
        'answer',
        callId,
        (leg) => leg.incoming && !leg.connected,
        (leg) => {
          leg.connected = true
          emit({ type: 'CallConnected', call_id: callId })
        },
      )
    },
    reject(callId) {
      commands.push({ name: 'reject', callId })
      obey(
        'reject',
        callId,
        (leg) => leg.incoming && !leg.connected,
        () => end(callId, { origin: 'local' }),
      )
    },
    hangup(callId) {
      commands.push({ name: 'hangup', callId })
      obey('hangup', callId, always, (leg) =>
        end(callId, leg.connected || leg.incoming ? { origin: 'local' } : { origin: 'local', status_code: 487 }),
      )
    },
    hold(callId, on) {
      commands.push({ name: 'hold', callId, on })
      obey('hold', callId, connected, () => emit({ type: 'HoldConfirmed', call_id: callId, on }))
    },
    mute(callId, on) {
      commands.push({ name: 'mute', callId, on })
      obey('mute', callId, connected, () => emit({ type: 'MuteConfirmed', call_id: callId, on }))
    },
    dtmf(callId, digits) {
      commands.push({ name: 'dtmf', callId, digits })
      obey('dtmf', callId, connected, () => emit({ type: 'DtmfSent', call_id: callId }))
    },
    transfer(callId, target, otherCallId) {
      commands.push({ name: 'transfer', callId, target, otherCallId })
      const otherIsThere = () => otherCallId === '' || legs.get(otherCallId)?.connected === true
      obey(
        'transfer',
        callId,
        (leg) => leg.connected && otherIsThere(),
        () => {
          emit({ type: 'TransferProgress', call_id: callId, status_code: 202 })
          if (options.transfers === false) return
          emit({ type: 'TransferProgress', call_id: callId, status_code: 200 })
          if (otherCallId) end(otherCallId, { origin: 'remote', q850: 16 })
        },
      )
    },
    merge(callId, otherCallId, on) {
      commands.push({ name: 'merge', callId, otherCallId, on })
      const other = () => legs.get(otherCallId)?.connected === true
      obey(
        'merge',
        callId,
        (leg) => leg.connected && other(),
        () => emit({ type: 'MergeConfirmed', call_id: callId, other_call_id: otherCallId, on }),
      )
    },
    check(callId) {
      commands.push({ name: 'check', callId })
      const leg = legs.get(callId)
      if (leg?.forgotten) end(callId, { origin: 'unknown', reason: 'the PBX has ended this call' })
      else if (leg) emit({ type: 'CallAlive', call_id: callId })
    },
    stop() {
      if (!stopped) commands.push({ name: 'stop' })
      stopped = true
      legs.clear()
    },
  }
}
