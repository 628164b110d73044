// The pause in the queues by itself, apart from the agent's status.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pause } from './agent_rules.js'
import { typed } from './api.js'
import { type Actor, actorFor } from './audit.js'
import type { Hub } from './hub.js'
import { ExtensionParams, IdempotencyHeaders, PauseAnswer, PausePost, ProblemSchema, UnpausePost } from './schemas.js'
import { principalOf, requireOwn } from './security.js'

const security = [{ token: [] }]
const tags = ['agents']
const config = { access: 'agent' as const }
const response = { 200: PauseAnswer, '4xx': ProblemSchema, '5xx': ProblemSchema }

export function memberRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

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
        response,
      },
    },
    (request, reply) => {
      const { paused, reason_paused, queue } = request.body
      return pause(hub, request, reply, queue ?? '', { paused, reason_paused: reason_paused || null })
    },
  )

  app.post(
    '/members/:extension/unpause',
    {
      config,
      schema: {
        tags,
        security,
        summary: 'Unpause an agent in all queues, or in one',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: UnpausePost,
        response,
      },
    },
    (request, reply) => pause(hub, request, reply, request.body?.queue ?? '', { paused: false, reason_paused: null }),
  )
}

async function pause(hub: Hub, request: FastifyRequest, reply: FastifyReply, queue: string, wanted: Pause) {
  const { extension } = request.params as { extension: string }
  const principal = principalOf(request)
  requireOwn(principal, extension)
  const actor = actorFor(principal, extension)
  const answer = await hub.idempotency.once(request, async () => ({
    status: 200,
    body: await wish(hub, extension, queue, wanted, actor),
  }))
  return reply.code(answer.status).send(answer.body)
}

async function wish(hub: Hub, extension: string, queue: string, wanted: Pause, actor: Actor | null) {
  const hasPbx = hub.pbx.link.where !== null
  // What follows from the status is on its way by itself, and comes after a link that is down.
  const known = hasPbx && queue === '' ? await hub.pauses.asWanted(extension, wanted) : null
  if (known) return { extension, ...wanted, synced: known.synced }
  if (hasPbx) await askPbx(hub, extension, queue, wanted)
  return hub.pauses.want(extension, queue, wanted, actor, hasPbx)
}

async function askPbx(hub: Hub, extension: string, queue: string, wanted: Pause) {
  const { paused, reason_paused } = wanted
  await hub.pbx.command('pause', { extension, ...(queue === '' ? {} : { queue }), paused, reason: reason_paused ?? '' })
}
