// The phones that providers have opened, each under a key, outside React: a
// component that mounts twice (StrictMode), is replaced while developing (HMR)
// or moves to another place in the tree finds its phone again. A phone that
// nobody has used for a second is disposed. A page has one registry.
import type { Phone } from '../phone.js'
import { nothing } from './nothing.js'

export type Opened =
  | { readonly status: 'loading'; readonly phone: null; readonly error: null }
  | { readonly status: 'ready'; readonly phone: Phone; readonly error: null }
  /** `error` is what createPhone, or `create`, rejected with; `retry` asks once more. */
  | { readonly status: 'failed'; readonly phone: null; readonly error: unknown; retry(): void }

export const loading: Opened = { status: 'loading', phone: null, error: null }

/** Long enough for a module that is replaced, short enough for somebody who signs out. */
export const KEEP_MS = 1000

interface Line {
  opened: Opened
  readonly create: () => Promise<Phone>
  readonly listeners: Set<() => void>
  timer: ReturnType<typeof setTimeout> | undefined
  /** Grows with each attempt: what an earlier one still brings is disposed. */
  attempt: number
}

const lines = new Map<unknown, Line>()

export function peek(key: unknown): Opened {
  return lines.get(key)?.opened ?? loading
}

/** Uses the phone of this key, and opens it for the first user. Gives what ends the use; `changed` tells of a new `peek`. */
export function use(key: unknown, create: () => Promise<Phone>, changed: () => void): () => void {
  const line = lines.get(key) ?? open(key, create)
  clearTimeout(line.timer)
  line.listeners.add(changed)
  return () => {
    line.listeners.delete(changed)
    if (line.listeners.size > 0) return
    clearTimeout(line.timer)
    line.timer = setTimeout(() => drop(key, line), KEEP_MS)
  }
}

/** Disposes now what would be disposed in a moment. */
export function dropIdle(key: unknown): void {
  const line = lines.get(key)
  if (line?.listeners.size === 0) drop(key, line)
}

function open(key: unknown, create: () => Promise<Phone>): Line {
  const line: Line = { opened: loading, create, listeners: new Set(), timer: undefined, attempt: 0 }
  lines.set(key, line)
  attempt(line)
  return line
}

function attempt(line: Line): void {
  line.attempt += 1
  const mine = line.attempt
  const show = (opened: Opened) => {
    line.opened = opened
    for (const listener of [...line.listeners]) listener()
  }
  if (line.opened !== loading) show(loading)
  new Promise<Phone>((resolve) => resolve(line.create()))
    .then(
      (phone) => {
        if (line.attempt === mine) show({ status: 'ready', phone, error: null })
        else phone.dispose()
      },
      (error: unknown) => {
        const retry = () => {
          if (line.attempt === mine) attempt(line)
        }
        if (line.attempt === mine) show({ status: 'failed', phone: null, error, retry })
      },
    )
    .catch(nothing)
}

function drop(key: unknown, line: Line): void {
  clearTimeout(line.timer)
  if (lines.get(key) === line) lines.delete(key)
  line.attempt = -1
  line.opened.phone?.dispose()
}
