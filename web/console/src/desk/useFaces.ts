// What colleagues' telephones do, for as long as a list of them is open: a line of its own to the
// hub, asked for `extension_status` alone. The phone's presence has the statuses; it does not carry
// each ring and hang-up of a whole centre, which its recording would be full of.

import { useEffect, useMemo } from 'react'
import { create } from 'zustand'
import { currentToken } from '../lib/session.ts'
import type { Presence } from '../lib/types.ts'
import { Feed } from '../wall/feed.ts'
import { believed, emptyWall, healthOf, type Wall } from '../wall/store.ts'
import { agentFace, type Face } from '../wall/view.ts'

export type FaceOf = (colleague: Presence) => Face

/** How each colleague is shown: by the telephone while available, else by the status; by the status alone without a PBX. */
export function useFaces(): FaceOf {
  const useLines = useMemo(() => create<Wall>(() => emptyWall), [])
  useEffect(() => {
    const feed = new Feed({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`,
      token: currentToken,
      store: useLines,
      topics: ['extension_status'],
      // The phone's own socket learns the same, and ends the sign-in.
      onRefused: () => undefined,
    })
    return () => feed.close()
  }, [useLines])
  const extensions = useLines((wall) => wall.extensions)
  const health = useLines(healthOf)
  const skew = useLines((wall) => wall.skew)
  const live = believed(health) || health === 'starting'
  return ({ extension, status, since }) => {
    const item = extensions.get(extension)
    // The hub's time in ours; the presence's own is in ours already.
    const ours = item === undefined || item.since === null ? item : { ...item, since: item.since - skew }
    return agentFace({ status, since: since ?? null, registration: null }, ours, live)
  }
}
