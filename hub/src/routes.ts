// Registers everything that answers: the OpenAPI document, the API, the
// socket, the console's files and the 404.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { acdCallRoutes } from './acd/routes_calls.js'
import { acdRecordRoutes } from './acd/routes_records.js'
import { reportRoutes } from './acd/routes_reports.js'
import { settingsRoutes } from './acd/routes_settings.js'
import { webhookRoutes } from './acd/routes_webhooks.js'
import type { Hub } from './hub.js'
import { Problem, sendProblem } from './problem.js'
import { agentRoutes } from './routes_agents.js'
import { callRoutes } from './routes_calls.js'
import { directoryRoutes } from './routes_directory.js'
import { memberRoutes } from './routes_members.js'
import { recordRoutes } from './routes_records.js'
import { sessionRoutes } from './routes_session.js'
import { DOCS_CSP } from './security.js'
import { VERSION } from './version.js'

/** Registers all routes; `serve` takes over a new socket. */
export async function registerRoutes(hub: Hub, serve: (ws: WebSocket) => unknown): Promise<void> {
  const { app } = hub
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setNotFoundHandler(hub.options.rateLimit === false ? {} : { preHandler: app.rateLimit() }, (request, reply) => {
    const detail = `There is no ${request.method} ${request.url.split('?')[0]}. The API is described at /docs.`
    sendProblem(reply, new Problem(404, 'not_found', 'Not found', detail))
  })
  await app.register(swagger, { openapi: OPENAPI })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    uiConfig: { persistAuthorization: false },
  })
  await app.register(websocket, { options: { maxPayload: hub.limits.frame_bytes } })
  await app.register(
    async (api) => {
      sessionRoutes(hub, api)
      recordRoutes(hub, api)
      agentRoutes(hub, api)
      directoryRoutes(hub, api)
      memberRoutes(hub, api)
      callRoutes(hub, api)
      settingsRoutes(hub, api)
      acdCallRoutes(hub, api)
      acdRecordRoutes(hub, api)
      reportRoutes(hub, api)
      webhookRoutes(hub, api)
      socketRoute(api, serve)
    },
    { prefix: '/api' },
  )
  await pages(hub)
}

const OPENAPI = {
  openapi: '3.1.0' as const,
  info: {
    title: 'Offhook hub',
    version: VERSION,
    description:
      'Times are milliseconds since 1970, UTC. Every POST and PATCH should carry Idempotency-Key. Errors are RFC 9457 problem documents with a stable `code`.',
  },
  components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
  tags: [
    { name: 'session', description: 'Signing in' },
    { name: 'records', description: 'Contacts and call_logs' },
    { name: 'agents', description: 'Status and pause' },
    { name: 'calls', description: 'What the PBX does with a leg' },
    { name: 'contact centre', description: 'Queues, agents, calls, records: docs/queues.md' },
    { name: 'socket', description: 'Changes as they happen' },
  ],
}

function socketRoute(api: FastifyInstance, serve: (ws: WebSocket) => unknown): void {
  api.route({
    method: 'GET',
    url: '/ws',
    schema: {
      tags: ['socket'],
      summary: 'WebSocket',
      description:
        'Text frames, one JSON object each, at most 64 KiB. First {"type":"hello","token":"…","topics":["agent_status","call_log"],"last_revision":{}}; then welcome, a snapshot or the missed changes of each topic, and changes.',
      response: { 101: { type: 'null', description: 'The socket is open' } },
    },
    handler: (_request, reply) => {
      reply.header('upgrade', 'websocket')
      sendProblem(reply, new Problem(426, 'upgrade_required', 'WebSocket needed', 'Open this path as a WebSocket.'))
    },
    wsHandler: (ws) => {
      serve(ws)
    },
  })
}

async function pages(hub: Hub): Promise<void> {
  const dir = hub.options.console ? resolve(hub.options.console) : null
  if (dir && existsSync(join(dir, 'index.html'))) {
    await hub.app.register(fastifyStatic, {
      root: dir,
      setHeaders: (reply, path) => {
        // Built files carry a hash in their name; pages and the worker do not.
        const hashed = /-[\w-]{8,}\.\w+$/.test(path) && !path.endsWith('.html')
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    return
  }
  if (dir) hub.log.warn({ dir }, 'the console directory has no index.html; build it with: npm run build')
  hub.app.get('/', { schema: { hide: true } }, (_request, reply) => {
    reply.type('text/html; charset=utf-8').send(PLAIN_PAGE)
  })
}

const PLAIN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Offhook hub</title>
<h1>Offhook hub</h1><p>The hub is running. No console is served here; start with --console DIR after building it.</p>
<p><a href="/docs">API</a> · <a href="/api/health">Health</a></p></html>`
