// The hot face from JavaScript's side: one event in as numbers, the changed
// leaves and the effects out as fresh objects. Everything is copied out before
// `dispatch` returns; a view is taken anew whenever the memory has moved.
// biome-ignore-all lint/style/noNonNullAssertion: the layout says how many numbers follow

import { PhoneError } from '../errors.js'
import { effectSizes, Leaves, readEffect } from '../generated/decode.js'
import type { PhoneEffect } from '../generated/effects.js'
import { type EventSink, encodeEvent } from '../generated/encode.js'
import type { PhoneEvent } from '../generated/events.js'
import type { PhoneState } from '../generated/state.js'
import type { EngineModule } from './module.js'

/** The scratch's size; longer texts are not taken. */
export const TEXT_MOST = 256 * 1024

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder()
const NO_EFFECTS: readonly PhoneEffect[] = []

export class EngineLink implements EventSink {
  /** The snapshot after the last dispatch; the same object when nothing changed. All of it comes with the first. */
  state: PhoneState
  /** What the last dispatch asks for. */
  effects: readonly PhoneEffect[] = NO_EFFECTS
  /** Bytes of long text in the last event. */
  blobBytes = 0
  /** Added to the engine's own count of changes: what the store showed before, of another engine. */
  versionBase = 0
  numbers: Float64Array

  private readonly module: EngineModule
  /** The engine's handle; 0 once it was let go of. */
  private h: number
  private readonly enter: EngineModule['oh_dispatch']
  private readonly leaves = new Leaves()
  private bytes: Uint8Array
  private input: number
  private readonly ids = new Map<string, number>()
  private readonly texts: string[] = ['']
  private lastText = ''
  private lastId = 0
  private refused = false
  private readonly text: (ptr: number, len: number) => string

  constructor(module: EngineModule, configJson: string) {
    this.module = module
    this.enter = module.oh_dispatch
    this.input = module.oh_in() >> 3
    this.bytes = module.HEAPU8
    this.numbers = new Float64Array(this.bytes.buffer)
    this.text = (ptr, len) => decoder.decode(this.memory().subarray(ptr, ptr + len))
    this.state = this.leaves.state(0)
    const bytes = this.write(configJson)
    if (bytes < 0) throw new PhoneError('bad_config', 'the configuration is too long')
    this.h = module.oh_create(bytes)
    const error = this.said(module.oh_error(this.h))
    if (error === '') return
    this.dispose()
    throw new PhoneError('bad_config', error)
  }

  /** Takes the event and gives 0, or the engine's error: then nothing has changed and nothing is asked for. */
  dispatch(event: PhoneEvent, at: number, mono: number): number {
    this.effects = NO_EFFECTS
    this.blobBytes = 0
    this.refused = false
    if (this.numbers.length === 0) this.look()
    const type = encodeEvent(event, this, this.input)
    if (type < 0 || this.refused) return -1
    const f = this.numbers
    f[this.input] = at
    f[this.input + 1] = mono
    const out = this.enter(this.h, type, this.blobBytes)
    if (this.numbers.length === 0) this.look()
    if (out < 0) return -out
    this.takeOut(out >> 3)
    return 0
  }

  intern(text: string | undefined): number {
    if (text === this.lastText) return this.lastId
    if (text === undefined || text === null || text === '') return 0
    const known = this.ids.get(text)
    const id = known === undefined ? this.internNew(text) : known
    this.lastText = text
    this.lastId = id
    return id
  }

  blob(text: string): number {
    const bytes = this.write(String(text))
    if (bytes < 0) this.refused = true
    this.blobBytes = Math.max(bytes, 0)
    return this.blobBytes
  }

  /** Puts `text` into the scratch; gives its bytes, or −1 when it is too long. */
  write(text: string): number {
    const most = text.length * 3
    if (most > TEXT_MOST) return this.writeLong(text)
    const ptr = this.module.oh_text(most)
    if (ptr === 0) return -1
    const bytes = this.memory()
    if (text.length <= 64) {
      let i = 0
      for (; i < text.length; i++) {
        const c = text.charCodeAt(i)
        if (c > 127) break
        bytes[ptr + i] = c
      }
      if (i === text.length) return i
    }
    return encoder.encodeInto(text, bytes.subarray(ptr, ptr + most)).written
  }

  /** Copies a text out of the engine's memory. */
  read(ptr: number, len: number): string {
    return this.text(ptr, len)
  }

  /** Takes up a stored state, before anything else happens. Gives what is wrong with it, or null; `effects` is what it asks for. */
  restore(stored: string): string | null {
    const given = encoder.encode(stored)
    const room = this.module.oh_room(given.length)
    if (room === 0) return 'the stored state is one JSON object of at most 4 MiB'
    this.memory().set(given, room)
    const error = this.said(this.module.oh_restore(this.handle()))
    if (error !== '') return error
    this.takeOut(this.module.oh_out(this.h) >> 3)
    return null
  }

  /** The engine's whole state as text, for `restore` and for a person to look at. */
  snapshot(): string {
    return this.said(this.module.oh_snapshot(this.handle()))
  }

  /** All that makes the engine go on exactly there, without the other agents; empty while a stored state is coming in. */
  checkpoint(): string {
    return this.said(this.module.oh_checkpoint(this.handle()))
  }

  /** Gives the engine's memory back. Nothing may be called afterwards. */
  dispose(): void {
    const h = this.h
    this.h = 0
    if (h !== 0) this.module.oh_delete(h)
  }

  /** Bytes of linear memory; it never gives any back. */
  memoryBytes(): number {
    return this.module.HEAPU8.length
  }

  /** What the exports call `h`. */
  handle(): number {
    if (this.h === 0) throw new Error('the engine was let go of')
    return this.h
  }

  /** A text of the engine's, which then forgets it. */
  private said(length: number): string {
    if (this.numbers.length === 0) this.look()
    const text = length > 0 ? this.text(this.module.oh_said(), length) : ''
    this.module.oh_room(0)
    return text
  }

  private takeOut(from: number): void {
    const f = this.numbers
    let p = from
    const version = f[p]!
    let count = f[p + 1]! | 0
    p += 2
    for (; count > 0; count--, p += 3) this.learn(f[p]! | 0, this.short(f[p + 1]!, f[p + 2]!))
    count = f[p]! | 0
    p = this.leaves.apply(f, p + 1, count, this.texts)
    if (p < 0) throw new Error('the engine shows a leaf that this package does not know')
    if (count > 0) this.state = this.leaves.state(this.versionBase + version)
    count = f[p]! | 0
    p += 1
    if (count > 0) p = this.takeEffects(f, p, count)
    count = f[p]! | 0
    for (p += 1; count > 0; count--, p++) this.forget(f[p]! | 0)
  }

  private takeEffects(f: Float64Array, p: number, count: number): number {
    const effects: PhoneEffect[] = []
    for (; count > 0; count--) {
      const effect = readEffect(f, p, this.texts, this.text)
      const size = effectSizes[f[p]! | 0]
      if (effect === undefined || size === undefined)
        throw new Error('the engine asks for an effect that this package does not know')
      effects.push(effect)
      p += size
    }
    this.effects = effects
    return p
  }

  private learn(id: number, text: string): void {
    this.texts[id] = text
    this.ids.set(text, id)
  }

  private forget(id: number): void {
    const text = this.texts[id]
    if (text === undefined) return
    this.ids.delete(text)
    this.texts[id] = ''
    if (this.lastId === id) {
      this.lastText = ''
      this.lastId = 0
    }
  }

  private internNew(given: string): number {
    const text = wellFormed(String(given))
    if (text !== given) return this.intern(text)
    const bytes = this.write(text)
    const id = bytes < 0 ? -1 : this.module.oh_intern(this.h, bytes)
    if (this.numbers.length === 0) this.look()
    if (id < 0) {
      this.refused = true
      return 0
    }
    this.learn(id, text)
    return id
  }

  /** Short ASCII texts are read by hand: a call of TextDecoder costs more than they do. */
  private short(ptr: number, len: number): string {
    if (len > 24) return this.text(ptr, len)
    const bytes = this.bytes
    let text = ''
    for (let i = 0; i < len; i++) {
      const c = bytes[ptr + i]!
      if (c > 127) return this.text(ptr, len)
      text += String.fromCharCode(c)
    }
    return text
  }

  private writeLong(text: string): number {
    const encoded = encoder.encode(text)
    const ptr = encoded.length > TEXT_MOST ? 0 : this.module.oh_text(encoded.length)
    if (ptr === 0) return -1
    this.memory().set(encoded, ptr)
    return encoded.length
  }

  private memory(): Uint8Array {
    if (this.bytes.length === 0) this.look()
    return this.bytes
  }

  /** The memory has grown and moved: the old views are dead. */
  private look(): void {
    this.bytes = this.module.HEAPU8
    this.numbers = new Float64Array(this.bytes.buffer)
  }
}

/** A lone half of a surrogate pair has no UTF-8; the engine would hold another text than we do. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? decoder.decode(encoder.encode(text)) : text
}
