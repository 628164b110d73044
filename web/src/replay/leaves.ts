// The leaves of a state from the cold face's replies, where each is plain data. A phone has them from numbers.
import { Leaves, leafKeys } from '../generated/decode.js'

interface Collection {
  push?(entry: unknown): void
  set?(slot: number, entry: unknown): void
  clear?(slot: number): void
}

export class PlainLeaves extends Leaves {
  /** Takes one in; null empties the slot. */
  put(leaf: string, slot: number, value: unknown): void {
    const parts = this as unknown as Record<string, Collection>
    const key = leafKeys[leaf]
    const part = key === undefined ? undefined : parts[key]
    if (key === undefined || part === undefined) return
    if (typeof part.push === 'function') part.push(value)
    else if (typeof part.set !== 'function') parts[key] = value as Collection
    else if (value === null) part.clear?.(slot)
    else part.set(slot, value)
  }
}
