// What stays of a phone while engines come and go: the store, the storage, the
// other tabs. There is one engine at a time; when another tab takes over, this
// tab's is let go of and a fresh one follows. Commands go to the engine that
// leads, wherever it is.

import type { DeviceChosen } from '../devices.js'
import { EngineLink } from '../engine/link.js'
import type { EngineModule } from '../engine/module.js'
import { PhoneError } from '../errors.js'
import type { PhoneEvent } from '../generated/events.js'
import type { PhoneState } from '../generated/state.js'
import { createKeeper, type Keeper } from '../storage/keeper.js'
import { createStore, type Store } from '../store/store.js'
import type { Order } from '../tabs/messages.js'
import { Tabs } from '../tabs/tabs.js'
import { type Diagnostics, Observer } from './diagnostics.js'
import type { LogLevel, Settings } from './options.js'
import { type Drivers, type HostEffect, Runtime } from './runtime.js'
import { watchWake } from './wake.js'

const OPENING_MS = 2_000

export type CommandEvent = Extract<PhoneEvent, { command: number }>

export interface BodyParts {
  settings: Settings
  module: EngineModule
  /** The softphone adapter's name. */
  adapter: string
  /** What `phone.snapshot()` gave before. */
  restore: string | undefined
  chooseDevice(chosen: DeviceChosen): Promise<void>
  /** New ones for each engine: they report to it. */
  drivers(emit: (event: PhoneEvent) => void, link: EngineLink): Omit<Drivers, 'host' | 'stop'> & { stop(): void }
}

export class PhoneBody {
  readonly store: Store<PhoneState>
  private runtime: Runtime
  private link: EngineLink
  private keeper: Keeper | null = null
  private readonly tabs: Tabs | null
  private readonly wake
  private readonly observer: Observer
  private readonly log: (level: LogLevel, text: string) => void
  private readonly undo: (() => void)[] = []
  private births = 0
  /** Letting go of one engine for the next. */
  private deposing = false
  private over = false

  constructor(private readonly parts: BodyParts) {
    const { settings } = parts
    this.log = settings.log
    this.observer = new Observer(settings.clock.mono())
    this.wake = this.watch()
    ;[this.link, this.runtime] = this.engine(parts.restore)
    this.store = createStore(this.runtime.state, (error) =>
      this.log('error', `a listener of the store threw: ${String(error)}`),
    )
    this.tabs = settings.tabs ? this.join(settings) : null
    this.tabs?.engineShows(this.runtime.state)
    this.start()
    if ((globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false)
      this.runtime.emit({ type: 'NetworkChanged', on: false })
  }

  /**
   * Resolves when the phone shows more than that it is loading: this tab leads and has read what was kept, or it has heard
   * from the tab that leads. A place that does not answer is not waited for.
   */
  opened(): Promise<void> {
    const { clock, storage, tabs } = this.parts.settings
    const loading = () => this.store.getState().phase === 'loading'
    if (!(storage || tabs) || !loading()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clock.clearTimeout(limit)
        stop()
        resolve()
      }
      const limit = clock.setTimeout(done, OPENING_MS)
      const stop = this.store.subscribe(() => {
        if (!loading()) done()
      })
    })
  }

  /** The engine of this tab: for what concerns this tab alone. */
  get here(): Runtime {
    return this.runtime
  }

  /** A command: its event, given the number under which its outcome is told. */
  ask(event: (command: number) => CommandEvent): Promise<string> {
    if (!this.tabs || this.over) return this.command(event)
    const { command: _, ...order } = event(0)
    const settled = this.tabs.ask(order)
    settled.catch(() => {})
    return settled
  }

  /** Resolves when this tab has the phone. */
  async takeOver(): Promise<void> {
    if (this.tabs && !this.over) await this.tabs.takeOver()
    else await this.command((command) => ({ type: 'TakeOverRequested', command }))
  }

  /** The same for a command whose outcome tells no more than that it is done. */
  do(event: (command: number) => CommandEvent): Promise<void> {
    if (this.tabs && !this.over) {
      const done = this.ask(event).then(nothing)
      done.catch(nothing)
      return done
    }
    const { command, settled } = this.runtime.commands.openPlain()
    this.begin(command, event)
    return settled
  }

  /** What a host has heard, for the engine that leads. */
  tell(event: PhoneEvent): void {
    if (this.tabs) this.tabs.tell(event)
    else this.runtime.emit(event)
  }

  /** Microphone or speaker of the tab that has the softphone. */
  async choose(chosen: DeviceChosen): Promise<void> {
    await (this.tabs && !this.over ? this.tabs.ask({ ...chosen }) : this.device(chosen))
  }

  diagnostics(): Diagnostics {
    return this.runtime.diagnostics(this.store.getState())
  }

  dispose(): void {
    this.runtime.dispose()
  }

  // Engines -------------------------------------------------------------------

  private engine(restore?: string): [EngineLink, Runtime] {
    const { settings, module } = this.parts
    const configJson = this.config()
    const link = new EngineLink(module, configJson)
    const wrong = restore === undefined ? null : link.restore(restore)
    // A damaged state must not keep an agent from the telephone: begin without it.
    if (wrong !== null) this.log('warn', `${new PhoneError('bad_state').message} ${wrong}`)
    const { clock, log, redactor } = settings
    const runtime = new Runtime({
      link,
      clock,
      log,
      redactor,
      configJson,
      adapter: this.parts.adapter,
      restored: restore !== undefined && wrong === null,
      observer: this.observer,
      show: settings.tabs ? (state) => this.tabs?.engineShows(state) : (state) => this.store.show(state),
      gap: this.wake.gap,
      proof: () => this.tabs?.proof() ?? null,
    })
    return [link, runtime]
  }

  /** Every engine makes ids of its own; only the one the user has signed in with makes the agent ONLINE. */
  private config(): string {
    const { configJson } = this.parts.settings
    const n = this.births++
    if (n === 0) return configJson
    const first = JSON.parse(configJson) as { seed: number }
    return JSON.stringify({ ...first, seed: first.seed + n, login: false })
  }

  private start(): void {
    const { runtime, link } = this
    const { settings } = this.parts
    const emit = (event: PhoneEvent) => runtime.emit(event)
    const keeper = settings.storage ? createKeeper(settings.storage, { ...settings, emit }) : null
    this.keeper = keeper
    const drivers = this.parts.drivers(emit, link)
    runtime.start({
      ...drivers,
      host: (effect) => this.perform(effect, keeper),
      stop: () => {
        drivers.stop()
        const closed = keeper?.close() ?? Promise.resolve()
        // Deposed, not ended: the tabs go on, and so does this one.
        if (this.runtime === runtime && !this.deposing) this.end(closed)
      },
    })
  }

  /** Another tab leads. What this one had is in the storage; it begins anew and follows. */
  private depose(): void {
    if (this.over) return
    this.deposing = true
    this.runtime.leave(true)
    this.deposing = false
    ;[this.link, this.runtime] = this.engine()
    this.tabs?.engineShows(this.runtime.state)
    this.start()
  }

  private end(kept: Promise<void>): void {
    if (this.over) return
    this.over = true
    this.wake.stop()
    for (const one of this.undo.splice(0)) one()
    void kept.then(() => this.tabs?.close())
  }

  // What the engine asks of the host ------------------------------------------

  private perform(effect: HostEffect, keeper: Keeper | null): void {
    if (effect.type === 'storage.load' || effect.type === 'storage.put' || effect.type === 'storage.delete')
      keeper?.perform(effect)
    else this.tabs?.perform(effect)
  }

  private command(event: (command: number) => CommandEvent): Promise<string> {
    const { command, settled } = this.runtime.commands.open()
    this.begin(command, event)
    return settled
  }

  private begin(command: number, event: (command: number) => CommandEvent): void {
    const { runtime } = this
    const ended = runtime.ended()
    if (ended) runtime.commands.reject(command, new PhoneError(ended))
    else runtime.emit(event(command))
  }

  // The other tabs ------------------------------------------------------------

  private join({ tabs, tab, session, clock, log }: Settings): Tabs | null {
    if (!tabs) return null
    const leave = (event: Event) => {
      // Kept by the browser for its back button: it may come again.
      if ((event as PageTransitionEvent).persisted) return
      // The next leader need not wait; what is being written is written.
      this.tabs?.close()
      this.runtime.leave(false)
    }
    const page = globalThis as Partial<EventTarget>
    page.addEventListener?.('pagehide', leave)
    this.undo.push(() => page.removeEventListener?.('pagehide', leave))
    return new Tabs({
      place: tabs,
      name: `offhook:${session.extension}`,
      tab,
      clock,
      log,
      emit: (event) => this.runtime.emit(event),
      urgent: (event) => this.runtime.urgent(event),
      carryOut: (order) => this.carryOut(order),
      show: (state) => this.show(state),
      kept: () => this.keeper?.idle() ?? Promise.resolve(),
      deposed: () => this.depose(),
    })
  }

  private async device(chosen: DeviceChosen): Promise<string> {
    const ended = this.runtime.ended()
    if (ended) throw new PhoneError(ended)
    await this.parts.chooseDevice(chosen)
    return ''
  }

  /** Another tab is to lead. It hears so when all is written that it will read. */
  private async handOver({ tab }: Order): Promise<string> {
    if (tab === this.parts.settings.tab) return ''
    const { keeper } = this
    await this.command((command) => ({ type: 'TakeOverRequested', command }))
    await keeper?.idle()
    return ''
  }

  private carryOut(order: Order): Promise<string> {
    if (order.type === 'DeviceChosen') return this.device(order as unknown as DeviceChosen)
    if (order.type === 'TakeOverRequested') return this.handOver(order)
    if (order.type !== 'QueueNumberReceived') return this.command((command) => ({ ...order, command }) as CommandEvent)
    this.runtime.emit(order as PhoneEvent)
    return Promise.resolve('')
  }

  /** Versions go up, whichever engine they are of. */
  private show(state: PhoneState): void {
    const shown = this.store.getState()
    if (state === shown) return
    if (state.version > shown.version) {
      this.store.show(state)
      return
    }
    const version = shown.version + 1
    if (state === this.runtime.state) this.link.versionBase += version - state.version
    this.store.show({ ...state, version })
  }

  /** Nothing here keeps a phone that its page has forgotten. */
  private watch() {
    const body = new WeakRef(this)
    const wake = watchWake({
      clock: this.parts.settings.clock,
      look: () => {
        const here = body.deref()
        if (here) here.runtime.look()
        else wake.stop()
      },
      network: (on) => body.deref()?.runtime.emit({ type: 'NetworkChanged', on }),
    })
    return wake
  }
}

function nothing(): void {}
