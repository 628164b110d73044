// The audit: who changed or did something for another agent. Rows are added
// in the transaction of the change itself, so neither is there without the other.
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Principal } from './auth.js'
import type { Db, Tx } from './database.js'
import { audit } from './schema.js'

/** Someone who acts for another agent. */
export interface Actor {
  /** `agent:1003`, or `token:…` of a program. */
  id: string
  role: string
}

export interface AuditEntry {
  actor: Actor
  action: string
  extension: string
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
}

/** The actor to be noted, or null when an agent acts for itself. */
export function actorFor(principal: Principal, extension: string): Actor | null {
  return principal.extension === extension ? null : { id: principal.id, role: principal.role }
}

/** Adds one row. */
export async function note(tx: Db | Tx, at: number, entry: AuditEntry): Promise<void> {
  const { actor, action, extension, before = null, after = null } = entry
  await tx.insert(audit).values({ at, actor: actor.id, role: actor.role, action, extension, before, after })
}

/** The newest rows, of one extension or of all; `next` is the `before` of the next page. */
export async function readAudit(
  db: Db,
  filter: { extension?: string | undefined; before?: number | undefined; limit: number },
) {
  const { extension, before, limit } = filter
  const items = await db
    .select()
    .from(audit)
    .where(
      and(
        extension === undefined ? undefined : eq(audit.extension, extension),
        before === undefined ? undefined : lt(audit.id, before),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(limit)
  return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
}
