// A phone on a fake engine, with a clock, a backend and a
// softphone that do only what the test says.
import { makePhone } from '../../web/src/phone.js'
import type { AdapterContext, SoftphoneAdapter, SoftphoneEvent } from '../../web/src/ports.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { virtualClock } from '../../web/src/testing/clock.js'
import { fakeEngine, type React } from './fake_engine.js'

export interface TestSoftphone extends SoftphoneAdapter {
  calls: string[]
  says(event: SoftphoneEvent): void
}

export function testSoftphone(onCall: (name: string, ...args: unknown[]) => void = () => {}): TestSoftphone {
  let context: AdapterContext | null = null
  const calls: string[] = []
  const note =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args].join(' '))
      onCall(name, ...args)
    }
  return {
    name: 'test',
    calls,
    start(given) {
      context = given
      note('start')()
    },
    register: note('register'),
    unregister: note('unregister'),
    dial: note('dial'),
    answer: note('answer'),
    reject: note('reject'),
    hangup: note('hangup'),
    hold: note('hold'),
    mute: note('mute'),
    dtmf: note('dtmf'),
    transfer: note('transfer'),
    stop: note('stop'),
    says: (event) => context?.emit(event),
  }
}

export interface Sent {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

/** A backend: what was sent, and `answer` decides what comes back. */
export function testBackend(answer: (sent: Sent, times: number) => Response | Promise<Response>) {
  const sent: Sent[] = []
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : null
    const one = {
      url: String(url),
      method: init.method ?? 'GET',
      headers: init.headers as Record<string, string>,
      body,
    }
    sent.push(one)
    return answer(one, sent.length)
  }
  return { sent, fetch: fetch as typeof globalThis.fetch }
}

export const never = () => new Promise<Response>(() => {})

export function testOptions(more: Partial<PhoneOptions> = {}) {
  const clock = virtualClock(1_700_000_000_000)
  const softphone = testSoftphone()
  const backend = testBackend(() => Response.json({}))
  const logged: string[] = []
  const log = (text: string) => void logged.push(text)
  const options = {
    session: { extension: '1001', extensionId: 'e-17', number: '1001', name: 'Alice' },
    api: { baseUrl: 'http://backend/api', token: () => 'secret-token', fetch: backend.fetch },
    softphone,
    clock,
    seed: 7,
    logger: { debug: log, info: log, warn: log, error: log },
    ...more,
  } satisfies PhoneOptions
  return { options, clock, softphone, backend, logged }
}

/** The smallest module there is: the fake engine needs none, the loader asks for one. */
const nothing = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])

export async function fakePhone(react: React, more: Partial<PhoneOptions> = {}, engineOptions = {}) {
  const engine = fakeEngine(react, engineOptions)
  const set = testOptions(more)
  const phone = await makePhone(set.options, engine.create, async () => new WebAssembly.Module(nothing))
  return { phone, engine, ...set }
}

/** Lets promises run that need no time. */
export async function settle(rounds = 20): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise((resolve) => setImmediate(resolve))
}
