// The compiled engine as JavaScript sees it: docs/ARCHITECTURE.md, "The
// boundary". Two modules: phone.wasm, exports only, and phone_cold.wasm with
// Embind's glue. Written by hand, because neither has typings.

/** The cold face: JSON text both ways. */
export interface ColdEngine {
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

/** phone.wasm as it is: docs/ARCHITECTURE.md says what each of these does. `h` is a Phone. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory
  readonly __indirect_function_table: WebAssembly.Table
  _initialize(): void
  malloc(bytes: number): number
  free(ptr: number): void
  oh_create(configBytes: number): number
  oh_delete(h: number): void
  /** Room for a long text; 0 bytes give the memory back. */
  oh_room(bytes: number): number
  /** Where the text is whose length the following gave. */
  oh_said(): number
  oh_error(h: number): number
  oh_snapshot(h: number): number
  oh_checkpoint(h: number): number
  oh_restore(h: number): number
  oh_in(): number
  oh_text(bytes: number): number
  oh_intern(h: number, bytes: number): number
  /** Where the reply is; negative: why the event was refused. */
  oh_dispatch(h: number, type: number, blobBytes: number): number
  oh_out(h: number): number
  /** Six numbers: bytes of the largest event; where a message has its data, their length, whether it is text; a close its code, its reason. */
  oh_socket_layout(): number
  /** The new socket, or 0 when the address is refused or there is no WebSocket. */
  oh_socket_open(urlBytes: number): number
  /** 1 when sent, 0 when the socket is not open. */
  oh_socket_send(socket: number, bytes: number): number
  /** No close event follows. */
  oh_socket_close(socket: number): void
  /** Lets go of a socket that has closed. */
  oh_socket_drop(socket: number): void
}

export interface EngineModule extends EngineExports {
  /** The memory; another one whenever it has grown. */
  readonly HEAPU8: Uint8Array
  onSocket: OnSocket | undefined
}

export type OnSocket = (kind: number, ptr: number, len: number, code: number, socket: number) => void

/** From the compiled module to one that runs. */
export type EngineStart = (module: WebAssembly.Module) => Promise<EngineModule>

/** The cold face's glue, which is emcc's: it comes with Embind. */
export interface ColdModule {
  readonly PhoneEngine: ColdClass
}
export type ColdClass = { new (configJson: string): ColdEngine; schema(): string }
export type ColdFactory = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object
  onAbort?(what: unknown): void
}) => Promise<ColdModule>
