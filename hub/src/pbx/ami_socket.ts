// The connection to the PBX: opens it (TCP or TLS), hands bytes on, writes,
// ends. It understands nothing of what passes, tries nothing again by itself
// and never holds more than WRITE_BYTES for a PBX that does not read.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { PbxConfig } from './config.js'

const CONNECT_MS = 10_000
/** A PBX that is further behind than this does not read any more. */
const WRITE_BYTES = 4 * 1024 * 1024

export interface AmiEvents {
  opened: () => void
  /** Exactly once for each `open`, with a reason that says what to look at. */
  closed: (reason: string) => void
  bytes: (bytes: Uint8Array) => void
}

export class AmiSocket {
  readonly #config: PbxConfig
  readonly #events: AmiEvents
  #socket: Socket | null = null
  #open = false

  constructor(config: PbxConfig, events: AmiEvents) {
    this.#config = config
    this.#events = events
  }

  /** Opens a new connection; one that is open is ended without a word. */
  open(): void {
    this.#drop()
    const { host, port, tls, ca } = this.#config
    const socket = tls
      ? connectTls({ host, port, ...(ca === undefined ? {} : { ca }), ...(isName(host) ? { servername: host } : {}) })
      : connectTcp({ host, port })
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setTimeout(CONNECT_MS)
    let reason = 'the PBX has ended the connection'
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0) // whether it is alive is found out by asking it
      socket.setKeepAlive(true, CONNECT_MS)
      this.#open = true
      this.#events.opened()
    })
    socket.on('timeout', () => socket.destroy(new Error(`no answer from ${this.#config.where} within 10 s`)))
    socket.on('data', (bytes: Buffer) => {
      if (this.#socket === socket) this.#events.bytes(bytes)
    })
    socket.on('error', (error) => {
      reason = explain(error, this.#config)
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = null
      this.#open = false
      this.#events.closed(reason)
    })
  }

  /** Writes text; false when there is no connection. A PBX that takes nothing is let go. */
  write(text: string): boolean {
    const socket = this.#socket
    if (!socket || !this.#open || socket.destroyed) return false
    socket.write(text)
    if (socket.writableLength > WRITE_BYTES) socket.destroy(new Error('the PBX takes nothing any more'))
    return true
  }

  /** Ends the connection; `closed` follows when there was one. */
  close(): void {
    this.#socket?.destroy()
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#open = false
    socket?.destroy()
  }
}

/** TLS asks for a name of the host; an address is none. */
const isName = (host: string) => !/^[\d.]+$|:/.test(host)

function explain(error: Error, { where, host, tls }: PbxConfig): string {
  const { code = '' } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return `nobody listens at ${where}: does Asterisk run, has manager.conf enabled = yes, and does bindaddr allow this machine?`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host ${host}`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `no way to ${where}`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${where} has cut the connection${tls ? ': does it speak TLS (tlsenable = yes)?' : ''}`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `the certificate of ${where} is not trusted: name its CA with OFFHOOK_AMI_CA`
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${where} is for another name`
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${where} does not speak TLS: use ami://, or the port of tlsbindaddr`
    default:
      return code === '' ? error.message : `${where}: ${code}`
  }
}
