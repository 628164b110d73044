// What the reader chose for this browser: theme, ring sound, keys, size. Nothing
// about customers or accounts is kept here.

import { create } from 'zustand'

export type Theme = 'system' | 'light' | 'dark'

interface Settings {
  theme: Theme
  ring: boolean
  keys: boolean
  /** The wallboard, to be read from across a room. */
  large: boolean
}

const place = 'offhook.settings'
const usual: Settings = { theme: 'system', ring: true, keys: true, large: false }

function load(): Settings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return usual
    const { theme, ring, keys, large } = kept as Partial<Record<keyof Settings, unknown>>
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      ring: typeof ring === 'boolean' ? ring : usual.ring,
      keys: typeof keys === 'boolean' ? keys : usual.keys,
      large: typeof large === 'boolean' ? large : usual.large,
    }
  } catch {
    return usual
  }
}

export const useSettings = create<Settings>(load)

function paint({ theme, large }: Settings) {
  document.documentElement.classList.toggle('large', large)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function startSettings() {
  paint(useSettings.getState())
  useSettings.subscribe((settings) => {
    paint(settings)
    try {
      localStorage.setItem(place, JSON.stringify(settings))
    } catch {
      // A browser that keeps nothing still works; the choice lasts for this page.
    }
  })
}
