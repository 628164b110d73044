// Agents' statuses, their history, and the pause in the queues.
import type { FastifyInstance } from 'fastify'
import { typed } from './api.js'
import type { Hub } from './hub.js'
import {
  AgentStatusAnswer,
  AgentStatusList,
  ExtensionParams,
  HistoryAnswer,
  IdempotencyHeaders,
  LimitQuery,
  PauseAnswer,
  PausePost,
  ProblemSchema,
  StatusPut,
} from './schemas.js'
import { principalOf, requireOwn } from './security.js'

const security = [{ token: [] }]
const tags = ['agents']

export function agentRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const config = { access: 'agent' as const }

  app.get(
    '/agents',
    {
      config,
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
      config,
      schema: {
        tags,
        security,
        summary: "One agent's status",
        description: '404 agent_unknown when the CRM holds none.',
        params: ExtensionParams,
        response: { 200: AgentStatusAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => hub.statuses.get(request.params.extension),
  )

  app.put(
    '/agents/:extension/status',
    {
      config,
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
    async (request, reply) => {
      const { extension } = request.params
      requireOwn(principalOf(request), extension)
      const { status, reason, source, call_log_id } = request.body
      const wanted = { status, reason: reason || null, source: source ?? 'agent', call_log_id: call_log_id || null }
      const answer = await hub.idempotency.once(request, async () => ({
        status: 200,
        body: await hub.statuses.put(extension, wanted),
      }))
      return reply.code(answer.status as 200).send(answer.body)
    },
  )

  app.get(
    '/agents/:extension/history',
    {
      config,
      schema: {
        tags,
        security,
        summary: 'Time in every status, newest first',
        params: ExtensionParams,
        querystring: LimitQuery,
        response: { 200: HistoryAnswer, '4xx': ProblemSchema },
      },
    },
    async (request) => {
      const { extension } = request.params
      requireOwn(principalOf(request), extension)
      return { items: await hub.statuses.history(extension, request.query.limit ?? 50) }
    },
  )

  app.post(
    '/members/:extension/pause',
    {
      config,
      schema: {
        tags,
        security,
        summary: 'Pause or unpause an agent in all queues, or in one',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: PausePost,
        response: { 200: PauseAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const { extension } = request.params
      requireOwn(principalOf(request), extension)
      const { paused, reason_paused, queue } = request.body
      const pause = { paused, reason_paused: reason_paused || null }
      const answer = await hub.idempotency.once(request, async () => ({
        status: 200,
        body: await hub.statuses.pause(extension, queue ?? '', pause),
      }))
      return reply.code(answer.status as 200).send(answer.body)
    },
  )
}
