// The events socket. Two drivers with the same three events: the engine's own
// WebSocket, inside the WebAssembly (default), and any WebSocket class the host
// gives. Above both: the token goes into the first message here, because the
// engine is told no secrets.
import type { EngineLink } from '../engine/link.js'
import type { EngineModule } from '../engine/module.js'
import type { LogLevel } from './options.js'

export interface SocketEvents {
  opened(): void
  message(body: string): void
  closed(code: number, reason: string): void
}

/** At most one connection. `open` and `send` never throw; after `close` comes no event of the old connection. */
export interface SocketPort {
  open(url: string): void
  send(text: string): void
  close(): void
}

/** What is used of a WebSocket: the browser's, `ws`'s, or a test's. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  binaryType: string
  readonly readyState: number
  send(text: string): void
  close(code?: number, reason?: string): void
}
export type WebSocketClass = new (url: string) => WebSocketLike

const OPEN = 1
/** RFC 6455, 7.4.1: the connection was lost without a close frame. */
const ABNORMAL = 1006
/** The backend does not take the token: our hub's own code, and the policy violation (RFC 6455, 7.4.1) that other servers use. */
const REFUSED_TOKEN: readonly number[] = [4401, 1008]

// The engine's WebSocket --------------------------------------------------------

const OPENED = 0
const MESSAGE = 1
const CLOSED = 2

export function wasmSocket(module: EngineModule, link: EngineLink, events: SocketEvents): SocketPort {
  let mine = 0
  module.onSocket = (kind, ptr, len, code, socket) => {
    if (socket !== mine) return
    if (kind === OPENED) events.opened()
    else if (kind === MESSAGE) events.message(link.read(ptr, len))
    else if (kind === CLOSED) {
      const reason = link.read(ptr, len)
      mine = 0
      module.oh_socket_drop(socket)
      events.closed(code, reason)
    }
  }
  const close = () => {
    const closing = mine
    mine = 0
    if (closing > 0) module.oh_socket_close(closing)
  }
  return {
    close,
    open(url) {
      close()
      const bytes = link.write(url)
      mine = bytes < 0 ? 0 : module.oh_socket_open(bytes)
      if (mine === 0) events.closed(ABNORMAL, 'the address is refused, or there is no WebSocket')
    },
    send(text) {
      const bytes = link.write(text)
      if (bytes > 0 && mine > 0) module.oh_socket_send(mine, bytes)
    },
  }
}

// Any WebSocket -----------------------------------------------------------------

export function jsSocket(Socket: WebSocketClass, events: SocketEvents): SocketPort {
  let socket: WebSocketLike | null = null
  const listen = (made: WebSocketLike) => {
    const mine = () => socket === made
    made.binaryType = 'arraybuffer'
    made.onopen = () => {
      if (mine()) events.opened()
    }
    made.onmessage = (event: { data: unknown }) => {
      if (mine()) events.message(typeof event.data === 'string' ? event.data : bytesAsText(event.data))
    }
    made.onclose = (event: { code?: number; reason?: unknown }) => {
      if (!mine()) return
      socket = null
      events.closed(event.code ?? ABNORMAL, String(event.reason ?? ''))
    }
    // A failed connection closes too; the error itself says nothing more.
    made.onerror = () => {}
  }
  return {
    open(url) {
      socket?.close(1000)
      try {
        socket = new Socket(url)
        listen(socket)
      } catch (error) {
        socket = null
        events.closed(ABNORMAL, String(error))
      }
    },
    send(text) {
      if (socket?.readyState === OPEN) socket.send(text)
    },
    close() {
      const closing = socket
      socket = null
      closing?.close(1000)
    },
  }
}

function bytesAsText(data: unknown): string {
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? new TextDecoder().decode(data) : String(data)
}

// The token -----------------------------------------------------------------------

interface TokenHost {
  url: string
  token: (why: { refresh: boolean }) => string | Promise<string>
  log(level: LogLevel, text: string): void
}

export interface EventsSocket {
  open(): void
  send(body: string): void
  close(): void
}

/**
 * Puts the token into `hello`; what is sent while the token is on its way waits behind it. After a close because of the
 * token the next one is asked for with `refresh`.
 */
export function withToken(
  make: (events: SocketEvents) => SocketPort,
  host: TokenHost,
  events: SocketEvents,
): EventsSocket {
  let connection = 0
  let refresh = false
  const { closed } = events
  const port = make({
    ...events,
    closed(code, reason) {
      if (REFUSED_TOKEN.includes(code)) refresh = true
      closed(code, reason)
    },
  })
  let waiting: string[] | null = null
  const sendHello = async (hello: Record<string, unknown>, mine: number) => {
    try {
      const asked = refresh
      const token = await host.token({ refresh: asked })
      if (mine !== connection) return
      if (asked) refresh = false
      port.send(JSON.stringify({ type: hello.type, token, ...hello }))
      for (const body of waiting ?? []) port.send(body)
    } catch (error) {
      if (mine !== connection) return
      host.log('warn', `no token for the events socket: ${String(error)}`)
      port.close()
      closed(ABNORMAL, 'no token')
    }
    waiting = null
  }
  return {
    open() {
      connection++
      waiting = null
      port.open(host.url)
    },
    send(body) {
      const hello = waiting === null ? helloOf(body) : null
      if (hello) {
        waiting = []
        void sendHello(hello, connection)
      } else if (waiting) waiting.push(body)
      else port.send(body)
    },
    close() {
      connection++
      waiting = null
      port.close()
    },
  }
}

function helloOf(body: string): Record<string, unknown> | null {
  if (!body.includes('"hello"')) return null
  const message: unknown = JSON.parse(body)
  const found = message !== null && typeof message === 'object' ? (message as Record<string, unknown>) : {}
  return found.type === 'hello' ? found : null
}
