// Since when the server has not been heard, or null while it is. A link that is
// still opening for the first time is not lost, nor one that is silent and being
// asked: it is that only for seconds, and the bar says so.

import { usePart } from '../lib/phone.ts'

export function useLinkLost(): number | null {
  return usePart(({ connection }) => {
    if (connection.events === 'Open' || connection.events === 'Silent') return null
    // A second attempt means that the first one failed.
    if (connection.lastHeardAt === null && connection.attempts === 0) return null
    return connection.lastHeardAt ?? connection.since
  })
}
