// The Web Lock that says which tab leads. Whoever holds it holds it until it
// goes; the browser gives it to the next one waiting when a tab is closed or
// dies. A tab that stands still keeps it: then another one takes it away.

/** What is used of `navigator.locks`. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    held: (lock: unknown) => Promise<void>,
  ): Promise<unknown>
  query(): Promise<{ held?: { name?: string; clientId?: string }[] }>
}

export interface LeaderLock {
  /** Waits in the queue, or with `steal` takes it at once from whoever holds it. */
  claim(steal: boolean): void
  /** Lets go, and waits no more. Nothing is told. */
  release(): void
  /** Whether it is still ours, asked of the browser: a tab that stood still may not have heard yet. */
  prove(): Promise<boolean>
}

interface Told {
  granted(): void
  lost(): void
  failed(error: unknown): void
}

export function leaderLock(locks: Locks, name: string, told: Told): LeaderLock {
  /** The request that counts; an older one is told nothing. */
  let current: { abort: AbortController; letGo: (() => void) | null } | null = null
  let clientId: string | undefined

  const holder = async () => (await locks.query()).held?.find((one) => one.name === name)?.clientId
  const release = () => {
    const released = current
    current = null
    released?.letGo?.()
    released?.abort.abort()
  }
  return {
    claim(steal) {
      if (current?.letGo || (current && !steal)) return
      release()
      const mine: NonNullable<typeof current> = { abort: new AbortController(), letGo: null }
      current = mine
      // A stealing request cannot be aborted: it is granted at once.
      const options = steal ? { steal: true } : { signal: mine.abort.signal }
      const held = () =>
        new Promise<void>((resolve) => {
          if (current !== mine) return resolve()
          mine.letGo = resolve
          holder().then(
            (id) => {
              clientId = id
            },
            () => {},
          )
          told.granted()
        })
      locks.request(name, options, held).catch((error: unknown) => {
        if (current !== mine) return
        const had = mine.letGo !== null
        current = null
        if (had) told.lost()
        else told.failed(error)
      })
    },
    release,
    async prove() {
      const mine = current
      if (!mine?.letGo) return false
      const id = await holder()
      // In one page, or where the browser does not say who: our own request knows.
      return current === mine && (clientId === undefined || id === clientId)
    },
  }
}
