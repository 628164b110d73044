// Earlier calls of this extension from the server, so that the list is not
// empty after a reload. The phone's own records always win.

import { create } from 'zustand'
import { currentToken, watchedFetch } from './session.ts'
import type { CallLog, Session } from './types.ts'

export type PastLog = Pick<
  CallLog,
  | 'key'
  | 'type'
  | 'status'
  | 'end_reason'
  | 'call_from'
  | 'call_to'
  | 'contact_name'
  | 'duration'
  | 'started_at'
  | 'queue_name'
>

export const useHistory = create<{ items: readonly PastLog[] }>(() => ({ items: [] }))

export async function loadHistory(session: Session): Promise<void> {
  useHistory.setState({ items: [] })
  try {
    const query = new URLSearchParams({ extension_id: session.extensionId, limit: '20' })
    const answer = await watchedFetch(`/api/call-logs?${query}`, {
      headers: { authorization: `Bearer ${currentToken()}` },
    })
    if (!answer.ok) return
    const { items } = (await answer.json()) as { items?: PastLog[] }
    if (Array.isArray(items)) useHistory.setState({ items })
  } catch {
    // Away: the list starts with this session's calls.
  }
}
