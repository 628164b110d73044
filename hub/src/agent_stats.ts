// The agents' days from the database: three queries, whatever the number of
// agents. What is counted and how is agent_day.ts.
import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import { type Day, type DayCall, dayOf, dayStart, type StatusInterval } from './agent_day.js'
import type { Db } from './database.js'
import { agentUnknown } from './problem.js'
import { agent_status_history, agents, call_logs } from './schema.js'
import type { AgentStatusWord } from './schemas.js'

export interface AgentDay extends Day {
  extension: string
  name: string
  time_zone: string
  from: number
  until: number
}

export class AgentStats {
  readonly #db: Db
  readonly #now: () => number
  readonly #zone: string

  /** `zone` is for agents without one of their own. */
  constructor(db: Db, now: () => number, zone: string) {
    this.#db = db
    this.#now = now
    this.#zone = zone
  }

  /** One agent's day; throws 404 `agent_unknown`. */
  async today(extension: string): Promise<AgentDay> {
    const [day] = await this.#days(extension)
    if (!day) throw agentUnknown(extension)
    return day
  }

  /** The day of every agent. */
  all(): Promise<AgentDay[]> {
    return this.#days()
  }

  async #days(extension?: string): Promise<AgentDay[]> {
    const until = this.#now()
    const who = await this.#db
      .select({ extension: agents.extension, name: agents.name, time_zone: agents.time_zone })
      .from(agents)
      .where(extension === undefined ? undefined : eq(agents.extension, extension))
      .orderBy(asc(agents.extension))
    if (who.length === 0) return []
    const starts = new Map<string, number>()
    const days = who.map((agent) => {
      const time_zone = agent.time_zone ?? this.#zone
      const from = starts.get(time_zone) ?? dayStart(until, time_zone)
      starts.set(time_zone, from)
      return { ...agent, time_zone, from, until }
    })
    const earliest = Math.min(...days.map(({ from }) => from))
    const asked = extension === undefined ? null : [extension]
    const [intervals, calls] = await Promise.all([this.#intervals(asked, earliest), this.#calls(asked, earliest)])
    return days.map((day) => ({
      ...day,
      ...dayOf(intervals.get(day.extension) ?? [], calls.get(day.extension) ?? [], day.from, until),
    }))
  }

  async #intervals(asked: string[] | null, from: number): Promise<Map<string, StatusInterval[]>> {
    const h = agent_status_history
    const rows = await this.#db
      .select({ extension: h.extension, status: h.status, since: h.since, until: h.until })
      .from(h)
      .where(and(asked ? inArray(h.extension, asked) : undefined, or(isNull(h.until), gt(h.until, from))))
    return grouped(rows.map((row) => ({ ...row, status: row.status as AgentStatusWord })))
  }

  async #calls(asked: string[] | null, from: number): Promise<Map<string, DayCall[]>> {
    const c = call_logs
    // A call that went on over midnight is time of today, though not a call of today.
    const overMidnight = and(isNotNull(c.connected_at), gt(c.ended_at, from))
    const rows = await this.#db
      .select({
        extension: c.extension,
        started_at: c.started_at,
        connected_at: c.connected_at,
        ended_at: c.ended_at,
        duration: c.duration,
      })
      .from(c)
      .where(and(asked ? inArray(c.extension, asked) : undefined, or(gte(c.started_at, from), overMidnight)))
    return grouped(rows)
  }
}

function grouped<T extends { extension: string }>(rows: T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const row of rows) {
    const own = found.get(row.extension)
    if (own) own.push(row)
    else found.set(row.extension, [row])
  }
  return found
}
