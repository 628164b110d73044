// The hub itself: puts database, records, streams, routes and sockets
// together, and takes them apart again in order. Everything it does is in the
// modules; this file only wires them.
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { checkGrpcTls } from './acd/grpc_tls.js'
import { Acd } from './acd/index.js'
import { checkRetention } from './acd/retention.js'
import { checkTimeZone } from './agent_day.js'
import { AgentPauses } from './agent_pause.js'
import { STUCK_AFTER_MS } from './agent_rules.js'
import { AgentStats } from './agent_stats.js'
import { AgentStatuses } from './agent_status.js'
import { upsertAgents } from './agents.js'
import { Auth } from './auth.js'
import { CallLogs } from './call_logs.js'
import { type Database, openDatabase } from './database.js'
import { Idempotency } from './idempotency.js'
import { parseJson } from './json_body.js'
import {
  CODE_TTL_MS,
  DEFAULT_DATA,
  DEFAULT_HOST,
  DEFAULT_LIMITS,
  DEFAULT_PORT,
  type HubLimits,
  type HubOptions,
  loggerOptions,
  TOKEN_TTL_MS,
} from './options.js'
import { pbxConfig } from './pbx/config.js'
import type { PbxSide } from './pbx/index.js'
import { openPbx } from './pbx/open.js'
import { handleError, PROBLEM_TYPE, Problem, rootCause, sendProblem, toProblem } from './problem.js'
import { registerRoutes } from './routes.js'
import type { AgentStatusWire, CallLogWire } from './schemas.js'
import { registerSecurity } from './security.js'
import { PhoneSocket, Sockets } from './socket.js'
import { ChangeStream, type StreamName } from './streams.js'

/** A running hub, or one that is about to listen. */
export interface Hub {
  /** The Fastify app, for routes of one's own. */
  app: FastifyInstance
  /** Where it listens; known after `listen`. */
  readonly url: string
  listen(): Promise<string>
  /** Where gRPC is served; null: not. */
  readonly grpcPort: number | null
  /** Tells the Phones, finishes what is under way, closes the database. */
  close(): Promise<void>
  log: FastifyBaseLogger
  limits: HubLimits
  database: Database
  auth: Auth
  statuses: AgentStatuses
  pauses: AgentPauses
  stats: AgentStats
  pbx: PbxSide
  acd: Acd
  callLogs: CallLogs
  idempotency: Idempotency
  streams: { agent_status: ChangeStream<AgentStatusWire>; call_log: ChangeStream<CallLogWire> }
  sockets: Sockets
  options: HubOptions
  startedAt: number
  now(): number
  /** The items of a stream and a revision that they are not older than. */
  snapshot(
    topic: StreamName,
    filter: { extension_id?: string | undefined; limit: number },
  ): Promise<{ revision: number; items: unknown[] }>
}

const SWEEP_MS = 60 * 60 * 1000

/** Opens the database, migrates it and builds the app. Throws DatabaseError with what to do. */
export async function createHub(options: HubOptions = {}): Promise<Hub> {
  const now = options.clock ?? Date.now
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  checkTimeZone(options.timeZone)
  checkRetention(options.contactCentre?.retention ?? {})
  const grpcTls = options.contactCentre?.grpc?.tls
  if (grpcTls) checkGrpcTls(grpcTls)
  const pbxSettings = options.pbx ? pbxConfig(options.pbx) : null
  const app = buildApp(options, limits)
  const log = app.log
  const database = await openDatabase({
    databaseUrl: options.databaseUrl,
    data: options.data ?? DEFAULT_DATA,
    template: options.template,
    onError: (error) => log.error({ cause: rootCause(error).message }, 'a database connection was lost'),
  })
  const { db } = database
  try {
    const streams = {
      agent_status: new ChangeStream<AgentStatusWire>(db, 'agent_status', limits.ring),
      call_log: new ChangeStream<CallLogWire>(db, 'call_log', limits.ring),
    }
    await streams.agent_status.open()
    await streams.call_log.open()
    const auth = new Auth({
      db,
      now,
      tokenTtl_ms: options.tokenTtl_ms ?? TOKEN_TTL_MS,
      codeTtl_ms: options.codeTtl_ms ?? CODE_TTL_MS,
      sip: options.sip ?? {},
      simulate: options.simulate ?? false,
    })
    const stuckAfter_ms = options.stuckAfter_ms ?? STUCK_AFTER_MS
    const parts = { db, stream: streams.agent_status, now, log, stuckAfter_ms }
    const statuses = new AgentStatuses(parts)
    const pauses = new AgentPauses(parts)
    const zone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const stats = new AgentStats(db, now, zone)
    const sockets = new Sockets((extension) => hub.lastPhoneGone(extension))
    const shared = { log, limits, statuses, pauses, sockets, database, now }
    const listening: { url: string | null } = { url: null }
    const acd = new Acd({
      database,
      log,
      now,
      options: options.contactCentre ?? {},
      zone,
      address: () => listening.url,
    })
    const pbx = await openPbx(pbxSettings, { ...shared, acd })
    const hub: Wired = wire({ app, auth, stats, streams, options, pbx, acd, listening, ...shared })
    await statuses.forgetRegistrations()
    await upsertAgents(db, options.agents ?? [], now())
    await sweep(hub)
    await registerSecurity(hub)
    await registerRoutes(hub, (ws) => new PhoneSocket(hub, ws))
    await app.ready()
    return hub
  } catch (error) {
    await database.close().catch(() => {})
    throw error
  }
}

type Own =
  | 'app'
  | 'log'
  | 'limits'
  | 'database'
  | 'auth'
  | 'statuses'
  | 'pauses'
  | 'stats'
  | 'pbx'
  | 'acd'
  | 'streams'
  | 'sockets'
  | 'options'
  | 'now'
type Parts = Pick<Hub, Own> & { listening: { url: string | null } }
/** The hub, and what happens when an extension's last Phone is gone. */
type Wired = Hub & { lastPhoneGone(extension: string): void }

function wire(parts: Parts): Wired {
  const { app, log, database, statuses, streams, sockets, pbx, acd, options, now, listening } = parts
  let url = ''
  let closing: Promise<void> | null = null
  let grpc: { port: number; close(): Promise<void> } | null = null
  /** One read serves all Phones that come back at once. */
  let presence: { revision: number; items: Promise<AgentStatusWire[]> } | null = null
  const callLogs = new CallLogs(database.db, streams.call_log, now)
  const sweeper = setInterval(() => {
    sweep(hub).catch((error: unknown) => log.warn({ cause: rootCause(error).message }, 'old keys were not removed'))
  }, SWEEP_MS).unref()

  const hub: Wired = {
    ...parts,
    lastPhoneGone(extension) {
      if (closing) return
      pbx.phoneTold(extension, null)
      statuses.setRegistration(extension, null).catch((error: unknown) => {
        log.error({ extension, cause: rootCause(error).message }, 'the registration of an agent was not stored')
      })
    },
    callLogs,
    idempotency: new Idempotency(database.db, now),
    startedAt: now(),
    get url() {
      return url
    },
    async listen() {
      url = await app.listen({ host: options.host ?? DEFAULT_HOST, port: options.port ?? DEFAULT_PORT })
      listening.url = options.publicUrl ?? url
      // Loaded only where it is wanted.
      const { grpc: wanted } = options.contactCentre ?? {}
      if (wanted) grpc = await (await import('./acd/grpc.js')).serveGrpc(hub, wanted)
      await acd.start(pbx, () => sockets.resync(['queues']))
      return url
    },
    close() {
      closing ??= (async () => {
        clearInterval(sweeper)
        await acd.drain()
        await grpc?.close()
        pbx.close()
        await acd.stop()
        sockets.closeAll(1001, 'the hub is stopping')
        await app.close()
        await Promise.all([streams.agent_status.settle(), streams.call_log.settle()])
        await database.close()
      })()
      return closing
    },
    get grpcPort() {
      return grpc?.port ?? null
    },
    async snapshot(topic, filter) {
      // The revision is taken first: the items may be newer than it says, never older,
      // and a change told twice is harmless because each carries the whole item.
      const { revision } = streams[topic]
      if (topic === 'call_log') return { revision, items: await callLogs.list(filter) }
      if (presence?.revision !== revision) presence = { revision, items: statuses.list() }
      const { items } = presence
      items.catch(() => {
        presence = null
      })
      return { revision, items: await items }
    },
  }
  return hub
}

async function sweep(hub: Hub): Promise<void> {
  await hub.idempotency.sweep()
  await hub.auth.sweep()
  await hub.acd.sweep()
}

function buildApp(options: HubOptions, limits: HubLimits): FastifyInstance {
  const app = Fastify({
    logger: loggerOptions(options.logger),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.body_bytes,
    routerOptions: { maxParamLength: 200 },
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply as never, toProblem(error))
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return
      const body = JSON.stringify(new Problem(400, 'bad_request', 'Bad request', 'This is not valid HTTP.').document())
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    },
    requestTimeout: 30_000,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string | Buffer) => parseJson(String(text)),
  )
  app.setErrorHandler(handleError)
  return app
}
