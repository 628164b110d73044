// <PhoneProvider>: one phone for a tree of components. It opens the phone
// after the first paint, never on a server, and never twice; who is given a
// `phone` made elsewhere only lends it.
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { type Clock, realClock } from '../clock.js'
import { initialState } from '../generated/initial.js'
import type { PhoneState } from '../generated/state.js'
import type { Phone } from '../phone.js'
import type { PhoneOptions } from '../runtime/options.js'
import type { ReadonlyStore } from '../store/store.js'
import { nothing } from './nothing.js'
import { dropIdle, loading, type Opened, peek, use } from './registry.js'
import { watchVerdicts } from './verdicts.js'

interface Common {
  children?: ReactNode
  /**
   * What makes this phone this one. Two providers with the same name share a phone; another name is another phone, and
   * the one before is disposed. When left out: backend and extension with `options`; with `create` the function that
   * was there when the provider mounted.
   */
  name?: string
  /** What durations are read from; `options.clock`, else the host's clock. */
  clock?: Clock
}

export type PhoneProviderProps = Common &
  (
    | { /** For `createPhone` of `offhook`. */ options: PhoneOptions; create?: never; phone?: never }
    | {
        /** Opens the phone in your own way, e.g. by `offhook/slim`. */ create: () => Promise<Phone>
        options?: never
        phone?: never
      }
    | {
        /** A phone of yours: never disposed here. null while you have none. */ phone: Phone | null
        options?: never
        create?: never
      }
  )

export interface PhoneTree {
  readonly opened: Opened
  /** The phone's store; while there is none, one that shows how every phone begins. */
  readonly store: ReadonlyStore<PhoneState>
  readonly clock: Clock
}

let first: PhoneState | undefined
/** How every phone begins, on a server too. */
export function beginning(): PhoneState {
  first ??= initialState()
  return first
}

const noPhone: ReadonlyStore<PhoneState> = {
  getState: beginning,
  getInitialState: beginning,
  subscribe: () => nothing,
}

const Tree = /* @__PURE__ */ createContext<PhoneTree | null>(null)

export function usePhoneTree(): PhoneTree {
  const tree = useContext(Tree)
  if (tree === null) throw new Error('offhook: this component is not inside a <PhoneProvider>')
  return tree
}

/** `{status: 'loading' | 'ready' | 'failed', phone, error}`; only a ready one has a phone, only a failed one an error and `retry()`. */
export function usePhone(): Opened {
  return usePhoneTree().opened
}

export function PhoneProvider(props: PhoneProviderProps): ReactElement {
  const { phone, children } = props
  const opened = useOpened(props)
  const clock = props.clock ?? props.options?.clock ?? realClock
  const lent = useMemo<Opened>(() => (phone ? { status: 'ready', phone, error: null } : loading), [phone])
  const shown = phone === undefined ? opened : lent
  const tree = useMemo<PhoneTree>(
    () => ({ opened: shown, store: shown.phone?.store ?? noPhone, clock }),
    [shown, clock],
  )
  useEffect(() => watchVerdicts(tree.store, tree.clock), [tree])
  return createElement(Tree.Provider, { value: tree }, children)
}

function useOpened(props: PhoneProviderProps): Opened {
  const [firstCreate] = useState(() => props.create)
  const latest = useRef(props)
  const held = useRef<unknown>(undefined)
  useEffect(() => {
    latest.current = props
  })
  const key = props.phone === undefined ? keyOf(props, firstCreate) : undefined
  const subscribe = useCallback(
    (changed: () => void) => {
      const before = held.current
      held.current = key
      // Another phone was asked for: the one before must not stay registered beside it.
      if (before !== undefined && before !== key) dropIdle(before)
      return key === undefined ? nothing : use(key, () => openFrom(latest), changed)
    },
    [key],
  )
  return useSyncExternalStore(subscribe, () => peek(key), atServer)
}

const atServer = () => loading

function keyOf({ name, options }: PhoneProviderProps, create: unknown): unknown {
  if (name !== undefined) return `name ${name}`
  return options ? `options ${options.api?.baseUrl} ${options.session?.extension}` : create
}

/** `options` written in the component are new with every render: the phone keeps the first, but asks the newest for a token. */
async function openFrom(latest: { readonly current: PhoneProviderProps }): Promise<Phone> {
  const { options, create } = latest.current
  if (create) return create()
  if (!options) throw new Error('offhook: <PhoneProvider> takes options, create or phone')
  const { createPhone } = await import('../index.js')
  if (typeof options.api?.token !== 'function') return createPhone(options)
  const token: PhoneOptions['api']['token'] = (why) => (latest.current.options ?? options).api.token(why)
  return createPhone({ ...options, api: { ...options.api, token } })
}
