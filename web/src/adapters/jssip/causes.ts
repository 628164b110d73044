// How JsSIP's `failed` and `ended` read: originator, cause and message into
// who ended the call, with which status, and why. JsSIP names itself ("local")
// for every end that it decided by itself, too; those are nobody's.

import { readReason } from '../common.js'
import type { JssipCall, Message } from './context.js'

export interface Ending {
  readonly originator?: string
  readonly cause?: string
  readonly message?: Message | string | null
}

export interface ReadEnding {
  origin: 'unknown' | 'local' | 'remote'
  status_code: number
  q850: number
  reason: string
}

/** Statuses for ends that JsSIP made by itself: nobody sent them, but they say what happened. */
const kStatusOf: Readonly<Record<string, number>> = {
  'Connection Error': 503,
  'Request Timeout': 408,
  // JsSIP's own limits of ringing.
  'No Answer': 408,
  Expires: 408,
  'Dialog Error': 481,
  'Bad Media Description': 488,
  'Missing SDP': 488,
}

export function readEnding(call: JssipCall, { originator, cause = '', message }: Ending): ReadEnding {
  const sip = typeof message === 'object' && message ? message : undefined
  const { q850, text } = sip ? reasonOf(sip) : { q850: 0, text: '' }
  if (call.endedByUs) return { origin: 'local', status_code: 0, q850, reason: text }
  if (originator === 'remote' && sip) {
    // A CANCEL and a BYE are requests; anything else is the final answer to our INVITE.
    const status = sip.status_code ?? (sip.method === 'CANCEL' ? 487 : 0)
    // Whoever refuses to replace a dialog does not end it: it was over before.
    const origin = call.resuming && !call.established ? 'unknown' : 'remote'
    return { origin, status_code: status, q850, reason: text || (sip.reason_phrase ?? '') }
  }
  const why = call.ownCause || cause
  const words = why === 'Connection Error' ? 'connection lost' : why
  const reason = call.reason || (typeof message === 'string' ? message : '') || words
  return { origin: 'unknown', status_code: kStatusOf[why] ?? 0, q850, reason }
}

export function reasonOf(message: Message): { q850: number; text: string } {
  const values = message.getHeaders?.('Reason') ?? [message.getHeader('Reason') ?? '']
  return readReason(values.filter((value) => value !== ''))
}
