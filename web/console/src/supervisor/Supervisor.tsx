import type { Account } from '../lib/session.ts'
export function Supervisor({ account }: { account: Account }) {
  return <main>{account.role}</main>
}
