// The browser's own meeting place of tabs, where there is one: Web Locks exist
// only in a secure context (https, localhost), BroadcastChannel in every browser.

import type { Locks } from './lock.js'
import type { Channel, TabsPlace } from './tabs.js'

export function browserTabs(): TabsPlace | null {
  const host = globalThis as {
    navigator?: { locks?: Locks | null }
    document?: unknown
    BroadcastChannel?: new (name: string) => Channel
  }
  // Only a page is looked at further: Node loads what is behind these names when they are first read.
  if (!host.document) return null
  const { navigator, BroadcastChannel } = host
  const locks = navigator?.locks
  if (!locks || !BroadcastChannel) return null
  return { locks, channel: (name) => new BroadcastChannel(name) }
}
