// The queues as they are shown: what the engine tells of each, and of those of
// which it has told nothing yet (a hub that stands by, no PBX) the settings
// with no numbers, so that nobody takes "not known" for "none".
import type { Hub } from '../hub.js'
import type { AcdQueueItem } from './items.js'

/** All queues by name. */
export function queuesFor(hub: Pick<Hub, 'acd' | 'pbx'>): AcdQueueItem[] {
  const told = hub.pbx.topics.queues.items()
  const names = new Set(told.map(({ queue }) => queue))
  const others = hub.acd.settings.current.queues.filter(({ queue }) => !names.has(queue))
  const silent = others.map(({ queue, mode, open, sl_formula, sl_ms }) => ({
    queue,
    mode,
    open,
    waiting: null,
    longest_wait_since: null,
    longest_call_id: null,
    agents: null,
    in_progress: null,
    ewt_ms: null,
    today: null,
    last_30: null,
    sl_formula,
    sl_ms,
    as_of: null,
  }))
  return [...told, ...silent].sort((a, b) => (a.queue < b.queue ? -1 : 1))
}
