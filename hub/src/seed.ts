// The demo: three agents with one-time sign-in links. For trying out and for
// tests; a real installation makes its agents with `offhook-hub agent add`.
import { upsertAgents } from './agents.js'
import type { Hub } from './hub.js'
import type { AgentSeed } from './options.js'
import type { Role } from './roles.js'

export const DEMO_AGENTS: readonly (AgentSeed & { role: Role })[] = [
  { extension: '1001', name: 'Alice Agent', role: 'agent' },
  { extension: '1002', name: 'Bob Agent', role: 'agent' },
  { extension: '1003', name: 'Sue Supervisor', role: 'supervisor' },
]

export interface SignInLink {
  extension: string
  name: string
  role: Role
  /** Single use, 15 minutes. */
  code: string
  link: string
}

/** The page that signs in with a one-time code; the code stays in the fragment, out of every log. */
export function linkFor(hub: Hub, code: string): string {
  const at = hub.options.publicUrl ?? (hub.url || 'http://127.0.0.1')
  return `${at.replace(/\/$/, '')}/#code=${code}`
}

/** Makes the demo's agents, unless they exist, and a one-time code for each. Call after `listen` for whole links. */
export async function seedDemo(hub: Hub): Promise<SignInLink[]> {
  await upsertAgents(hub.database.db, [...DEMO_AGENTS], hub.now())
  return Promise.all(
    DEMO_AGENTS.map(async ({ extension, name, role }) => {
      const code = await hub.auth.issueCode(extension)
      return { extension, name, role, code, link: linkFor(hub, code) }
    }),
  )
}
