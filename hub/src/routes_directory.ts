// REST of the directory: for a CRM's program, or an administrator.
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { once } from './acd/routes_settings.js'
import { typed } from './api.js'
import { type Actor, note } from './audit.js'
import { directoryEntry, listDirectory, putDirectory, removeFromDirectory } from './directory.js'
import type { Hub } from './hub.js'
import { ROLES } from './roles.js'
import { Extension, ExtensionParams, IdempotencyHeaders, ProblemSchema, words } from './schemas.js'
import { principalOf } from './security.js'
import { linkFor } from './seed.js'

const schema = { tags: ['agents'], security: [{ token: [] }] }
const admin = { access: 'admin' as const }
const problems = { '4xx': ProblemSchema }
const role = words(ROLES)
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })

const Entry = Type.Object({
  extension: Extension,
  extension_id: Type.String(),
  number: Type.String(),
  name: Type.String(),
  role,
  endpoint: Type.String({ description: "the PBX's name of the telephone" }),
  time_zone: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  has_password: Type.Boolean(),
})
const Put = Type.Object({
  name: text(255),
  role: Type.Optional(role),
  extension_id: Type.Optional(text(255)),
  number: Type.Optional(text(255)),
  endpoint: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]+/[\\x21-\\x7e]{1,120}$' })),
  time_zone: Type.Optional(text(64)),
  password: Type.Optional(Type.String({ minLength: 8, maxLength: 1024 })),
})
const Code = Type.Object({
  code: Type.String(),
  expires_at: Type.Number(),
  link: Type.String({ description: 'the console, signed in with it' }),
})

function actorOf(request: FastifyRequest): Actor {
  const { id, role: own } = principalOf(request)
  return { id, role: own }
}

export function directoryRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)

  app.get(
    '/directory',
    {
      config: admin,
      schema: {
        ...schema,
        summary: 'Every agent',
        response: { 200: Type.Object({ items: Type.Array(Entry) }), ...problems },
      },
    },
    async () => ({ items: await listDirectory(hub) }),
  )

  app.get(
    '/directory/:extension',
    {
      config: admin,
      schema: { ...schema, summary: 'One agent', params: ExtensionParams, response: { 200: Entry, ...problems } },
    },
    (request) => directoryEntry(hub, request.params.extension),
  )

  app.put(
    '/directory/:extension',
    {
      config: admin,
      schema: {
        ...schema,
        summary: 'Make an agent, or change one',
        description:
          'What is left out of extension_id, number, endpoint, time_zone and password stays; role is agent when left out.',
        params: ExtensionParams,
        body: Put,
        response: { 200: Entry, ...problems },
      },
    },
    // A PUT may be repeated as it is. Kept for an Idempotency-Key, a plain hash of the password would lie in the database.
    (request) => putDirectory(hub, request.params.extension, request.body, actorOf(request)),
  )

  app.delete(
    '/directory/:extension',
    {
      config: admin,
      schema: {
        ...schema,
        summary: 'An agent has left',
        description: 'Signed out everywhere, OFFLINE, in no queue and no list; records and reports stay.',
        headers: IdempotencyHeaders,
        params: ExtensionParams,
        response: { 204: Type.Null(), ...problems },
      },
    },
    (request, reply) =>
      once(hub, request, reply, () => removeFromDirectory(hub, request.params.extension, actorOf(request)), 204),
  )

  app.post(
    '/directory/:extension/sign-in-code',
    {
      config: admin,
      schema: {
        ...schema,
        summary: 'A one-time code, good for 15 minutes, by which a page of the agent signs in',
        description: 'Asked for again it is another code: it is not kept for Idempotency-Key.',
        params: ExtensionParams,
        response: { 201: Code, ...problems },
      },
    },
    async (request, reply) => {
      const { extension } = await directoryEntry(hub, request.params.extension)
      // Whoever has the code is that agent: who asked for it is on record.
      await note(hub.database.db, hub.now(), { actor: actorOf(request), action: 'agent.sign_in_code', extension })
      const { code, expires_at } = await hub.auth.issueCodeUntil(extension)
      reply.code(201).header('cache-control', 'no-store')
      return { code, expires_at, link: linkFor(hub, code) }
    },
  )
}
