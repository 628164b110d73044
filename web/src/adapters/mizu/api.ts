// The part of Mizu's `webphone_api` that we use, and the one subscription to
// it. The library appends every handler to a list and can only clear all of
// them, so each webphone_api object is subscribed once, for the page's life.

export interface WebphoneApi {
  onAppStateChange?(callback: (state: unknown) => void): void
  onRegStateChange?(callback: (state: unknown, reason: unknown) => void): void
  onCallStateChange?(callback: (...args: unknown[]) => void): void
  onCdr?(callback: (...args: unknown[]) => void): void
  setparameter?(name: string, value: unknown): unknown
  start?(): unknown
  stop?(): unknown
  register?(): unknown
  unregister?(): unknown
  call?(number: string): unknown
  accept?(): unknown
  reject?(): unknown
  hangup?(): unknown
  hold?(on: boolean): unknown
  isonhold?(): unknown
  mute?(on: boolean, direction: number): unknown
  ismuted?(): unknown
  dtmf?(digits: string): unknown
  transfer?(number: string): unknown
  setline?(line: string | number): unknown
  getlinedetails?(line: string | number): unknown
  getsipheader?(name: string, callback: (value: unknown) => void): unknown
  getenginename?(): unknown
  isregistered?(): unknown
  isincall?(): unknown
  getavailablecallfunc?(): unknown
  conference?(number: string | number, add?: boolean): unknown
  getdevicelist?(device: number, callback: (list: unknown) => void): unknown
  setdevice?(device: number, name: string, immediate?: boolean | number): unknown
}

export interface Listener {
  app(state: string): void
  registration(state: string, reason: string): void
  call(args: readonly unknown[]): void
  cdr(args: readonly unknown[]): void
}

interface Subscription {
  listener: Listener | null
  failed(error: unknown): void
}

const subscriptions = new WeakMap<WebphoneApi, Subscription>()

/** The newest listener of an api hears it; its predecessor falls silent. Returns how to stop listening. */
export function listen(api: WebphoneApi, listener: Listener, failed: (error: unknown) => void): () => void {
  let subscription = subscriptions.get(api)
  if (subscription) {
    subscription.listener = listener
    subscription.failed = failed
  } else {
    const own: Subscription = { listener, failed }
    subscription = own
    subscriptions.set(api, own)
    // The library swallows what a callback throws; ours is caught here so that it is not lost.
    const guarded =
      (tell: (listener: Listener, args: readonly unknown[]) => void) =>
      (...args: unknown[]) => {
        if (!own.listener) return
        try {
          tell(own.listener, args)
        } catch (error) {
          own.failed(error)
        }
      }
    api.onAppStateChange?.(guarded((to, [state]) => to.app(text(state))))
    api.onRegStateChange?.(guarded((to, [state, reason]) => to.registration(text(state), text(reason))))
    api.onCallStateChange?.(guarded((to, args) => to.call(args)))
    api.onCdr?.(guarded((to, args) => to.cdr(args)))
  }
  const subscribed = subscription
  return () => {
    if (subscribed.listener === listener) subscribed.listener = null
  }
}

export function text(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}

/** The api's way to say no: `false`, `-1` or a string that begins with ERROR. It never throws, says the manual. */
export function isRefusal(result: unknown): boolean {
  return result === false || result === -1 || result === '-1' || /^(error|false$)/i.test(text(result))
}

/** Booleans arrive as boolean, number or string, depending on engine and on the iframe proxy. */
export function isTrue(value: unknown): boolean {
  return value === true || /^(true|[1-9]\d*)$/i.test(text(value))
}
