// The collections of the state while they change: entries by slot, as the
// engine numbers them, and the immutable value that the next snapshot shows.
// `value()` gives the same object until something changes.
// biome-ignore-all lint/style/noNonNullAssertion: slots are filled up before they are read
import { type KeyIndex, PAGE, type Page, PagedList } from './paged_list.js'

/** calls, callLogs: an object by key. Keys come from outside, so `__proto__` is a key like any other. */
export class SlotMap<T> {
  private readonly entries: (T | undefined)[] = []
  private shown: Readonly<Record<string, T>> | null = null

  constructor(private readonly keyOf: (entry: T) => string) {}

  set(slot: number, entry: T): void {
    while (this.entries.length < slot) this.entries.push(undefined)
    this.entries[slot] = entry
    this.shown = null
  }

  at(slot: number): T | undefined {
    return this.entries[slot]
  }

  clear(slot: number): void {
    if (slot < this.entries.length) this.entries[slot] = undefined
    while (this.entries.length > 0 && this.entries[this.entries.length - 1] === undefined) this.entries.pop()
    this.shown = null
  }

  value(): Readonly<Record<string, T>> {
    return this.shown ?? this.build()
  }

  private build(): Readonly<Record<string, T>> {
    // Without a prototype, and so a dictionary from the start: with `{}` every new key would cost V8 a new hidden class.
    const shown: Record<string, T> = Object.create(null)
    const entries = this.entries
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]
      if (entry === undefined) continue
      shown[this.keyOf(entry)] = entry
    }
    this.shown = shown
    return shown
  }
}

/** drafts: the live entries in slot order. */
export class SlotList<T> {
  private readonly entries: (T | undefined)[] = []
  private shown: readonly T[] | null = []

  set(slot: number, entry: T): void {
    while (this.entries.length < slot) this.entries.push(undefined)
    this.entries[slot] = entry
    this.shown = null
  }

  clear(slot: number): void {
    if (slot < this.entries.length) this.entries[slot] = undefined
    this.shown = null
  }

  value(): readonly T[] {
    this.shown ??= this.entries.filter((entry): entry is T => entry !== undefined)
    return this.shown
  }
}

/** callStack: what was appended last. */
export class Ring<T> {
  static readonly CAPACITY = 64
  private shown: readonly T[] = []

  push(entry: T): void {
    const last = this.shown
    const from = last.length === Ring.CAPACITY ? 1 : 0
    const next: T[] = []
    for (let i = from; i < last.length; i++) next.push(last[i]!)
    next.push(entry)
    this.shown = next
  }

  value(): readonly T[] {
    return this.shown
  }
}

/** agents: pages, shared between snapshots. A page is copied once between two snapshots, however much of it changes. */
export class SlotPages<T> {
  private pages: Page<T>[] = []
  private fresh = new Set<number>()
  private size = 0
  private shown: PagedList<T>
  private readonly index: KeyIndex<T> = { slots: new Map(), newest: null }

  constructor(private readonly keyOf: (entry: T) => string) {
    this.shown = new PagedList<T>([], 0, this.index, keyOf)
  }

  set(slot: number, entry: T): void {
    const old = this.pages[slot >> 6]?.[slot & 63]
    this.write(slot, entry)
    if (old === undefined) this.size++
    else if (this.keyOf(old) !== this.keyOf(entry)) this.index.slots.delete(this.keyOf(old))
    if (old === undefined || this.keyOf(old) !== this.keyOf(entry)) this.index.slots.set(this.keyOf(entry), slot)
  }

  clear(slot: number): void {
    const old = this.pages[slot >> 6]?.[slot & 63]
    if (old === undefined) return
    this.write(slot, undefined)
    this.size--
    if (this.index.slots.get(this.keyOf(old)) === slot) this.index.slots.delete(this.keyOf(old))
  }

  value(): PagedList<T> {
    if (this.fresh.size === 0) return this.shown
    this.shown = new PagedList<T>(this.pages, this.size, this.index, this.keyOf)
    this.fresh.clear()
    return this.shown
  }

  private write(slot: number, entry: T | undefined): void {
    const at = slot >> 6
    if (this.fresh.size === 0) this.pages = this.pages.slice()
    while (this.pages.length <= at) this.pages.push([])
    if (!this.fresh.has(at)) {
      this.fresh.add(at)
      this.pages[at] = this.pages[at]!.slice()
    }
    const page = this.pages[at] as (T | undefined)[]
    while (page.length < Math.min(slot & 63, PAGE)) page.push(undefined)
    page[slot & 63] = entry
  }
}
