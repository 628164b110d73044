// The contact centre over gRPC: hub/proto/offhook/v1/contact_centre.proto. Each
// operation checks and does what its twin of REST does, by the same functions;
// this file turns messages into their inputs and Problems into statuses.
import { fileURLToPath } from 'node:url'
import type { TSchema } from '@fastify/type-provider-typebox'
import { Type } from '@fastify/type-provider-typebox'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { directory } from '../agents.js'
import type { Principal } from '../auth.js'
import type { Hub } from '../hub.js'
import { notYours, Problem, tokenInvalid, toProblem } from '../problem.js'
import { checkRole, seesAll } from '../security.js'
import { callsPage, dealWith, queueCall, supervise } from './call_actions.js'
import { check } from './check.js'
import { reportMessage, reportQuestion } from './grpc_report.js'
import type { GrpcTls } from './grpc_tls.js'
import { watch } from './grpc_watch.js'
import { queuesFor } from './queue_items.js'
import { readRecords } from './records.js'
import { answerReport } from './report_question.js'
import {
  CallParams,
  CallsQuery,
  PriorityPut,
  QueueCallPost,
  RecordsQuery,
  SUPERVISIONS,
  SupervisePost,
  TransferPost,
} from './schemas.js'
import { QueueName } from './settings_schemas.js'

export interface GrpcOptions {
  /** Default: the hub's. */
  host?: string
  /** 0 takes any free port. */
  port: number
  /** Without it the port speaks plain HTTP/2: for a proxy in front, or this machine. */
  tls?: GrpcTls
}

const PROTO = fileURLToPath(new URL('../../proto/offhook/v1/contact_centre.proto', import.meta.url))

type Message = Record<string, unknown>
export type Unary = (call: { request: Message; principal: Principal }) => Promise<Message>

/** HTTP's statuses of Problems → gRPC's; what is not named is UNKNOWN. */
const STATUS: Record<number, grpc.status> = {
  400: grpc.status.INVALID_ARGUMENT,
  401: grpc.status.UNAUTHENTICATED,
  403: grpc.status.PERMISSION_DENIED,
  404: grpc.status.NOT_FOUND,
  409: grpc.status.FAILED_PRECONDITION,
  422: grpc.status.INVALID_ARGUMENT,
  429: grpc.status.RESOURCE_EXHAUSTED,
  500: grpc.status.INTERNAL,
  501: grpc.status.UNIMPLEMENTED,
  502: grpc.status.UNAVAILABLE,
  503: grpc.status.UNAVAILABLE,
  504: grpc.status.DEADLINE_EXCEEDED,
}

export function grpcError(error: unknown): grpc.ServerErrorResponse & grpc.StatusObject {
  const problem = toProblem(error)
  const metadata = new grpc.Metadata()
  metadata.set('offhook-code', problem.code)
  const code = STATUS[problem.statusCode] ?? grpc.status.UNKNOWN
  // A trailer is ASCII; grpc encodes `details` itself.
  return Object.assign(new Error(problem.message), { code, details: problem.message, metadata })
}

/** Who calls, by the token of the metadata; with at least the role. */
export async function principalOf(hub: Hub, metadata: grpc.Metadata, role: 'agent' | 'supervisor'): Promise<Principal> {
  const [header] = metadata.get('authorization')
  const token = typeof header === 'string' ? /^Bearer +(\S+)$/i.exec(header)?.[1] : undefined
  if (token === undefined) {
    throw new Problem(401, 'token_missing', 'Token needed', 'Send the metadata authorization: Bearer <token>.')
  }
  const principal = await hub.auth.verify(token)
  if (!principal) throw tokenInvalid()
  checkRole(principal, role)
  return principal
}

/** Listens; answers with the port and how to stop. */
export async function serveGrpc(hub: Hub, options: GrpcOptions): Promise<{ port: number; close(): Promise<void> }> {
  const definition = loadSync(PROTO, { keepCase: true, longs: Number, enums: String, defaults: false, oneofs: false })
  const loaded = grpc.loadPackageDefinition(definition) as unknown as {
    offhook: { v1: { ContactCentre: { service: grpc.ServiceDefinition } } }
  }
  const server = new grpc.Server({
    'grpc.max_receive_message_length': hub.limits.body_bytes,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  })
  server.addService(loaded.offhook.v1.ContactCentre.service, handlers(hub))
  const { tls } = options
  const credentials = tls
    ? grpc.ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }])
    : grpc.ServerCredentials.createInsecure()
  const host = options.host ?? hub.options.host ?? '127.0.0.1'
  if (!tls && !/^(127\.|::1$|localhost$)/.test(host)) {
    hub.log.warn({ host }, 'gRPC is served without TLS: tokens can be read on the way')
  }
  const where = `${host.includes(':') ? `[${host}]` : host}:${options.port}`
  const port = await new Promise<number>((done, failed) => {
    server.bindAsync(where, credentials, (error, bound) => (error ? failed(error) : done(bound)))
  })
  hub.log.info({ port, tls: tls !== undefined }, 'gRPC is served')
  const close = () =>
    new Promise<void>((done) => {
      const late = setTimeout(() => server.forceShutdown(), 1_000).unref()
      server.tryShutdown(() => {
        clearTimeout(late)
        done()
      })
    })
  return { port, close }
}

function handlers(hub: Hub): grpc.UntypedServiceImplementation {
  const unary =
    (role: 'agent' | 'supervisor', work: Unary): grpc.handleUnaryCall<Message, Message> =>
    (call, callback) => {
      principalOf(hub, call.metadata, role)
        .then((principal) => work({ request: call.request, principal }))
        .then(
          (answer) => callback(null, answer),
          (error: unknown) => {
            const answer = grpcError(error)
            if (answer.code === grpc.status.INTERNAL) {
              hub.log.error({ method: call.getPath(), cause: (error as Error).message }, 'request failed')
            }
            callback(answer)
          },
        )
    }
  const actor = ({ id, role }: Principal) => ({ id, role })

  return {
    ListQueues: unary('agent', async ({ principal }) => {
      const all = queuesFor(hub)
      const own = hub.acd.settings.queuesOf(principal.extension)
      return { queues: seesAll(principal) ? all : all.filter(({ queue }) => own.includes(queue)) }
    }),
    ListAgents: unary('supervisor', async () => {
      const now = new Map(hub.pbx.topics.acd_agents.items().map((item) => [item.extension, item]))
      const agents = (await directory(hub.database.db)).map(({ extension, name }) => ({
        ...hub.acd.settings.agent(extension),
        name,
        now: now.get(extension) ?? null,
      }))
      return { agents }
    }),
    ListCalls: unary('supervisor', async ({ request }) => {
      const { items, next } = callsPage(hub, check(CallsQuery, request))
      return { calls: items, next }
    }),
    QueueCall: unary('supervisor', async ({ request, principal }) => {
      const { queue, idempotency_key, ...input } = request
      const name = check(QueueName, queue ?? '')
      const body = check(QueueCallPost, input)
      const key = typeof idempotency_key === 'string' ? idempotency_key : ''
      const asked = { principal, path: `grpc QueueCall ${name}`, key, body }
      const answer = await hub.idempotency.onceFor(asked, async () => ({
        status: 201,
        body: await queueCall(hub, name, body, actor(principal)),
      }))
      return answer.body
    }),
    Dequeue: unary('supervisor', deed(hub, 'dequeue', Type.Object({}))),
    SetPriority: unary('supervisor', deed(hub, 'priority', PriorityPut)),
    Move: unary('supervisor', deed(hub, 'move', Type.Object({ queue: QueueName }))),
    Hangup: unary('supervisor', deed(hub, 'hangup_call', Type.Object({}))),
    Transfer: unary('supervisor', deed(hub, 'transfer_call', TransferPost)),
    Supervise: unary('supervisor', async ({ request, principal }) => {
      const { call_id } = check(CallParams, request)
      const action = SUPERVISIONS.find((word) => word === String(request.action ?? '').toLowerCase())
      if (!action) throw new Problem(400, 'validation_failed', 'Not as described', 'action is not set.')
      const { supervisor } = check(SupervisePost, { ...request, action })
      const own = principal.extension
      if (supervisor !== undefined && own !== null && supervisor !== own && principal.role !== 'admin') {
        throw notYours(`The telephone ${supervisor} is not yours.`)
      }
      const who = supervisor ?? own
      if (who === null) {
        throw new Problem(422, 'supervisor_missing', 'Whose telephone?', 'A program names the supervisor’s extension.')
      }
      return supervise(hub, action, who, call_id, actor(principal))
    }),
    ListRecords: unary('agent', async ({ request, principal }) => {
      const { limit = 50, ...filter } = check(RecordsQuery, request)
      const own = principal.extension
      if (!seesAll(principal) && (own === null || (filter.agent !== undefined && filter.agent !== own))) {
        throw notYours('An agent sees its own records.')
      }
      const agent = seesAll(principal) ? filter.agent : (own ?? '')
      const { items, next } = await readRecords(hub.database.db, { ...filter, agent, limit })
      return { records: items.map(({ offers: _offers, participants: _participants, ...record }) => record), next }
    }),
    GetReport: unary('supervisor', async ({ request }) => {
      const { kind, query } = reportQuestion(request)
      return reportMessage(await answerReport(hub, kind, query))
    }),
    Watch: (call: grpc.ServerWritableStream<Message, Message>) => {
      watch(hub, call).catch((error: unknown) => call.emit('error', grpcError(error)))
    },
  }
}

function deed(hub: Hub, command: string, schema: TSchema): Unary {
  return async ({ request, principal }) => {
    const { call_id } = check(CallParams, request)
    const { call_id: _call, ...rest } = request
    // proto3 sends no zero: a priority of 0 comes as nothing.
    const fields = check(schema, command === 'priority' ? { priority: 0, ...rest } : rest) as Message
    return dealWith(hub, command, call_id, fields, { id: principal.id, role: principal.role })
  }
}
