// Clocks of many tiles with one timer: each writes its own text node, and only when the
// text differs. React is not asked; a thousand clocks a second would be a thousand renders.

import { useEffect, useRef } from 'react'
import { clock } from '../lib/format.ts'

type Paint = (now: number) => void

const paints = new Set<Paint>()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  const now = Date.now()
  for (const paint of paints) paint(now)
}

function add(paint: Paint): () => void {
  paints.add(paint)
  timer ??= setInterval(tick, 1000)
  paint(Date.now())
  return () => {
    paints.delete(paint)
    if (paints.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Writes into the text node that is there: less for the browser to do than a new one. */
function put(element: HTMLElement, text: string) {
  const node = element.firstChild
  if (node === null) element.textContent = text
  else if (node.nodeValue !== text) node.nodeValue = text
}

/** An element whose text is `write(now)`, painted each second. `now` is this computer's clock. */
export function useTicking<E extends HTMLElement>(write: (now: number) => string) {
  const element = useRef<E>(null)
  const latest = useRef(write)
  latest.current = write
  useEffect(() => {
    let shown = ''
    const paint = (now: number) => {
      const text = latest.current(now)
      if (text === shown || element.current === null) return
      shown = text
      put(element.current, text)
    }
    return add(paint)
  }, [])
  useEffect(() => {
    if (element.current !== null) put(element.current, latest.current(Date.now()))
  })
  return element
}

/** Calls back each second. */
export function useEachSecond(call: (now: number) => void) {
  const latest = useRef(call)
  latest.current = call
  useEffect(() => add((now) => latest.current(now)), [])
}

/** `mm:ss` since a moment by this computer's clock. */
export const since = (moment: number | null, now: number) => clock(moment === null ? null : Math.max(0, now - moment))
