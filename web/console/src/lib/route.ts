// The page in view, from the address's hash. `#code=…` is a one-time code of a
// CRM that opens the console: taken once, then wiped from the address.

import { useSyncExternalStore } from 'react'

const pages = ['desk', 'wallboard', 'supervisor', 'reports', 'admin', 'inspector'] as const
export type Page = (typeof pages)[number]

/** `#/wallboard/agents`: a page, and a place on it. */
const parts = () => /^#\/([a-z]+)(?:\/([^?]*))?/.exec(location.hash) ?? []

function read(): Page {
  const [, name] = parts()
  return pages.find((page) => page === name) ?? 'desk'
}

export const currentPage = read

function subscribe(listener: () => void) {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

export const usePage = () => useSyncExternalStore(subscribe, read)

/** The place on the page that the address names; empty when it names none. */
export const useSubpage = () => useSyncExternalStore(subscribe, () => decodeURIComponent(parts()[2] ?? ''))

/** Pages that are for looking and setting: a telephone is not started for them. */
export const withoutPhone = (page: Page) => page === 'wallboard' || page === 'reports' || page === 'admin'

/** The one-time code in the address, if any; `#/wallboard?code=…` opens that page with it. */
export function takeCode(): string | null {
  const [, page = '', query = ''] = /^#\/?(?:([a-z/]+)\?)?(.*)$/.exec(location.hash) ?? []
  const code = new URLSearchParams(query).get('code')
  if (code === null) return null
  history.replaceState(null, '', `${location.pathname}${location.search}#/${page}`)
  return code
}

/** Shows the wallboard, unless the address names a page already. */
export function wallboardFirst() {
  if (location.hash === '' || location.hash === '#' || location.hash === '#/') location.replace('#/wallboard')
}

/** Which softphone the address asks for, if it does. */
export function askedSoftphone(): 'simulated' | 'sipjs' | 'mizu' | null {
  const asked = new URLSearchParams(location.search).get('softphone')
  return asked === 'simulated' || asked === 'sipjs' || asked === 'mizu' ? asked : null
}

/** How wrap-up begins and ends; the address may ask for another mode to try it out. */
export function askedWrapUp(): 'timed' | 'manual' | 'optional' | 'none' {
  const asked = new URLSearchParams(location.search).get('wrapup')
  return asked === 'manual' || asked === 'optional' || asked === 'none' ? asked : 'timed'
}
