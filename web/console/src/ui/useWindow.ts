// Which rows of a long list are in sight, for rows of one height: the others are not drawn. The place keeps the
// height of all of them, so that the scroll bar says how many there are.

import { type RefObject, useEffect, useState } from 'react'

/** Rows that are drawn beyond each edge, so that a quick scroll finds them there. */
const beyond = 12

export interface Window {
  from: number
  until: number
  /** Heights of what is not drawn above and below, in px. */
  above: number
  below: number
}

export function useWindow(place: RefObject<HTMLElement | null>, count: number, rowPx: number): Window {
  const [seen, setSeen] = useState({ top: 0, height: 900 })
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    // In steps, so that not each pixel is a render.
    const step = rowPx * 4
    const look = () => {
      const top = Math.floor(element.scrollTop / step) * step
      const height = Math.ceil(element.clientHeight / step) * step
      setSeen((before) => (before.top === top && before.height === height ? before : { top, height }))
    }
    const watch = new ResizeObserver(look)
    watch.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      watch.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [place, rowPx])
  const from = Math.max(0, Math.min(count, Math.floor(seen.top / rowPx) - beyond))
  const until = Math.min(count, Math.ceil((seen.top + seen.height) / rowPx) + beyond)
  return { from, until, above: from * rowPx, below: (count - until) * rowPx }
}
