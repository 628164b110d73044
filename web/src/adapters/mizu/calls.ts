// The calls behind Mizu's callbacks. The library names a call by Call-ID, by
// line, by peer or not at all; here each has one record, found by whatever is known.

import type { SoftphoneEvent } from '../../ports.js'
import type { AdapterClock } from '../common.js'
import { isTrue, text, type WebphoneApi } from './api.js'
import type { KeptCall } from './features.js'
import {
  type CallEvent,
  type Cdr,
  looksLikeNumber,
  readCdr,
  readEnding,
  readFrom,
  readPeer,
  sameNumber,
} from './reading.js'

export interface MizuCall {
  /** The engine's id: the dialled one, or the Call-ID of an incoming call. */
  readonly id: string
  sipCallId: string
  line: string
  number: string
  readonly outgoing: boolean
  /** An outgoing call has been reported by the library; before that only its number is known. */
  seen: boolean
  rang: boolean
  connected: boolean
  endedByUs: boolean
  /** `disconnected` was seen; the CDR with the reason is awaited. */
  ending: boolean
  endTimer: unknown
  transferring: boolean
  transferAccepted: boolean
  pendingMute: boolean | null
  /** On hold by us, as far as it was confirmed. */
  held: boolean
}

export interface CallsHost {
  readonly api: WebphoneApi
  readonly clock: AdapterClock
  readonly cdrWaitMs: number
  readonly localUsers: readonly string[]
  emit(event: SoftphoneEvent): void
}

export interface Calls {
  get(id: string): MizuCall | undefined
  live(): Iterable<MizuCall>
  dialed(id: string, number: string): MizuCall
  forget(call: MizuCall): void
  /** Ends a call that the library may never mention again. */
  endSoon(call: MizuCall): void
  /** A call that an engine outside the page has kept over a reload. */
  resumed(kept: KeptCall): void
  /** The library has lost a call: nobody hung up. */
  lost(call: MizuCall): void
  onEvent(event: CallEvent): void
  onCdr(args: readonly unknown[]): void
  clear(): void
}

export function mizuCalls(host: CallsHost): Calls {
  const { api, clock, emit } = host
  const calls = new Map<string, MizuCall>()
  /** Call-IDs of ended calls: repeated `disconnected`s and late CDRs must not become new calls. Bounded. */
  const closed: string[] = []
  let unnamed = 0

  const add = (id: string, outgoing: boolean, number: string): MizuCall => {
    const call: MizuCall = {
      id,
      sipCallId: '',
      line: '',
      number,
      outgoing,
      seen: !outgoing,
      rang: false,
      connected: false,
      endedByUs: false,
      ending: false,
      endTimer: undefined,
      transferring: false,
      transferAccepted: false,
      pendingMute: null,
      held: false,
    }
    calls.set(id, call)
    return call
  }

  const find = (event: CallEvent): MizuCall | undefined => {
    const all = [...calls.values()]
    if (event.callId) {
      const byId = all.find((call) => call.sipCallId === event.callId)
      if (byId) return byId
    } else {
      const withoutId = all.filter((call) => call.seen && call.sipCallId === '')
      const byLine = event.line ? withoutId.find((call) => call.line === event.line) : undefined
      const found = byLine ?? withoutId.find((call) => event.peer !== '' && sameNumber(call.number, event.peer))
      if (found) return found
    }
    // Only a call that we dialled and the library has not named yet is left.
    if (event.direction === 'in' && event.name !== 'disconnected') return undefined
    return dialledTo(event)
  }

  /** call() gives no id. Its first event is recognised by the number, or by being the only one it can be. */
  const dialledTo = (event: CallEvent): MizuCall | undefined => {
    const waiting = [...calls.values()].filter((call) => call.outgoing && !call.seen)
    const byNumber = waiting.find(
      (call) => sameNumber(call.number, event.peer) || sameNumber(call.number, event.display),
    )
    if (byNumber) return byNumber
    const unclear = event.direction === 'out' || !looksLikeNumber(event.peer) || host.localUsers.includes(event.peer)
    return unclear && waiting.length > 0 && event.direction !== 'in' ? waiting[0] : undefined
  }

  const details = (line: string): string => {
    if (!line) return ''
    try {
      const found = text(api.getlinedetails?.(Number(line)))
      return found.startsWith('LINEDETAILS') ? found : ''
    } catch {
      return ''
    }
  }

  const offered = (event: CallEvent): MizuCall => {
    const peer = readPeer(event, host.localUsers, details(event.line))
    unnamed += 1
    const call = add(event.callId || `mizu-${event.line || 0}-${unnamed}`, false, peer.number)
    call.sipCallId = event.callId
    call.line = event.line
    emit({
      type: 'CallOffered',
      call_id: call.id,
      sip_call_id: call.sipCallId,
      number: peer.number,
      name: peer.name,
      line: call.line,
    })
    if (peer.doubtful) askInvite(call, peer.name)
    return call
  }

  /** The header comes later, by callback; the call does not wait for it. */
  const askInvite = (call: MizuCall, known: string) => {
    api.getsipheader?.('From', (value) => {
      const from = readFrom(text(value))
      if (!from || !calls.has(call.id) || from.number === call.number) return
      if (host.localUsers.includes(from.number)) return
      call.number = from.number
      const name = from.name || known
      emit({ type: 'RemoteChanged', call_id: call.id, number: from.number, ...(name && { name }) })
    })
  }

  const named = (call: MizuCall, event: CallEvent) => {
    if (!call.sipCallId && event.callId) call.sipCallId = event.callId
    // The line of `connected` is the active line, which may belong to another call.
    if (!call.line && event.name !== 'connected') call.line = event.line
    if (call.seen) return
    call.seen = true
    emit({ type: 'CallDialed', call_id: call.id, sip_call_id: call.sipCallId, line: call.line })
  }

  const end = (call: MizuCall, reason: string) => {
    if (!calls.delete(call.id)) return
    clock.clearTimeout(call.endTimer)
    if (call.sipCallId) closed.push(call.sipCallId)
    if (closed.length > 32) closed.shift()
    const ending = readEnding(reason, call.endedByUs)
    // A transferor's call that goes away while its transfer is pending went where it was sent.
    if (call.transferring && (ending.transferred || (reason === '' && !call.endedByUs))) {
      emit({ type: 'TransferProgress', call_id: call.id, status_code: 200 })
    }
    // Without a reason, an outgoing call that rang was not answered; one that never rang just failed.
    const guess = reason === '' && call.outgoing && !call.connected && call.rang && !call.endedByUs ? 480 : 0
    emit({
      type: 'CallEnded',
      call_id: call.id,
      origin: call.endedByUs ? 'local' : ending.origin,
      status_code: call.connected ? 0 : ending.status || guess,
      q850: 0,
      reason,
    })
  }

  /** A talk ends now, so that its duration is right; an unanswered call waits a little for the CDR that says why. */
  const disconnected = (call: MizuCall) => {
    if (call.ending) return
    call.ending = true
    if (call.connected && !call.transferring) return end(call, '')
    call.endTimer = clock.setTimeout(() => end(call, ''), host.cdrWaitMs)
  }

  const muted = (event: CallEvent) => {
    const on = event.name === 'muted'
    const all = [...calls.values()]
    const call =
      all.find((one) => one.pendingMute === on && (event.line === '' || one.line === event.line)) ??
      all.find((one) => one.pendingMute === on)
    if (!call) return
    call.pendingMute = null
    emit({ type: 'MuteConfirmed', call_id: call.id, on })
  }

  const transferNews = () => {
    for (const call of calls.values()) {
      if (!call.transferring || call.transferAccepted) continue
      call.transferAccepted = true
      emit({ type: 'TransferProgress', call_id: call.id, status_code: 202 })
    }
  }

  const findForCdr = (cdr: Cdr): MizuCall | undefined => {
    const all = [...calls.values()]
    const byId = cdr.callId ? all.find((call) => call.sipCallId === cdr.callId) : undefined
    if (byId) return byId
    if (cdr.callId && closed.includes(cdr.callId)) return undefined
    // Of calls without a usable Call-ID the number must do.
    return all.find(
      (call) =>
        call.sipCallId === '' &&
        [cdr.called, cdr.caller, cdr.peer].some(
          (value) => value !== '' && !host.localUsers.includes(value) && sameNumber(value, call.number),
        ),
    )
  }

  return {
    get: (id) => calls.get(id),
    live: () => calls.values(),
    dialed: (id, number) => add(id, true, number),
    forget: (call) => {
      calls.delete(call.id)
    },
    endSoon: (call) => {
      call.endTimer ??= clock.setTimeout(() => end(call, ''), host.cdrWaitMs)
    },

    resumed({ callId, line, number, held }) {
      if (calls.has(callId) || [...calls.values()].some((call) => call.sipCallId === callId)) return
      const call = add(callId, false, number)
      Object.assign(call, { sipCallId: callId, line, connected: true, held })
      emit({ type: 'CallResumed', call_id: callId, sip_call_id: callId, on: held })
      if (number) emit({ type: 'RemoteChanged', call_id: callId, number })
    },
    lost(call) {
      if (!calls.delete(call.id)) return
      clock.clearTimeout(call.endTimer)
      if (call.sipCallId) closed.push(call.sipCallId)
      emit({ type: 'CallEnded', call_id: call.id, origin: 'unknown', reason: 'the web phone has lost this call' })
    },

    onEvent(event) {
      if (event.name === 'muted' || event.name === 'unmuted') return muted(event)
      if (event.name === 'transfer') return transferNews()
      if (event.callId && closed.includes(event.callId)) return
      let call = find(event)
      if (!call) {
        // Nothing rings any more, so there is nothing to offer: an end without a beginning is noise.
        if (event.name === 'disconnected' || event.name === 'midcall') return
        if (event.direction === 'out') return
        call = offered(event)
      }
      named(call, event)
      if (call.ending) return
      if (event.name === 'ringing' && call.outgoing && !call.rang && !call.connected) {
        call.rang = true
        emit({ type: 'CallProgress', call_id: call.id, status_code: 180 })
      }
      if (event.name === 'connected' && !call.connected) {
        call.connected = true
        emit({ type: 'CallConnected', call_id: call.id })
      }
      if (event.name === 'disconnected') disconnected(call)
    },

    onCdr(args) {
      const cdr = readCdr(args)
      const call = findForCdr(cdr)
      if (call) end(call, cdr.reason)
    },

    clear() {
      for (const call of calls.values()) clock.clearTimeout(call.endTimer)
      calls.clear()
    },
  }
}

/** 0 none, 2 own, 3 the other side's, 4 both; or a boolean. Only our own hold counts. */
export function holdIsOurs(value: unknown): boolean {
  return isTrue(value) && text(value) !== '3'
}
