// REST of the settings (queues, agents, skills, shifts) and of what the queues
// show now. Changes are an administrator's; who may read stands with each route.

import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { directory } from '../agents.js'
import { typed } from '../api.js'
import type { Actor } from '../audit.js'
import type { Hub } from '../hub.js'
import { Problem } from '../problem.js'
import { ExtensionParams, IdempotencyHeaders, ProblemSchema } from '../schemas.js'
import { principalOf, seesAll } from '../security.js'
import type { AcdQueueItem } from './items.js'
import { queuesFor } from './queue_items.js'
import { AgentItem, AgentItems, QueueItem, QueueItems, QueueParams, SkillParams } from './schemas.js'
import { queueUnknown } from './settings.js'
import { AgentPut, AgentSettings, QueuePut, QueueSettings, Settings, Skill, SkillPut } from './settings_schemas.js'

const security = [{ token: [] }]
export const tags = ['contact centre']
const agent = { access: 'agent' as const }
const supervisor = { access: 'supervisor' as const }
const admin = { access: 'admin' as const }
export const problems = { '4xx': ProblemSchema, '5xx': ProblemSchema }
const Nothing = Type.Null({ description: 'Done' })

/** Who it is, for the audit: of the contact centre everything is noted. */
export function actorOf(request: FastifyRequest): Actor {
  const { id, role } = principalOf(request)
  return { id, role }
}

/** Answers once for each Idempotency-Key. */
export async function once<T>(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<T>,
  status = 200,
) {
  const answer = await hub.idempotency.once(request, async () => ({ status, body: (await work()) ?? null }))
  return reply.code(answer.status).send(status === 204 ? undefined : answer.body)
}

export function settingsRoutes(hub: Hub, api: FastifyInstance): void {
  queueRoutes(hub, api)
  agentRoutes(hub, api)
  skillRoutes(hub, api)
}

function queueRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { settings } = hub.acd
  const shown = (request: FastifyRequest): AcdQueueItem[] => {
    const principal = principalOf(request)
    const all = queuesFor(hub)
    if (seesAll(principal)) return all
    const own = settings.queuesOf(principal.extension)
    return all.filter(({ queue }) => own.includes(queue))
  }

  app.get(
    '/contact-centre/queues',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'The queues with their numbers of now, today and the last 30 minutes',
        description: 'An agent sees the queues that it serves. Numbers are null while nothing is known of them.',
        response: { 200: QueueItems, ...problems },
      },
    },
    async (request) => ({ items: shown(request) }),
  )

  app.get(
    '/contact-centre/queues/:queue',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'One queue with its numbers',
        params: QueueParams,
        response: { 200: QueueItem, ...problems },
      },
    },
    async (request) => {
      const found = shown(request).find(({ queue }) => queue === request.params.queue)
      if (!found) throw queueUnknown(request.params.queue)
      return found
    },
  )

  app.get(
    '/contact-centre/settings',
    {
      config: supervisor,
      schema: { tags, security, summary: 'All settings', response: { 200: Settings, ...problems } },
    },
    async () => settings.current,
  )

  app.get(
    '/contact-centre/queues/:queue/settings',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'The settings of one queue',
        params: QueueParams,
        response: { 200: QueueSettings, ...problems },
      },
    },
    async (request) => settings.need(request.params.queue),
  )

  app.put(
    '/contact-centre/queues/:queue',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Make a queue, or set all of its settings',
        description: 'What is left out has its default. Calls that wait are treated by the new settings from then on.',
        headers: IdempotencyHeaders,
        params: QueueParams,
        body: QueuePut,
        response: { 200: QueueSettings, ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () => settings.putQueue(request.params.queue, request.body, actorOf(request))),
  )

  app.delete(
    '/contact-centre/queues/:queue',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Remove a queue',
        description: '409 queue_in_use while calls are in it, or another queue overflows into it.',
        headers: IdempotencyHeaders,
        params: QueueParams,
        response: { 204: Nothing, ...problems },
      },
    },
    (request, reply) => {
      const { queue } = request.params
      return once(hub, request, reply, () => removeQueue(hub, queue, actorOf(request)), 204)
    },
  )
}

async function removeQueue(hub: Hub, queue: string, actor: Actor): Promise<void> {
  hub.acd.settings.need(queue)
  const calls = hub.pbx.topics.acd_calls.items().filter((call) => call.queue === queue && call.ended_at === null)
  if (calls.length > 0) {
    const detail = `${calls.length} calls are in ${queue}. Close it, or move them first.`
    throw new Problem(409, 'queue_in_use', 'In use', detail)
  }
  await hub.acd.settings.deleteQueue(queue, actor)
}

function agentRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { settings } = hub.acd

  app.get(
    '/contact-centre/agents',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'The agents with their skills, their queues and the routing’s view of them now',
        response: { 200: AgentItems, ...problems },
      },
    },
    async () => {
      const now = new Map(hub.pbx.topics.acd_agents.items().map((item) => [item.extension, item]))
      const all = await directory(hub.database.db)
      const items = all.map(({ extension, name }) => ({
        ...settings.agent(extension),
        name,
        now: now.get(extension) ?? null,
      }))
      return { items }
    },
  )

  app.get(
    '/contact-centre/agents/:extension',
    {
      config: agent,
      schema: {
        tags,
        security,
        summary: 'One agent; an agent reads its own',
        params: ExtensionParams,
        response: { 200: AgentItem, ...problems },
      },
    },
    async (request) => {
      const { extension } = request.params
      const principal = principalOf(request)
      if (!seesAll(principal) && principal.extension !== extension) {
        throw new Problem(403, 'not_yours', 'Not yours', `Extension ${extension} is not yours.`)
      }
      const name = (await directory(hub.database.db)).find((one) => one.extension === extension)?.name
      if (name === undefined) {
        throw new Problem(404, 'agent_unknown', 'No such agent', `There is no agent ${extension}.`)
      }
      const now = hub.pbx.topics.acd_agents.items().find((item) => item.extension === extension) ?? null
      return { ...settings.agent(extension), name, now }
    },
  )

  app.put(
    '/contact-centre/agents/:extension',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Set what an agent can do and which queues it serves',
        description: 'Each list is whole; a list that is left out stays as it is.',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        body: AgentPut,
        response: { 200: AgentSettings, ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () => settings.putAgent(request.params.extension, request.body, actorOf(request))),
  )
}

function skillRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const { settings } = hub.acd

  app.get(
    '/contact-centre/skills',
    {
      config: supervisor,
      schema: {
        tags,
        security,
        summary: 'The skills that there are',
        response: { 200: Type.Object({ items: Type.Array(Skill) }), ...problems },
      },
    },
    async () => ({ items: await settings.listSkills() }),
  )

  app.put(
    '/contact-centre/skills/:skill',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Make a skill, or describe it',
        headers: IdempotencyHeaders,
        params: SkillParams,
        body: SkillPut,
        response: { 200: Skill, ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () =>
        settings.putSkill(request.params.skill, request.body.description || null, actorOf(request)),
      ),
  )

  app.delete(
    '/contact-centre/skills/:skill',
    {
      config: admin,
      schema: {
        tags,
        security,
        summary: 'Remove a skill, from the agents too',
        description: '409 skill_in_use while a queue asks for it.',
        headers: IdempotencyHeaders,
        params: SkillParams,
        response: { 204: Nothing, ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () => settings.deleteSkill(request.params.skill, actorOf(request)), 204),
  )
}
