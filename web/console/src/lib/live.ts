// What a screen reader is told. One live region for each politeness; a text
// that is told again is told anew.

import { create } from 'zustand'

interface Live {
  polite: string
  assertive: string
}

export const useLive = create<Live>(() => ({ polite: '', assertive: '' }))

function tell(place: keyof Live, text: string) {
  // An empty text in between makes the same sentence count as a change.
  useLive.setState({ [place]: '' })
  queueMicrotask(() => useLive.setState({ [place]: text }))
}

export const say = (text: string) => tell('polite', text)
export const alert = (text: string) => tell('assertive', text)
