// An engine of plain JavaScript behind the hot boundary: it answers each event
// with what the test says, so that the runtime is tested without any machine.
// biome-ignore-all lint/style/noNonNullAssertion: the schema has every index

import type { EngineModule, EngineStart } from '../../web/src/engine/module.js'
import type { PhoneEvent } from '../../web/src/generated/events.js'
import schema from '../../web/src/generated/schema.json' with { type: 'json' }

interface Field {
  name: string
  kind: string
  words?: string[]
}

export interface Reaction {
  leaves?: { leaf: string; slot?: number; value: Record<string, unknown> | null }[]
  effects?: Record<string, unknown>[]
  /** Refuse the event with this number. */
  error?: number
  freed?: string[]
}

export type React = (event: PhoneEvent & { at: number; mono: number }, times: number) => Reaction | undefined

const IN = 1024
const OUT = 4096
const TEXT = 128 * 1024
const ROOM = 512 * 1024
/** A longer copy; the old buffer is dead, as after memory.grow. */
function moved(old: ArrayBuffer): ArrayBuffer {
  const next = new ArrayBuffer(old.byteLength + 65536)
  new Uint8Array(next).set(new Uint8Array(old))
  structuredClone(old, { transfer: [old] })
  return next
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** `grow` moves the memory at every dispatch, as a growing WebAssembly memory does. */
export function fakeEngine(react: React, { grow = false } = {}) {
  let buffer = new ArrayBuffer(1024 * 1024)
  const ids = new Map<string, number>([['', 0]])
  const texts = ['']
  let version = 0
  let effectId = 0
  let times = 0
  const seen: (PhoneEvent & { at: number; mono: number })[] = []
  const socket = { opened: [] as string[], sent: [] as string[], closed: 0, dropped: 0 }
  const views = () => ({ f: new Float64Array(buffer), b: new Uint8Array(buffer) })
  const scratch = (bytes: number) => decoder.decode(views().b.subarray(TEXT, TEXT + bytes))
  const intern = (text: string) => {
    const known = ids.get(text)
    if (known !== undefined) return known
    ids.set(text, texts.length)
    return texts.push(text) - 1
  }
  const decode = (type: number, blob: number): PhoneEvent & { at: number; mono: number } => {
    const shape = schema.events[type]!
    const { f } = views()
    const at = IN / 8
    const event: Record<string, unknown> = { type: shape.name, at: f[at], mono: f[at + 1] }
    ;(shape.fields as Field[]).forEach((field, i) => {
      const n = f[at + 2 + i]!
      if (field.kind === 'Blob') event[field.name] = scratch(blob)
      else if (field.words) event[field.name] = field.words[n]
      else if (field.kind === 'String') event[field.name] = texts[n]
      else event[field.name] = field.kind === 'Flag' ? n !== 0 : n
    })
    return event as never
  }
  const write = (reaction: Reaction) => {
    const strings: [number, string][] = []
    let blobAt = OUT + 64 * 1024
    const { f, b } = views()
    const put = (text: string) => {
      const { written } = encoder.encodeInto(text, b.subarray(blobAt))
      blobAt += written
      return [blobAt - written, written] as const
    }
    const textId = (text: unknown) => {
      const value = String(text ?? '')
      if (!ids.has(value)) strings.push([intern(value), value])
      return ids.get(value)!
    }
    const numbers = (field: Field, value: unknown): number[] => {
      if (field.kind === 'Blob') return [...put(String(value ?? ''))]
      if (field.kind === 'Verdict') return [field.words!.indexOf((value as { reason: string })?.reason ?? 'ok')]
      if (field.words) return [Math.max(0, field.words.indexOf(String(value)))]
      if (field.kind === 'String' || field.kind === 'Name') return [textId(value)]
      return [Number(value ?? 0)]
    }
    const leaves = (reaction.leaves ?? []).flatMap(({ leaf, slot = 0, value }) => {
      const index = schema.leaves.findIndex((one) => one.name === leaf)
      const fields = schema.leaves[index]!.fields as Field[]
      return [
        index,
        slot,
        value ? 1 : 0,
        ...(value ? fields.flatMap((field) => numbers(field, value[field.name])) : []),
      ]
    })
    const effects = (reaction.effects ?? []).flatMap((effect) => {
      const index = schema.effects.findIndex((one) => one.name === effect.type)
      const fields = schema.effects[index]!.fields as Field[]
      return [index, ++effectId, ...fields.flatMap((field) => numbers(field, effect[field.name]))]
    })
    const freed = (reaction.freed ?? []).map((text) => {
      const id = ids.get(text)!
      ids.delete(text)
      return id
    })
    const count = (reaction.leaves ?? []).length
    if (count > 0) version++
    const out = [
      version,
      strings.length,
      ...strings.flatMap(([id, text]) => [id, ...put(text)]),
      count,
      ...leaves,
      (reaction.effects ?? []).length,
      ...effects,
      freed.length,
      ...freed,
    ]
    f.set(out, OUT / 8)
  }
  let said = ''
  const say = (text: string) => {
    said = text
    return new TextEncoder().encode(text).length
  }
  const unused = () => {
    throw new Error('not of this engine')
  }
  const module: EngineModule & { deleted: number } = {
    get HEAPU8() {
      return new Uint8Array(buffer)
    },
    get memory() {
      return { buffer } as WebAssembly.Memory
    },
    __indirect_function_table: null as never,
    _initialize: unused,
    malloc: unused,
    free: unused,
    oh_create: () => 8,
    oh_delete: () => {
      module.deleted++
    },
    oh_room: () => ROOM,
    oh_said: () => {
      encoder.encodeInto(said, views().b.subarray(ROOM))
      return ROOM
    },
    oh_error: () => 0,
    oh_snapshot: () => say(JSON.stringify({ leaves: [] })),
    oh_checkpoint: () => say(JSON.stringify({ schema: 1, leaves: [] })),
    oh_restore: () => say('no'),
    oh_in: () => IN,
    oh_text: (bytes) => (bytes <= 256 * 1024 ? TEXT : 0),
    oh_intern: (_, bytes) => (bytes > 16 * 1024 ? -1 : intern(scratch(bytes))),
    oh_dispatch(_, type, blob) {
      const event = decode(type, blob)
      seen.push(event)
      const reaction = react(event, times++) ?? {}
      if (reaction.error) return -reaction.error
      if (grow) buffer = moved(buffer)
      write(reaction)
      return OUT
    },
    oh_out: () => OUT,
    oh_socket_layout: unused,
    oh_socket_open: (bytes) => socket.opened.push(scratch(bytes)),
    oh_socket_send: (_, bytes) => socket.sent.push(scratch(bytes)),
    oh_socket_close: () => ++socket.closed,
    oh_socket_drop: () => ++socket.dropped,
    onSocket: undefined,
    deleted: 0,
  }
  const create: EngineStart = async () => module
  /** What the engine's own socket would report. */
  const fromSocket = (kind: number, text = '', code = 0, id = socket.opened.length) => {
    const b = new Uint8Array(buffer)
    const { written } = encoder.encodeInto(text, b.subarray(TEXT + 64 * 1024))
    module.onSocket?.(kind, TEXT + 64 * 1024, written, code, id)
  }
  return { create, module, seen, socket, fromSocket }
}
