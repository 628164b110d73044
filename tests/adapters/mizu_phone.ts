// The Mizu adapter on the stand-in for webphone_api, with everything it says.
import { expect } from 'vitest'
import { type MizuOptions, mizu } from '../../web/src/adapters/mizu/index.js'
import type { SoftphoneEvent } from '../../web/src/ports.js'
import { virtualClock } from '../../web/src/testing/index.js'
import { fakeWebphone } from './fake_webphone.mjs'

export const kCarol = { number: '+442079460123', name: 'Carol Customer' }

// biome-ignore lint/suspicious/noExplicitAny: the stand-in is plain JavaScript
export type Any = any

export function attach(api: Any, clock: ReturnType<typeof virtualClock>, options: MizuOptions = {}) {
  const events: SoftphoneEvent[] = []
  const logged: string[] = []
  const phone = {
    adapter: mizu(api, { clock, ...options }),
    events,
    logged,
    of: (type: SoftphoneEvent['type']): Any[] => events.filter((event) => event.type === type),
    only(type: SoftphoneEvent['type']): Any {
      expect(phone.of(type), type).toHaveLength(1)
      return phone.of(type)[0]
    },
    throwing: false,
  }
  void phone.adapter.start({
    emit(event) {
      if (phone.throwing) throw new Error('the host is broken')
      events.push(event)
    },
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test:8089/ws', username: '1001', password: 'secret' },
    },
    log: (_level, text) => void logged.push(text),
  })
  return phone
}

export async function start(world: Any = {}, options: MizuOptions = {}) {
  const clock = virtualClock()
  const api: Any = fakeWebphone(clock, world)
  const phone = attach(api, clock, options)
  await clock.run(500)
  const talk = async (call: Any = kCarol, change: Any = {}) => {
    const incoming = api.incoming(call, change)
    const { call_id } = phone.of('CallOffered').at(-1)
    phone.adapter.answer(call_id)
    await clock.run(100)
    return { call: incoming, id: call_id as string }
  }
  return { ...phone, phone, clock, api, talk }
}
