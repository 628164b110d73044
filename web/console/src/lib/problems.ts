// Commands that were refused before anything happened. What fails later is a
// notice of the phone itself; the two are never shown for the same command.

import { create } from 'zustand'
import type { Phone } from './types.ts'
import { reasonText } from './words.ts'

export interface Problem {
  id: number
  title: string
  text: string
  code: string
}

export const useProblems = create<{ list: readonly Problem[] }>(() => ({ list: [] }))

let last = 0

export function dismissProblem(id: number) {
  useProblems.setState(({ list }) => ({ list: list.filter((problem) => problem.id !== id) }))
}

export const clearProblems = () => useProblems.setState({ list: [] })

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}

/** Runs a command; a refusal becomes a banner with `title`. Resolves to whether it was done. */
export async function run(phone: Phone, title: string, command: Promise<unknown>): Promise<boolean> {
  const asked = phone.store.getState().notice.at ?? 0
  try {
    await command
    return true
  } catch (error) {
    const code = codeOf(error)
    const { notice } = phone.store.getState()
    const alreadySaid = notice.code !== 'none' && (notice.at ?? 0) !== asked
    if (code !== 'disposed' && code !== 'call_ended' && !alreadySaid) {
      last += 1
      const problem: Problem = { id: last, title, text: `${reasonText(code)}.`, code }
      useProblems.setState(({ list }) => ({
        list: [...list.filter((other) => other.title !== title).slice(-2), problem],
      }))
    }
    return false
  }
}
