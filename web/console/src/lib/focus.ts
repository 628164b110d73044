// Where the focus goes next. A button that will vanish names the place that
// takes over; the place takes the focus once it is on the page.

import { type RefObject, useEffect } from 'react'

export type Place = 'hold' | 'consult' | 'disposition' | 'status'

let wanted: Place | null = null

export function wantFocus(place: Place) {
  wanted = place
}

export function typing(element: Element | null = document.activeElement): boolean {
  if (element instanceof HTMLTextAreaElement) return true
  return element instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(element.type)
}

export const focusLost = () => document.activeElement === null || document.activeElement === document.body

export function useWantedFocus(place: Place | null, target: RefObject<HTMLElement | null>) {
  useEffect(() => {
    if (place === null || wanted !== place || target.current === null) return
    wanted = null
    if (!typing()) target.current.focus()
  })
}
