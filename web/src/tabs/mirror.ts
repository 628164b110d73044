// The leader's state in the other tabs: what differs between two snapshots as
// plain data, and the snapshot made of it on the other side. What did not
// change stays the same object there too.
import type { PhoneState } from '../generated/state.js'
import { SlotPages } from '../store/collections.js'
import { PagedList } from '../store/paged_list.js'

/** Parts by name: whole, or for what grows the entries that differ. */
export interface Patch {
  parts: Record<string, unknown>
  /** Objects by key. `keys` is there when keys came, went or moved. */
  maps: Record<string, { set: [string, unknown][]; keys?: string[] }>
  /** Lists in pages, by slot; null empties it. */
  pages: Record<string, [number, unknown][]>
}

type Parts = Record<string, unknown>
type Entries = Readonly<Record<string, unknown>>

/** This tab's own: never sent, never taken over. */
const OWN = ['tab', 'version']

/** What makes `before` into `after`; all of `after` when there is no `before`. */
export function difference(before: PhoneState | null, after: PhoneState): Patch {
  const patch: Patch = { parts: {}, maps: {}, pages: {} }
  const old = (before ?? {}) as Parts
  for (const [name, value] of Object.entries(after)) {
    if (value === old[name] || OWN.includes(name)) continue
    if (value instanceof PagedList) patch.pages[name] = value.changesSince(old[name] as PagedList<unknown> | undefined)
    else if (isMap(value)) patch.maps[name] = mapDifference(old[name] as Entries | undefined, value)
    else patch.parts[name] = value
  }
  return patch
}

/** The store's maps have no prototype: that tells them from the parts. */
function isMap(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
}

function mapDifference(before: Entries | undefined, after: Entries) {
  const keys = Object.keys(after)
  const set = keys.filter((key) => before?.[key] !== after[key]).map((key): [string, unknown] => [key, after[key]])
  const oldKeys = before ? Object.keys(before) : null
  const same = oldKeys?.length === keys.length && keys.every((key, i) => oldKeys[i] === key)
  return same ? { set } : { set, keys }
}

/** What another tab shows, put together again. */
export class Mirror {
  private state: PhoneState | null = null
  private pages = new Map<string, SlotPages<{ extension: string }>>()

  /** The snapshot so far; null before the first whole one. */
  get seen(): PhoneState | null {
    return this.state
  }

  forget(): void {
    this.state = null
  }

  /** `whole`: the patch is all of the state, and what it does not name is not there. */
  take(patch: Patch, whole: boolean): PhoneState {
    const before = (this.state ?? {}) as Parts
    const next: Parts = { ...before }
    for (const [name, value] of Object.entries(patch.parts)) next[name] = graft(before[name], value)
    for (const [name, { set, keys }] of Object.entries(patch.maps)) {
      next[name] = this.map(before[name] as Entries | undefined, set, keys)
    }
    if (whole) this.pages.clear()
    for (const [name, entries] of Object.entries(patch.pages)) {
      const list = this.pages.get(name) ?? new SlotPages((entry: { extension: string }) => entry.extension)
      this.pages.set(name, list)
      for (const [slot, entry] of entries) {
        if (entry === null) list.clear(slot)
        else list.set(slot, entry as { extension: string })
      }
      next[name] = list.value()
    }
    this.state = next as unknown as PhoneState
    return this.state
  }

  private map(before: Entries | undefined, set: [string, unknown][], keys: string[] | undefined): Entries {
    const fresh = new Map(set)
    const shown: Record<string, unknown> = Object.create(null)
    for (const key of keys ?? Object.keys(before ?? {})) {
      shown[key] = fresh.has(key) ? graft(before?.[key], fresh.get(key)) : before?.[key]
    }
    return shown
  }
}

/** `now`, with every inner part that equals what was there before being that same object. */
export function graft(before: unknown, now: unknown): unknown {
  if (Object.is(before, now)) return before
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) return now
  const names = Object.keys(now)
  let same = names.length === Object.keys(before).length
  for (const name of names) {
    const kept = graft(before[name], now[name])
    if (kept !== before[name]) same = false
    now[name] = kept
  }
  return same ? before : now
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
