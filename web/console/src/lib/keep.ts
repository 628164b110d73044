// What must outlive a reload or a new sign-in: records the CRM does not have
// yet, and unfinished notes. The phone's snapshot is kept for this tab while
// there is such work, and thrown away as soon as there is none. It holds no
// token and no SIP account.

import type { Phone, State } from './types.ts'

const place = (extension: string) => `offhook.kept.${extension}`
const pauseMs = 300

const busy = (state: State) => Object.values(state.calls).some((call) => call.state !== 'Ended')

const worthKeeping = (state: State) =>
  busy(state) || state.outbox.pending > 0 || state.outbox.rejected > 0 || state.drafts.length > 0

export function keptSnapshot(extension: string): string | null {
  try {
    return sessionStorage.getItem(place(extension))
  } catch {
    return null
  }
}

function write(extension: string, snapshot: string | null) {
  try {
    if (snapshot === null) sessionStorage.removeItem(place(extension))
    else sessionStorage.setItem(place(extension), snapshot)
  } catch {
    // No storage, or full: the phone goes on sending from memory.
  }
}

/** Keeps the phone's work while there is some. Returns what stops it, after a last look. */
export function keepWork(phone: Phone, extension: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const save = () => {
    clearTimeout(timer)
    timer = undefined
    const state = phone.store.getState()
    if (state.phase === 'disposed') return
    try {
      write(extension, worthKeeping(state) ? phone.snapshot() : null)
    } catch {
      // A phone that has stopped has nothing newer than what is kept.
    }
  }
  const stop = phone.store.subscribe((state, before) => {
    const same = state.callLogs === before.callLogs && state.drafts === before.drafts && state.outbox === before.outbox
    if (!same) timer ??= setTimeout(save, pauseMs)
  })
  const warn = (event: BeforeUnloadEvent) => {
    if (busy(phone.store.getState())) event.preventDefault()
  }
  addEventListener('pagehide', save)
  addEventListener('beforeunload', warn)
  return () => {
    save()
    stop()
    removeEventListener('pagehide', save)
    removeEventListener('beforeunload', warn)
  }
}
