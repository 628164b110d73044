// REST of the call records and of the shifts that agents are meant to work.

import { and, asc, eq, gt, lt } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { agentExists } from '../agents.js'
import { typed } from '../api.js'
import { actorFor, note } from '../audit.js'
import type { Hub } from '../hub.js'
import { notYours, Problem } from '../problem.js'
import { schedules } from '../schema.js'
import { ExtensionParams, IdempotencyHeaders } from '../schemas.js'
import { principalOf, seesAll } from '../security.js'
import { readRecord, readRecords, recordUnknown, writeNotes } from './records.js'
import { actorOf, once, problems, tags } from './routes_settings.js'
import {
  CallRecord,
  RecordParams,
  RecordPatch,
  RecordsAnswer,
  RecordsQuery,
  SchedulePut,
  ScheduleQuery,
} from './schemas.js'

const security = [{ token: [] }]
const agent = { access: 'agent' as const }
const supervisor = { access: 'supervisor' as const }

export function acdRecordRoutes(hub: Hub, api: FastifyInstance): void {
  recordRoutes(hub, api)
  scheduleRoutes(hub, api)
}

function recordRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { db } = hub.database

  app.get(
    '/contact-centre/records',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'Call records, newest first',
        description: 'An agent sees its own. `from` and `until` are of `enqueued_at`.',
        querystring: RecordsQuery,
        response: { 200: RecordsAnswer, ...problems },
      },
    },
    async (request) => {
      const { limit = 50, ...filter } = request.query
      const principal = principalOf(request)
      if (filter.from !== undefined && filter.until !== undefined && filter.until <= filter.from) {
        throw new Problem(422, 'range_empty', 'No such range', '`until` must be after `from`.')
      }
      if (seesAll(principal)) return readRecords(db, { ...filter, limit })
      if (principal.extension === null) throw notYours('This token belongs to no agent.')
      if (filter.agent !== undefined && filter.agent !== principal.extension) {
        throw notYours(`The records of ${filter.agent} are not yours.`)
      }
      return readRecords(db, { ...filter, limit, agent: principal.extension })
    },
  )

  app.get(
    '/contact-centre/records/:id',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'One call record',
        params: RecordParams,
        response: { 200: CallRecord, ...problems },
      },
    },
    async (request) => {
      const record = await readRecord(db, request.params.id)
      const principal = principalOf(request)
      if (!seesAll(principal) && record.agent_id !== principal.extension) throw recordUnknown(request.params.id)
      return record
    },
  )

  app.patch(
    '/contact-centre/records/:id',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'Write the notes of a record',
        headers: IdempotencyHeaders,
        params: RecordParams,
        body: RecordPatch,
        response: { 200: CallRecord, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const principal = principalOf(request)
      const record = await readRecord(db, id)
      if (!seesAll(principal) && record.agent_id !== principal.extension) throw recordUnknown(id)
      const actor = actorFor(principal, record.agent_id ?? '')
      return once(hub, request, reply, () => writeNotes(db, hub.now(), id, request.body.notes, actor))
    },
  )
}

function scheduleRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { db } = hub.database
  const s = schedules
  const read = async (extension: string, from = 0, until = 8.64e15) => ({
    items: (await db
      .select({ from: s.from, until: s.until, status: s.status })
      .from(s)
      .where(and(eq(s.extension, extension), gt(s.until, from), lt(s.from, until)))
      .orderBy(asc(s.from))
      .limit(2000)) as { from: number; until: number; status: 'ONLINE' }[],
  })
  const needAgent = async (extension: string) => {
    if (await agentExists(db, extension)) return
    throw new Problem(404, 'agent_unknown', 'No such agent', `There is no agent ${extension}.`)
  }

  app.get(
    '/contact-centre/schedules/:extension',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'When an agent is meant to be in which status',
        params: ExtensionParams,
        querystring: ScheduleQuery,
        response: { 200: SchedulePut, ...problems },
      },
    },
    async (request) => {
      await needAgent(request.params.extension)
      return read(request.params.extension, request.query.from, request.query.until)
    },
  )

  app.put(
    '/contact-centre/schedules/:extension',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'Set the shifts of an agent, whole',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: SchedulePut,
        response: { 200: SchedulePut, ...problems },
      },
    },
    async (request, reply) => {
      const { extension } = request.params
      await needAgent(extension)
      const rows = request.body.items.map((shift) => ({ extension, ...shift })).sort((a, b) => a.from - b.from)
      checkShifts(rows)
      return once(hub, request, reply, async () => {
        await db.transaction(async (tx) => {
          await tx.delete(s).where(eq(s.extension, extension))
          for (let at = 0; at < rows.length; at += 500) await tx.insert(s).values(rows.slice(at, at + 500))
          const entry = { actor: actorOf(request), action: 'schedule.put', extension }
          await note(tx, hub.now(), { ...entry, after: { shifts: rows.length } })
        })
        return read(extension)
      })
    },
  )
}

function checkShifts(rows: { from: number; until: number }[]): void {
  for (const [i, { from, until }] of rows.entries()) {
    if (until <= from) throw new Problem(422, 'range_empty', 'No such shift', '`until` must be after `from`.')
    const before = rows[i - 1]
    if (before && from < before.until)
      throw new Problem(422, 'shifts_overlap', 'Shifts overlap', 'An agent is in one status at a time.')
  }
}
