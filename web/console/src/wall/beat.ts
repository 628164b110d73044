// The pulse of all tiles as one beat: four steps of an attribute on the page, which style only the
// glyphs that pulse (wallboard.css). An animation for each would be a layer for each, and with
// hundreds of them the browser spends more on layers than on all changes together.

import { useEffect } from 'react'

const stepMs = 400
const steps = 4

/** Beats while `on` and as long as the reader has not asked for less motion. */
export function useBeat(on: boolean) {
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)')
    let step = 0
    const timer = setInterval(() => {
      if (still.matches) {
        delete document.body.dataset.beat
        return
      }
      step = (step + 1) % steps
      document.body.dataset.beat = String(step)
    }, stepMs)
    if (!on) clearInterval(timer)
    return () => {
      clearInterval(timer)
      delete document.body.dataset.beat
    }
  }, [on])
}
