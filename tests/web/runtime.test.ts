// How the runtime carries out what the engine says: one event at a time, strings out of a memory that moves, timers, the
// recording. The engine is a fake that each test gives its answers. Commands and the end: commands.test.ts.
// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
import { describe, expect, it } from 'vitest'
import type { PhoneState } from '../../web/src/generated/state.js'
import { fakePhone, settle, testBackend } from './harness.js'

const registration = (state: string) => ({ leaf: 'Registration', value: { state } })

describe('one event at a time', () => {
  it('an event born inside a listener waits until the effects of the first are carried out', async () => {
    const order: string[] = []
    const { phone, softphone, engine } = await fakePhone((event) => {
      order.push(`engine ${event.type}`)
      if (event.type === 'Registered') {
        return { leaves: [registration('Registered')], effects: [{ type: 'softphone.hold', call_id: 'a', on: true }] }
      }
      if (event.type === 'Registering') return { leaves: [registration('Registering')] }
      return event.type === 'Started' ? { effects: [{ type: 'softphone.start' }] } : {}
    })
    softphone.hold = () => order.push('softphone hold')
    phone.store.subscribe((state) => {
      order.push(`listener ${state.registration.state}`)
      if (state.registration.state === 'Registered') softphone.says({ type: 'Registering' })
    })
    softphone.says({ type: 'Registered' })
    expect(order).toEqual([
      'engine Started',
      'engine Registered',
      'listener Registered',
      'softphone hold',
      'engine Registering',
      'listener Registering',
    ])
    expect(engine.seen.map((event) => event.type)).toEqual(['Started', 'Registered', 'Registering'])
  })

  it('an event born inside an effect waits for the effects after it', async () => {
    const order: string[] = []
    const { softphone } = await fakePhone((event) => {
      order.push(event.type)
      if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
      if (event.type !== 'Registered') return {}
      return {
        effects: [
          { type: 'softphone.mute', call_id: 'a', on: true },
          { type: 'softphone.hold', call_id: 'a', on: true },
        ],
      }
    })
    softphone.mute = (call_id) => {
      order.push('mute')
      softphone.says({ type: 'MuteConfirmed', call_id, on: true })
    }
    softphone.hold = () => order.push('hold')
    softphone.says({ type: 'Registered' })
    expect(order).toEqual(['Started', 'Registered', 'mute', 'hold', 'MuteConfirmed'])
  })

  it('the store shows the change before any effect is carried out', async () => {
    let seen: PhoneState | null = null
    const { phone, softphone } = await fakePhone((event) => {
      if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
      if (event.type === 'Registered') {
        return { leaves: [registration('Registered')], effects: [{ type: 'softphone.register' }] }
      }
      return {}
    })
    softphone.register = () => {
      seen = phone.store.getState()
    }
    softphone.says({ type: 'Registered' })
    expect(seen!.registration.state).toBe('Registered')
  })

  it('a listener that throws stops neither the others nor the phone', async () => {
    const { phone, softphone, logged } = await fakePhone((event) =>
      event.type === 'Started' ? { effects: [{ type: 'softphone.start' }] } : { leaves: [registration(event.type)] },
    )
    const heard: string[] = []
    phone.store.subscribe(() => {
      throw new Error('a page’s mistake')
    })
    phone.store.subscribe((state) => heard.push(state.registration.state))
    softphone.says({ type: 'Registering' })
    softphone.says({ type: 'Registered' })
    expect(heard).toEqual(['Registering', 'Registered'])
    expect(logged.join()).toContain('a page’s mistake')
  })

  it('an effect whose host throws does not keep the next one from being carried out', async () => {
    const { softphone, engine, logged } = await fakePhone((event) => {
      if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
      if (event.type !== 'Registered') return {}
      return {
        effects: [
          { type: 'softphone.dial', call_id: 'a', number: '1' },
          { type: 'softphone.mute', call_id: 'a', on: true },
        ],
      }
    })
    softphone.dial = () => {
      throw new Error('library')
    }
    softphone.says({ type: 'Registered' })
    expect(softphone.calls).toContain('mute a true')
    expect(engine.seen.at(-1)).toMatchObject({ type: 'CommandRefused', call_id: 'a', refused: 'dial' })
    expect(logged.join()).toContain('library')
  })
})

describe('the memory may move', () => {
  it('strings, leaves and effects arrive whole although the memory grows at each event', async () => {
    const { phone, softphone } = await fakePhone(
      (event) => {
        if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
        return {
          leaves: [{ leaf: 'Registration', value: { state: 'Failed', reason: `ürsache ${event.type}`, since: 5 } }],
        }
      },
      {},
      { grow: true },
    )
    softphone.says({ type: 'RegistrationFailed', reason: 'Zertifikat abgelaufen – 証明書', status_code: 503 })
    expect(phone.store.getState().registration).toEqual({
      state: 'Failed',
      reason: 'ürsache RegistrationFailed',
      statusCode: 0,
      retryAt: null,
      since: 5,
    })
  })

  it('a freed string is forgotten and its number can mean another text', async () => {
    const { phone, softphone, engine } = await fakePhone((event) => {
      if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
      if (event.type === 'Unregistered') return { freed: ['first'] }
      if (event.type !== 'RegistrationFailed') return {}
      return { leaves: [{ leaf: 'Registration', value: { state: 'Failed', reason: event.reason } }] }
    })
    softphone.says({ type: 'RegistrationFailed', reason: 'first' })
    softphone.says({ type: 'Unregistered' })
    softphone.says({ type: 'RegistrationFailed', reason: 'second' })
    softphone.says({ type: 'RegistrationFailed', reason: 'first' })
    expect(phone.store.getState().registration.reason).toBe('first')
    expect(engine.seen.filter((e) => e.type === 'RegistrationFailed').map((e) => e.reason)).toEqual([
      'first',
      'second',
      'first',
    ])
  })

  it('half a surrogate pair becomes the same text on both sides', async () => {
    const { phone, softphone } = await fakePhone((event) => {
      if (event.type === 'Started') return { effects: [{ type: 'softphone.start' }] }
      return {
        leaves: [{ leaf: 'Registration', value: { state: 'Failed', reason: (event as { reason?: string }).reason } }],
      }
    })
    softphone.says({ type: 'RegistrationFailed', reason: 'x\ud83d' })
    expect(phone.store.getState().registration.reason).toBe('x\ufffd')
  })
})

describe('timers', () => {
  it('go off once, at their time, unless cleared or set anew', async () => {
    const { engine, clock } = await fakePhone((event) => {
      if (event.type === 'Started') {
        return {
          effects: [
            { type: 'timer.set', timer: 1, delay_ms: 100 },
            { type: 'timer.set', timer: 2, delay_ms: 200 },
            { type: 'timer.set', timer: 3, delay_ms: 300 },
          ],
        }
      }
      if (event.type === 'TimerFired' && event.timer === 1) {
        return {
          effects: [
            { type: 'timer.clear', timer: 2 },
            { type: 'timer.set', timer: 3, delay_ms: 500 },
          ],
        }
      }
      return {}
    })
    const fired = () =>
      engine.seen.filter((event) => event.type === 'TimerFired').map((event) => [event.timer, event.mono])
    clock.advance(99)
    expect(fired()).toEqual([])
    clock.advance(1)
    clock.advance(1000)
    expect(fired()).toEqual([
      [1, 100],
      [3, 600],
    ])
    // The watch for standstills.
    expect(clock.pending).toBe(1)
  })

  it('a longer wait than a host can count is shortened, not turned into none', async () => {
    const { realClock } = await import('../../web/src/clock.js')
    let fired = false
    const handle = realClock.setTimeout(() => {
      fired = true
    }, 2 ** 40)
    await settle()
    realClock.clearTimeout(handle)
    expect(fired).toBe(false)
  })
})

describe('the recording', () => {
  it('has every event with its times, tokens never, and on demand no numbers', async () => {
    const backend = testBackend(() => Response.json({ number: '+4420', token: 'leak' }))
    const { phone, softphone, clock } = await fakePhone(
      (event) => {
        if (event.type === 'Started') {
          return {
            effects: [
              { type: 'softphone.start' },
              { type: 'http.send', request: 'agent_status_get', timeout_ms: 1000 },
            ],
          }
        }
        return {}
      },
      { api: { baseUrl: 'http://b', token: () => 'secret-token', fetch: backend.fetch } },
    )
    await settle()
    clock.advance(40)
    softphone.says({ type: 'CallOffered', call_id: 'c', number: '+442079460123', name: 'Eve' })
    const { events, config, dropped } = phone.recording()
    expect(dropped).toBe(0)
    expect(config).toMatchObject({ extension: '1001', seed: 7 })
    expect(events.map((event) => event.type)).toEqual(['Started', 'HttpAnswered', 'CallOffered'])
    expect(events[2]).toMatchObject({ mono: 40, at: 1_700_000_000_040, number: '+442079460123' })
    expect(JSON.stringify(events)).not.toMatch(/secret-token|leak/)
    const hidden = JSON.stringify(phone.recording({ redact: true }))
    expect(hidden).not.toMatch(/2079460123|Eve|4420|Alice/)
    expect(hidden).toContain('CallOffered')
  })

  it('keeps the last 4096 events at least, from a checkpoint on, and counts the others', async () => {
    const { phone, softphone } = await fakePhone((event) =>
      event.type === 'Started' ? { effects: [{ type: 'softphone.start' }] } : {},
    )
    for (let i = 0; i < 9000; i++) softphone.says({ type: 'RemoteChanged', call_id: 'c', number: String(i) })
    const { events, dropped, checkpoint } = phone.recording()
    expect(checkpoint).toEqual({ schema: 1, leaves: [] })
    expect([events.length, dropped]).toEqual([9001 - 4096, 4096])
    expect(events.at(-1)).toMatchObject({ number: '8999' })
  })
})
