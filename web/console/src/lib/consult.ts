// The consultation's handle. The state of a consultation is the store's
// `consult`; the handle is what commands it, and is kept here so that the card
// may come and go.

import type { Consultation, Phone } from './types.ts'

let handle: Consultation | null = null

/** Asks `target` while the call waits. Rejects as the phone does. */
export async function consult(phone: Phone, callId: string, target: string): Promise<void> {
  handle = await phone.transfer.attended(callId, target)
}

/** The handle of the consultation that is under way; null when another page, or this one before a reload, began it. */
export function consultation(): Consultation | null {
  return handle !== null && handle.state !== 'Idle' ? handle : null
}
