// What becomes of agents' pauses: the wish of the CRM, one row for all queues,
// and for each queue of the PBX a row as the Centre tells it. Which pause a
// queue is sent, and when again, is the Centre's decision, and so are the log
// lines of it; here it is stored and told.
import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { ALL_QUEUES, type Joined, joined, lockAgent, wireOf } from './agent_rows.js'
import type { Pause } from './agent_rules.js'
import { type Actor, note } from './audit.js'
import type { Db, Tx } from './database.js'
import { agentUnknown } from './problem.js'
import { agent_statuses, agents, queue_members } from './schema.js'
import type { AgentStatusWire } from './schemas.js'
import type { ChangeStream } from './streams.js'

/** A member of a queue as the Centre tells it; what else it says is not stored. */
export interface MemberTold {
  extension: string
  queue: string
  wanted: { paused: boolean; reason: string | null } | null
  observed: { paused: boolean; reason: string | null } | null
  state: string
  error?: string | null
  /** No longer a member of that queue. */
  gone?: boolean
}

/** Writes the pause that is wanted in all queues into the table and into `row`; false when it is wanted already. */
export async function storeWantedPause(tx: Tx, row: Joined, pause: Pause, now: number): Promise<boolean> {
  const before = row.queue_members
  if (before && before.paused === pause.paused && before.reason_paused === pause.reason_paused) return false
  const extension = row.agents.extension
  const next = { extension, queue: ALL_QUEUES, ...pause, synced: false, sync_error: null, updated_at: now }
  await tx
    .insert(queue_members)
    .values(next)
    .onConflictDoUpdate({ target: [queue_members.extension, queue_members.queue], set: next })
  row.queue_members = next
  if (row.told) {
    // The queues of the PBX hold the wish before this one; the Centre tells of each anew.
    row.told = { ...row.told, synced: false, failed: false }
    const inQueues = and(eq(queue_members.extension, extension), ne(queue_members.queue, ALL_QUEUES))
    await tx.update(queue_members).set({ synced: false, sync_error: null }).where(inQueues)
  }
  return true
}

export interface AgentPauseOptions {
  db: Db
  stream: ChangeStream<AgentStatusWire>
  now: () => number
  stuckAfter_ms: number
}

export class AgentPauses {
  readonly #o: AgentPauseOptions
  /** What was told last of each extension's queues. */
  #known = new Map<string, Map<string, MemberTold>>()

  constructor(options: AgentPauseOptions) {
    this.#o = options
  }

  /**
   * What became of the wish for this pause in all queues, when that is the wish already: a Phone asks for what
   * follows from the status it has just set. Null when something else is wanted.
   */
  async asWanted(extension: string, pause: Pause): Promise<{ synced: boolean } | null> {
    const [row] = await joined(this.#o.db, eq(agents.extension, extension))
    const wish = row?.queue_members
    if (!wish || wish.paused !== pause.paused || wish.reason_paused !== pause.reason_paused) return null
    return { synced: row.told?.synced ?? wish.synced }
  }

  /**
   * Records a pause that was asked for by itself, in all queues or in one. `confirmed`: the PBX has done it already,
   * and tells of each queue by itself; then only the wish for all queues is stored here.
   */
  async want(extension: string, queue: string, pause: Pause, actor: Actor | null, confirmed: boolean) {
    const synced = await this.#o.stream.write(async (tx) => {
      const row = await lockAgent(tx, extension)
      if (!row) throw agentUnknown(extension)
      if (actor) {
        const after = { queue: queue || null, ...pause }
        await note(tx, this.#o.now(), { actor, action: 'pause.set', extension, after })
      }
      if (queue !== ALL_QUEUES) {
        const member = { extension, queue, wanted: wanted(pause), observed: null, state: 'pending' }
        if (!confirmed) await storeMembers(tx, [member], this.#o.now())
        return { changed: [], result: confirmed }
      }
      const changed = await storeWantedPause(tx, row, pause, this.#o.now())
      const item = changed ? wireOf(row, this.#o.stuckAfter_ms) : null
      return { changed: item ? [{ item, extension }] : [], result: confirmed || (row.queue_members?.synced ?? false) }
    })
    return { extension, ...pause, synced }
  }

  /** Stores what the Centre tells of members, and tells those agents whose pause it changes. */
  async settle(members: readonly MemberTold[]): Promise<void> {
    // The last word about a member counts, should there be several.
    const last = new Map(members.map((member) => [`${member.extension}\n${member.queue}`, member]))
    const fresh = [...last.values()].filter((member) => this.#isNews(member))
    if (fresh.length === 0) return
    const extensions = [...new Set(fresh.map(({ extension }) => extension))]
    try {
      await this.#o.stream.write(async (tx) => {
        const known = await joined(tx, inArray(agents.extension, extensions)).for('update', { of: agents })
        const before = new Map(known.map((row) => [row.agents.extension, this.#shown(row)]))
        const own = fresh.filter(({ extension }) => before.has(extension))
        await storeMembers(tx, own, this.#o.now())
        for (const extension of before.keys()) await storeObserved(tx, extension, this.#known.get(extension))
        const after = await joined(tx, inArray(agents.extension, extensions))
        const changed = after.flatMap((row) => {
          const { extension } = row.agents
          const item = wireOf(row, this.#o.stuckAfter_ms)
          return item && before.get(extension) !== this.#shown(row) ? [{ item, extension }] : []
        })
        return { changed, result: undefined }
      })
    } catch (error) {
      for (const { extension, queue } of fresh) this.#known.get(extension)?.delete(queue)
      throw error
    }
  }

  #shown(row: Joined): string {
    return JSON.stringify(wireOf(row, this.#o.stuckAfter_ms))
  }

  /** Takes note of a member; false when nothing that is stored has changed: a telephone that rings is no news here. */
  #isNews(member: MemberTold): boolean {
    const own = this.#known.get(member.extension) ?? new Map<string, MemberTold>()
    this.#known.set(member.extension, own)
    const before = own.get(member.queue)
    if (before && told(before) === told(member)) return false
    own.set(member.queue, member)
    return true
  }

  /** Forgets what an earlier hub was told: the Centre tells all of it anew. */
  async forget(): Promise<void> {
    this.#known.clear()
    await this.#o.db.delete(queue_members).where(ne(queue_members.queue, ALL_QUEUES))
    await this.#o.db.update(agent_statuses).set({ pbx_paused: null, pbx_reason: null })
  }
}

const wanted = ({ paused, reason_paused }: Pause) => ({ paused, reason: reason_paused })

const told = ({ wanted, observed, state, error, gone }: MemberTold) =>
  JSON.stringify([wanted, observed, state, error ?? null, gone ?? false])

async function storeMembers(tx: Tx, members: MemberTold[], now: number): Promise<void> {
  const { extension, queue } = queue_members
  for (const member of members.filter(({ gone }) => gone)) {
    await tx.delete(queue_members).where(and(eq(extension, member.extension), eq(queue, member.queue)))
  }
  const rows = members
    .filter(({ gone }) => !gone)
    .map((member) => ({
      extension: member.extension,
      queue: member.queue,
      paused: (member.wanted ?? member.observed)?.paused ?? false,
      reason_paused: (member.wanted ?? member.observed)?.reason ?? null,
      // What nobody wants otherwise is as it should be.
      synced: member.state === 'synced' || member.state === 'untouched',
      sync_error: member.state === 'failed' ? (member.error ?? 'failed') : null,
      updated_at: now,
    }))
  if (rows.length === 0) return
  await tx
    .insert(queue_members)
    .values(rows)
    .onConflictDoUpdate({
      target: [extension, queue],
      set: {
        paused: sql`excluded.paused`,
        reason_paused: sql`excluded.reason_paused`,
        synced: sql`excluded.synced`,
        sync_error: sql`excluded.sync_error`,
        updated_at: sql`excluded.updated_at`,
      },
    })
}

/** What the PBX was seen to hold: paused when it is in every queue that was told of. */
async function storeObserved(tx: Tx, extension: string, members: Map<string, MemberTold> | undefined): Promise<void> {
  const seen = [...(members?.values() ?? [])].flatMap(({ gone, observed }) => (gone || !observed ? [] : [observed]))
  const paused = seen.length === 0 ? null : seen.every((one) => one.paused)
  const reason = paused ? (seen.find((one) => one.reason)?.reason ?? null) : null
  await tx
    .update(agent_statuses)
    .set({ pbx_paused: paused, pbx_reason: reason })
    .where(eq(agent_statuses.extension, extension))
}
