// The SIP.js adapter on the stand-in for its library, with everything it says.
import { expect } from 'vitest'
import { type SipjsOptions, sipjs } from '../../web/src/adapters/sipjs/index.js'
import type { SoftphoneEvent } from '../../web/src/ports.js'
import { virtualClock } from '../../web/src/testing/index.js'
import { sipPbx } from './sip_pbx.mjs'

export const kCarol = { number: '+442079460123', name: 'Carol Customer' }

// biome-ignore lint/suspicious/noExplicitAny: the stand-in is plain JavaScript
export type Any = any

interface Given {
  account?: Record<string, unknown>
  options?: SipjsOptions
  script?: Record<string, unknown>
  audio?: () => Any
}

export async function phone({ account, options, script, audio }: Given = {}) {
  const clock = virtualClock()
  const pbx: Any = sipPbx(clock)
  Object.assign(pbx.script, script)
  const adapter = sipjs({ sip: pbx.sip, clock, random: () => 0.5, ...options })
  const events: SoftphoneEvent[] = []
  const logged: string[] = []
  await adapter.start({
    emit: (event) => void events.push(event),
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: account ?? { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws', username: '1001', password: 'secret' },
    },
    audio: audio ?? (() => null),
    log: (_level, text) => void logged.push(text),
  })
  await clock.run(1_000)
  const of = (type: SoftphoneEvent['type']): Any[] => events.filter((event) => event.type === type)
  const only = (type: SoftphoneEvent['type']): Any => {
    expect(of(type)).toHaveLength(1)
    return of(type)[0]
  }
  const ringing = async (call: Any = kCarol) => {
    const session = pbx.offer(call)
    await clock.run(0)
    return { session, id: only('CallOffered').call_id as string }
  }
  const talk = async (call: Any = kCarol) => {
    const incoming = await ringing(call)
    adapter.answer(incoming.id)
    await clock.run(100)
    return incoming
  }
  const dialed = async (number = kCarol.number) => {
    adapter.dial('out-1', number)
    await clock.run(100)
    return pbx.out.at(-1)
  }
  return { adapter, clock, pbx, events, logged, of, only, ringing, talk, dialed }
}
