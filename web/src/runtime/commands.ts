// Commands that wait for their outcome. Each gets a number, and a promise that
// always settles: the engine answers every command exactly once, and what is
// left at the end is rejected here.
import { PhoneError, type PhoneErrorCode } from '../errors.js'
import type { Outcome, Reason } from '../generated/words.js'

export interface Commands {
  /** A new command: its number, and the promise of its outcome (the call's id, where there is one). */
  open(): { command: number; settled: Promise<string> }
  settle(command: number, outcome: Outcome, reason: Reason, callId: string): void
  reject(command: number, error: PhoneError): void
  rejectAll(code: PhoneErrorCode): void
}

export function createCommands(): Commands {
  const waiting = new Map<number, { resolve(callId: string): void; reject(error: PhoneError): void }>()
  let last = 0
  const take = (command: number) => {
    const found = waiting.get(command)
    waiting.delete(command)
    return found
  }
  return {
    open() {
      const command = ++last
      const settled = new Promise<string>((resolve, reject) => {
        waiting.set(command, { resolve, reject })
      })
      // The refusal is in the store too; a page that does not wait for it must not die of it.
      settled.catch(() => {})
      return { command, settled }
    },
    settle(command, outcome, reason, callId) {
      const found = take(command)
      if (outcome === 'done') found?.resolve(callId)
      else found?.reject(new PhoneError(outcome === 'timed_out' || reason === 'ok' ? 'timed_out' : reason))
    },
    reject(command, error) {
      take(command)?.reject(error)
    },
    rejectAll(code) {
      for (const command of [...waiting.keys()]) take(command)?.reject(new PhoneError(code))
    },
  }
}
