// The package's types under short names, read off its own functions so that the
// console follows the package and never restates it.

import type { createPhone } from 'offhook'

export type Phone = Awaited<ReturnType<typeof createPhone>>
export type PhoneOptions = Parameters<typeof createPhone>[0]
export type State = ReturnType<Phone['store']['getState']>
export type Call = State['calls'][string]
export type CallLog = State['callLogs'][string]
export type Draft = State['drafts'][number]
export type Agent = State['agent']
export type AgentStatus = Agent['status']
export type Consult = State['consult']
export type Quality = State['quality'][string]
export type Verdict = State['can']['call']
export type Presence = Exclude<ReturnType<State['agents']['get']>, undefined>

/** Who signed in, as `/api/sign-in` and `/api/me` tell. `sip` stays in memory only. */
export interface Session {
  extension: string
  extensionId: string
  number: string
  name: string
  sip?: Record<string, unknown>
  /** A demo: no telephone, made-up callers. */
  simulated?: boolean
}
