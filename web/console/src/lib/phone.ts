// One phone per sign-in, made and disposed outside React: a component that
// mounts twice, or a module that is replaced while developing, never makes a
// second one.

import { createContext, useContext } from 'react'
import { create, useStore } from 'zustand'
import { warnInCalls } from './keep.ts'
import { noTelephone } from './noTelephone.ts'
import { askedSoftphone, askedWrapUp, currentPage, withoutPhone } from './route.ts'
import { type Account, currentToken, seesWallboard, useEntry, watchedFetch } from './session.ts'
import { openSimulation, type Simulation } from './simulation.ts'
import { startTrail } from './trail.ts'
import type { Phone, PhoneOptions, State } from './types.ts'

export interface Line {
  phone: Phone
  /** Present when no PBX is behind the phone. */
  simulation: Simulation | null
  /** Before the phone is disposed. */
  release(): void
}

export type PhoneStatus =
  | { step: 'none' }
  | { step: 'opening' }
  | { step: 'open'; line: Line; account: Account }
  | { step: 'failed'; message: string }

export const usePhoneStatus = create<PhoneStatus>(() => ({ step: 'none' }))

const step = (next: PhoneStatus) => usePhoneStatus.setState(next, true)

/** A wallboard needs no engine: the library comes with the first page that has a telephone. */
let library: typeof import('offhook') | null = null

/** REQUIRES: a phone is open, or was. */
export function phoneLibrary(): typeof import('offhook') {
  if (library === null) throw new Error('the library comes with the first phone')
  return library
}

async function softphoneFor(
  account: Account,
): Promise<{ adapter: PhoneOptions['softphone']; simulation: Simulation | null }> {
  const { sip, simulated } = account.session
  const asked = askedSoftphone() ?? (sip === undefined ? 'simulated' : 'sipjs')
  if (asked === 'mizu') {
    const { mizu } = await import('offhook/mizu')
    const library = (window as { webphone_api?: unknown }).webphone_api
    if (library === undefined) throw new Error('The Mizu webphone script is not on this page.')
    return { adapter: mizu(library as Parameters<typeof mizu>[0]), simulation: null }
  }
  if (asked === 'sipjs') {
    const { sipjs } = await import('offhook/sipjs')
    return { adapter: sipjs(), simulation: null }
  }
  // Made-up calls belong into nobody's records but a demo's.
  if (simulated !== true) return { adapter: noTelephone(), simulation: null }
  const { adapter, simulation } = await openSimulation()
  return { adapter, simulation }
}

async function open(account: Account): Promise<Line> {
  const [loaded, { adapter, simulation }] = await Promise.all([import('offhook'), softphoneFor(account)])
  library = loaded
  const { session } = account
  const phone = await loaded.createPhone({
    session: { ...session, sip: session.sip ?? {} },
    api: {
      baseUrl: '/api',
      token: currentToken,
      fetch: simulation === null ? watchedFetch : simulation.backend(watchedFetch),
    },
    sockets: { events: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws` },
    softphone: adapter,
    wrapUp: { mode: askedWrapUp(), seconds: 30 },
    // Only a person who just signed in becomes available; a reload keeps what the CRM holds.
    login: account.fresh,
  })
  startTrail(phone)
  return { phone, simulation, release: warnInCalls(phone) }
}

let current: { account: Account; line: Promise<Line> } | null = null

function close() {
  const closing = current
  current = null
  step({ step: 'none' })
  void closing?.line
    .then(({ phone, release }) => {
      release()
      phone.dispose()
    })
    .catch(() => undefined)
}

function follow(account: Account) {
  if (current?.account === account) return
  close()
  const mine = { account, line: open(account) }
  current = mine
  step({ step: 'opening' })
  mine.line.then(
    (line) => {
      if (current === mine) step({ step: 'open', line, account })
    },
    (error: unknown) => {
      if (current === mine) step({ step: 'failed', message: error instanceof Error ? error.message : String(error) })
    },
  )
}

/** Ties the phone's life to the sign-in. Returns what undoes it. */
export function startPhone(): () => void {
  const sync = () => {
    const entry = useEntry.getState()
    if (entry.phase !== 'in') close()
    // A screen on a wall has no telephone: a supervisor's begins with the first page that needs one.
    else if (current?.account === entry.account || !withoutPhone(currentPage()) || !seesWallboard(entry.account))
      follow(entry.account)
    else close()
  }
  const stop = useEntry.subscribe(sync)
  addEventListener('hashchange', sync)
  sync()
  return () => {
    stop()
    removeEventListener('hashchange', sync)
    close()
  }
}

export const LineContext = createContext<(Line & { account: Account }) | null>(null)

export function useLine() {
  const line = useContext(LineContext)
  if (line === null) throw new Error('useLine is for components inside the open phone')
  return line
}

export const usePhone = () => useLine().phone

/** A part of the phone's state; the caller renders when that part changes. */
export function usePart<T>(select: (state: State) => T): T {
  return useStore(usePhone().store, select)
}
