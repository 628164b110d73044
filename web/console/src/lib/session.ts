// Signing in and out. The token lives in sessionStorage (this tab, until it is
// closed); the session with its SIP account lives in memory and is asked for
// again after a reload.

import { create } from 'zustand'
import { wallboardFirst } from './route.ts'
import type { Session } from './types.ts'

const place = 'offhook.token'

export interface Account {
  session: Session
  role: string
  /** Signed in just now, as opposed to found again after a reload. */
  fresh: boolean
}

/** Supervisors see the wallboard, and may act on others there. */
export const seesWallboard = ({ role }: Account) => role === 'supervisor' || role === 'admin'

/** Administrators set up queues, skills and who serves what. */
export const setsUp = ({ role }: Account) => role === 'admin'

export type Entry =
  | { phase: 'starting' }
  /** `message` says why, when it was not the reader's own wish. */
  | { phase: 'out'; message: string | null; busy: boolean }
  /** A token is here but the server could not be asked. */
  | { phase: 'unreachable' }
  | { phase: 'in'; account: Account }

export const useEntry = create<Entry>(() => ({ phase: 'starting' }))

const enter = (entry: Entry) => useEntry.setState(entry, true)

function keptToken(): string | null {
  try {
    return sessionStorage.getItem(place)
  } catch {
    return null
  }
}

let token: string | null = keptToken()

function keep(next: string | null) {
  token = next
  try {
    if (next === null) sessionStorage.removeItem(place)
    else sessionStorage.setItem(place, next)
  } catch {
    // Without storage the sign-in lasts until the next reload.
  }
}

export const currentToken = () => token ?? ''

type Credentials = { code: string } | { extension: string; password: string }

interface SignedIn {
  token?: string
  role: string
  session: Session
}

async function readProblem(answer: Response): Promise<string> {
  try {
    const problem: unknown = await answer.json()
    const code = (problem as { code?: unknown }).code
    return typeof code === 'string' ? code : ''
  } catch {
    return ''
  }
}

function refusal(status: number, code: string, credentials: Credentials): string {
  if (status === 429) return 'Too many attempts. Wait a minute, then sign in again.'
  if (status >= 500) return 'The server has a problem of its own. Try again in a minute, or tell your administrator.'
  if ('code' in credentials)
    return 'That sign-in link was already used or is too old. Open the console from your CRM again, or sign in below.'
  return code === 'forbidden'
    ? 'This extension may not sign in here. Ask your administrator.'
    : 'Extension or password is wrong. Check both and try again.'
}

export async function signIn(credentials: Credentials): Promise<void> {
  enter({ phase: 'out', message: null, busy: true })
  try {
    const answer = await fetch('/api/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    })
    if (!answer.ok) {
      enter({ phase: 'out', message: refusal(answer.status, await readProblem(answer), credentials), busy: false })
      return
    }
    const signedIn = (await answer.json()) as SignedIn
    keep(signedIn.token ?? null)
    const account: Account = { session: signedIn.session, role: signedIn.role, fresh: true }
    // A supervisor comes to look; the desk, and with it the phone, is one click away.
    if (seesWallboard(account)) wallboardFirst()
    enter({ phase: 'in', account })
  } catch {
    enter({
      phase: 'out',
      message: 'The server cannot be reached. Check your network, then sign in again.',
      busy: false,
    })
  }
}

/** After a reload: whose token is this? */
export async function resume(): Promise<void> {
  if (token === null) {
    enter({ phase: 'out', message: null, busy: false })
    return
  }
  try {
    const answer = await fetch('/api/me', { headers: { authorization: `Bearer ${token}` } })
    if (answer.status === 401) return expire()
    if (!answer.ok) return enter({ phase: 'unreachable' })
    const { role, session } = (await answer.json()) as SignedIn
    enter({ phase: 'in', account: { session, role, fresh: false } })
  } catch {
    enter({ phase: 'unreachable' })
  }
}

export function leave(message: string | null = null) {
  keep(null)
  enter({ phase: 'out', message, busy: false })
}

export function expire() {
  leave('Your sign-in has expired. Sign in again to go on; calls that were not saved are kept and sent afterwards.')
}

/** The phone's `fetch`: notices that the server no longer knows the token. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init)
  if (answer.status === 401 && useEntry.getState().phase === 'in') expire()
  return answer
}
