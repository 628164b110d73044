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
import type { ColdEngine, EngineModule } from './module.js'

/** The scratch's size; longer texts are not taken. */
export const TEXT_MOST = 256 * 1024

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder()
const NO_EFFECTS: readonly PhoneEffect[] = []

interface ColdReply {
  version: number
  error: { code: string; message: string } | null
  changes: { leaf: string; slot: number; value: unknown }[]
  effects: PhoneEffect[]
}

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
  readonly cold: ColdEngine

  private readonly module: EngineModule
  private readonly h: number
  private enter: EngineModule['_oh_dispatch']
  private leave: EngineModule['_oh_out']
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
    this.cold = new module.PhoneEngine(configJson)
    const error = this.cold.error()
    if (error !== '') {
      this.cold.delete()
      throw new PhoneError('bad_config', error)
    }
    this.h = this.cold.handle()
    this.input = module._oh_in() >> 3
    this.enter = module._oh_dispatch
    this.leave = module._oh_out
    this.bytes = module.HEAPU8
    this.numbers = new Float64Array(this.bytes.buffer)
    this.text = (ptr, len) => decoder.decode(this.memory().subarray(ptr, ptr + len))
    this.state = this.leaves.state(0)
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
    const error = this.enter(this.h, type, this.blobBytes)
    if (this.numbers.length === 0) this.look()
    if (error === 0) this.takeOut()
    if (type === 0) this.takeExports()
    return error
  }

  /** The glue's exports call themselves once and are then the engine's own functions: those are kept. */
  private takeExports(): void {
    this.enter = this.module._oh_dispatch
    this.leave = this.module._oh_out
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
    const ptr = this.module._oh_text(most)
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
    const reply = JSON.parse(this.cold.restore(stored)) as ColdReply
    if (reply.error) return reply.error.message
    for (const { leaf, slot, value } of reply.changes) this.leaves.put(leaf, slot, value)
    this.state = this.leaves.state(this.versionBase + reply.version)
    this.effects = reply.effects
    return null
  }

  private takeOut(): void {
    const f = this.numbers
    let p = this.leave(this.h) >> 3
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
    const id = bytes < 0 ? -1 : this.module._oh_intern(this.h, bytes)
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
    const ptr = encoded.length > TEXT_MOST ? 0 : this.module._oh_text(encoded.length)
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
