// The directory by REST: a CRM makes its agents, changes them, takes out who
// has left, and gets the one-time codes by which its pages open the console.
// SIP accounts are not here; they come from the operator's file.
import { and, asc, eq, isNull, ne } from 'drizzle-orm'
import { DateTime } from 'luxon'
import { agentExists, upsertAgents } from './agents.js'
import { type Actor, note } from './audit.js'
import type { Db } from './database.js'
import type { Hub } from './hub.js'
import { Problem } from './problem.js'
import type { Role } from './roles.js'
import { agents, tokens } from './schema.js'

/** An agent as the CRM sees it; of the password only whether there is one. */
export interface DirectoryEntry {
  extension: string
  extension_id: string
  number: string
  name: string
  role: Role
  endpoint: string
  time_zone: string | null
  has_password: boolean
}

export interface DirectoryPut {
  name: string
  role?: Role
  extension_id?: string
  number?: string
  endpoint?: string
  time_zone?: string
  password?: string
}

const SHOWN = {
  extension: agents.extension,
  extension_id: agents.extension_id,
  number: agents.number,
  name: agents.name,
  role: agents.role,
  endpoint: agents.endpoint,
  time_zone: agents.time_zone,
  password_hash: agents.password_hash,
}
type Row = { password_hash: string | null; endpoint: string | null; role: string } & Omit<
  DirectoryEntry,
  'has_password' | 'endpoint' | 'role'
>

const entryOf = ({ password_hash, endpoint, role, ...rest }: Row): DirectoryEntry => ({
  ...rest,
  role: role as Role,
  endpoint: endpoint ?? `PJSIP/${rest.extension}`,
  has_password: password_hash !== null,
})

const unknown = (extension: string) =>
  new Problem(404, 'agent_unknown', 'No such agent', `There is no agent ${extension}.`)

/** Everybody who has not left, by extension. */
export async function listDirectory(hub: Hub): Promise<DirectoryEntry[]> {
  const rows = await hub.database.db
    .select(SHOWN)
    .from(agents)
    .where(isNull(agents.left_at))
    .orderBy(asc(agents.extension))
  return rows.map(entryOf)
}

/** One of them; 404 agent_unknown. */
export async function directoryEntry(hub: Hub, extension: string): Promise<DirectoryEntry> {
  const here = and(eq(agents.extension, extension), isNull(agents.left_at))
  const [row] = await hub.database.db.select(SHOWN).from(agents).where(here)
  if (!row) throw unknown(extension)
  return entryOf(row)
}

/**
 * Makes an agent, changes one, or takes back one who had left. What is left out of number, extension_id, endpoint,
 * time_zone and password stays; a role that is left out is agent. 409 extension_id_taken, 422 unknown_time_zone.
 */
export async function putDirectory(hub: Hub, extension: string, wanted: DirectoryPut, actor: Actor) {
  const { time_zone, extension_id } = wanted
  if (time_zone !== undefined && !DateTime.fromMillis(0, { zone: time_zone }).isValid) {
    const detail = `There is no time zone ${time_zone}. Expected an IANA name, e.g. Europe/London.`
    throw new Problem(422, 'unknown_time_zone', 'No such time zone', detail)
  }
  const after = await hub.database.db.transaction(async (tx) => {
    // Only what is shown: the row's own SIP account is nothing for the audit.
    const [held] = await tx.select(SHOWN).from(agents).where(eq(agents.extension, extension))
    if (extension_id !== undefined) {
      const others = and(eq(agents.extension_id, extension_id), ne(agents.extension, extension))
      const [other] = await tx.select({ extension: agents.extension }).from(agents).where(others)
      if (other) {
        const detail = `extension_id ${extension_id} is that of ${other.extension}.`
        throw new Problem(409, 'extension_id_taken', 'Taken', detail)
      }
    }
    const kept = held ? { number: held.number, extension_id: held.extension_id } : {}
    await upsertAgents(tx as unknown as Db, [{ extension, ...kept, ...wanted }], hub.now())
    const [row] = await tx.select(SHOWN).from(agents).where(eq(agents.extension, extension))
    if (!row) throw unknown(extension)
    const stored = entryOf(row)
    const before = held ? { ...entryOf(held) } : null
    await note(tx, hub.now(), { actor, action: 'agent.put', extension, before, after: { ...stored } })
    return stored
  })
  // Whose role is less now must not go on with what was remembered of his token.
  hub.auth.forget()
  return after
}

/**
 * Somebody has left: signed out everywhere, OFFLINE, in no queue, in no list; what he did stays in records and reports.
 * 404 agent_unknown.
 */
export async function removeFromDirectory(hub: Hub, extension: string, actor: Actor): Promise<void> {
  const { db } = hub.database
  if (!(await agentExists(db, extension))) throw unknown(extension)
  await hub.acd.settings.putAgent(extension, { skills: [], queues: [] }, actor)
  await hub.statuses.put(extension, { status: 'OFFLINE', reason: null, source: 'crm', call_log_id: null, actor })
  await db.transaction(async (tx) => {
    await tx
      .update(agents)
      .set({ left_at: hub.now(), password_hash: null, sip: null })
      .where(eq(agents.extension, extension))
    await tx.delete(tokens).where(eq(tokens.extension, extension))
    await note(tx, hub.now(), { actor, action: 'agent.left', extension })
  })
  hub.auth.forget()
  hub.sockets.closeOf(extension, 1008, 'this agent has left')
}
