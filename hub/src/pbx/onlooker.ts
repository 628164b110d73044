// One client that looks at what the PBX shows: the frames of its topics in
// order, no faster than it takes them, so that a mass change is not mistaken
// for a slow client. Who is behind by too many frames is given up.
import type { PbxTopicName, PbxTopics } from './pbx_topics.js'
import type { Told, Viewer } from './topics.js'

/** What the PBX shows, and whether agents may see it. */
const SEEN_BY: Record<PbxTopicName, 'all' | 'supervisors'> = {
  extension_status: 'all',
  queue_member: 'supervisors',
  queue_status: 'supervisors',
  calls: 'supervisors',
  queues: 'all',
  acd_agents: 'all',
  acd_calls: 'all',
  supervision: 'supervisors',
}

/** Those of the topics that are asked for and may be seen. */
export function pbxTopicsFor(asked: readonly unknown[], seesAll: boolean): PbxTopicName[] {
  const names = Object.keys(SEEN_BY) as PbxTopicName[]
  return names.filter((name) => asked.includes(name) && (SEEN_BY[name] === 'all' || seesAll))
}

/** What is looked at. */
export interface Shown {
  topics: PbxTopics
  link: { frame(withAlarms: boolean): string; listen(listener: () => void): () => void }
}

export interface Client {
  seesAll: boolean
  /** Who looks, where each agent sees other items; null: one who sees all. */
  viewer(): Viewer | null
  /** Frames that may wait for it. */
  waitingMost: number
  send(frame: string): void
  sendPaced(frames: string[]): Promise<void>
  tooSlow(): void
}

interface Look {
  name: PbxTopicName
  waiting: Told[]
  /** Frames up to this revision are in what was sent. */
  from: number
  /** One thing after another: a change may not come between the parts of a snapshot. */
  tail: Promise<void>
}

export class Onlooker {
  readonly #shown: Shown
  readonly #names: PbxTopicName[]
  readonly #client: Client
  #looks: Look[] = []
  #unlisten: (() => void)[] = []

  constructor(shown: Shown, names: PbxTopicName[], client: Client) {
    this.#shown = shown
    this.#names = names
    this.#client = client
    const tell = () => client.send(shown.link.frame(client.seesAll))
    tell()
    this.#unlisten.push(shown.link.listen(tell))
  }

  /** Sends each topic: what was missed since `last`, or all of it; then every change. */
  begin(last: Record<string, unknown>): void {
    for (const name of this.#names) {
      const topic = this.#shown.topics[name]
      const look: Look = { name, waiting: [], from: topic.revision, tail: Promise.resolve() }
      this.#looks.push(look)
      this.#unlisten.push(topic.listen((told) => this.#onTold(look, told)))
      const known = last[name]
      const missed = typeof known === 'number' ? topic.since(known) : null
      this.#then(look, () => (missed ? this.#send(missed) : this.#snapshot(look)))
    }
  }

  /** The client has missed something, or could not read it: everything of those topics anew. */
  resync(names: unknown): void {
    for (const look of this.#looks) {
      if (Array.isArray(names) && names.includes(look.name)) this.#then(look, () => this.#snapshot(look))
    }
  }

  #then(look: Look, work: () => Promise<void>): void {
    look.tail = look.tail.then(work).catch(() => {}) // a client that is gone is told by its socket
  }

  async #snapshot(look: Look): Promise<void> {
    const { revision, frames } = this.#shown.topics[look.name].snapshot(!this.#client.seesAll, this.#client.viewer())
    look.from = revision
    await this.#client.sendPaced(frames)
  }

  #send(told: readonly Told[]): Promise<void> {
    const { seesAll } = this.#client
    const viewer = this.#client.viewer()
    return this.#client.sendPaced(
      told.map(({ frame, short, view }) => (seesAll ? frame : view && viewer ? view(viewer) : short)),
    )
  }

  #onTold(look: Look, told: Told): void {
    const behind = look.waiting.push(told)
    if (behind > this.#client.waitingMost) this.#client.tooSlow()
    else if (behind === 1) this.#then(look, () => this.#sendWaiting(look))
  }

  async #sendWaiting(look: Look): Promise<void> {
    while (look.waiting.length > 0 && this.#unlisten.length > 0) {
      const taken = look.waiting.length // more may come meanwhile
      await this.#send(look.waiting.filter(({ revision }) => revision > look.from))
      look.waiting.splice(0, taken)
    }
  }

  stop(): void {
    for (const stop of this.#unlisten) stop()
    this.#unlisten = []
    for (const look of this.#looks) look.waiting = []
  }
}
