// Who is asking: bearer tokens, one-time sign-in codes and passwords. Only
// hashes are stored. It decides who someone is; what each role may do stands
// with the routes.
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { and, eq, gt, lt } from 'drizzle-orm'
import type { Db } from './database.js'
import type { Role } from './roles.js'
import { agents, tokens } from './schema.js'

/** The holder of a valid token. */
export interface Principal {
  role: Role
  /** Null for a program's token. */
  extension: string | null
  extensionId: string | null
  number: string | null
  name: string
  sip: Record<string, unknown> | null
  /** This agent's page has no telephone, and may play one. */
  simulated: boolean
  /** Names this principal in keys and logs; tells nothing secret. */
  id: string
  expires: number
}

const deriveKey = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>

/** Hashes a password with scrypt and a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await deriveKey(password, salt, 32)
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** An unknown extension costs as much time as a wrong password. */
const NOBODY = `scrypt$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`

async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', hash = ''] = (stored ?? NOBODY).split('$')
  const expected = Buffer.from(hash, 'base64url')
  const given = await deriveKey(password, Buffer.from(salt, 'base64url'), 32)
  return timingSafeEqual(expected, given) && stored !== null
}

const sha256 = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** Letters and digits that are hard to confuse; 24 of them carry 120 bits. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'
const oneTimeCode = () => Array.from(randomBytes(24), (byte) => ALPHABET[byte % 32]).join('')

export interface AuthOptions {
  db: Db
  now: () => number
  tokenTtl_ms: number
  codeTtl_ms: number
  /** SIP accounts that are handed over at start and never stored. */
  sip: Record<string, Record<string, unknown>>
  /** Whether a page of an agent without a SIP account may play with made-up callers. */
  simulate: boolean
}

/** How long a verified token is believed without asking the database again. */
const CACHE_MS = 30_000
const CACHE_MAX = 20_000

export class Auth {
  readonly #o: AuthOptions
  #sip: AuthOptions['sip']
  #cache = new Map<string, { principal: Principal; until: number }>()

  constructor(options: AuthOptions) {
    this.#o = options
    this.#sip = options.sip
  }

  /** Other SIP accounts from now on; a page has its new one with its next sign-in or reload. */
  setSipAccounts(sip: AuthOptions['sip']): void {
    this.#sip = sip
    this.forget()
  }

  /** Asks the database about every token anew: roles have changed, or somebody has left. */
  forget(): void {
    this.#cache.clear()
  }

  /** The principal of a token, or null when it is unknown or has expired. */
  async verify(token: string): Promise<Principal | null> {
    if (token.length < 20 || token.length > 200) return null
    const hash = sha256(token)
    const now = this.#o.now()
    const cached = this.#cache.get(hash)
    if (cached && cached.until > now && cached.principal.expires > now) return cached.principal
    const [row] = await this.#o.db
      .select()
      .from(tokens)
      .leftJoin(agents, eq(agents.extension, tokens.extension))
      .where(and(eq(tokens.hash, hash), eq(tokens.kind, 'bearer'), gt(tokens.expires, now)))
    if (!row) {
      this.#cache.delete(hash)
      return null
    }
    const principal = this.#principal(row.tokens.role as Role, row.agents, row.tokens.expires, hash)
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear()
    this.#cache.set(hash, { principal, until: now + CACHE_MS })
    return principal
  }

  #principal(role: Role, agent: typeof agents.$inferSelect | null, expires: number, hash: string): Principal {
    if (!agent) {
      const id = `token:${hash.slice(0, 16)}`
      const nobody = { extension: null, extensionId: null, number: null, sip: null, simulated: false }
      return { role, ...nobody, name: 'program', id, expires }
    }
    const sip = this.#sip[agent.extension] ?? agent.sip
    return {
      role: agent.role as Role,
      extension: agent.extension,
      extensionId: agent.extension_id,
      number: agent.number,
      name: agent.name,
      sip,
      simulated: sip === null && this.#o.simulate,
      id: `agent:${agent.extension}`,
      expires,
    }
  }

  /** Spends a one-time code; null when it is unknown, used or too old. */
  async redeemCode(code: string): Promise<{ token: string; principal: Principal } | null> {
    const [spent] = await this.#o.db
      .delete(tokens)
      .where(and(eq(tokens.hash, sha256(code.trim().toUpperCase())), eq(tokens.kind, 'code')))
      .returning()
    if (!spent?.extension || spent.expires <= this.#o.now()) return null
    return this.#signIn(spent.extension)
  }

  /** Checks a password; null when the extension or the password is wrong. */
  async checkPassword(extension: string, password: string): Promise<{ token: string; principal: Principal } | null> {
    const [agent] = await this.#o.db.select().from(agents).where(eq(agents.extension, extension))
    const matches = await passwordMatches(password, agent?.password_hash ?? null)
    return matches ? this.#signIn(extension) : null
  }

  async #signIn(extension: string): Promise<{ token: string; principal: Principal } | null> {
    const token = await this.issueToken({ extension })
    const principal = await this.verify(token)
    return principal && { token, principal }
  }

  /** A new bearer token: of an agent, or of a program with a role. REQUIRES: one of the two. */
  async issueToken(options: { extension?: string; role?: Role; ttl_ms?: number }): Promise<string> {
    const token = randomBytes(32).toString('base64url')
    await this.#store(
      token,
      'bearer',
      options.extension ?? null,
      options.role ?? 'agent',
      options.ttl_ms ?? this.#o.tokenTtl_ms,
    )
    return token
  }

  /** A new one-time sign-in code of an agent. */
  async issueCode(extension: string): Promise<string> {
    return (await this.issueCodeUntil(extension)).code
  }

  /** The same, with its end. */
  async issueCodeUntil(extension: string): Promise<{ code: string; expires_at: number }> {
    const code = oneTimeCode()
    await this.#store(code, 'code', extension, 'agent', this.#o.codeTtl_ms)
    return { code, expires_at: this.#o.now() + this.#o.codeTtl_ms }
  }

  async #store(secret: string, kind: string, extension: string | null, role: Role, ttl_ms: number): Promise<void> {
    const now = this.#o.now()
    const row = { hash: sha256(secret), kind, extension, role, expires: now + ttl_ms, created_at: now }
    await this.#o.db.insert(tokens).values(row)
  }

  /** Forgets what has expired. */
  async sweep(): Promise<void> {
    await this.#o.db.delete(tokens).where(lt(tokens.expires, this.#o.now()))
  }
}
