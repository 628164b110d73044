// The softphone of an agent who has none: the hub was given no SIP account for
// the extension. It says so and refuses every command; the page's other parts
// (status, queues, wrap-up, supervisor) work without it.

import type { PhoneOptions } from './types.ts'

type Adapter = PhoneOptions['softphone']
type Emit = Parameters<Adapter['start']>[0]['emit']

const reason = 'This extension has no SIP account at the hub. An administrator adds one.'

export function noTelephone(): Adapter {
  let emit: Emit = () => {}
  const refuse = (refused: 'dial' | 'answer' | 'reject' | 'hangup') => (callId: string) =>
    emit({ type: 'CommandRefused', call_id: callId, refused, reason })
  return {
    name: 'none',
    start(context) {
      emit = context.emit
      emit({ type: 'SoftphoneFailed', reason })
    },
    register() {},
    unregister() {},
    dial: refuse('dial'),
    answer: refuse('answer'),
    reject: refuse('reject'),
    hangup: refuse('hangup'),
    hold: (callId) => emit({ type: 'HoldRefused', call_id: callId, reason }),
    mute: (callId) => emit({ type: 'MuteRefused', call_id: callId, reason }),
    dtmf: (callId) => emit({ type: 'DtmfRefused', call_id: callId, reason }),
    transfer: (callId) => emit({ type: 'CommandRefused', call_id: callId, refused: 'transfer', reason }),
    stop() {
      emit = () => {}
    },
  }
}
