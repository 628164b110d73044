// What phone.wasm asks of its host: how a number reads, that its memory has grown, and the JavaScript side of emscripten's
// WebSocket API, whose other side is wasm_glue/sockets.cpp. Written here and not taken from emscripten's glue, which is four
// times as long; how its structs lie is told by the module itself (`oh_socket_layout`), so that every version's header fits.
import type { EngineExports, EngineModule } from './module.js'

const decoder = /* @__PURE__ */ new TextDecoder()
const encoder = /* @__PURE__ */ new TextEncoder()

/** Results of emscripten's functions. */
const SUCCESS = 0
const INVALID_TARGET = -4

type Heard = 'onopen' | 'onmessage' | 'onerror' | 'onclose'
/** Writes the event that the engine is given, at `at`; gives what is to be freed after it was heard. */
type Fill = (event: never, at: number, layout: Int32Array) => number

/** An instance of the compiled engine, with a memory of its own. */
export async function instantiate(module: WebAssembly.Module): Promise<EngineModule> {
  const sockets = new Map<number, WebSocket>()
  let made = 0
  let wasm = {} as EngineExports
  let bytes = new Uint8Array()
  const look = () => {
    bytes = new Uint8Array(wasm.memory.buffer)
  }
  const textAt = (ptr: number) => decoder.decode(bytes.subarray(ptr, bytes.indexOf(0, ptr)))
  /** The address there, if a WebSocket takes it: no other scheme, no fragment. */
  const urlAt = (ptr: number): URL | null => {
    try {
      const url = new URL(textAt(ptr))
      return /^wss?:$/.test(url.protocol) && url.hash === '' ? url : null
    } catch {
      return null
    }
  }
  const withSocket = (id: number, use: (socket: WebSocket) => void): number => {
    const socket = sockets.get(id)
    if (socket) use(socket)
    return socket ? SUCCESS : INVALID_TARGET
  }
  /** emscripten_websocket_set_on…_callback: `callback` is a place in the module's table. */
  const hears = (name: Heard, fill?: Fill) => (id: number, user: number, callback: number) =>
    withSocket(id, (socket) => {
      const hear = (event: unknown) => {
        // A copy: the memory may move while the event is written.
        const layout = new Int32Array(bytes.buffer, wasm.oh_socket_layout(), 6).slice()
        const at = wasm.malloc(layout[0] as number)
        bytes.fill(0, at, at + (layout[0] as number))
        new DataView(bytes.buffer).setInt32(at, id, true)
        const text = fill?.(event as never, at, layout) ?? 0
        ;(wasm.__indirect_function_table.get(callback) as Callback)(0, at, user)
        wasm.free(text)
        wasm.free(at)
      }
      socket[name] = callback === 0 ? null : hear
    })
  const engine = { onSocket: undefined } as unknown as EngineModule
  const env = {
    oh_number: (text: number) => Number(textAt(text)),
    emscripten_notify_memory_growth: look,
    oh_host_socket(socket: number, kind: number, text: number, length: number, code: number) {
      try {
        engine.onSocket?.(kind, text, length, code, socket)
      } catch {
        // Nothing may unwind through WebAssembly.
      }
    },
    oh_socket_supported: () => Number(typeof WebSocket === 'function'),
    oh_url_is_good: (text: number) => Number(urlAt(text) !== null),
    // Mixed content: `new WebSocket` would throw.
    oh_socket_allowed(text: number) {
      const url = urlAt(text)
      const secure = typeof location === 'object' && location.protocol === 'https:'
      const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url?.hostname ?? '')
      return Number(!secure || loopback || url?.protocol === 'wss:')
    },
    emscripten_websocket_new(attributes: number) {
      const socket = new WebSocket(textAt(new DataView(bytes.buffer).getInt32(attributes, true)))
      socket.binaryType = 'arraybuffer'
      sockets.set(++made, socket)
      return made
    },
    emscripten_websocket_set_onopen_callback_on_thread: hears('onopen'),
    emscripten_websocket_set_onerror_callback_on_thread: hears('onerror'),
    emscripten_websocket_set_onmessage_callback_on_thread: hears(
      'onmessage',
      ({ data }: { data: string | ArrayBuffer }, at, layout) => {
        const isText = typeof data === 'string'
        const given = isText ? encoder.encode(`${data}\0`) : new Uint8Array(data)
        const copy = wasm.malloc(given.length)
        bytes.set(given, copy)
        const view = new DataView(bytes.buffer)
        view.setInt32(at + (layout[1] as number), copy, true)
        view.setInt32(at + (layout[2] as number), given.length, true)
        view.setInt8(at + (layout[3] as number), Number(isText))
        return copy
      },
    ),
    emscripten_websocket_set_onclose_callback_on_thread: hears(
      'onclose',
      ({ code, reason }: { code: number; reason: unknown }, at, layout) => {
        new DataView(bytes.buffer).setUint16(at + (layout[4] as number), code, true)
        // RFC 6455, 5.5: a reason has 123 bytes at most; the struct has room for 512.
        const text = encoder.encode(`${String(reason ?? '').slice(0, 123)}\0`)
        bytes.set(text, at + (layout[5] as number))
        return 0
      },
    ),
    emscripten_websocket_get_ready_state: (id: number, to: number) =>
      withSocket(id, ({ readyState }) => new DataView(bytes.buffer).setUint16(to, readyState, true)),
    emscripten_websocket_send_utf8_text: (id: number, text: number) =>
      withSocket(id, (socket) => socket.send(textAt(text))),
    emscripten_websocket_close: (id: number, code: number) => withSocket(id, (socket) => socket.close(code)),
    emscripten_websocket_delete: (id: number) => (sockets.delete(id) ? SUCCESS : INVALID_TARGET),
  }
  const wasi = {
    proc_exit(code: number) {
      throw new Error(`the engine ended with ${code}`)
    },
  }
  const instance = await WebAssembly.instantiate(module, { env, wasi_snapshot_preview1: wasi })
  wasm = instance.exports as unknown as EngineExports
  look()
  wasm._initialize()
  Object.defineProperty(engine, 'HEAPU8', { get: () => bytes })
  return Object.assign(engine, wasm)
}

type Callback = (kind: number, event: number, user: number) => void
