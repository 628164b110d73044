// What is worked out of all agents or calls, at most four times a second, for a choice that may change: the choice
// takes effect at once.

import { useEffect, useState } from 'react'
import { useWall, type Wall } from '../wall/store.ts'

const pauseMs = 250
/** Time alone makes a status last too long. */
const againMs = 5_000

/** `compute` changes with the reader's choice and only then. */
export function useLooked<T>(compute: (wall: Wall) => T, same: (left: T, right: T) => boolean): T {
  const [shown, setShown] = useState(() => ({ compute, value: compute(useWall.getState()) }))
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      due = undefined
      setShown((before) => {
        const value = compute(useWall.getState())
        return before.compute === compute && same(before.value, value) ? before : { compute, value }
      })
    }
    const later = () => {
      due ??= setTimeout(renew, pauseMs)
    }
    renew()
    const stop = useWall.subscribe(later)
    const again = setInterval(later, againMs)
    return () => {
      stop()
      clearInterval(again)
      clearTimeout(due)
    }
  }, [compute, same])
  return shown.value
}
