// The store: zustand's vanilla contract without setState, because only the
// engine changes the state. zustand's `useStore` and React's
// `useSyncExternalStore` take it as it is.

export interface ReadonlyStore<T> {
  getState(): T
  /** The state the store was created with. */
  getInitialState(): T
  /** Calls `listener` after each change; gives the function that ends it. */
  subscribe(listener: (state: T, previous: T) => void): () => void
}

export interface Store<T> extends ReadonlyStore<T> {
  /** Shows `next` and tells the listeners, in the order they came. A listener that throws stops nobody. */
  show(next: T): void
}

export function createStore<T>(initial: T, onListenerError: (error: unknown) => void): Store<T> {
  let state = initial
  const listeners = new Set<(state: T, previous: T) => void>()
  /** The listeners as an array, which is told faster than a Set; null when somebody came or went. */
  let list: ((state: T, previous: T) => void)[] | null = null
  const tell = (listener: (state: T, previous: T) => void, next: T, previous: T) => {
    try {
      listener(next, previous)
    } catch (error) {
      onListenerError(error)
    }
  }
  /** As a Set does it: who left while the others were told is not told, who came is. */
  const tellAll = (next: T, previous: T) => {
    const now = list ?? [...listeners]
    list = now
    for (let i = 0; i < now.length; i++) {
      const listener = now[i] as (state: T, previous: T) => void
      if (list === now || listeners.has(listener)) tell(listener, next, previous)
    }
    if (list === now) return
    for (const listener of listeners) if (!now.includes(listener)) tell(listener, next, previous)
  }
  return {
    getState: () => state,
    getInitialState: () => initial,
    subscribe(listener) {
      listeners.add(listener)
      list = null
      return () => {
        listeners.delete(listener)
        list = null
      }
    },
    show(next) {
      const previous = state
      if (next === previous) return
      state = next
      tellAll(next, previous)
    },
  }
}
