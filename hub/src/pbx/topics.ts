// What the PBX shows, as topics of the WebSocket: the items in memory, a
// revision that rises with each frame, changes gathered for 100 ms so that an
// item is told at most once in that time, its last state always. Nothing of it
// is stored. Who may see which topic stands with the socket.

/** One frame that was told, encoded once for all who get it. */
export interface Told {
  revision: number
  frame: string
  /** The same for agents, where they see less than supervisors. */
  short: string
  /** The same for one viewer, where each sees other items. */
  view?: (viewer: Viewer) => string
}

/** An agent that looks. */
export interface Viewer {
  extension: string
  /** The queues that it serves. */
  queues: readonly string[]
}

export interface TopicOptions<T> {
  name: string
  /** One word names an item, or several. */
  key: (item: T) => string | string[]
  /** What an agent sees of an item; absent: all of it. */
  short?: (item: T) => object
  /** Which items an agent sees, and a word that is the same for those who see the same; absent: all. */
  views?: { sees: (item: T, viewer: Viewer) => boolean; key: (viewer: Viewer) => string }
  /** True for an item that is told once more and then removed. */
  last?: (item: T) => boolean
  /** Where the revision begins: ms UTC of the hub's start, so that no earlier run's is ever taken for one of this. */
  revision: number
  flush_ms: number
  frame_bytes: number
  /** Frames kept for those who come back. */
  ring: number
}

interface Kept<T> {
  item: T
  text: string
  short: string
}

export class Topic<T> {
  readonly name: string
  readonly #o: TopicOptions<T>
  #revision: number
  #items = new Map<string, Kept<T>>()
  /** As each item was told last: what a viewer no longer sees was removed for it. */
  #told = new Map<string, T>()
  /** Keys to be told with the next frame. */
  #dirty = new Set<string>()
  #removed = new Map<string, string | string[]>()
  #ring: Told[] = []
  #listeners = new Set<(told: Told) => void>()
  #timer: NodeJS.Timeout | null = null
  #flushedAt = Number.NEGATIVE_INFINITY

  constructor(options: TopicOptions<T>) {
    this.#o = options
    this.name = options.name
    this.#revision = options.revision
  }

  get revision(): number {
    return this.#revision
  }

  get size(): number {
    return this.#items.size
  }

  items(): T[] {
    return [...this.#items.values()].map(({ item }) => item)
  }

  /** Those that one agent sees. */
  itemsFor(viewer: Viewer): T[] {
    const { views } = this.#o
    return views ? this.items().filter((item) => views.sees(item, viewer)) : this.items()
  }

  /** The same, as agents see them. */
  shortItems(): object[] {
    const { short } = this.#o
    return this.items().map((item) => (short ? short(item) : (item as object)))
  }

  /** Takes whole items; those that are as they were are not told. */
  put(items: readonly T[]): void {
    for (const item of items) {
      const key = this.#o.key(item)
      const id = idOf(key)
      const text = JSON.stringify(item)
      if (this.#items.get(id)?.text === text) continue
      this.#items.set(id, { item, text, short: this.#o.short ? JSON.stringify(this.#o.short(item)) : text })
      this.#dirty.add(id)
      this.#removed.delete(id)
      if (this.#o.last?.(item)) this.#removed.set(id, key)
    }
    this.#schedule()
  }

  /** Takes away what is no longer there; REQUIRES: an item or as much of it as its key needs. */
  remove(items: readonly T[]): void {
    for (const item of items) {
      const key = this.#o.key(item)
      if (!this.#items.delete(idOf(key))) continue
      this.#dirty.delete(idOf(key))
      this.#removed.set(idOf(key), key)
    }
    this.#schedule()
  }

  /** Takes everything away: nothing is known any more. */
  clear(): void {
    this.remove(this.items())
  }

  #schedule(): void {
    if (this.#timer || (this.#dirty.size === 0 && this.#removed.size === 0)) return
    const wait = this.#flushedAt + this.#o.flush_ms - performance.now()
    if (wait <= 0) this.flush()
    else this.#timer = setTimeout(() => this.flush(), wait)
  }

  /** Tells what has changed, now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#flushedAt = performance.now()
    const told = [...this.#dirty].flatMap((id) => this.#items.get(id) ?? [])
    const removed = [...this.#removed.values()]
    for (const id of this.#removed.keys()) this.#items.delete(id)
    this.#dirty.clear()
    this.#removed.clear()
    const head = (revision: number) => `{"type":"changes","stream":"${this.name}","revision":${revision},"items":[`
    const tail = (last: boolean) => `],"removed":${last ? JSON.stringify(removed) : '[]'}}`
    const room = this.#o.frame_bytes - 200 - Buffer.byteLength(JSON.stringify(removed))
    const parts = split(told, room, ({ text }) => text)
    parts.forEach((part, i) => {
      const revision = ++this.#revision
      const ends = tail(i === parts.length - 1)
      const frame = `${head(revision)}${part.map(({ text }) => text).join(',')}${ends}`
      const short = this.#o.short ? `${head(revision)}${part.map((one) => one.short).join(',')}${ends}` : frame
      const view = this.#viewOf(part, i === parts.length - 1 ? removed : [], head(revision))
      this.#tell({ revision, frame, short, ...(view ? { view } : {}) })
    })
  }

  /** How a frame looks to each viewer; made when the first asks, once for all who see the same. */
  #viewOf(part: Kept<T>[], removed: (string | string[])[], head: string): Told['view'] {
    const { views, key } = this.#o
    if (!views) return undefined
    const changed = part.map(({ item, short }) => ({ item, short, before: this.#told.get(idOf(key(item))) }))
    const gone = removed.map((one) => ({ key: one, before: this.#told.get(idOf(one)) }))
    for (const { item } of part) this.#told.set(idOf(key(item)), item)
    for (const one of removed) this.#told.delete(idOf(one))
    const cache = new Map<string, string>()
    return (viewer) => {
      const who = views.key(viewer)
      const known = cache.get(who)
      if (known !== undefined) return known
      const seen = changed.filter(({ item }) => views.sees(item, viewer))
      const lost = changed.filter(
        ({ item, before }) => before && !views.sees(item, viewer) && views.sees(before, viewer),
      )
      const keys = [
        ...gone.flatMap((one) => (one.before && views.sees(one.before, viewer) ? [one.key] : [])),
        ...lost.map(({ item }) => key(item)),
      ]
      const text = `${head}${seen.map((one) => one.short).join(',')}],"removed":${JSON.stringify(keys)}}`
      cache.set(who, text)
      return text
    }
  }

  #tell(told: Told): void {
    this.#ring.push(told)
    if (this.#ring.length > this.#o.ring) this.#ring.shift()
    for (const listener of this.#listeners) listener(told)
  }

  /** All items as snapshot frames, and the revision that they are not older than; with a viewer those that it sees. */
  snapshot(short: boolean, viewer: Viewer | null = null): { revision: number; frames: string[] } {
    const { views } = this.#o
    const text = (one: Kept<T>) => (short ? one.short : one.text)
    const all = [...this.#items.values()]
    const seen = views && viewer ? all.filter(({ item }) => views.sees(item, viewer)) : all
    const parts = split(seen, this.#o.frame_bytes - 200, text)
    const revision = this.#revision
    const frames = parts.map((part, i) => {
      const many = parts.length > 1 ? `,"part":${i + 1},"parts":${parts.length}` : ''
      const items = part.map(text).join(',')
      return `{"type":"snapshot","stream":"${this.name}","revision":${revision}${many},"items":[${items}]}`
    })
    return { revision, frames }
  }

  /** Calls back with each frame from now on; returns how to stop. */
  listen(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The frames after `revision`, or null when they are no longer all here. */
  since(revision: number): readonly Told[] | null {
    if (revision === this.#revision) return []
    const oldest = this.#ring[0]?.revision
    if (oldest === undefined || revision > this.#revision || revision < oldest - 1) return null
    return this.#ring.slice(revision - oldest + 1)
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#listeners.clear()
  }
}

const idOf = (key: string | string[]) => (typeof key === 'string' ? key : key.join('\n'))

/** Parts of which each fits into the room, in order; at least one, and an item alone may be larger. */
function split<T>(items: T[], room: number, text: (item: T) => string): T[][] {
  const parts: T[][] = [[]]
  let left = room
  for (const item of items) {
    const size = Buffer.byteLength(text(item)) + 1
    if (size > left && (parts.at(-1)?.length ?? 0) > 0) {
      parts.push([])
      left = room
    }
    left -= size
    parts.at(-1)?.push(item)
  }
  return parts
}
