// One Phone's WebSocket (docs/wire.md): hello, snapshot or missed changes,
// changes, ping. A malformed frame is answered and changes nothing; a client
// that cannot keep up is closed rather than buffered for.
import type { RawData, WebSocket } from 'ws'
import type { Principal } from './auth.js'
import type { Hub } from './hub.js'
import { parseJson } from './json_body.js'
import { Onlooker, pbxTopicsFor } from './pbx/onlooker.js'
import type { Viewer } from './pbx/topics.js'
import { Problem, rootCause, tokenInvalid } from './problem.js'
import { REGISTRATIONS } from './schemas.js'
import type { Change, ChangeStream, StreamName } from './streams.js'

/** Close codes of our own stand in 4400..4499, like HTTP's. */
const CLOSE_TOKEN = 4401
const CLOSE_HELLO_TIMEOUT = 4408
const CLOSE_TRY_LATER = 1013
const CLOSE_POLICY = 1008

/** Frames that one client may send within RATE_WINDOW_MS. */
const FRAMES_MAX = 200
const RATE_WINDOW_MS = 10_000
/** Call_logs in a snapshot: an agent sees the own ones, a supervisor all. */
const CALL_LOGS_AGENT = 50
const CALL_LOGS_ALL = 200

const TOPICS: readonly StreamName[] = ['agent_status', 'call_log']

type Message = Record<string, unknown>

/** Serves one connection until it closes. */
export class PhoneSocket {
  readonly #hub: Hub
  readonly #ws: WebSocket
  #principal: Principal | null = null
  #saidHello = false
  #unlisten: (() => void)[] = []
  #timers: NodeJS.Timeout[] = []
  #alive = true
  #frames = 0
  #closing = false
  #tail: Promise<void> = Promise.resolve()
  #looks: Onlooker | null = null

  constructor(hub: Hub, ws: WebSocket) {
    this.#hub = hub
    this.#ws = ws
    const { hello_ms, heartbeat_ms } = hub.limits
    this.#timers.push(setTimeout(() => this.#helloTimeout(), hello_ms).unref())
    this.#timers.push(setInterval(() => this.#heartbeat(), heartbeat_ms).unref())
    this.#timers.push(setInterval(() => this.#refill(), RATE_WINDOW_MS).unref())
    ws.on('message', (data, isBinary) => this.#onFrame(data, isBinary))
    ws.on('pong', () => {
      this.#alive = true
    })
    ws.on('close', () => this.#onClose())
  }

  get extension(): string | null {
    return this.#principal?.extension ?? null
  }

  /** Sends one encoded frame, or gives the client up when it is too far behind. */
  send(frame: string): void {
    if (this.#closing || this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount > this.#hub.limits.buffered_bytes) {
      this.#tooSlow()
      return
    }
    this.#ws.send(frame)
  }

  #tooSlow(): void {
    this.#hub.log.warn({ extension: this.extension }, 'a socket could not keep up and was closed')
    this.close(CLOSE_TRY_LATER, 'too slow')
  }

  /** Closes with a code; a client that does not answer the close in 30 s is cut off by `ws`. */
  close(code: number, reason: string): void {
    if (this.#closing) return
    this.#closing = true
    this.#unsubscribe()
    this.#ws.close(code, reason)
  }

  #sendError(problem: Problem): void {
    this.send(JSON.stringify({ type: 'error', code: problem.code, detail: problem.message }))
  }

  #helloTimeout(): void {
    if (this.#saidHello) return
    this.#sendError(new Problem(408, 'hello_timeout', 'No hello', 'The first message must be hello with a token.'))
    this.close(CLOSE_HELLO_TIMEOUT, 'no hello')
  }

  #heartbeat(): void {
    if (this.#principal && this.#principal.expires <= this.#hub.now()) {
      this.#refuseToken()
    } else if (this.#alive) {
      this.#alive = false
      this.#ws.ping()
    } else {
      this.#ws.terminate()
    }
  }

  #refill(): void {
    this.#frames = 0
  }

  #refuseToken(): void {
    this.#sendError(tokenInvalid())
    this.close(CLOSE_TOKEN, 'token_invalid')
  }

  #onClose(): void {
    this.#closing = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#unsubscribe()
    this.#hub.sockets.delete(this)
  }

  #unsubscribe(): void {
    for (const stop of this.#unlisten) stop()
    this.#unlisten = []
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    if (this.#closing) return
    if (++this.#frames > FRAMES_MAX) {
      this.#sendError(
        new Problem(
          429,
          'rate_limited',
          'Too many frames',
          `At most ${FRAMES_MAX} frames in ${RATE_WINDOW_MS / 1000} s.`,
        ),
      )
      this.close(CLOSE_POLICY, 'rate_limited')
      return
    }
    // One after another: what follows hello must find the principal, and a pong proves that all before it is done.
    this.#tail = this.#tail.then(() => this.#take(data, isBinary)).catch((error: unknown) => this.#onFailure(error))
  }

  #onFailure(error: unknown): void {
    if (error instanceof Problem) {
      this.#sendError(error)
      return
    }
    this.#hub.log.error({ extension: this.extension, cause: rootCause(error).message }, 'a socket message failed')
    this.#sendError(new Problem(500, 'internal_error', 'Internal error', 'The hub failed on this message.'))
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    const message = isBinary ? null : readMessage(data.toString())
    if (!message) throw badMessage('Expected one JSON object with a "type" in a text frame.')
    if (message.type === 'ping') return this.send(JSON.stringify({ type: 'pong', server_time: this.#hub.now() }))
    if (!this.#saidHello) {
      if (message.type !== 'hello') throw badMessage('The first message must be hello with a token.')
      this.#saidHello = true
      return this.#onHello(message)
    }
    if (message.type === 'agent_information') return this.#onAgentInformation(message)
    if (message.type === 'resync') return this.#looks?.resync(message.topics)
    // Unknown types are ignored: a newer Phone may say more than this hub knows.
  }

  async #onHello(message: Message): Promise<void> {
    const principal = typeof message.token === 'string' ? await this.#hub.auth.verify(message.token) : null
    if (this.#closing) return // gone while the token was looked up
    if (!principal) return this.#refuseToken()
    this.#principal = principal
    this.#hub.sockets.add(this)
    const { extension, role } = principal
    this.send(JSON.stringify({ type: 'welcome', server_time: this.#hub.now(), extension, role }))
    const asked = Array.isArray(message.topics) ? (message.topics as unknown[]) : TOPICS
    const last = (message.last_revision ?? {}) as Record<string, unknown>
    const onlooker = this.#onlooker(asked)
    for (const topic of TOPICS) if (asked.includes(topic)) await this.#subscribe(topic, last[topic])
    if (!this.#closing) onlooker?.begin(last)
    if (extension) this.#hub.pbx.phoneConnected(extension)
  }

  /** Who looks at what the PBX shows, when anything of it is asked for and may be seen. */
  #onlooker(asked: readonly unknown[]): Onlooker | null {
    const topics = pbxTopicsFor(asked, this.#seesAll())
    if (topics.length === 0 || this.#closing) return null
    const onlooker = new Onlooker(this.#hub.pbx, topics, {
      seesAll: this.#seesAll(),
      viewer: () => this.#viewer(),
      waitingMost: this.#hub.limits.ring,
      send: (frame) => this.send(frame),
      sendPaced: (frames) => this.#sendPaced(frames),
      tooSlow: () => this.#tooSlow(),
    })
    this.#unlisten.push(() => onlooker.stop())
    this.#looks = onlooker
    return onlooker
  }

  /** Missed changes when they are all in memory, else a snapshot; then every change that is newer. */
  async #subscribe(topic: StreamName, last: unknown): Promise<void> {
    if (this.#closing) return
    const stream = this.#hub.streams[topic] as ChangeStream<unknown>
    // Changes that come meanwhile wait their turn.
    let held: Change<unknown>[] | null = []
    this.#unlisten.push(
      stream.listen((change) => {
        if (!held) this.#tell(topic, change)
        else if (held.push(change) > this.#hub.limits.ring) this.#tooSlow()
      }),
    )
    const missed = typeof last === 'number' ? stream.since(last) : null
    let revision = stream.revision
    if (missed) {
      await this.#sendPaced(missed.filter((change) => this.#sees(topic, change)).map((change) => change.frame))
    } else {
      const snapshot = await this.#hub.snapshot(topic, {
        extension_id: this.#seesAll() ? undefined : (this.#principal?.extensionId ?? ''),
        limit: this.#seesAll() ? CALL_LOGS_ALL : CALL_LOGS_AGENT,
      })
      revision = snapshot.revision
      await this.#sendPaced(snapshotFrames(topic, revision, snapshot.items, this.#hub.limits.frame_bytes))
    }
    const waiting = held
    held = null
    for (const change of waiting) if (change.revision > revision) this.#tell(topic, change)
  }

  /** Sends many frames no faster than the client takes them, so that a long snapshot is not mistaken for a slow client. */
  async #sendPaced(frames: string[]): Promise<void> {
    for (const frame of frames) {
      if (this.#closing) return
      if (this.#ws.bufferedAmount < this.#hub.limits.buffered_bytes / 2) this.send(frame)
      else await new Promise<void>((sent) => this.#ws.send(frame, () => sent()))
    }
  }

  #seesAll(): boolean {
    return this.#principal?.role !== 'agent'
  }

  #viewer(): Viewer | null {
    if (this.#seesAll()) return null
    const extension = this.extension ?? ''
    return { extension, queues: this.#hub.acd.settings.queuesOf(extension) }
  }

  /** Says those topics anew: what this client may see of them has changed. */
  resync(topics: readonly string[]): void {
    if (!this.#seesAll()) this.#looks?.resync(topics)
  }

  #sees(topic: StreamName, change: Change<unknown>): boolean {
    return topic === 'agent_status' || this.#seesAll() || change.extension === this.extension
  }

  #tell(topic: StreamName, change: Change<unknown>): void {
    if (this.#sees(topic, change)) this.send(change.frame)
  }

  async #onAgentInformation(message: Message): Promise<void> {
    const registration = REGISTRATIONS.find((word) => word === message.registration)
    if (!registration || typeof message.extension !== 'string') {
      throw badMessage(`agent_information needs extension and registration (${REGISTRATIONS.join(', ')}).`)
    }
    if (message.extension !== this.extension) {
      throw new Problem(403, 'not_yours', 'Not yours', 'A Phone tells of its own extension only.')
    }
    await this.#hub.statuses.setRegistration(message.extension, registration)
    this.#hub.pbx.phoneTold(message.extension, registration)
  }
}

const badMessage = (detail: string) => new Problem(400, 'bad_message', 'Malformed message', detail)

function readMessage(text: string): Message | null {
  try {
    const value = parseJson(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
    return typeof (value as Message).type === 'string' ? (value as Message) : null
  } catch {
    return null
  }
}

/** A snapshot as frames within the limit; when there are several, each says which `part` of how many `parts` it is. */
export function snapshotFrames(stream: StreamName, revision: number, items: unknown[], frame_bytes: number): string[] {
  const parts: string[][] = [[]]
  let room = frame_bytes - 200
  for (const item of items) {
    const text = JSON.stringify(item)
    const size = Buffer.byteLength(text) + 1
    if (size > room && (parts.at(-1)?.length ?? 0) > 0) {
      parts.push([])
      room = frame_bytes - 200
    }
    room -= size
    parts.at(-1)?.push(text)
  }
  const many = (i: number) => (parts.length > 1 ? `,"part":${i + 1},"parts":${parts.length}` : '')
  return parts.map(
    (part, i) =>
      `{"type":"snapshot","stream":"${stream}","revision":${revision}${many(i)},"items":[${part.join(',')}]}`,
  )
}

/** The sockets that have said a valid hello, by extension. */
export class Sockets {
  #all = new Set<PhoneSocket>()
  #byExtension = new Map<string, Set<PhoneSocket>>()
  readonly #onLastGone: (extension: string) => void

  constructor(onLastGone: (extension: string) => void) {
    this.#onLastGone = onLastGone
  }

  get size(): number {
    return this.#all.size
  }

  add(socket: PhoneSocket): void {
    this.#all.add(socket)
    if (!socket.extension) return
    const own = this.#byExtension.get(socket.extension) ?? new Set()
    this.#byExtension.set(socket.extension, own.add(socket))
  }

  delete(socket: PhoneSocket): void {
    if (!this.#all.delete(socket) || !socket.extension) return
    const own = this.#byExtension.get(socket.extension)
    own?.delete(socket)
    if (own?.size === 0) {
      this.#byExtension.delete(socket.extension)
      this.#onLastGone(socket.extension)
    }
  }

  /** Sends a message to the Phones of one extension; returns how many there are. */
  sendTo(extension: string, message: object): number {
    const own = this.#byExtension.get(extension)
    if (!own) return 0
    const frame = JSON.stringify(message)
    for (const socket of own) socket.send(frame)
    return own.size
  }

  /** Closes the sockets of one extension. */
  closeOf(extension: string, code: number, reason: string): void {
    for (const socket of this.#byExtension.get(extension) ?? []) socket.close(code, reason)
  }

  /** Has agents' sockets say those topics anew. */
  resync(topics: readonly string[]): void {
    for (const socket of this.#all) socket.resync(topics)
  }

  closeAll(code: number, reason: string): void {
    for (const socket of this.#all) socket.close(code, reason)
  }
}
