// Commands under way at the PBX: each ends once, by the Centre's answer or by
// the time limit, as a state or as a Problem with the PBX's reason.
import { Problem } from '../problem.js'
import type { CentreEffect } from './centre_types.js'

/** The Centre gives up before; this is for one that says nothing. */
const COMMAND_MS = 15_000

type Settled = Extract<CentreEffect, { type: 'command.settled' }>

type Requested = { type: 'CommandRequested'; id: string; command: string } & Record<string, unknown>

/** What the Centre says of a command that was done; docs/centre.md and docs/queues.md say of each what. */
export interface CommandAnswer {
  state: unknown
  detail: unknown
}

interface Waiting {
  done: (answer: CommandAnswer) => void
  failed: (error: Problem) => void
  timer: NodeJS.Timeout
}

export class Commands {
  readonly #ask: (event: Requested) => void
  #waiting = new Map<string, Waiting>()
  #last = 0

  constructor(ask: (event: Requested) => void) {
    this.#ask = ask
  }

  run(command: string, fields: object): Promise<CommandAnswer> {
    const id = `c${++this.#last}`
    return new Promise((done, failed) => {
      const timer = setTimeout(() => this.#end(id)?.failed(timedOut()), COMMAND_MS)
      this.#waiting.set(id, { done, failed, timer })
      this.#ask({ ...fields, type: 'CommandRequested', id, command })
    })
  }

  settle({ id, ok, code, detail, state }: Settled): void {
    const waiting = this.#end(id)
    if (!waiting) return // the time limit was first
    if (ok) waiting.done({ state, detail })
    else waiting.failed(refused(code ?? 'refused_by_pbx', typeof detail === 'string' && detail ? detail : REFUSED))
  }

  /** The Centre did not take it. */
  refuse(id: string, { code, message }: { code: string; message: string }): void {
    this.#end(id)?.failed(refused(code, message))
  }

  #end(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting) clearTimeout(waiting.timer)
    this.#waiting.delete(id)
    return waiting
  }

  close(): void {
    for (const id of [...this.#waiting.keys()]) this.#end(id)?.failed(stopping())
  }
}

/** What went wrong on the way is the gateway's; the rest is a refusal of what was asked. docs/errors.md lists them. */
const STATUS: Record<string, number> = {
  unknown_channel: 404,
  member_unknown: 404,
  unknown_call: 404,
  call_unknown: 404,
  unknown_queue: 404,
  queue_unknown: 404,
  unknown_agent: 404,
  agent_unknown: 404,
  no_such_call: 404,
  not_an_agent: 404,
  bad_priority: 422,
  bad_skill: 422,
  unknown_skill: 422,
  unknown_command: 501,
  bad_target: 422,
  bad_value: 422,
  not_supported: 501,
  link_down: 503,
  too_many: 503,
  standby: 503,
  pbx_timeout: 504,
}

const REFUSED = 'The PBX has refused it.'
const refused = (code: string, detail: string) => new Problem(STATUS[code] ?? 409, code, 'Refused by the PBX', detail)
const timedOut = () => new Problem(504, 'pbx_timeout', 'No answer', 'The PBX has given no answer in time.')
const stopping = () => new Problem(503, 'stopping', 'Stopping', 'The hub is stopping; nothing is known of the result.')
