// One phone at work: events go in one at a time, the store shows what changed,
// then the effects are carried out in order. An event born meanwhile waits in
// the mailbox: there never is a dispatch inside a dispatch.
// biome-ignore-all lint/style/noNonNullAssertion: counted loops
import type { Clock } from '../clock.js'
import type { EngineLink } from '../engine/link.js'
import { PhoneError, type PhoneErrorCode } from '../errors.js'
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneEvent } from '../generated/events.js'
import type { PhoneState } from '../generated/state.js'
import type { Redactor } from '../redaction.js'
import { type Commands, createCommands } from './commands.js'
import type { Diagnostics, Observer } from './diagnostics.js'
import type { Http } from './http.js'
import type { LogLevel } from './options.js'
import { Recorder, type Recording } from './recorder.js'
import type { EventsSocket } from './sockets.js'
import type { Softphone } from './softphone.js'
import { createTimers, type Timers } from './timers.js'
import type { Standstill } from './wake.js'

/** What carries out effects. Made after the runtime, because each reports back to it. */
export interface Drivers {
  http: Http
  socket: EventsSocket | null
  softphone: Softphone
  /** Storage and the other tabs; absent for a phone that has neither. */
  host?(effect: HostEffect): void
  /** Lets go of what the host lent: audio element and the like. */
  stop(): void
}

export interface RuntimeParts {
  link: EngineLink
  clock: Clock
  configJson: string
  redactor: Redactor
  /** The adapter's name, for diagnostics. */
  adapter: string
  /** What has been counted, over all engines of one phone. */
  observer: Observer
  /** A stored state was taken up: the recording begins with it. */
  restored: boolean
  log(level: LogLevel, text: string): void
  /** The engine's state has changed. */
  show(state: PhoneState): void
  /** Whether the phone stood still until now; asked before each event. */
  gap?(at: number, mono: number): Standstill | null
  /** After a standstill: resolves when it is known that this phone may still act. Events wait until then. */
  proof?(): Promise<void> | null
}

/** What is asked of the place where the phone runs: records kept over a reload, and the other tabs. */
export type HostEffect = Extract<PhoneEffect, { type: `storage.${string}` | `tab.${string}` }>

type Life = 'live' | 'disposing' | 'disposed' | 'aborted'

export class Runtime {
  readonly commands: Commands = createCommands()
  private readonly link: EngineLink
  private readonly parts: RuntimeParts
  private readonly clock: Clock
  private readonly recorder: Recorder
  private readonly redactor: Redactor
  private readonly observer: Observer
  private readonly adapter: string
  private readonly timers: Timers
  private readonly log: RuntimeParts['log']
  private drivers: Drivers | null = null
  private readonly mailbox: PhoneEvent[] = []
  private busy = false
  /** Between a standstill and the proof that this phone may still act. */
  private held = false
  /** What the start asks for, until there are drivers. */
  private asked: readonly PhoneEffect[] = []
  private life: Life = 'live'

  constructor(parts: RuntimeParts) {
    this.parts = parts
    this.link = parts.link
    this.clock = parts.clock
    this.log = parts.log
    this.redactor = parts.redactor
    this.adapter = parts.adapter
    this.recorder = new Recorder(parts.configJson, parts.redactor)
    this.observer = parts.observer
    if (parts.restored) this.recorder.keep(this.link.checkpoint(), this.link.state.agents)
    this.timers = createTimers(parts.clock, (timer) => this.emit({ type: 'TimerFired', timer }))
    this.begin()
  }

  /** What the engine shows; after the start at once, before `show` is ever called. */
  get state(): PhoneState {
    return this.link.state
  }

  /** Carries out what the start asked for; from here on the phone lives. */
  start(drivers: Drivers): void {
    this.drivers = drivers
    this.busy = true
    const asked = this.asked
    this.asked = []
    this.performAll(asked)
    this.rest()
  }

  /** Takes an event now, or when the one at work is done. Never throws; after the end nothing happens. */
  emit(event: PhoneEvent): void {
    if (this.life !== 'live') return
    if (this.busy || this.held) {
      this.mailbox.push(event)
      return
    }
    const at = this.clock.now()
    const mono = this.clock.mono()
    const gap = this.parts.gap?.(at, mono)
    this.busy = true
    if (gap) this.wake(gap, event)
    else this.step(event, at, mono)
    this.rest()
  }

  /** Nothing has happened, but something may have been missed. */
  look(): void {
    if (this.life !== 'live' || this.busy || this.held) return
    const gap = this.parts.gap?.(this.clock.now(), this.clock.mono())
    if (!gap) return
    this.busy = true
    this.wake(gap, null)
    this.rest()
  }

  /** Before all that waits. */
  urgent(event: PhoneEvent): void {
    if (this.life !== 'live') return
    if (this.busy) {
      this.mailbox.unshift(event)
      return
    }
    this.busy = true
    this.now(event)
    this.rest()
  }

  /** What stands in the way of a command, or null. */
  ended(): PhoneErrorCode | null {
    if (this.life === 'aborted') return 'engine_aborted'
    return this.life === 'live' ? null : 'disposed'
  }

  /** Runs `use` with the engine, or throws the one clear error. */
  private ask<T>(use: (link: EngineLink) => T): T {
    const code = this.ended()
    if (code) throw new PhoneError(code)
    try {
      return use(this.link)
    } catch (error) {
      throw this.abort(error)
    }
  }

  recording(redact: boolean): Recording {
    return this.recorder.recording(redact)
  }

  /** The whole state as text, without secrets; with `redact` also without what is private. */
  snapshot(redact: boolean): string {
    const text = this.ask((link) => link.snapshot())
    return redact ? JSON.stringify(this.redactor.clean(JSON.parse(text) as object, true)) : this.redactor.known(text)
  }

  /** Works at any time, after the end too. */
  diagnostics(shown: PhoneState): Diagnostics {
    return this.observer.read(shown, {
      at: this.clock.now(),
      mono: this.clock.mono(),
      adapter: this.adapter,
      snapshot: this.ended() ? null : this.ask((link) => link.snapshot()),
      events: this.recorder.count,
      dropped: this.recorder.dropped,
      redactor: this.redactor,
    })
  }

  dispose(): void {
    if (this.life === 'aborted') this.life = 'disposed'
    if (this.life !== 'live') return
    // What waits for a proof would only wait for ever.
    this.held = false
    this.emit({ type: 'Disposed' })
    if (this.life !== 'live') return
    this.life = 'disposing'
    if (!this.busy) this.finish()
  }

  /**
   * Ends without a word: another tab leads, or the page is going. Nothing is written, sent or said any more; what the
   * engine holds is in the storage. With `hangUp` the softphone is stopped, else it is left as it is.
   */
  leave(hangUp: boolean): void {
    if (this.life !== 'live' && this.life !== 'disposing') return
    this.life = 'disposed'
    this.drivers?.http.abort()
    this.letGo(hangUp)
    this.commands.rejectAll('not_leader')
    this.link.dispose()
  }

  // The heart ---------------------------------------------------------------

  /** The first event brings the whole state: the one the store begins with. */
  private begin(): void {
    const at = this.clock.now()
    const mono = this.clock.mono()
    const event: PhoneEvent = { type: 'Started' }
    this.recorder.add(event, at, mono)
    const restored = this.link.effects
    try {
      const error = this.link.dispatch(event, at, mono)
      this.asked = [...restored, ...this.link.effects]
      if (error === 0) return
    } catch (error) {
      throw new PhoneError('engine_aborted', undefined, error)
    }
    throw new PhoneError('bad_config', 'the engine does not take this configuration')
  }

  private now(event: PhoneEvent): void {
    this.step(event, this.clock.now(), this.clock.mono())
  }

  private step(event: PhoneEvent, at: number, mono: number): void {
    this.recorder.add(event, at, mono)
    const link = this.link
    const before = link.state
    let error: number
    try {
      error = link.dispatch(event, at, mono)
    } catch (thrown) {
      this.abort(thrown)
      return
    }
    if (error !== 0) {
      this.refuse(event, error)
      return
    }
    if (link.blobBytes > 0) this.recorder.addText(link.blobBytes)
    const effects = link.effects
    this.observer.event(event, at, before, link.state)
    if (link.state !== before) this.parts.show(link.state)
    this.performAll(effects)
  }

  /** Works off the mailbox, then ends what was to end. */
  private rest(): void {
    const mailbox = this.mailbox
    if (mailbox.length > 0 && !this.held) {
      for (let i = 0; i < mailbox.length && !this.over(); i++) this.now(mailbox[i]!)
      mailbox.length = 0
    }
    if (this.recorder.checkpointDue && this.life === 'live') this.keepCheckpoint()
    this.busy = false
    if (this.life === 'disposing') this.finish()
  }

  private over(): boolean {
    return this.life === 'aborted' || this.life === 'disposed'
  }

  /** First that it stood still, then what has happened; all of it after the proof, where one is needed. */
  private wake(gap: Standstill, event: PhoneEvent | null): void {
    if (!gap.throttled) this.mailbox.push({ type: 'Woke', gap_ms: Math.round(gap.ms) })
    if (event) this.mailbox.push(event)
    const proof = this.parts.proof?.()
    if (!proof) return
    this.held = true
    void proof.then(() => {
      this.held = false
      if (this.over() || this.busy) return
      this.busy = true
      this.rest()
    })
  }

  private keepCheckpoint(): void {
    try {
      this.recorder.keep(this.link.checkpoint(), this.link.state.agents)
    } catch (error) {
      this.abort(error)
    }
  }

  private performAll(effects: readonly PhoneEffect[]): void {
    for (let i = 0; i < effects.length; i++) this.perform(effects[i]!)
  }

  private perform(effect: PhoneEffect): void {
    const drivers = this.drivers
    if (drivers === null || this.life === 'aborted') return
    const { observer } = this
    try {
      switch (effect.type) {
        case 'timer.set':
          observer.timersSet++
          this.timers.set(effect.timer, effect.delay_ms)
          return
        case 'timer.clear':
          observer.timersCleared++
          this.timers.clear(effect.timer)
          return
      }
      observer.effect(effect.type)
      switch (effect.type) {
        case 'http.send':
          drivers.http.send(effect)
          break
        case 'socket.open':
          drivers.socket?.open()
          break
        case 'socket.send':
          drivers.socket?.send(effect.body)
          break
        case 'socket.close':
          drivers.socket?.close()
          break
        case 'storage.load':
        case 'storage.put':
        case 'storage.delete':
        case 'tab.claim':
        case 'tab.ping':
        case 'tab.release':
        case 'tab.deposed':
          drivers.host?.(effect)
          break
        case 'command.settled':
          observer.settled(effect.outcome, effect.reason)
          this.commands.settle(effect.command, effect.outcome, effect.reason, effect.call_id)
          break
        case 'log':
          this.log('info', effect.text)
          break
        default:
          drivers.softphone.perform(effect)
      }
    } catch (error) {
      this.log('error', `${effect.type} could not be carried out: ${String(error)}`)
    }
  }

  /**
   * A command is refused; anything else has happened and must not be lost: it is told again with its texts cut,
   * and a long answer or message as the bad one that it is.
   */
  private refuse(event: PhoneEvent, error: number): void {
    this.log('warn', `the engine does not take ${String(event.type)} (${REFUSED[error - 1] ?? 'too_long'})`)
    if ('command' in event) this.commands.reject(event.command, new PhoneError('bad_event'))
    else if (event.type === 'HttpAnswered')
      this.mailbox.push({ type: 'HttpFailed', request: event.request, failure: 'bad_answer' })
    else {
      const shorter = cut(event)
      if (shorter) this.now(shorter)
    }
  }

  // Ends ----------------------------------------------------------------------

  /** The engine is gone: say so, and let nobody wait. */
  private abort(thrown: unknown): PhoneError {
    const error = new PhoneError('engine_aborted', undefined, thrown)
    if (this.life === 'aborted' || this.life === 'disposed') return error
    this.life = 'aborted'
    this.log(
      'error',
      `the engine has stopped: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    )
    this.letGo(true)
    const { state } = this.link
    this.parts.show({ ...state, phase: 'failed', version: state.version + 1 })
    this.commands.rejectAll('engine_aborted')
    return error
  }

  private finish(): void {
    if (this.life !== 'disposing') return
    this.life = 'disposed'
    this.letGo(true)
    this.commands.rejectAll('disposed')
    try {
      this.link.dispose()
    } catch (error) {
      this.log('warn', `the engine did not end in order: ${String(error)}`)
    }
  }

  private letGo(hangUp: boolean): void {
    this.timers.clearAll()
    this.mailbox.length = 0
    const drivers = this.drivers
    this.drivers = null
    if (!drivers) return
    for (const stop of [
      () => drivers.socket?.close(),
      () => hangUp && drivers.softphone.stop(),
      () => drivers.http.stop(),
      () => drivers.stop(),
    ]) {
      try {
        stop()
      } catch (error) {
        this.log('warn', `not let go of in order: ${String(error)}`)
      }
    }
  }
}

/** The engine's own numbers of refusal, 1 and up; docs/errors.md, 5xx. */
const REFUSED = ['unknown_type', 'bad_time', 'bad_text', 'bad_word', 'dead'] as const

/** Half of what the engine takes of one text, whatever its characters. */
const CUT = 2048

/** The same event with its texts cut, or null when none was too long. */
function cut(event: PhoneEvent): PhoneEvent | null {
  let shorter: PhoneEvent | null = null
  for (const [name, value] of Object.entries(event)) {
    if (typeof value !== 'string' || value.length <= CUT) continue
    shorter = { ...(shorter ?? event), [name]: name === 'body' ? '' : value.slice(0, CUT) }
  }
  return shorter
}
