// The CRM's status of each agent. The database is written first, everyone is
// told, then who listens to `onStored` (the Centre, which asks the PBX for the
// pause); nothing that comes after the commit can take the status back.
import { and, desc, eq, inArray, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { storeWantedPause } from './agent_pause.js'
import { type Joined, joined, lockAgent, wireOf } from './agent_rows.js'
import { isNewInterval, pauseFor, STUCK_STATUSES } from './agent_rules.js'
import { type Actor, note } from './audit.js'
import type { Db, Tx } from './database.js'
import { agentUnknown, Problem, rootCause } from './problem.js'
import { agent_status_history, agent_statuses, agents } from './schema.js'
import type { AgentStatusWire, AgentStatusWord, SOURCES } from './schemas.js'
import type { ChangeStream } from './streams.js'

export interface StatusRequest {
  status: AgentStatusWord
  reason: string | null
  source: (typeof SOURCES)[number]
  call_log_id: string | null
  /** Noted in the audit when someone sets the status of another. */
  actor?: Actor | null
  /** Only in this status, else 409 with the code. */
  onlyIn?: { status: AgentStatusWord; code: string; detail: string }
  /**
   * Only when the open interval began at one of these (null: there is none), else `StatusChanged`: for who decided by
   * what it knew. What is wanted and stored already, by whomever, is no conflict.
   */
  onlySince?: readonly (number | null)[]
}

/** What the CRM holds, as the Centre is told. */
export interface StoredStatus {
  extension: string
  status: string
  reason: string | null
  since: number
  source: string
  call_log_id: string | null
  /** What this status took the place of. */
  previous: { status: string; reason: string | null } | null
}

/** The status is not any more what the request was decided by. */
export class StatusChanged extends Error {}

export interface AgentStatusOptions {
  db: Db
  stream: ChangeStream<AgentStatusWire>
  now: () => number
  log: FastifyBaseLogger
  stuckAfter_ms: number
}

export class AgentStatuses {
  readonly #o: AgentStatusOptions
  /** Called after each commit, in order, with the status that is stored now. */
  onStored: (stored: StoredStatus) => void = () => {}

  constructor(options: AgentStatusOptions) {
    this.#o = options
  }

  /** The row as the wire has it. */
  #wire(row: Joined): AgentStatusWire | null {
    return wireOf(row, this.#o.stuckAfter_ms)
  }

  /** All agents that have a status. */
  async list(): Promise<AgentStatusWire[]> {
    const rows = await joined(this.#o.db, sql`${agent_statuses.extension} is not null`)
    return rows.flatMap((row) => this.#wire(row) ?? [])
  }

  /** One agent's status; throws 404 `agent_unknown` when the CRM holds none. */
  async get(extension: string): Promise<AgentStatusWire> {
    const item = await this.#item(this.#o.db, extension)
    if (!item) throw agentUnknown(extension)
    return item
  }

  /** Those in a status that should have ended `after_ms` ago, the longest first. */
  async stuck(after_ms: number): Promise<AgentStatusWire[]> {
    const s = agent_statuses
    const rows = await joined(
      this.#o.db,
      and(inArray(s.status, [...STUCK_STATUSES]), lte(s.since, this.#o.now() - after_ms)),
    )
    return rows.flatMap((row) => this.#wire(row) ?? []).sort((a, b) => a.since - b.since)
  }

  /** Everything that is stored, for a Centre that begins. */
  async stored(): Promise<StoredStatus[]> {
    return (await this.#o.db.select().from(agent_statuses)).map(storedOf)
  }

  /** Intervals, newest first; `next` is the `before` of the next page. */
  async history(extension: string, limit: number, before?: number) {
    const h = agent_status_history
    const items = await this.#o.db
      .select({ id: h.id, status: h.status, reason: h.reason, source: h.source, since: h.since, until: h.until })
      .from(h)
      .where(and(eq(h.extension, extension), before === undefined ? undefined : lt(h.id, before)))
      .orderBy(desc(h.id))
      .limit(limit)
    type Item = Omit<(typeof items)[number], 'status' | 'source'> & Pick<AgentStatusWire, 'status' | 'source'>
    return { items: items as Item[], next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
  }

  /** Sets the status: stores it with the pause that follows, tells everyone, then who listens. */
  async put(extension: string, request: StatusRequest): Promise<AgentStatusWire> {
    if (request.status === 'ON_CALL') throw statusDerived()
    try {
      const { item, row, statusChanged } = await this.#o.stream.write(async (tx) => {
        const before = await lockAgent(tx, extension)
        if (!before) throw agentUnknown(extension)
        refuseUnless(before, request)
        if (isOvertaken(before, request)) {
          const item = this.#wire(before) as AgentStatusWire
          return { changed: [], result: { item, row: before.agent_statuses, statusChanged: false } }
        }
        const after = { ...before }
        const statusChanged = await this.#storeStatus(tx, after, request)
        const pause = pauseFor(request.status, request.reason)
        const pauseChanged = pause !== 'unchanged' && (await storeWantedPause(tx, after, pause, this.#o.now()))
        if (statusChanged && request.actor) await this.#noteChange(tx, before, after, request.actor)
        const item = this.#wire(after) as AgentStatusWire
        const changed = statusChanged || pauseChanged ? [{ item, extension }] : []
        return { changed, result: { item, row: after.agent_statuses, statusChanged } }
      })
      if (statusChanged) this.#o.log.info({ extension }, `Agent status changed to: ${request.status}`)
      if (row) this.onStored(storedOf(row))
      return item
    } catch (error) {
      if (!(error instanceof Problem || error instanceof StatusChanged)) {
        this.#logFailure(extension, request.status, error)
      }
      throw error
    }
  }

  #noteChange(tx: Tx, { agent_statuses: b, agents: a }: Joined, { agent_statuses: s }: Joined, actor: Actor) {
    const before = b && { status: b.status, reason: b.reason }
    const after = s && { status: s.status, reason: s.reason }
    return note(tx, this.#o.now(), { actor, action: 'status.set', extension: a.extension, before, after })
  }

  #logFailure(extension: string, status: AgentStatusWord, error: unknown): void {
    const cause = { extension, cause: rootCause(error).message }
    const word = { ONLINE: 'online', OFFLINE: 'offline', WRAP_UP: 'wrap-up' }[status as string]
    this.#o.log.error(cause, word ? `Failed to set agent ${word}` : 'status change error')
  }

  /** Writes the status into the table and into `row`; false when it is what it was. */
  async #storeStatus(tx: Tx, row: Joined, request: StatusRequest): Promise<boolean> {
    const extension = row.agents.extension
    const before = row.agent_statuses
    const fresh = before === null || isNewInterval(before, request)
    if (!fresh && before.source === request.source) return false
    const now = this.#o.now()
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

  async #item(db: Db | Tx, extension: string): Promise<AgentStatusWire | null> {
    const [row] = await joined(db, eq(agents.extension, extension))
    return row ? this.#wire(row) : null
  }

  /** Stores what a Phone says of its SIP registration, and tells it; null when no Phone is left. */
  async setRegistration(extension: string, registration: string | null): Promise<void> {
    await this.#o.stream.write(async (tx) => {
      const differs = registration === null ? sql`${agents.registration} is not null` : isDifferent(registration)
      const [told] = await tx
        .update(agents)
        .set({ registration, registration_at: this.#o.now() })
        .where(and(eq(agents.extension, extension), differs))
        .returning({ extension: agents.extension })
      const item = told ? await this.#item(tx, extension) : null
      return { changed: item ? [{ item, extension }] : [], result: undefined }
    })
  }

  /** No Phone is connected when a hub starts. */
  async forgetRegistrations(): Promise<void> {
    await this.#o.db.update(agents).set({ registration: null }).where(sql`${agents.registration} is not null`)
  }
}

const isDifferent = (registration: string) => or(isNull(agents.registration), ne(agents.registration, registration))

const statusDerived = () =>
  new Problem(
    422,
    'status_derived',
    'ON_CALL cannot be set',
    'ON_CALL follows from the call itself. Set another status; it is applied when the call ends.',
  )

function refuseUnless(row: Joined, request: StatusRequest): void {
  const { agent_statuses: s } = row
  const { onlyIn, status, reason } = request
  if (onlyIn && s?.status !== onlyIn.status) throw new Problem(409, onlyIn.code, 'Not in that status', onlyIn.detail)
  if (isOvertaken(row, request) && (s?.status !== status || s.reason !== reason)) {
    throw new StatusChanged('set meanwhile')
  }
}

/** Something was stored that the request did not know of. */
const isOvertaken = ({ agent_statuses: s }: Joined, { onlySince }: StatusRequest) =>
  onlySince !== undefined && !onlySince.includes(s?.since ?? null)

function storedOf(row: typeof agent_statuses.$inferSelect): StoredStatus {
  const { extension, status, reason, since, source, call_log_id, previous_status, previous_reason } = row
  const previous = previous_status === null ? null : { status: previous_status, reason: previous_reason }
  return { extension, status, reason, since, source, call_log_id, previous }
}
