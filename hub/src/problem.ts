// Errors as RFC 9457 problem documents. A Problem is an answer, not a fault:
// throw one and the client gets exactly it. Everything else that is thrown
// becomes a 500 that says nothing of the inside, or a 503 for the database.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** One complaint about one field of a request. */
export interface FieldError {
  path: string
  message: string
}

export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: FieldError[]
}

/** An error that is meant for the client: status, a stable `code`, and what to do. */
export class Problem extends Error {
  readonly statusCode: number
  readonly code: string
  readonly title: string
  readonly errors: FieldError[] | undefined

  constructor(statusCode: number, code: string, title: string, detail: string, errors?: FieldError[]) {
    super(detail)
    this.name = 'Problem'
    this.statusCode = statusCode
    this.code = code
    this.title = title
    this.errors = errors
  }

  /** The body as it goes over the wire. */
  document(): ProblemDocument {
    return {
      type: `urn:offhook:problem:${this.code}`,
      title: this.title,
      status: this.statusCode,
      code: this.code,
      detail: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
    }
  }
}

export const notYours = (detail: string) => new Problem(403, 'not_yours', 'Not yours', detail)

export const agentUnknown = (extension: string) =>
  new Problem(404, 'agent_unknown', 'No such agent status', `The CRM holds no status for extension ${extension}.`)

export const tokenInvalid = () =>
  new Problem(401, 'token_invalid', 'Token not accepted', 'The token is unknown or has expired. Sign in again.')

const databaseDown = () =>
  new Problem(
    503,
    'database_unavailable',
    'Database unavailable',
    'The hub cannot reach its database. Repeat the request later with the same Idempotency-Key.',
  )

const internal = () =>
  new Problem(500, 'internal_error', 'Internal error', 'The hub failed on this request. Its log has the cause.')

/** What Fastify itself refuses, in our words. */
const FASTIFY_PROBLEMS: Record<string, [number, string, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'Body too large', 'A request body may have at most 256 KiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'media_type', 'Media type not accepted', 'Send application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'bad_request', 'Bad request', 'Content-Length does not match the body.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'bad_json', 'Not JSON', 'The body is empty; a JSON object was expected.'],
  FST_ERR_BAD_URL: [400, 'bad_request', 'Bad request', 'The path is not a valid URL.'],
}

/** The innermost cause of a database error: Drizzle's own message quotes every parameter, which must not be logged. */
export function rootCause(error: unknown): { message: string; code: string | undefined; stack: string | undefined } {
  let e = error as { message?: string; code?: unknown; cause?: unknown; stack?: string; errors?: unknown[] }
  for (let depth = 0; depth < 5; depth++) {
    const inner = e?.cause ?? (Array.isArray(e?.errors) ? e.errors[0] : undefined)
    if (!inner || typeof inner !== 'object') break
    e = inner as typeof e
  }
  return {
    message: String(e?.message ?? error),
    code: typeof e?.code === 'string' ? e.code : undefined,
    stack: e?.stack,
  }
}

/** True when an error says that the database is away, rather than that it refused. */
export function isDatabaseDown(error: unknown): boolean {
  const { message, code } = rootCause(error)
  if (
    code &&
    (/^(08|57P0[123]|53300)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENOENT)/.test(code))
  )
    return true
  return /Connection terminated|timeout exceeded when trying to connect|after calling end on the pool|PGlite is closed/i.test(
    message,
  )
}

/** Turns whatever was thrown into the Problem that the client may see. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const e = error as FastifyError
  if (e?.validation) {
    const at = e.validationContext ?? 'body'
    const errors = e.validation
      .slice(0, 10)
      .map((v) => ({ path: at + v.instancePath, message: v.message ?? 'is not valid' }))
    const first = errors[0]
    return new Problem(
      400,
      'validation_failed',
      'Not as described',
      `${first?.path ?? at} ${first?.message ?? 'is not valid'}. The API is described at /docs.`,
      errors,
    )
  }
  const known = typeof e?.code === 'string' ? FASTIFY_PROBLEMS[e.code] : undefined
  if (known) return new Problem(...known)
  if (isDatabaseDown(error)) return databaseDown()
  const status = typeof e?.statusCode === 'number' ? e.statusCode : 500
  if (status >= 400 && status < 500)
    return new Problem(status, 'bad_request', 'Bad request', 'The request cannot be served.')
  return internal()
}

/** Sends a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.statusCode).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem.document()))
}

/** Fastify's error handler: logs what is ours to repair, answers with a problem document. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error)
  const path = request.routeOptions.url
  if (error instanceof Problem && problem.statusCode >= 500) {
    // Not the hub's failure but an answer: no PBX, no database, no reply in time.
    request.log.warn({ method: request.method, path, code: problem.code, cause: problem.message }, 'request not served')
  } else if (problem.statusCode >= 500) {
    const { message, code, stack } = rootCause(error)
    request.log.error({ method: request.method, path, cause: message, code, stack }, 'request failed')
  }
  sendProblem(reply, problem)
}
