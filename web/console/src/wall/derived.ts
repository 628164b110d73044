// What is worked out of the whole board: lists and sums. At most four times a second, as a
// thousand changes may come in one; a reader's own choice takes effect at once.

import { useEffect, useState } from 'react'
import { type Choice, useChoice } from './filter.ts'
import { useWall, type Wall } from './store.ts'

const pauseMs = 250
/** Time alone makes a status last too long. */
const againMs = 5_000

/** `compute` and `same` must not change while the component lives. */
export function useDerived<T>(
  compute: (wall: Wall, choice: Choice, now: number) => T,
  same: (left: T, right: T) => boolean,
): T {
  const read = () => compute(useWall.getState(), useChoice.getState(), Date.now())
  const [value, setValue] = useState(read)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the two functions are constants of a module
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      clearTimeout(due)
      due = undefined
      setValue((before) => {
        const next = read()
        return same(before, next) ? before : next
      })
    }
    const later = () => {
      due ??= setTimeout(renew, pauseMs)
    }
    const stopWall = useWall.subscribe(later)
    const stopChoice = useChoice.subscribe(renew)
    const again = setInterval(later, againMs)
    renew()
    return () => {
      stopWall()
      stopChoice()
      clearInterval(again)
      clearTimeout(due)
    }
  }, [])
  return value
}

export const sameKeys = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((key, at) => key === right[at])

export const sameFields = <T extends object>(left: T, right: T) =>
  Object.keys(left).every((key) => left[key as keyof T] === right[key as keyof T])
