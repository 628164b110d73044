// softphone.* effects into calls of the adapter. An adapter should never
// throw; when one does, the engine hears a refusal, as if the library had
// refused, and the command ends.
import type { PhoneEffect } from '../generated/effects.js'
import type { SoftphoneCommand } from '../generated/words.js'
import type { AdapterContext, SoftphoneAdapter, SoftphoneEvent } from '../ports.js'

export type SoftphoneEffect = Extract<PhoneEffect, { type: `softphone.${string}` }>

export interface Softphone {
  perform(effect: SoftphoneEffect): void
  stop(): void
}

export function createSoftphone(adapter: SoftphoneAdapter, context: AdapterContext): Softphone {
  let stopped = false
  const live: AdapterContext = {
    ...context,
    emit(event) {
      if (!stopped) context.emit(event)
    },
  }
  const failed = (event: SoftphoneEvent, error: unknown) => {
    context.log('error', `the ${adapter.name} adapter failed: ${String(error)}`)
    live.emit(event)
  }
  const start = async () => adapter.start(live)
  return {
    perform(effect) {
      if (effect.type === 'softphone.start') {
        start().catch((error: unknown) => failed({ type: 'SoftphoneFailed', reason: String(error) }, error))
        return
      }
      try {
        command(adapter, effect)
      } catch (error) {
        failed(refusal(effect, String(error)), error)
      }
    },
    stop() {
      stopped = true
      const stop = async () => adapter.stop()
      stop().catch((error: unknown) =>
        context.log('warn', `the ${adapter.name} adapter did not stop: ${String(error)}`),
      )
    },
  }
}

type Command = Exclude<SoftphoneEffect, { type: 'softphone.start' }>

function command(adapter: SoftphoneAdapter, effect: Command): void {
  switch (effect.type) {
    case 'softphone.register':
      adapter.register()
      break
    case 'softphone.unregister':
      adapter.unregister()
      break
    case 'softphone.dial':
      adapter.dial(effect.call_id, effect.number)
      break
    case 'softphone.answer':
      adapter.answer(effect.call_id)
      break
    case 'softphone.reject':
      adapter.reject(effect.call_id)
      break
    case 'softphone.hangup':
      adapter.hangup(effect.call_id)
      break
    case 'softphone.hold':
      adapter.hold(effect.call_id, effect.on)
      break
    case 'softphone.mute':
      adapter.mute(effect.call_id, effect.on)
      break
    case 'softphone.dtmf':
      adapter.dtmf(effect.call_id, effect.digits)
      break
    case 'softphone.transfer':
      adapter.transfer(effect.call_id, effect.target, effect.other_call_id)
      break
    case 'softphone.merge':
      if (!adapter.merge) throw new Error(`${adapter.name} cannot join calls`)
      adapter.merge(effect.call_id, effect.other_call_id, effect.on)
      break
    case 'softphone.check':
      adapter.check?.(effect.call_id)
      break
    case 'softphone.resume':
      if (!adapter.resume) throw new Error(`${adapter.name} cannot take a call up again`)
      adapter.resume(effect.call_id, effect.dialog, effect.number)
      break
    default:
      effect satisfies never
  }
}

function refusal(effect: Command, reason: string): SoftphoneEvent {
  const call_id = 'call_id' in effect ? effect.call_id : ''
  switch (effect.type) {
    case 'softphone.hold':
      return { type: 'HoldRefused', call_id, reason }
    case 'softphone.mute':
      return { type: 'MuteRefused', call_id, reason }
    case 'softphone.dtmf':
      return { type: 'DtmfRefused', call_id, reason }
    case 'softphone.merge':
      return { type: 'MergeRefused', call_id, reason }
    case 'softphone.check':
      return { type: 'CallAlive', call_id } // not known: a call is not ended on a guess
    case 'softphone.resume':
      return { type: 'CallEnded', call_id, origin: 'unknown', reason }
    case 'softphone.unregister':
      return { type: 'Unregistered', reason }
    default:
      return {
        type: 'CommandRefused',
        call_id,
        refused: effect.type.slice('softphone.'.length) as SoftphoneCommand,
        reason,
      }
  }
}

/** The page's own element for remote audio, made when an adapter first asks; none where there is no page. */
export function pageAudio(): { element: () => HTMLAudioElement | null; remove: () => void } {
  let made: HTMLAudioElement | null = null
  return {
    element() {
      if (made || typeof document === 'undefined') return made
      made = document.createElement('audio')
      made.autoplay = true
      made.hidden = true
      document.body.append(made)
      return made
    },
    remove() {
      made?.remove()
      made = null
    },
  }
}
