// An agent, its status and its pause as one row, and that row as the wire has
// it. Reading only; agent_status.ts and agent_pause.ts write.
import { and, asc, eq, ne, type SQL, sql } from 'drizzle-orm'
import { stuckAt } from './agent_rules.js'
import type { Db, Tx } from './database.js'
import { agent_statuses, agents, queue_members } from './schema.js'
import type { AgentStatusWire, AgentStatusWord } from './schemas.js'

/** The row of `queue_members` that holds what is wanted in all queues. */
export const ALL_QUEUES = ''

export type Joined = {
  agents: typeof agents.$inferSelect
  agent_statuses: typeof agent_statuses.$inferSelect | null
  queue_members: typeof queue_members.$inferSelect | null
  /** What became of the pause in the queues of the PBX; null when it has told of none. */
  told: { extension: string; synced: boolean; failed: boolean } | null
}

/** One query for agent, status and pause, whatever the number of agents. */
export function joined(db: Db | Tx, where?: SQL) {
  const told = db
    .select({
      extension: queue_members.extension,
      synced: sql<boolean>`bool_and(${queue_members.synced})`.as('all_synced'),
      failed: sql<boolean>`bool_or(${queue_members.sync_error} is not null)`.as('any_failed'),
    })
    .from(queue_members)
    .where(ne(queue_members.queue, ALL_QUEUES))
    .groupBy(queue_members.extension)
    .as('told')
  return db
    .select()
    .from(agents)
    .leftJoin(agent_statuses, eq(agent_statuses.extension, agents.extension))
    .leftJoin(queue_members, and(eq(queue_members.extension, agents.extension), eq(queue_members.queue, ALL_QUEUES)))
    .leftJoin(told, eq(told.extension, agents.extension))
    .where(where)
    .orderBy(asc(agents.extension))
}

/** The row of one agent, locked until the transaction ends. */
export async function lockAgent(tx: Tx, extension: string): Promise<Joined | undefined> {
  const [row] = await joined(tx, eq(agents.extension, extension)).for('update', { of: agents })
  return row
}

/** agent_status as the wire has it; null when the CRM holds none. */
export function wireOf(row: Joined, stuckAfter_ms: number): AgentStatusWire | null {
  const { agents: a, agent_statuses: s, queue_members: m } = row
  if (!s) return null
  return {
    extension: a.extension,
    name: a.name,
    status: s.status as AgentStatusWord,
    reason: s.reason,
    since: s.since,
    source: s.source as AgentStatusWire['source'],
    call_log_id: s.call_log_id,
    stuck_at: stuckAt(s.status as AgentStatusWord, s.since, stuckAfter_ms),
    paused: m?.paused ?? false,
    reason_paused: m?.reason_paused ?? null,
    pause: pauseState(row),
    pbx: s.pbx_paused === null ? null : { paused: s.pbx_paused, reason: s.pbx_reason },
    registration: a.registration as AgentStatusWire['registration'],
  }
}

/** The queues of the PBX decide; without any, what became of the pause that was asked for. */
function pauseState({ queue_members: m, told }: Joined): AgentStatusWire['pause'] {
  if (told) return told.failed ? 'failed' : told.synced ? 'synced' : 'pending'
  return m?.synced ? 'synced' : m?.sync_error != null ? 'failed' : 'pending'
}
