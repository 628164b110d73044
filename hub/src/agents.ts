// Agents: who there is, with role, SIP account and password. Made by the
// command line, by options at start, by the demo, or by REST (directory.ts).
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { checkTimeZone } from './agent_day.js'
import { hashPassword } from './auth.js'
import type { Db } from './database.js'
import type { AgentSeed } from './options.js'
import type { Role } from './roles.js'
import { agents } from './schema.js'

/** Makes the agents that do not exist and brings the others up to date; what a seed leaves out stays. */
export async function upsertAgents(db: Db, seeds: AgentSeed[], now: number): Promise<void> {
  if (seeds.length === 0) return
  for (const { time_zone } of seeds) checkTimeZone(time_zone)
  const rows = await Promise.all(
    seeds.map(async (seed) => ({
      extension: seed.extension,
      extension_id: seed.extension_id ?? `e-${seed.extension}`,
      number: seed.number ?? seed.extension,
      name: seed.name,
      role: seed.role ?? 'agent',
      password_hash: seed.password === undefined ? null : await hashPassword(seed.password),
      sip: seed.sip ?? null,
      time_zone: seed.time_zone ?? null,
      endpoint: seed.endpoint ?? null,
      created_at: now,
    })),
  )
  // A statement has room for 65,535 parameters.
  for (let at = 0; at < rows.length; at += ROWS_A_TIME) await upsertRows(db, rows.slice(at, at + ROWS_A_TIME))
}

const ROWS_A_TIME = 1000

async function upsertRows(db: Db, rows: (typeof agents.$inferInsert)[]): Promise<void> {
  await db
    .insert(agents)
    .values(rows)
    .onConflictDoUpdate({
      target: agents.extension,
      set: {
        extension_id: sql`excluded.extension_id`,
        number: sql`excluded.number`,
        name: sql`excluded.name`,
        role: sql`excluded.role`,
        password_hash: sql`coalesce(excluded.password_hash, ${agents.password_hash})`,
        sip: sql`coalesce(excluded.sip, ${agents.sip})`,
        time_zone: sql`coalesce(excluded.time_zone, ${agents.time_zone})`,
        endpoint: sql`coalesce(excluded.endpoint, ${agents.endpoint})`,
        left_at: null,
      },
    })
}

/** The agents with their roles, the most powerful first. */
export async function listAgents(db: Db): Promise<{ extension: string; name: string; role: Role }[]> {
  const rank = sql`case ${agents.role} when 'admin' then 0 when 'supervisor' then 1 else 2 end`
  const rows = await db
    .select({ extension: agents.extension, name: agents.name, role: agents.role })
    .from(agents)
    .where(isNull(agents.left_at))
    .orderBy(rank, asc(agents.extension))
  return rows as { extension: string; name: string; role: Role }[]
}

/** Who there is, as the Centre is told: the PBX's name of each telephone is PJSIP/ and the extension unless another is stored. */
export async function directory(db: Db): Promise<{ extension: string; endpoint: string; name: string }[]> {
  const rows = await db
    .select({ extension: agents.extension, endpoint: agents.endpoint, name: agents.name })
    .from(agents)
    .where(isNull(agents.left_at))
    .orderBy(asc(agents.extension))
  return rows.map(({ extension, endpoint, name }) => ({ extension, endpoint: endpoint ?? `PJSIP/${extension}`, name }))
}

/** True when there is an agent of this extension, who has not left. */
export async function agentExists(db: Db, extension: string): Promise<boolean> {
  const rows = await db
    .select({ e: agents.extension })
    .from(agents)
    .where(and(eq(agents.extension, extension), isNull(agents.left_at)))
  return rows.length > 0
}
