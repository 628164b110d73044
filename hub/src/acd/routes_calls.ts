// REST of the calls in the queues: who waits, rings and talks; what a
// supervisor may do with a call, and an agent with its own offer. What becomes
// of it the engine decides; every deed of a supervisor is noted in the audit.

import type { TSchema } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { typed } from '../api.js'
import { note } from '../audit.js'
import type { Hub } from '../hub.js'
import { notYours, Problem } from '../problem.js'
import { AgentStatusAnswer, ExtensionParams, IdempotencyHeaders } from '../schemas.js'
import { principalOf, requireOwn } from '../security.js'
import { callOf, callsPage, dealWith, extendWrapUp, queueCall, supervise } from './call_actions.js'
import { actorOf, once, problems, tags } from './routes_settings.js'
import {
  CallParams,
  CallsAnswer,
  CallsQuery,
  Explanation,
  ExtendPost,
  MovePost,
  PriorityPut,
  QueueCallAnswer,
  QueueCallPost,
  QueueParams,
  StateAnswer,
  SupervisePost,
  TransferPost,
} from './schemas.js'

const security = [{ token: [] }]
const agent = { access: 'agent' as const }
const supervisor = { access: 'supervisor' as const }

export function acdCallRoutes(hub: Hub, api: FastifyInstance): void {
  readRoutes(hub, api)
  supervisorRoutes(hub, api)
  superviseRoute(hub, api)
  offerRoutes(hub, api)
  wrapUpRoute(hub, api)
}

function readRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  app.get(
    '/contact-centre/calls',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'The calls that wait, ring or talk, oldest first',
        querystring: CallsQuery,
        response: { 200: CallsAnswer, ...problems },
      },
    },
    async (request) => callsPage(hub, request.query),
  )

  app.get(
    '/contact-centre/calls/:call_id/explanation',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'Why this call waits, or who got it and why',
        params: CallParams,
        response: { 200: Explanation, ...problems },
      },
    },
    async (request) => {
      const { state, detail } = await hub.pbx.ask('explain', { call_id: request.params.call_id })
      const said = detail ?? state
      return (typeof said === 'string' ? JSON.parse(said) : said) as Record<string, unknown>
    },
  )
}

function supervisorRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  app.post(
    '/contact-centre/queues/:queue/calls',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'QueueCall: put a call of the PBX, or a number to be called back, into a queue',
        headers: IdempotencyHeaders,
        params: QueueParams,
        body: QueueCallPost,
        response: { 201: QueueCallAnswer, ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () => queueCall(hub, request.params.queue, request.body, actorOf(request)), 201),
  )

  type Deed = [method: 'POST' | 'PUT' | 'DELETE', path: string, command: string, summary: string, body: TSchema | null]
  const DEEDS: Deed[] = [
    ['DELETE', '', 'dequeue', 'Take a waiting call out of its queue', null],
    ['PUT', '/priority', 'priority', 'Set the priority of a waiting call, −100 to 100', PriorityPut],
    ['POST', '/move', 'move', 'Move a waiting call to another queue; it keeps its time of arrival', MovePost],
    ['POST', '/hangup', 'hangup_call', 'End a call', null],
    ['POST', '/transfer', 'transfer_call', 'Transfer the caller', TransferPost],
  ]
  for (const [method, path, command, summary, body] of DEEDS) {
    app.route({
      method,
      url: `/contact-centre/calls/:call_id${path}`,
      config: supervisor,
      schema: {
        tags,
        security,
        summary,
        headers: IdempotencyHeaders,
        params: CallParams,
        ...(body ? { body } : {}),
        response: { 200: StateAnswer, ...problems },
      },
      handler: (request: FastifyRequest, reply: FastifyReply) => {
        const { call_id } = request.params as { call_id: string }
        const fields = (request.body ?? {}) as Record<string, unknown>
        return once(hub, request, reply, () => dealWith(hub, command, call_id, fields, actorOf(request)))
      },
    })
  }
}

function superviseRoute(hub: Hub, api: FastifyInstance): void {
  typed(api).post(
    '/contact-centre/calls/:call_id/supervise',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'Listen to a call, speak to its agent, join it, take it over; or stop',
        description: 'The supervisor’s own telephone rings; a program names whose in `supervisor`.',
        headers: IdempotencyHeaders,
        params: CallParams,
        body: SupervisePost,
        response: { 200: StateAnswer, ...problems },
      },
    },
    (request, reply) => {
      const { action, supervisor: named } = request.body
      const own = principalOf(request).extension
      if (named !== undefined && own !== null && named !== own && principalOf(request).role !== 'admin') {
        throw notYours(`The telephone ${named} is not yours.`)
      }
      const who = named ?? own
      if (who === null) {
        throw new Problem(422, 'supervisor_missing', 'Whose telephone?', 'A program names the supervisor’s extension.')
      }
      return once(hub, request, reply, () => supervise(hub, action, who, request.params.call_id, actorOf(request)))
    },
  )
}

function offerRoutes(hub: Hub, api: FastifyInstance): void {
  for (const [command, summary] of [
    ['accept', 'Take the call that is offered'],
    ['reject', 'Refuse the call that is offered; it goes to the next agent'],
  ] as const) {
    typed(api).post(
      `/contact-centre/offers/:call_id/${command}`,
      {
        config: agent,
        schema: {
          tags,
          security,
          summary,
          headers: IdempotencyHeaders,
          params: CallParams,
          response: { 200: StateAnswer, ...problems },
        },
      },
      (request, reply) => {
        const { call_id } = request.params
        const { extension } = principalOf(request)
        if (extension === null) throw notYours('This token belongs to no agent, so nothing is offered to it.')
        const call = callOf(hub, call_id)
        if (call.agent !== extension && !call.agents?.includes(extension)) {
          throw notYours(`The call ${call_id} is not offered to you.`)
        }
        return once(hub, request, reply, async () => {
          const state = await hub.pbx.command(command, { extension, call_id })
          return state === undefined ? {} : { state }
        })
      },
    )
  }
}

/** complete-wrap-up stands with the statuses (routes_agents.ts): a hub without queues has it too. */
function wrapUpRoute(hub: Hub, api: FastifyInstance): void {
  typed(api).post(
    '/agents/:extension/extend-wrap-up',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'More time for the work after a call',
        description: '`ms` from now: 1,000 to 3,600,000; left out: as long as the queue gives.',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: ExtendPost,
        response: { 200: AgentStatusAnswer, ...problems },
      },
    },
    (request, reply) => {
      const { extension } = request.params
      const principal = principalOf(request)
      requireOwn(principal, extension)
      return once(hub, request, reply, async () => {
        await extendWrapUp(hub, extension, request.body?.ms ?? null)
        if (principal.extension !== extension) {
          const entry = { actor: actorOf(request), action: 'wrap_up.extend', extension }
          await note(hub.database.db, hub.now(), { ...entry, after: { ms: request.body?.ms ?? null } })
        }
        return hub.statuses.get(extension)
      })
    },
  )
}
