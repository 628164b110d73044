// Agents' statuses: reading, setting by status or by verb, history, the day,
// who is stuck, and the audit of what was done for others.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { wrapsUp } from './acd/call_actions.js'
import { STUCK_AFTER_MS } from './agent_rules.js'
import type { StatusRequest } from './agent_status.js'
import { typed } from './api.js'
import { actorFor, note, readAudit } from './audit.js'
import type { Hub } from './hub.js'
import { Problem } from './problem.js'
import {
  AgentStatusAnswer,
  AgentStatusList,
  AuditAnswer,
  AuditQuery,
  DayAnswer,
  DayList,
  ExtensionParams,
  HistoryAnswer,
  IdempotencyHeaders,
  PageQuery,
  ProblemSchema,
  StatusPut,
  StatusVerbPost,
  StuckQuery,
} from './schemas.js'
import { principalOf, requireOwn } from './security.js'

const security = [{ token: [] }]
const tags = ['agents']
const agent = { access: 'agent' as const }
const supervisor = { access: 'supervisor' as const }

export function agentRoutes(hub: Hub, api: FastifyInstance): void {
  readRoutes(hub, api)
  changeRoutes(hub, api)
  supervisorRoutes(hub, api)
}

function readRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

  app.get(
    '/agents',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'Every agent that has a status',
        response: { 200: AgentStatusList, '4xx': ProblemSchema },
      },
    },
    async () => ({ items: await hub.statuses.list() }),
  )

  app.get(
    '/agents/:extension/status',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: "One agent's status",
        description: '404 agent_unknown when the CRM holds none. An agent reads its own.',
        params: ExtensionParams,
        response: { 200: AgentStatusAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => hub.statuses.get(own(request)),
  )

  app.get(
    '/agents/:extension/history',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'Time in every status, newest first',
        params: ExtensionParams,
        querystring: PageQuery,
        response: { 200: HistoryAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => hub.statuses.history(own(request), request.query.limit ?? 50, request.query.before),
  )

  app.get(
    '/agents/:extension/today',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: "Time in each status, calls and handle time since the agent's midnight",
        params: ExtensionParams,
        response: { 200: DayAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => hub.stats.today(own(request)),
  )
}

/** The extension of the path, when the asker may know and change its details. */
function own(request: FastifyRequest): string {
  const { extension } = request.params as { extension: string }
  requireOwn(principalOf(request), extension)
  return extension
}

type Wanted = Omit<StatusRequest, 'actor'>

const COMPLETED = {
  status: 'ONLINE' as const,
  onlyIn: {
    status: 'WRAP_UP' as const,
    code: 'not_in_wrap_up',
    detail: 'The agent is not in WRAP_UP; set a status instead.',
  },
}

const VERBS: [verb: string, summary: string, wanted: Pick<Wanted, 'status' | 'onlyIn'>][] = [
  ['online', 'Ready for calls', { status: 'ONLINE' }],
  ['offline', 'Gone', { status: 'OFFLINE' }],
  ['break', 'On a break', { status: 'BREAK' }],
  ['wrap-up', 'Work after a call', { status: 'WRAP_UP' }],
  ['complete-wrap-up', 'End the work after a call: ONLINE', COMPLETED],
]

function changeRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

  app.put(
    '/agents/:extension/status',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: "Set an agent's status",
        description: 'The pause in the queues follows from it. 422 status_derived for ON_CALL.',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: StatusPut,
        response: { 200: AgentStatusAnswer, '4xx': ProblemSchema },
      },
    },
    (request, reply) => {
      const { status, reason, source, call_log_id } = request.body
      const wanted = { status, reason: reason || null, source: source ?? 'agent', call_log_id: call_log_id || null }
      return set(hub, request, reply, wanted)
    },
  )

  for (const [verb, summary, wanted] of VERBS) {
    app.post(
      `/agents/:extension/${verb}`,
      {
        config: agent,
        schema: {
          tags,
          security,
          summary,
          headers: IdempotencyHeaders,
          params: ExtensionParams,
          body: StatusVerbPost,
          response: { 200: AgentStatusAnswer, '4xx': ProblemSchema },
        },
      },
      (request, reply) => {
        const { reason = null, call_log_id = null } = request.body ?? {}
        if (verb === 'complete-wrap-up') return completeWrapUp(hub, request, reply, call_log_id)
        return set(hub, request, reply, { reason: reason || null, source: 'agent', call_log_id, ...wanted })
      },
    )
  }
}

/** The engine's wrap-up after a call of a queue, and the status WRAP_UP: whichever there is, or both. */
async function completeWrapUp(hub: Hub, request: FastifyRequest, reply: FastifyReply, call_log_id: string | null) {
  const extension = own(request)
  const { onlyIn, status } = COMPLETED
  const wanted: Wanted = { reason: null, source: 'agent', call_log_id, status, onlyIn }
  if (!wrapsUp(hub, extension)) return set(hub, request, reply, wanted)
  const actor = actorFor(principalOf(request), extension)
  const answer = await hub.idempotency.once(request, async () => {
    await hub.pbx.command('complete_wrap_up', { extension })
    if (actor) await note(hub.database.db, hub.now(), { actor, action: 'wrap_up.complete', extension })
    const held = await hub.statuses.get(extension)
    if (held.status !== 'WRAP_UP') return { status: 200, body: held }
    // The engine writes its ONLINE at the same time: whoever is first, the wrap-up is over.
    const stored = await hub.statuses.put(extension, { ...wanted, actor }).catch((error: unknown) => {
      if (error instanceof Problem && error.code === onlyIn.code) return hub.statuses.get(extension)
      throw error
    })
    return { status: 200, body: stored }
  })
  return reply.code(answer.status).send(answer.body)
}

async function set(hub: Hub, request: FastifyRequest, reply: FastifyReply, wanted: Wanted) {
  const extension = own(request)
  const actor = actorFor(principalOf(request), extension)
  const answer = await hub.idempotency.once(request, async () => ({
    status: 200,
    body: await hub.statuses.put(extension, { ...wanted, actor }),
  }))
  return reply.code(answer.status).send(answer.body)
}

function supervisorRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

  app.get(
    '/agents/today',
    {
      config: supervisor,
      schema: { tags, security, summary: 'The day of every agent', response: { 200: DayList, '4xx': ProblemSchema } },
    },
    async () => ({ items: await hub.stats.all() }),
  )

  app.get(
    '/agents/stuck',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'Agents too long in WRAP_UP, PAUSE, BREAK or DO_NOT_DISTURB, longest first',
        querystring: StuckQuery,
        response: { 200: AgentStatusList, '4xx': ProblemSchema },
      },
    },
    async (request) => {
      const { max_minutes } = request.query
      const after_ms = max_minutes === undefined ? (hub.options.stuckAfter_ms ?? STUCK_AFTER_MS) : max_minutes * 60_000
      return { items: await hub.statuses.stuck(after_ms) }
    },
  )

  app.get(
    '/audit',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'Who changed or did something for another agent, newest first',
        querystring: AuditQuery,
        response: { 200: AuditAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => {
      const { extension, before, limit = 50 } = request.query
      return readAudit(hub.database.db, { extension, before, limit })
    },
  )
}
