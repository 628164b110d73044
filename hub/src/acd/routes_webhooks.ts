// REST of the webhooks: an administrator's. What is sent, and when, is webhooks.ts.

import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { typed } from '../api.js'
import type { Hub } from '../hub.js'
import { IdempotencyHeaders } from '../schemas.js'
import { actorOf, once, problems, tags } from './routes_settings.js'
import { DeadAnswer, DeadQuery, WebhookItems, WebhookMade, WebhookParams, WebhookPost } from './schemas.js'

const security = [{ token: [] }]
const admin = { access: 'admin' as const }

export function webhookRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { webhooks } = hub.acd

  app.get(
    '/contact-centre/webhooks',
    {
      config: admin,
      schema: { tags, security, summary: 'Who is told of what', response: { 200: WebhookItems, ...problems } },
    },
    async () => ({ items: await webhooks.list() }),
  )

  app.post(
    '/contact-centre/webhooks',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Register a webhook',
        description:
          'Deliveries are signed as standardwebhooks.com says: webhook-id, webhook-timestamp, webhook-signature. `events` are names, or * for all. The secret is in this answer only.',
        headers: IdempotencyHeaders,
        body: WebhookPost,
        response: { 201: WebhookMade, ...problems },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      // What is kept for a repeated request is without the secret: it is in the first answer only.
      let secret: string | null = null
      const answer = await hub.idempotency.once(request, async () => {
        const { secret: made, ...body } = await webhooks.add(request.body, actorOf(request))
        secret = made
        return { status: 201 as const, body }
      })
      return reply.code(201).send({ ...answer.body, secret })
    },
  )

  app.delete(
    '/contact-centre/webhooks/:id',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Remove a webhook with all that waits for it',
        headers: IdempotencyHeaders,
        params: WebhookParams,
        response: { 204: Type.Null({ description: 'Done' }), ...problems },
      },
    },
    (request, reply) => once(hub, request, reply, () => webhooks.remove(request.params.id, actorOf(request)), 204),
  )

  app.get(
    '/contact-centre/webhooks/:id/dead',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Deliveries that were given up, newest first',
        params: WebhookParams,
        querystring: DeadQuery,
        response: { 200: DeadAnswer, ...problems },
      },
    },
    async (request) => webhooks.dead(request.params.id, request.query.limit ?? 50, request.query.before),
  )

  app.post(
    '/contact-centre/webhooks/:id/retry',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Try again all that was given up',
        headers: IdempotencyHeaders,
        params: WebhookParams,
        response: { 200: Type.Object({ tried: Type.Integer() }), ...problems },
      },
    },
    (request, reply) => once(hub, request, reply, async () => ({ tried: await webhooks.retry(request.params.id) })),
  )
}
