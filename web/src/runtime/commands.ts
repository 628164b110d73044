// Commands that wait for their outcome. Each gets a number, and a promise that
// always settles: the engine answers every command exactly once, and what is
// left at the end is rejected here.
import { PhoneError, type PhoneErrorCode } from '../errors.js'
import type { Outcome, Reason } from '../generated/words.js'

export interface Commands {
  /** A new command: its number, and the promise of its outcome (the call's id, where there is one). */
  open(): { command: number; settled: Promise<string> }
  /** The same for a command that has nothing to tell but that it is done. */
  openPlain(): { command: number; settled: Promise<void> }
  settle(command: number, outcome: Outcome, reason: Reason, callId: string): void
  reject(command: number, error: PhoneError): void
  rejectAll(code: PhoneErrorCode): void
}

export function createCommands(): Commands {
  const waiting = new Map<number, Waiting>()
  let last = 0
  const take = (command: number) => {
    const found = waiting.get(command)
    if (found !== undefined) waiting.delete(command)
    return found
  }
  const reject = (command: number, error: PhoneError) => {
    const found = take(command)
    if (found === undefined) return
    // The refusal is in the store too; a page that does not wait for it must not die of it.
    found.settled?.catch(nothing)
    found.reject(error)
  }
  const open = (plain: boolean) => {
    const command = ++last
    const one: Waiting = { plain, settled: null, resolve: nothing, reject: nothing }
    const settled = new Promise((resolve, refuse) => {
      one.resolve = resolve
      one.reject = refuse
    })
    one.settled = settled
    waiting.set(command, one)
    return { command, settled }
  }
  return {
    open: () => open(false) as { command: number; settled: Promise<string> },
    openPlain: () => open(true) as { command: number; settled: Promise<void> },
    settle(command, outcome, reason, callId) {
      if (outcome !== 'done')
        return reject(command, new PhoneError(outcome === 'timed_out' || reason === 'ok' ? 'timed_out' : reason))
      const found = take(command)
      found?.resolve(found.plain ? undefined : callId)
    },
    reject,
    rejectAll(code) {
      for (const command of [...waiting.keys()]) reject(command, new PhoneError(code))
    },
  }
}

interface Waiting {
  plain: boolean
  settled: Promise<unknown> | null
  resolve(callId: string | undefined): void
  reject(error: PhoneError): void
}

function nothing(): void {}
