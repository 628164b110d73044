// Signing in, who am I, and health.
import type { FastifyInstance } from 'fastify'
import { typed } from './api.js'
import type { Principal } from './auth.js'
import type { Hub } from './hub.js'
import { Problem } from './problem.js'
import { HealthAnswer, MeAnswer, ProblemSchema, SignIn, SignInAnswer } from './schemas.js'
import { passwordLimit, principalOf, signInLimit } from './security.js'
import { VERSION } from './version.js'

/** Health waits no longer than this for the database. */
const HEALTH_MS = 2_000

export function sessionRoutes(hub: Hub, api: FastifyInstance): void {
  const app = typed(api)
  const mayTry = passwordLimit(hub)

  app.post(
    '/sign-in',
    {
      config: signInLimit(hub),
      schema: {
        tags: ['session'],
        summary: 'Sign in with a one-time code, or with extension and password',
        body: SignIn,
        response: { 200: SignInAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const { code, extension, password } = request.body
      const byCode = code !== undefined
      if (!byCode && (extension === undefined || password === undefined)) {
        throw new Problem(400, 'validation_failed', 'Not as described', 'Send either code, or extension and password.')
      }
      if (!byCode) await mayTry(request, extension ?? '')
      const signedIn = byCode
        ? await hub.auth.redeemCode(code)
        : await hub.auth.checkPassword(extension ?? '', password ?? '')
      if (!signedIn) throw signInRefused(byCode)
      const { token, principal } = signedIn
      reply.header('cache-control', 'no-store')
      return { token, role: principal.role, expires_at: principal.expires, session: sessionOf(principal) }
    },
  )

  app.get(
    '/me',
    {
      config: { access: 'agent' },
      schema: {
        tags: ['session'],
        summary: 'Role and session of the token',
        security: [{ token: [] }],
        response: { 200: MeAnswer, '4xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      reply.header('cache-control', 'no-store')
      return { role: principal.role, session: sessionOf(principal) }
    },
  )

  app.get(
    '/health',
    { schema: { tags: ['session'], summary: 'Is the hub well', response: { 200: HealthAnswer } } },
    async () => {
      const alive = await hub.database.alive(HEALTH_MS)
      return {
        status: alive ? ('ok' as const) : ('degraded' as const),
        database: alive ? ('ok' as const) : ('unreachable' as const),
        uptime_ms: hub.now() - hub.startedAt,
        version: VERSION,
        pbx: hub.pbx.link.health(),
        lease: hub.acd.lease.state,
      }
    },
  )
}

const signInRefused = (byCode: boolean) =>
  new Problem(
    401,
    'sign_in_refused',
    'Sign-in refused',
    byCode
      ? 'The code is unknown, has been used or is older than 15 minutes. Ask for a new sign-in link.'
      : 'The extension or the password is wrong.',
  )

/** The session of the page; the SIP account goes to the agent itself and to nobody else. */
function sessionOf(principal: Principal) {
  const { extension, extensionId, number, name, sip, simulated } = principal
  return { extension, extensionId, number, name, ...(sip ? { sip } : {}), ...(simulated ? { simulated } : {}) }
}
