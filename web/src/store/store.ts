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
  const tell = (listener: (state: T, previous: T) => void, next: T, previous: T) => {
    try {
      listener(next, previous)
    } catch (error) {
      onListenerError(error)
    }
  }
  return {
    getState: () => state,
    getInitialState: () => initial,
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    show(next) {
      const previous = state
      if (next === previous) return
      state = next
      for (const listener of listeners) tell(listener, next, previous)
    },
  }
}
