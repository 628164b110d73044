// A page with React on it: components in happy-dom, and phones on the real
// engine whose far end and clock are the test's.
import { act, createElement, type FunctionComponent, type ReactNode, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import type { Phone } from '../../../web/src/phone.js'
import { type ScriptedSoftphone, scripted, virtualClock } from '../../../web/src/testing/index.js'
import { realPhone } from '../real_phone.js'

;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true

export interface Page {
  root: Root
  readonly text: string
  show(node: ReactNode): Promise<void>
  close(): Promise<void>
}

export function page({ strict = false } = {}): Page {
  const container = document.createElement('div')
  document.body.append(container)
  const root = createRoot(container)
  return {
    root,
    get text() {
      return container.textContent ?? ''
    },
    show: (node) => act(async () => root.render(strict ? createElement(StrictMode, null, node) : node)),
    async close() {
      await act(async () => root.unmount())
      container.remove()
    },
  }
}

/** A component that writes what `use` gives, and counts how often it was rendered. */
export function shows(use: () => unknown): { component: FunctionComponent; renders: number } {
  const found = {
    renders: 0,
    component: () => {
      const value = use()
      found.renders += 1
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
  }
  return found
}

export interface Desk {
  phone: Phone
  softphone: ScriptedSoftphone
  clock: ReturnType<typeof virtualClock>
  disposed: number
}

export async function desk(): Promise<Desk> {
  const softphone = scripted()
  const clock = virtualClock()
  const { phone } = await realPhone({ softphone, clock, login: true })
  const found: Desk = { phone, softphone, clock, disposed: 0 }
  const dispose = phone.dispose
  phone.dispose = () => {
    found.disposed += 1
    dispose()
  }
  await clock.run(0)
  return found
}

/** What a softphone, a person or the clock does, with React's work done afterwards. */
export const happens = (what: () => unknown) =>
  act(async () => {
    await what()
  })
