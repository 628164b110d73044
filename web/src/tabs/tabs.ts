// One phone in many tabs. One tab leads: it holds the Web Lock, has the
// softphone, the socket and the storage. The others show what it shows and hand
// it their commands. The engine decides when to claim, to suspect and to take
// over (docs/machines/tabs.md); here its tab.* effects are carried out, and what
// the other tabs say becomes events. The messages: docs/tabs.md.
import type { Clock } from '../clock.js'
import { PhoneError } from '../errors.js'
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneEvent } from '../generated/events.js'
import type { PhoneState } from '../generated/state.js'
import type { LogLevel } from '../runtime/options.js'
import { type LeaderLock, type Locks, leaderLock } from './lock.js'
import { type Message, type Order, read, type Said, VERSION } from './messages.js'
import { difference, Mirror } from './mirror.js'
import { Orders } from './orders.js'

const BEAT_MS = 1_000
/** Whoever has missed something asks again after so long. */
const ASK_MS = 1_000
/** A browser that does not say who holds the lock is not waited for. */
const PROOF_MS = 1_000

/** So long a lock is held for the tab to which the phone was handed over; then anybody may have it. */
const YIELD_MS = 2_000
/** So long that tab has to lead: its storage must be read. */
const ARRIVAL_MS = 5_000

/** Tabs that died say no goodbye; of so many one is surely there. */
const AUDIENCE_MOST = 64

/** What is used of a BroadcastChannel. */
export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
}

/** Where tabs meet. The browser's own, or a host's that has windows but not these. */
export interface TabsPlace {
  locks: Locks
  channel(name: string): Channel
}

export type TabEffect = Extract<PhoneEffect, { type: `tab.${string}` }>

export interface TabsHost {
  place: TabsPlace
  /** Of the lock and of the channel. */
  name: string
  /** This tab's own. */
  tab: string
  clock: Clock
  log(level: LogLevel, text: string): void
  emit(event: PhoneEvent): void
  /** Before everything that waits. */
  urgent(event: PhoneEvent): void
  /** Carries out a command on this tab's engine. */
  carryOut(order: Order): Promise<string>
  /** What the page is to see. */
  show(state: PhoneState): void
  /** Resolves when what was to be kept is kept. */
  kept(): Promise<void>
  /** This tab leads no more. */
  deposed(): void
}

export class Tabs {
  private readonly channel: Channel
  private readonly lock: LeaderLock
  private readonly orders: Orders
  private readonly mirror = new Mirror()
  /** Of the leader, this tab or another. */
  private term = 0
  private leader = ''
  private leading = false
  private closed = false
  /** The engine's own state; in a tab that follows only its `tab` part is shown. */
  private own: PhoneState | null = null
  /** Number of the last change sent, or received. */
  private n = 0
  /** What the others have, when there are any. */
  private sent: PhoneState | null = null
  private readonly audience = new Set<string>()
  private sending = false
  private heardAt = Number.NEGATIVE_INFINITY
  private askedAt = Number.NEGATIVE_INFINITY
  private beating: unknown
  /** Of the lock that is held for another tab. */
  private yielding: unknown = null
  /** Who waits until this tab leads. */
  private arrivals: ((error: PhoneError | null) => void)[] = []
  private readonly strange = new Set<string>()

  constructor(private readonly host: TabsHost) {
    const { place, name, tab, clock } = host
    this.lock = leaderLock(place.locks, name, {
      granted: () => this.granted(),
      lost: () => this.lost(),
      failed: (error) => host.log('warn', `the lock of the leading tab cannot be had: ${String(error)}`),
    })
    this.orders = new Orders({
      tab,
      clock,
      post: (said) => this.post(said),
      carryOut: (order) => host.carryOut(order),
    })
    this.channel = place.channel(name)
    this.channel.onmessage = ({ data }) => this.hear(data)
    this.post({ t: 'hello' })
  }

  get leads(): boolean {
    return this.leading
  }

  perform(effect: TabEffect): void {
    if (this.closed) return
    switch (effect.type) {
      case 'tab.claim':
        this.lock.claim(effect.on)
        break
      case 'tab.ping':
        this.post({ t: 'ping' })
        break
      case 'tab.release':
        // What the next leader loads must be there before it can.
        void this.host.kept().then(() => this.release())
        break
      case 'tab.deposed':
        if (this.leading) this.yieldLock()
        this.host.deposed()
        break
      default:
        effect satisfies never
    }
  }

  /** A command of this tab, wherever it is carried out. */
  ask(order: Order): Promise<string> {
    return this.orders.ask(order)
  }

  /** Asks the leader for the phone, and takes it when it says yes. Resolves when this tab leads. */
  async takeOver(): Promise<void> {
    if (this.leading) return
    await this.orders.ask({ type: 'TakeOverRequested', tab: this.host.tab })
    if (this.leading) return
    const led = new Promise<void>((resolve, reject) => {
      const limit = this.host.clock.setTimeout(() => arrived(new PhoneError('not_leader')), ARRIVAL_MS)
      const arrived = (error: PhoneError | null) => {
        this.host.clock.clearTimeout(limit)
        this.arrivals = this.arrivals.filter((one) => one !== arrived)
        if (error) reject(error)
        else resolve()
      }
      this.arrivals.push(arrived)
    })
    this.host.emit({ type: 'TabHandedOver' })
    return led
  }

  /** Something the leader should know; nobody waits. */
  tell(order: Order): void {
    this.orders.ask(order).catch(() => {})
  }

  /** This tab's engine shows something new. */
  engineShows(state: PhoneState): void {
    // The end of an engine that was deposed is not the end of the phone: the next one follows at once.
    if (state.tab.state === 'Deposed') return
    this.own = state
    if (state.phase === 'disposed' || state.phase === 'failed') this.host.show(state)
    else if (this.ready(state)) {
      this.mirror.forget()
      this.host.show(state)
      // After what the engine asks for now: the softphone's start.
      queueMicrotask(() => {
        if (!this.own || !this.ready(this.own)) return
        this.orders.leaderIsHere()
        for (const arrived of this.arrivals) arrived(null)
      })
      if (this.sent === null && this.audience.size > 0) this.sendAll('')
      else this.sendSoon()
    } else this.showMirror()
  }

  /** After a standstill: resolves when it is known whether this tab still leads. */
  proof(): Promise<void> | null {
    if (!this.leading || this.closed) return null
    return new Promise((resolve) => {
      const limit = this.host.clock.setTimeout(resolve, PROOF_MS)
      const known = (holds: boolean) => {
        this.host.clock.clearTimeout(limit)
        if (!holds) {
          this.lock.release()
          this.lost()
        }
        resolve()
      }
      this.lock.prove().then(known, () => known(true))
    })
  }

  /** Lets go at once, also when the page is going: the next leader need not wait until this one is missed. */
  close(): void {
    if (this.closed) return
    if (!this.leading) this.post({ t: 'bye' })
    this.release()
    this.closed = true
    this.host.clock.clearTimeout(this.yielding)
    for (const arrived of this.arrivals) arrived(new PhoneError('disposed'))
    this.orders.end('disposed')
    this.channel.onmessage = null
    this.channel.close()
  }

  // Leading -------------------------------------------------------------------

  private ready(state: PhoneState): boolean {
    return this.leading && state.phase !== 'loading'
  }

  private granted(): void {
    if (this.closed) return
    this.leading = true
    // Later than any leader heard of, and than any that was there before this tab was.
    this.term = Math.max(this.term + 1, this.host.clock.now())
    this.leader = this.host.tab
    this.n = 0
    this.sent = null
    this.orders.leaderIsNowhere()
    this.host.emit({ type: 'TabLockGranted' })
    this.beat()
  }

  private lost(): void {
    if (this.yielding !== null) this.queueAgain()
    if (!this.leading) return
    this.stepDown()
    this.host.urgent({ type: 'TabLockLost' })
  }

  /** The engine has let go; the lock is held a moment longer, for the tab that asked and not for the next in the queue. */
  private yieldLock(): void {
    this.stepDown()
    this.yielding = this.host.clock.setTimeout(() => this.queueAgain(), YIELD_MS)
  }

  private queueAgain(): void {
    this.host.clock.clearTimeout(this.yielding)
    this.yielding = null
    if (this.closed) return
    this.lock.release()
    this.lock.claim(false)
  }

  private release(): void {
    const led = this.leading
    this.stepDown()
    if (led) this.post({ t: 'leaving', term: this.term })
    this.lock.release()
  }

  private stepDown(): void {
    this.leading = false
    this.leader = ''
    this.sent = null
    this.audience.clear()
    this.host.clock.clearTimeout(this.beating)
    this.orders.leaderIsNowhere()
  }

  private beat(): void {
    if (!this.leading || this.closed) return
    this.post({ t: 'beat', term: this.term })
    this.host.clock.clearTimeout(this.beating)
    this.beating = this.host.clock.setTimeout(() => this.beat(), BEAT_MS)
  }

  /** Everything that changes in one turn goes out in one message. */
  private sendSoon(): void {
    if (!this.leading || this.audience.size === 0 || this.sending) return
    this.sending = true
    queueMicrotask(() => {
      this.sending = false
      this.sendChange()
    })
  }

  private sendChange(): void {
    const { own, sent } = this
    if (!own || !sent || own === sent || !this.ready(own)) return
    this.sent = own
    const patch = difference(sent, own)
    this.post({ t: 'state', term: this.term, n: this.n + 1, base: this.n, to: '', patch })
    this.n++
  }

  /** To one tab, or with '' to all. */
  private sendAll(to: string): void {
    const { own } = this
    if (!this.leading || !own || !this.ready(own)) return
    this.sendChange()
    this.sent = own
    this.post({ t: 'state', term: this.term, n: this.n, base: null, to, patch: difference(null, own) })
  }

  // Following -----------------------------------------------------------------

  /** Until a leader is heard: what this tab's own engine shows, which is still loading. */
  private showMirror(): void {
    const { own } = this
    if (!own) return
    const { seen } = this.mirror
    this.host.show(seen ? { ...seen, tab: own.tab, version: own.version } : own)
  }

  private takeState(said: Extract<Message, { t: 'state' }>): void {
    const whole = said.base === null
    if (whole ? said.to !== '' && said.to !== this.host.tab : said.base !== this.n || !this.mirror.seen) {
      if (!whole && said.n !== this.n) this.hello()
      return
    }
    this.mirror.take(said.patch, whole)
    this.n = said.n
    this.showMirror()
  }

  /** Asks for the whole state, not more often than the leader can answer. */
  private hello(): void {
    const now = this.host.clock.mono()
    if (now - this.askedAt < ASK_MS) return
    this.askedAt = now
    this.post({ t: 'hello' })
  }

  /** A sign of life of a leader; false when it is of one that is no leader any more. */
  private follows(from: string, term: number): boolean {
    if (this.leading || !(term >= this.term)) return false
    if (from !== this.leader) {
      this.leader = from
      this.term = term
      this.n = -1
      this.askedAt = Number.NEGATIVE_INFINITY
      this.orders.leaderIsThere()
      this.hello()
    }
    this.term = term
    return true
  }

  /** The engine need not hear of every message: one a beat tells it as much. */
  private heard(from: string): void {
    const now = this.host.clock.mono()
    if (now - this.heardAt < BEAT_MS / 2) return
    this.heardAt = now
    this.host.emit({ type: 'TabHeard', tab: from, on: false })
  }

  // The channel ---------------------------------------------------------------

  private post(said: Said): void {
    if (this.closed) return
    try {
      this.channel.postMessage({ v: VERSION, from: this.host.tab, ...said })
    } catch (error) {
      this.host.log('warn', `nothing can be said to the other tabs: ${String(error)}`)
    }
  }

  private hear(data: unknown): void {
    if (this.closed) return
    const message = read(data)
    if (typeof message !== 'string') this.take(message)
    else if (this.strange.size < 8 && !this.strange.has(message)) {
      this.strange.add(message)
      this.host.log('info', `another tab sent ${message}: not understood`)
    }
  }

  private take(message: Message): void {
    const { from } = message
    if (from === this.host.tab) return
    switch (message.t) {
      case 'hello':
        if (this.audience.size < AUDIENCE_MOST) this.audience.add(from)
        if (this.leading) {
          this.beat()
          this.sendAll(from)
        }
        break
      case 'bye':
        this.audience.delete(from)
        if (this.audience.size === 0) this.sent = null
        break
      case 'ping':
        if (this.leading) this.beat()
        break
      case 'beat':
        if (this.follows(from, message.term)) this.heard(from)
        break
      case 'state':
        if (!this.follows(from, message.term)) break
        this.heard(from)
        this.takeState(message)
        break
      case 'leaving':
        if (!this.follows(from, message.term)) break
        this.leader = ''
        this.orders.leaderIsNowhere()
        this.host.emit({ type: 'TabHeard', tab: from, on: true })
        break
      case 'do':
        this.orders.ordered(message, this.leading)
        break
      default:
        this.orders.answered(message)
    }
  }
}
