// The few functions of Node that file.ts uses. The package is compiled without
// Node's types, so that nothing of Node slips into the rest of it.
declare module 'node:fs/promises' {
  interface FileHandle {
    appendFile(text: string): Promise<void>
    datasync(): Promise<void>
    sync(): Promise<void>
    stat(): Promise<{ nlink: number }>
    close(): Promise<void>
  }
  function open(path: string, flags: string, mode?: number): Promise<FileHandle>
  function readFile(path: string, encoding: 'utf8'): Promise<string>
  function rename(from: string, to: string): Promise<void>
  function mkdir(path: string, options: { recursive: true }): Promise<string | undefined>
}
declare module 'node:path' {
  function dirname(path: string): string
}
