// What stands before every route: the principal of the token, rate limits,
// roles and the security headers. It refuses; it never changes a record.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { Principal } from './auth.js'
import type { Hub } from './hub.js'
import { DEFAULT_RATES } from './options.js'
import { notYours, Problem, tokenInvalid } from './problem.js'
import type { Role } from './roles.js'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null
  }
  interface FastifyContextConfig {
    /** The least role that may call the route; absent means that no token is needed. */
    access?: Role
  }
}

const RANK: Record<Role, number> = { agent: 0, supervisor: 1, admin: 2 }

/** The page needs wasm and its sockets, and nothing from anywhere else. */
const CSP = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/** For /docs alone: Swagger UI styles itself inline. */
export const DOCS_CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Registers headers, authentication, limits and roles, in this order. */
export async function registerSecurity(hub: Hub): Promise<void> {
  const { app } = hub
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    frameguard: { action: 'deny' },
    // Whoever ends TLS in front of the hub says for how long it is promised.
    strictTransportSecurity: false,
  })
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    const token = bearer(request)
    if (token) request.principal = await hub.auth.verify(token)
  })
  if (hub.options.rateLimit !== false) {
    const rates = { ...DEFAULT_RATES, ...hub.options.rateLimit }
    await app.register(rateLimit, {
      max: rates.requests,
      timeWindow: rates.window_ms,
      // A token that is not valid counts for its address, so guessing tokens is limited too.
      keyGenerator: (request: FastifyRequest) => request.principal?.id ?? `address:${request.ip}`,
      errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
    })
  }
  // After the limits, before the body is read.
  app.addHook('preParsing', async (request) => {
    const { access } = request.routeOptions.config
    if (access) requireRole(request, access)
  })
}

/** Sign-ins are limited by address, apart from other requests: generously, for a whole office may have one. */
export function signInLimit(hub: Hub): object {
  if (hub.options.rateLimit === false) return {}
  const rates = { ...DEFAULT_RATES, ...hub.options.rateLimit }
  return {
    rateLimit: {
      max: rates.signIns,
      timeWindow: rates.window_ms,
      keyGenerator: (r: FastifyRequest) => `sign-in:${r.ip}`,
    },
  }
}

/** Refuses who has tried too many passwords of one extension from one address. Call before the password is looked at. */
export function passwordLimit(hub: Hub): (request: FastifyRequest, extension: string) => Promise<void> {
  if (hub.options.rateLimit === false) return async () => {}
  const rates = { ...DEFAULT_RATES, ...hub.options.rateLimit }
  const tried = new WeakMap<FastifyRequest, string>()
  const limit = hub.app.createRateLimit({
    max: rates.passwords,
    timeWindow: rates.window_ms,
    keyGenerator: (request) => `password:${request.ip}:${tried.get(request)}`,
  })
  return async (request, extension) => {
    tried.set(request, extension)
    const state = await limit(request)
    if (!state.isAllowed && state.isExceeded) throw tooMany(state.ttl)
  }
}

const tooMany = (ttl_ms: number) =>
  new Problem(
    429,
    'rate_limited',
    'Too many requests',
    `Wait ${Math.ceil(ttl_ms / 1000)} s (Retry-After) before the next request.`,
  )

function bearer(request: FastifyRequest): string | null {
  const header = request.headers.authorization
  const match = header === undefined ? null : /^Bearer +(\S+)$/i.exec(header)
  return match?.[1] ?? null
}

function requireRole(request: FastifyRequest, access: Role): void {
  if (!request.principal) {
    if (request.headers.authorization !== undefined) throw tokenInvalid()
    throw new Problem(
      401,
      'token_missing',
      'Token needed',
      'Send Authorization: Bearer <token>; POST /api/sign-in gives one.',
    )
  }
  checkRole(request.principal, access)
}

/** Throws 403 when the principal has less than the role. */
export function checkRole({ role }: Principal, access: Role): void {
  if (RANK[role] >= RANK[access]) return
  throw new Problem(403, 'role_required', 'Role needed', `This needs the role ${access}; the token has ${role}.`)
}

/** The principal of a request whose route has `access`. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw tokenInvalid()
  return request.principal
}

/** True for supervisors and admins. */
export function seesAll(principal: Principal): boolean {
  return RANK[principal.role] >= RANK.supervisor
}

/** An agent acts only for itself. */
export function requireOwn(principal: Principal, extension: string): void {
  if (seesAll(principal) || principal.extension === extension) return
  throw notYours(`Extension ${extension} is not yours; an agent acts only for itself.`)
}
