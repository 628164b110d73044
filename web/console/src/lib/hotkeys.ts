// The keyboard map. Keys are matched by their place (`event.code`), so Option on
// macOS types nothing, and AltGr is never taken. What buttons show comes from
// the same map.

import { useEffect, useRef } from 'react'
import { useSettings } from './settings.ts'

const map = {
  answer: ['KeyA', 'Alt A', 'Answer'],
  decline: ['KeyR', 'Alt R', 'Decline'],
  hangUp: ['KeyH', 'Alt H', 'Hang up the active call'],
  hold: ['KeyO', 'Alt O', 'Hold or resume'],
  mute: ['KeyM', 'Alt M', 'Mute or unmute'],
  keypad: ['KeyK', 'Alt K', 'Keypad'],
  status: ['KeyP', 'Alt P', 'Status menu'],
  transfer: ['KeyT', 'Alt T', 'Transfer'],
  complete: ['Enter', 'Alt Enter', 'Complete the transfer'],
  swap: ['KeyS', 'Alt S', 'Swap with the call on hold'],
  threeWay: ['KeyJ', 'Alt J', 'Three-way call, and back to two calls'],
  back: ['KeyB', 'Alt B', 'Back to the customer'],
  finish: ['Enter', 'Alt Enter', 'Finish wrap-up'],
  notes: ['KeyN', 'Alt N', 'Notes'],
  extend: ['KeyX', 'Alt X', '30 s more wrap-up'],
} as const satisfies Record<string, readonly [code: string, shown: string, does: string]>

export type Hotkey = keyof typeof map

export const hotkeys = Object.entries(map).map(([name, [, shown, does]]) => ({ name, shown, does }))

export const shownKey = (name: Hotkey) => map[name][1]

const handlers = new Map<string, (() => void)[]>()

function onKey(event: KeyboardEvent) {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.getModifierState('AltGraph')) return
  if (!useSettings.getState().keys || event.repeat) return
  const handler = handlers.get(event.code)?.at(-1)
  if (handler === undefined) return
  event.preventDefault()
  handler()
}

if (typeof window !== 'undefined') window.addEventListener('keydown', onKey)
if (import.meta.hot) import.meta.hot.dispose(() => window.removeEventListener('keydown', onKey))

/** For `aria-keyshortcuts`. */
export const ariaKey = (name: Hotkey) => map[name][1].replace(' ', '+')

/** Takes a key while the component is on the page; the latest to ask has it. */
export function useHotkey(name: Hotkey, handler: () => void, on = true) {
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => {
    if (!on) return
    const code = map[name][0]
    const mine = () => latest.current()
    handlers.set(code, [...(handlers.get(code) ?? []), mine])
    return () => {
      handlers.set(
        code,
        (handlers.get(code) ?? []).filter((other) => other !== mine),
      )
    }
  }, [name, on])
}
