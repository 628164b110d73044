// A browser's Web Locks and channels for several phones in one process: the lock
// queue with steal and abort, and messages that are cloned and come later, in
// order. A tab can be made to hang, or to die.
import type { Locks } from '../../web/src/tabs/lock.js'
import type { Channel, TabsPlace } from '../../web/src/tabs/tabs.js'

interface Request {
  tab: FakeTab
  run(): Promise<void>
  broken(error: DOMException): void
}

export interface FakeTab extends TabsPlace {
  /** Everything it said. */
  readonly said: Record<string, unknown>[]
  /** Says something as another tab would. */
  say(message: unknown): void
  /** The process ends: its lock is free, it hears and says nothing. */
  die(): void
  /** It hears and says nothing, not even that its lock was taken, until it goes on. */
  hang(): void
  goOn(): void
}

export function fakeTabs() {
  let holder: Request | null = null
  let queue: Request[] = []
  const ears = new Map<Channel, FakeTab>()
  const dead = new Set<FakeTab>()
  /** What tabs that hang will hear when they go on. */
  const hanging = new Map<FakeTab, (() => void)[]>()
  const later = (tab: FakeTab, run: () => void) => {
    const waits = hanging.get(tab)
    if (waits) waits.push(run)
    else run()
  }

  const next = () => {
    holder = queue.shift() ?? null
    holder?.run()
  }
  const free = (request: Request) => {
    queue = queue.filter((one) => one !== request)
    if (holder === request) next()
  }
  const tab = (): FakeTab => {
    const said: Record<string, unknown>[] = []
    const locks: Locks = {
      request: (_, { steal, signal }, held) =>
        new Promise((resolve, reject) => {
          const request: Request = {
            tab: place,
            run: () =>
              Promise.resolve()
                .then(() => held({}))
                .then(() => {
                  free(request)
                  resolve(undefined)
                }),
            broken: reject,
          }
          signal?.addEventListener('abort', () => {
            if (holder === request) return
            free(request)
            reject(new DOMException('aborted', 'AbortError'))
          })
          if (steal) {
            const robbed = holder
            holder = request
            request.run()
            if (robbed) later(robbed.tab, () => robbed.broken(new DOMException('stolen', 'AbortError')))
          } else if (holder) queue.push(request)
          else {
            holder = request
            request.run()
          }
        }),
      query: async () => ({
        held: holder ? [{ name: 'offhook:1001', clientId: String([...all].indexOf(holder.tab)) }] : [],
      }),
    }
    const speak = (message: unknown, from: Channel | null) => {
      if (dead.has(place) || hanging.has(place)) return
      const copy = structuredClone(message)
      said.push(copy as Record<string, unknown>)
      for (const [channel, owner] of ears) {
        if (channel === from || dead.has(owner)) continue
        const heard = structuredClone(message)
        const hear = () => {
          if (ears.has(channel) && !dead.has(owner)) channel.onmessage?.({ data: heard })
        }
        setImmediate(() => later(owner, hear))
      }
    }
    const place: FakeTab = {
      locks,
      said,
      say: (message) => speak(message, null),
      channel() {
        const channel: Channel = {
          onmessage: null,
          postMessage: (message) => speak(message, channel),
          close: () => void ears.delete(channel),
        }
        ears.set(channel, place)
        return channel
      },
      hang() {
        hanging.set(place, [])
      },
      goOn() {
        const waits = hanging.get(place) ?? []
        hanging.delete(place)
        for (const run of waits) run()
      },
      die() {
        dead.add(place)
        queue = queue.filter((one) => one.tab !== place)
        if (holder?.tab === place) next()
      },
    }
    all.add(place)
    return place
  }
  const all = new Set<FakeTab>()
  return { tab }
}
