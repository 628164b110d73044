// Contacts, call_logs and the queue-number message.
import type { FastifyInstance } from 'fastify'
import { typed } from './api.js'
import type { Principal } from './auth.js'
import { callLogWire } from './call_logs.js'
import { findOrCreateContact } from './contacts.js'
import type { Hub } from './hub.js'
import { notYours, Problem } from './problem.js'
import {
  CallLogAnswer,
  CallLogCreate,
  CallLogList,
  CallLogParams,
  CallLogQuery,
  CallLogUpdate,
  ContactAnswer,
  FindContact,
  IdempotencyHeaders,
  ProblemSchema,
  QueueNumber,
  QueueNumberAnswer,
} from './schemas.js'
import { principalOf, seesAll } from './security.js'

const INTERNAL = '^\\d{3,5}$'

export function recordRoutes(hub: Hub, api: FastifyInstance): void {
  contactRoutes(hub, api)
  callLogRoutes(hub, api)
  queueNumberRoute(hub, api)
}

function contactRoutes(hub: Hub, api: FastifyInstance): void {
  const internalPattern = new RegExp(hub.options.internalPattern ?? INTERNAL)
  const options = { db: hub.database.db, now: hub.now, internalPattern }

  typed(api).post(
    '/contacts/find-or-create',
    {
      config: { access: 'agent' },
      schema: {
        tags: ['records'],
        summary: 'The contact of a number; made when there is none',
        description:
          '422 with number_blank, number_anonymous, number_internal or number_invalid when it is no contact.',
        security: [{ token: [] }],
        headers: IdempotencyHeaders,
        body: FindContact,
        response: { 200: ContactAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const { number, name } = request.body
      const answer = await hub.idempotency.once(request, async () => ({
        status: 200,
        body: await findOrCreateContact(options, number, name ?? null),
      }))
      return reply.code(answer.status as 200).send(answer.body)
    },
  )
}

const callLogUnknown = (id: string) =>
  new Problem(404, 'call_log_unknown', 'No such call_log', `There is no call_log ${id}.`)

function callLogRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

  app.post(
    '/call-logs',
    {
      config: { access: 'agent' },
      schema: {
        tags: ['records'],
        summary: 'Store a new call_log',
        description:
          'The same `key` of the same agent is the same call_log: a second create updates it by its revision.',
        security: [{ token: [] }],
        headers: IdempotencyHeaders,
        body: CallLogCreate,
        response: { 201: CallLogAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const { body } = request
      const owner = await ownerOf(hub, principalOf(request), body.extension_id ?? null)
      const store = async () => {
        const outcome = await hub.callLogs.write({ id: null, owner, input: { ...body, revision: body.revision ?? 0 } })
        if (outcome.kind !== 'stored') throw callLogUnknown(body.key)
        return { status: 201, body: callLogWire(outcome.row) }
      }
      const answer = await hub.idempotency.once(request, store, (first) => first.key === body.key)
      return reply.code(answer.status as 201).send(answer.body)
    },
  )

  app.patch(
    '/call-logs/:id',
    {
      config: { access: 'agent' },
      schema: {
        tags: ['records'],
        summary: 'Store a newer state of a call_log',
        description:
          'A revision not above the stored one changes nothing and answers with the stored record. A final status is never reopened.',
        security: [{ token: [] }],
        headers: IdempotencyHeaders,
        params: CallLogParams,
        body: CallLogUpdate,
        response: { 200: CallLogAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const text = request.params.id
      const id = /^\d{1,15}$/.test(text) ? Number(text) : null
      if (id === null) throw callLogUnknown(text)
      const owner = seesAll(principal) ? null : ownIdentity(principal)
      const answer = await hub.idempotency.once(request, async () => {
        const outcome = await hub.callLogs.write({ id, owner, input: request.body })
        if (outcome.kind === 'unknown') throw callLogUnknown(text)
        if (outcome.kind === 'refused') throw notYours(`call_log ${text} belongs to another agent.`)
        return { status: 200, body: callLogWire(outcome.row) }
      })
      return reply.code(answer.status as 200).send(answer.body)
    },
  )

  app.get(
    '/call-logs',
    {
      config: { access: 'agent' },
      schema: {
        tags: ['records'],
        summary: 'call_logs, newest first',
        description: 'An agent sees its own; supervisors see all.',
        security: [{ token: [] }],
        querystring: CallLogQuery,
        response: { 200: CallLogList, '4xx': ProblemSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { extension_id, limit = 50 } = request.query
      if (seesAll(principal)) return { items: await hub.callLogs.list({ extension_id, limit }) }
      const own = ownIdentity(principal).extension_id
      if (extension_id !== undefined && extension_id !== own)
        throw notYours(`extension_id ${extension_id} is not yours.`)
      return { items: await hub.callLogs.list({ extension_id: own, limit }) }
    },
  )
}

function ownIdentity({ extension, extensionId }: Principal): { extension: string; extension_id: string } {
  if (extension === null || extensionId === null)
    throw notYours('This token belongs to no agent, so it has no call_logs of its own.')
  return { extension, extension_id: extensionId }
}

/** Whose call_log it is: the writer's, or for a supervisor that of the extension_id. */
async function ownerOf(hub: Hub, principal: Principal, extension_id: string | null) {
  if (extension_id === null || extension_id === '' || extension_id === principal.extensionId)
    return ownIdentity(principal)
  if (!seesAll(principal))
    throw notYours(`extension_id ${extension_id} is not yours; an agent writes its own call_logs.`)
  const owner = await hub.callLogs.ownerOf(extension_id)
  if (!owner) throw new Problem(422, 'agent_unknown', 'No such agent', `No agent has the extension_id ${extension_id}.`)
  return owner
}

function queueNumberRoute(hub: Hub, api: FastifyInstance): void {
  typed(api).post(
    '/queue-number',
    {
      config: { access: 'supervisor' },
      schema: {
        tags: ['records'],
        summary: 'Tell the Phones of one extension which queue its call came from',
        security: [{ token: [] }],
        headers: IdempotencyHeaders,
        body: QueueNumber,
        response: { 202: QueueNumberAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const b = request.body
      const answer = await hub.idempotency.once(request, async () => {
        const message = {
          type: 'queue_number',
          extension: b.extension,
          call_from: b.call_from ?? null,
          queue_name: b.queue_name ?? null,
          queue_number: b.queue_number ?? null,
          server_call_log_token: b.server_call_log_token ?? null,
          yeastar_call_id: b.yeastar_call_id ?? null,
          channel_id: b.channel_id ?? null,
        }
        return { status: 202, body: { delivered: hub.sockets.sendTo(b.extension, message) } }
      })
      return reply.code(answer.status as 202).send(answer.body)
    },
  )
}
