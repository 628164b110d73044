// Commands from a tab that does not lead. The leader carries each out once and
// answers it; whoever asked always hears: done, refused, or `not_leader` when
// the leader did not answer or another took its place. A command is never sent
// to two leaders: better it is asked for again than that a number is dialled
// twice.
import type { Clock } from '../clock.js'
import { PhoneError, type PhoneErrorCode } from '../errors.js'
import { isOrder, type Order, type Said } from './messages.js'

/** So long without any answer: the leader is not there. */
export const ANSWER_MS = 5_000
/** An older order is not carried out: whoever asked is about to give up, or has. */
const ORDER_MS = 4_500
/** Orders whose answer the leader remembers, so that none is carried out twice. */
const ANSWERS_MOST = 256

interface Waiting {
  readonly order: Order
  step: 'unsent' | 'sent' | 'taken'
  resolve(callId: string): void
  reject(error: PhoneError): void
  limit: unknown
}

interface Host {
  tab: string
  clock: Clock
  post(said: Said): void
  /** Does it here. */
  carryOut(order: Order): Promise<string>
}

type Answer = Extract<Said, { t: 'done' }>

export class Orders {
  private readonly waiting = new Map<string, Waiting>()
  /** What was done for others; null while it is being done. */
  private readonly answers = new Map<string, Answer | null>()
  /** Came before this tab was ready to lead. */
  private early: Extract<Said, { t: 'do' }>[] = []
  private count = 0
  /** Who carries out: another tab, this one, or nobody yet. */
  private place: 'there' | 'here' | 'nowhere' = 'nowhere'

  constructor(private readonly host: Host) {}

  // Asking --------------------------------------------------------------------

  ask(order: Order): Promise<string> {
    if (this.place === 'here') return this.host.carryOut(order)
    return new Promise<string>((resolve, reject) => {
      const id = `${this.host.tab}.${++this.count}`
      const limit = this.host.clock.setTimeout(() => this.unanswered(id), ANSWER_MS)
      const one: Waiting = { order, step: 'unsent', resolve, reject, limit }
      this.waiting.set(id, one)
      if (this.place === 'there') this.send(id, one)
    })
  }

  /** Another tab leads, a later one than before: what the one before has is lost to us. */
  leaderIsThere(): void {
    this.dropSent()
    this.place = 'there'
    for (const [id, one] of this.waiting) if (one.step === 'unsent') this.send(id, one)
  }

  /** Nobody leads, or this tab does but is not ready yet. */
  leaderIsNowhere(): void {
    this.dropSent()
    this.early = []
    this.place = 'nowhere'
  }

  /** This tab leads and is ready: what nobody has had yet is carried out here. */
  leaderIsHere(): void {
    if (this.place === 'here') return
    this.dropSent()
    this.place = 'here'
    for (const [id, one] of this.waiting) {
      this.settle(id)
      this.host.carryOut(one.order).then(one.resolve, one.reject)
    }
    const { early } = this
    this.early = []
    for (const one of early) this.took(one)
  }

  end(code: PhoneErrorCode): void {
    this.place = 'nowhere'
    this.early = []
    for (const id of [...this.waiting.keys()]) this.settle(id)?.reject(new PhoneError(code))
  }

  // Hearing -------------------------------------------------------------------

  answered(said: Extract<Said, { t: 'took' | 'done' }>): void {
    const one = this.waiting.get(said.id)
    if (!one) return
    if (said.t === 'took') {
      one.step = 'taken'
      return
    }
    this.settle(said.id)
    if (said.code === '') one.resolve(String(said.call_id ?? ''))
    else one.reject(new PhoneError(said.code as PhoneErrorCode, said.message || undefined))
  }

  /** An order for the leader. `leads`: that is us, perhaps not ready yet. */
  ordered(said: Extract<Said, { t: 'do' }>, leads: boolean): void {
    if (!leads) return
    if (this.place === 'here') this.took(said)
    else if (this.early.length < ANSWERS_MOST) this.early.push(said)
  }

  private took(said: Extract<Said, { t: 'do' }>): void {
    const { id, order } = said
    const known = this.answers.get(id)
    if (known !== undefined) {
      this.host.post(known ?? { t: 'took', id })
      return
    }
    const late = Math.abs(this.host.clock.now() - said.at) > ORDER_MS
    if (!isOrder(order) || late) {
      this.host.post(answer(id, new PhoneError(late ? 'not_leader' : 'bad_event')))
      return
    }
    this.remember(id, null)
    this.host.post({ t: 'took', id })
    this.host
      .carryOut(order)
      .then(
        (callId) => answer(id, null, callId),
        (error: unknown) => answer(id, error),
      )
      .then((done) => {
        this.remember(id, done)
        this.host.post(done)
      })
  }

  private remember(id: string, done: Answer | null): void {
    this.answers.set(id, done)
    if (this.answers.size <= ANSWERS_MOST) return
    for (const [oldest, what] of this.answers) {
      if (what === null) continue
      this.answers.delete(oldest)
      return
    }
  }

  private send(id: string, one: Waiting): void {
    one.step = 'sent'
    this.host.post({ t: 'do', id, at: this.host.clock.now(), order: one.order })
  }

  /** Whoever had these may have carried them out, or not. */
  private dropSent(): void {
    for (const [id, one] of this.waiting) {
      if (one.step !== 'unsent') this.settle(id)?.reject(new PhoneError('not_leader'))
    }
  }

  private unanswered(id: string): void {
    if (this.waiting.get(id)?.step !== 'taken') this.settle(id)?.reject(new PhoneError('not_leader'))
  }

  private settle(id: string): Waiting | undefined {
    const one = this.waiting.get(id)
    this.waiting.delete(id)
    if (one) this.host.clock.clearTimeout(one.limit)
    return one
  }
}

function answer(id: string, error: unknown, callId = ''): Answer {
  if (error === null) return { t: 'done', id, code: '', message: '', call_id: callId }
  const known = error instanceof PhoneError
  return { t: 'done', id, code: known ? error.code : 'bad_event', message: known ? error.message : '', call_id: '' }
}
