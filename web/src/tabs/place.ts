// The browser's own meeting place of tabs, where there is one: Web Locks exist
// only in a secure context (https, localhost), BroadcastChannel in every browser.

import type { Locks } from './lock.js'
import type { Channel, TabsPlace } from './tabs.js'

export function browserTabs(): TabsPlace | null {
  const { navigator, document, BroadcastChannel } = globalThis as {
    navigator?: { locks?: Locks | null }
    document?: unknown
    BroadcastChannel?: new (name: string) => Channel
  }
  const locks = navigator?.locks
  if (!document || !locks || !BroadcastChannel) return null
  return { locks, channel: (name) => new BroadcastChannel(name) }
}
