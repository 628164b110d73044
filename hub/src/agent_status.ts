// The CRM's status of each agent and the pause that follows from it. The
// database is written first; then all are told; then the PBX is asked, as
// best it can: what it answers changes the pause's `synced`, never the status.
import { and, asc, desc, eq, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { isNewInterval, type Pause, pauseFor } from './agent_rules.js'
import type { Db, Tx } from './database.js'
import { agentUnknown, Problem, rootCause } from './problem.js'
import { agent_status_history, agent_statuses, agents, queue_members } from './schema.js'
import type { AgentStatusWire, AgentStatusWord, SOURCES } from './schemas.js'
import type { ChangeStream } from './streams.js'

/** Sends a pause to a PBX and resolves when the PBX has confirmed it. `queue` is empty for all queues. */
export type PausePort = (request: {
  extension: string
  queue: string
  paused: boolean
  reason: string | null
}) => Promise<void>

export interface StatusRequest {
  status: AgentStatusWord
  reason: string | null
  source: (typeof SOURCES)[number]
  call_log_id: string | null
}

const ALL_QUEUES = ''

type Joined = {
  agents: typeof agents.$inferSelect
  agent_statuses: typeof agent_statuses.$inferSelect | null
  queue_members: typeof queue_members.$inferSelect | null
}

/** One query for agent, status and pause, whatever the number of agents. */
const joined = (db: Db | Tx, where?: SQL) =>
  db
    .select()
    .from(agents)
    .leftJoin(agent_statuses, eq(agent_statuses.extension, agents.extension))
    .leftJoin(queue_members, and(eq(queue_members.extension, agents.extension), eq(queue_members.queue, ALL_QUEUES)))
    .where(where)
    .orderBy(asc(agents.extension))

export class AgentStatuses {
  readonly #db: Db
  readonly #stream: ChangeStream<AgentStatusWire>
  readonly #now: () => number
  readonly #log: FastifyBaseLogger
  readonly #pausePort: PausePort | undefined

  constructor(
    db: Db,
    stream: ChangeStream<AgentStatusWire>,
    now: () => number,
    log: FastifyBaseLogger,
    pausePort: PausePort | undefined,
  ) {
    this.#db = db
    this.#stream = stream
    this.#now = now
    this.#log = log
    this.#pausePort = pausePort
  }

  /** All agents that have a status. */
  async list(): Promise<AgentStatusWire[]> {
    const rows = await joined(this.#db, sql`${agent_statuses.extension} is not null`)
    return rows.flatMap((row) => wire(row) ?? [])
  }

  /** One agent's status; throws 404 `agent_unknown` when the CRM holds none. */
  async get(extension: string): Promise<AgentStatusWire> {
    const [row] = await joined(this.#db, eq(agents.extension, extension))
    const item = row && wire(row)
    if (!item) throw agentUnknown(extension)
    return item
  }

  /** Intervals, newest first. */
  async history(extension: string, limit: number) {
    const h = agent_status_history
    const items = await this.#db
      .select({ status: h.status, reason: h.reason, since: h.since, until: h.until })
      .from(h)
      .where(eq(h.extension, extension))
      .orderBy(desc(h.id))
      .limit(limit)
    return items as { status: AgentStatusWord; reason: string | null; since: number; until: number | null }[]
  }

  /** Sets the status: stores it with the pause of the table, tells everyone, then asks the PBX. */
  async put(extension: string, request: StatusRequest): Promise<AgentStatusWire> {
    if (request.status === 'ON_CALL') {
      throw new Problem(
        422,
        'status_derived',
        'ON_CALL cannot be set',
        'ON_CALL follows from the call itself. Set another status; it is applied when the call ends.',
      )
    }
    try {
      const { item, pauseChanged, statusChanged } = await this.#stream.write(async (tx) => {
        const before = await lockAgent(tx, extension)
        if (!before) throw agentUnknown(extension)
        const after = { ...before }
        const statusChanged = await this.#storeStatus(tx, after, request)
        const pause = pauseFor(request.status, request.reason)
        const pauseChanged = pause !== 'unchanged' && (await this.#storePause(tx, after, ALL_QUEUES, pause))
        const item = wire(after) as AgentStatusWire
        const changed = statusChanged || pauseChanged ? [{ item, extension }] : []
        return { changed, result: { item, pauseChanged, statusChanged } }
      })
      if (statusChanged) this.#log.info({ extension }, `Agent status changed to: ${request.status}`)
      if (pauseChanged || item.pause === 'failed') this.#sendPause(extension, ALL_QUEUES, item)
      return item
    } catch (error) {
      if (!(error instanceof Problem)) this.#logFailure(extension, request.status, error)
      throw error
    }
  }

  #logFailure(extension: string, status: AgentStatusWord, error: unknown): void {
    const cause = { extension, cause: rootCause(error).message }
    const word = { ONLINE: 'online', OFFLINE: 'offline', WRAP_UP: 'wrap-up' }[status as string]
    this.#log.error(cause, word ? `Failed to set agent ${word}` : 'status change error')
  }

  /** Writes the status into the table and into `row`; false when it is what it was. */
  async #storeStatus(tx: Tx, row: Joined, request: StatusRequest): Promise<boolean> {
    const extension = row.agents.extension
    const before = row.agent_statuses
    const fresh = before === null || isNewInterval(before, request)
    if (!fresh && before.source === request.source) return false
    const now = this.#now()
    const next = {
      extension,
      status: request.status,
      previous_status: fresh ? (before?.status ?? null) : before.previous_status,
      previous_reason: fresh ? (before?.reason ?? null) : before.previous_reason,
      reason: request.reason,
      since: fresh ? now : before.since,
      source: request.source,
      call_log_id: request.call_log_id,
      pbx_paused: before?.pbx_paused ?? null,
      pbx_reason: before?.pbx_reason ?? null,
    }
    await tx.insert(agent_statuses).values(next).onConflictDoUpdate({ target: agent_statuses.extension, set: next })
    if (fresh) {
      const h = agent_status_history
      await tx
        .update(h)
        .set({ until: now })
        .where(and(eq(h.extension, extension), isNull(h.until)))
      const { status, reason, source, call_log_id, since } = next
      await tx.insert(h).values({ extension, status, reason, source, call_log_id, since, until: null })
    }
    row.agent_statuses = next
    return true
  }

  /** Writes the wanted pause into the table and, for all queues, into `row`; false when it is wanted already. */
  async #storePause(tx: Tx, row: Joined, queue: string, pause: Pause): Promise<boolean> {
    const before = row.queue_members
    if (before?.queue === queue && before.paused === pause.paused && before.reason_paused === pause.reason_paused) {
      return false
    }
    const next = {
      extension: row.agents.extension,
      queue,
      ...pause,
      synced: false,
      sync_error: null,
      updated_at: this.#now(),
    }
    const target = [queue_members.extension, queue_members.queue]
    await tx.insert(queue_members).values(next).onConflictDoUpdate({ target, set: next })
    row.queue_members = next
    return true
  }

  /** Records a pause that was asked for by itself, in all queues or in one. */
  async pause(extension: string, queue: string, pause: Pause) {
    const { stored, changed } = await this.#stream.write(async (tx) => {
      const before = await lockAgent(tx, extension)
      if (!before) throw agentUnknown(extension)
      const row = { ...before }
      if (queue !== ALL_QUEUES) row.queue_members = await memberOf(tx, extension, queue)
      const changed = await this.#storePause(tx, row, queue, pause)
      const item = queue === ALL_QUEUES && changed ? wire(row) : null
      return { changed: item ? [{ item, extension }] : [], result: { stored: row.queue_members, changed } }
    })
    if (changed || stored?.sync_error) this.#sendPause(extension, queue, pause)
    return { extension, ...pause, synced: stored?.synced ?? false }
  }

  /** Best effort: the CRM's status stands whatever the PBX says. */
  #sendPause(extension: string, queue: string, { paused, reason_paused }: Pause): void {
    if (!this.#pausePort) return
    const sent = this.#pausePort({ extension, queue, paused, reason: reason_paused })
    void sent
      .then(
        () => {
          this.#log.info({ extension }, `Asterisk queue member pause synced: ${paused}`)
          this.#log.info({ extension }, `Asterisk queue member ${paused ? 'paused' : 'unpaused'}`)
          return this.#settlePause(extension, queue, { paused, reason_paused }, null)
        },
        (error: unknown) => {
          const cause = { extension, cause: rootCause(error).message }
          this.#log.warn(cause, 'Failed to sync pause state with Asterisk')
          this.#log.warn(cause, `Failed to ${paused ? 'pause' : 'unpause'} in Asterisk`)
          return this.#settlePause(extension, queue, { paused, reason_paused }, cause.cause)
        },
      )
      .catch((error: unknown) => {
        this.#log.error({ extension, cause: rootCause(error).message }, 'the result of a pause was not stored')
      })
  }

  /** Stores what became of a pause, unless another one is wanted by now. */
  #settlePause(extension: string, queue: string, pause: Pause, error: string | null): Promise<void> {
    return this.#stream.write(async (tx) => {
      const m = queue_members
      const same = and(
        eq(m.extension, extension),
        eq(m.queue, queue),
        eq(m.paused, pause.paused),
        sql`${m.reason_paused} is not distinct from ${pause.reason_paused}`,
      )
      const [settled] = await tx
        .update(m)
        .set({ synced: error === null, sync_error: error })
        .where(same)
        .returning()
      const item = settled && queue === ALL_QUEUES ? await this.#item(tx, extension) : null
      return { changed: item ? [{ item, extension }] : [], result: undefined }
    })
  }

  async #item(tx: Tx, extension: string): Promise<AgentStatusWire | null> {
    const [row] = await joined(tx, eq(agents.extension, extension))
    return row ? wire(row) : null
  }

  /** Stores what a Phone says of its SIP registration, and tells it; null when no Phone is left. */
  async setRegistration(extension: string, registration: string | null): Promise<void> {
    await this.#stream.write(async (tx) => {
      const differs = registration === null ? sql`${agents.registration} is not null` : isDifferent(registration)
      const [told] = await tx
        .update(agents)
        .set({ registration, registration_at: this.#now() })
        .where(and(eq(agents.extension, extension), differs))
        .returning({ extension: agents.extension })
      const item = told ? await this.#item(tx, extension) : null
      return { changed: item ? [{ item, extension }] : [], result: undefined }
    })
  }

  /** No Phone is connected when a hub starts. */
  async forgetRegistrations(): Promise<void> {
    await this.#db.update(agents).set({ registration: null }).where(sql`${agents.registration} is not null`)
  }
}

const isDifferent = (registration: string) => or(isNull(agents.registration), ne(agents.registration, registration))

async function lockAgent(tx: Tx, extension: string): Promise<Joined | undefined> {
  const [row] = await joined(tx, eq(agents.extension, extension)).for('update', { of: agents })
  return row
}

async function memberOf(tx: Tx, extension: string, queue: string): Promise<Joined['queue_members']> {
  const [row] = await tx
    .select()
    .from(queue_members)
    .where(and(eq(queue_members.extension, extension), eq(queue_members.queue, queue)))
  return row ?? null
}

/** agent_status as the wire has it; null when the CRM holds none. */
function wire({ agents: a, agent_statuses: s, queue_members: m }: Joined): AgentStatusWire | null {
  if (!s) return null
  return {
    extension: a.extension,
    name: a.name,
    status: s.status as AgentStatusWord,
    reason: s.reason,
    since: s.since,
    source: s.source as AgentStatusWire['source'],
    call_log_id: s.call_log_id,
    paused: m?.paused ?? false,
    reason_paused: m?.reason_paused ?? null,
    pause: m?.synced ? 'synced' : m?.sync_error != null ? 'failed' : 'pending',
    pbx: s.pbx_paused === null ? null : { paused: s.pbx_paused, reason: s.pbx_reason },
    registration: a.registration as AgentStatusWire['registration'],
  }
}
