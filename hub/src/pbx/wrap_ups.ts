// Whose wrap-up it is: what an agent's Phones are told of the one after a call of
// a queue, which is the contact centre's (docs/wire.md, `wrap_up`). Told from the
// moment the call is connected, so that the Phone knows it before the call ends.
// It decides nothing: the engine does.
import type { AcdAgentItem, SupervisionItem } from '../acd/items.js'

interface Told {
  mode: string
  since: number | null
  until: number | null
}

/** A supervisor who listens has talked to nobody: there is nothing to write afterwards. */
const NO_WRAP_UP: Told = { mode: 'none', since: null, until: null }

/**
 * So long "none" waits: between the end of a queue's call and its wrap-up an agent may have a leg left for a moment,
 * as in a transfer by asking first, and a Phone that heard the end already would take that for the end of the wrap-up.
 */
const NONE_AFTER_MS = 250

export class WrapUps {
  readonly #modeOf: (queue: string) => string | undefined
  readonly #send: (extension: string, message: object) => void
  #agents = new Map<string, AcdAgentItem>()
  /** The supervisors at a call. */
  #listening = new Set<string>()
  #told = new Map<string, string>()
  #ending = new Map<string, NodeJS.Timeout>()

  /** `modeOf`: the wrap-up that a queue's settings ask for. */
  constructor(modeOf: (queue: string) => string | undefined, send: (extension: string, message: object) => void) {
    this.#modeOf = modeOf
    this.#send = send
  }

  agents(items: readonly AcdAgentItem[]): void {
    for (const item of items) {
      if (item.gone) this.#agents.delete(item.extension)
      else this.#agents.set(item.extension, item)
      this.#tell(item.extension)
    }
  }

  session({ supervisor, end }: SupervisionItem): void {
    if (end === null) this.#listening.add(supervisor)
    else this.#listening.delete(supervisor)
    this.#tell(supervisor)
  }

  /** What a Phone that connects is told; null where the contact centre does not know the agent. */
  message(extension: string): object | null {
    return this.#agents.has(extension) ? wrapUpMessage(extension, this.#of(extension)) : null
  }

  #tell(extension: string): void {
    const now = this.#of(extension)
    const text = JSON.stringify(now)
    clearTimeout(this.#ending.get(extension))
    this.#ending.delete(extension)
    if (text === (this.#told.get(extension) ?? 'null')) return
    if (now === null) {
      this.#ending.set(
        extension,
        setTimeout(() => this.#over(extension), NONE_AFTER_MS),
      )
      return
    }
    this.#told.set(extension, text)
    this.#send(extension, wrapUpMessage(extension, now))
  }

  #over(extension: string): void {
    this.#ending.delete(extension)
    this.#told.delete(extension)
    this.#send(extension, wrapUpMessage(extension, null))
  }

  close(): void {
    for (const timer of this.#ending.values()) clearTimeout(timer)
    this.#ending.clear()
  }

  #of(extension: string): Told | null {
    const item = this.#agents.get(extension)
    if (item?.state === 'OnCall' && item.queue !== null)
      return { ...NO_WRAP_UP, mode: this.#modeOf(item.queue) ?? 'none' }
    // One that he began himself, after a call of his own, is his Phone's.
    if (item?.state === 'WrapUp' && item.wrap_up?.call_id) {
      const { mode, since, until } = item.wrap_up
      return { mode, since, until }
    }
    return this.#listening.has(extension) ? NO_WRAP_UP : null
  }
}

const wrapUpMessage = (extension: string, wrap_up: Told | null) => ({ type: 'wrap_up', extension, wrap_up })
