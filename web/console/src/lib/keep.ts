// Leaving the page in a call: the browser asks first. What is not sent yet, notes
// and calls under way are kept by the phone itself, over a reload and in the
// next tab; only the talk ends with the tab that has the telephone.

import type { Phone } from './types.ts'

/** Returns what stops it. */
export function warnInCalls(phone: Phone): () => void {
  const warn = (event: BeforeUnloadEvent) => {
    const { calls, tab } = phone.store.getState()
    const talks = Object.values(calls).some((call) => call.state !== 'Ended')
    if (talks && tab.state !== 'Follower') event.preventDefault()
  }
  addEventListener('beforeunload', warn)
  return () => removeEventListener('beforeunload', warn)
}
