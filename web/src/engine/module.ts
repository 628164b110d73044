// The compiled engine as JavaScript sees it: docs/ARCHITECTURE.md, "The
// boundary". Written by hand, because the glue has no typings.

/** The cold face: JSON text both ways. */
export interface ColdEngine {
  /** What the hot exports call `h`. */
  handle(): number
  dispatch(eventJson: string): string
  snapshot(): string
  restore(stateJson: string): string
  schema(): string
  /** Gives the memory back. Nothing may be called afterwards. */
  delete(): void
}

export interface EngineModule {
  readonly PhoneEngine: new (configJson: string) => ColdEngine
  readonly HEAPU8: Uint8Array
  _oh_in(): number
  _oh_text(bytes: number): number
  _oh_intern(h: number, bytes: number): number
  _oh_dispatch(h: number, type: number, blobBytes: number): number
  _oh_out(h: number): number
  _oh_socket_open(urlBytes: number): number
  _oh_socket_send(bytes: number): number
  _oh_socket_close(): number
  onSocket: ((kind: number, ptr: number, len: number, code: number) => void) | undefined
}

export type EngineFactory = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object
  onAbort?(what: unknown): void
  onSocket?(kind: number, ptr: number, len: number, code: number): void
}) => Promise<EngineModule>
