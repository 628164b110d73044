// The compiled engine as JavaScript sees it: docs/ARCHITECTURE.md, "The
// boundary". Written by hand, because the glue has no typings.

/** The cold face: JSON text both ways. */
export interface ColdEngine {
  /** What the hot exports call `h`. */
  handle(): number
  dispatch(eventJson: string): string
  snapshot(): string
  restore(stateJson: string): string
  /**
   * The whole engine as text, and an engine from it that goes on exactly there: for recordings, not for a reload. Without
   * `agents` it lacks the leaves of Presence, which are as the store shows them.
   */
  checkpoint(agents: 0 | 1): string
  resume(checkpointJson: string): string
  /** As `dispatch`, with `rows`: which row of which machine was taken, in order; −1 when none answered. */
  traced(eventJson: string): string
  /** Why the configuration was refused; empty when it was not. */
  error(): string
  /** Gives the memory back. Nothing may be called afterwards. */
  delete(): void
}

export interface EngineModule {
  /** What PhoneEngine is made of; there when the module is ours. */
  engineCreate(configJson: string): number
  readonly PhoneEngine: { new (configJson: string): ColdEngine; schema(): string }
  readonly HEAPU8: Uint8Array
  _oh_in(): number
  _oh_text(bytes: number): number
  _oh_intern(h: number, bytes: number): number
  _oh_dispatch(h: number, type: number, blobBytes: number): number
  _oh_out(h: number): number
  /** The new socket, or 0 when the address is refused or there is no WebSocket. */
  _oh_socket_open(urlBytes: number): number
  /** 1 when sent, 0 when the socket is not open. */
  _oh_socket_send(socket: number, bytes: number): number
  /** No close event follows. */
  _oh_socket_close(socket: number): void
  /** Lets go of a socket that has closed. */
  _oh_socket_drop(socket: number): void
  onSocket: OnSocket | undefined
}

export type OnSocket = (kind: number, ptr: number, len: number, code: number, socket: number) => void

export type EngineFactory = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object
  onAbort?(what: unknown): void
}) => Promise<EngineModule>
