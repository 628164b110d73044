// What every adapter must do, whatever its library: a list of named checks that
// any test runner can run. The harness plays the PBX and the people behind it.

import type { AdapterContext, SoftphoneAdapter, SoftphoneEvent } from '../ports.js'
import type { VirtualClock } from './clock.js'
import { featureChecks, wrongValue } from './conformance_features.js'

/** The far end, for the calls of one adapter. Call ids are those of the adapter's own events. */
export interface ConformancePeer {
  offer(call: { number: string; name: string }): void
  ring(callId: string): void
  answer(callId: string): void
  hangup(callId: string): void
  /** The caller of an unanswered call gives up. */
  cancel(callId: string): void
  busy(callId: string): void
  /** The next hold is refused. Left out where the library cannot tell. */
  refuseHold?(): void
  /** The far end takes the transfer. */
  acceptTransfer(callId: string): void
  /** The next hold meets a re-INVITE of the other side: 491. Left out where there is no such thing. */
  glare?(): void
  /** The PBX has ended this call, and its BYE was lost. */
  forget?(callId: string): void
  /** Somebody else is at the other end now. */
  changeRemote?(callId: string, to: { number: string; name: string }): void
  /** From now on the talk sounds like this. Left out without media. */
  measure?(callId: string, heard: { loss_percent: number; jitter_ms: number; rtt_ms: number }): void
}

export interface ConformanceWorld {
  readonly clock: VirtualClock
  readonly peer: ConformancePeer
  readonly session?: Partial<AdapterContext['session']>
}

export interface ConformanceHarness<World extends ConformanceWorld> {
  create(): World
}

export interface Check {
  readonly name: string
  run(): Promise<void>
}

type EventOf<T extends SoftphoneEvent['type']> = Extract<SoftphoneEvent, { type: T }>

const kFields: Readonly<Record<SoftphoneEvent['type'], readonly string[]>> = {
  SoftphoneReady: ['features'],
  SoftphoneFailed: ['reason'],
  Registering: [],
  Registered: [],
  Unregistered: ['reason', 'retry_after_ms'],
  RegistrationFailed: ['status_code', 'reason', 'retry_after_ms'],
  CallOffered: ['call_id', 'sip_call_id', 'number', 'name', 'line', 'uniqueid', 'linkedid'],
  CallDialed: ['call_id', 'sip_call_id', 'line'],
  CallProgress: ['call_id', 'status_code'],
  CallConnected: ['call_id', 'dialog'],
  CallEnded: ['call_id', 'origin', 'status_code', 'q850', 'reason'],
  RemoteChanged: ['call_id', 'number', 'name'],
  HoldConfirmed: ['call_id', 'on'],
  HoldRefused: ['call_id', 'reason'],
  MuteConfirmed: ['call_id', 'on'],
  MuteRefused: ['call_id', 'reason'],
  DtmfSent: ['call_id'],
  DtmfRefused: ['call_id', 'reason'],
  TransferProgress: ['call_id', 'status_code'],
  CommandRefused: ['call_id', 'refused', 'reason'],
  CallResumed: ['call_id', 'sip_call_id', 'on', 'dialog'],
  CallAlive: ['call_id'],
  MergeConfirmed: ['call_id', 'other_call_id', 'on'],
  MergeRefused: ['call_id', 'reason'],
  QualityMeasured: ['call_id', 'mos', 'jitter_ms', 'loss_percent', 'rtt_ms'],
  DevicesChanged: ['permission', 'microphone', 'speaker'],
}

/** `adapterFactory` builds the adapter on the world that the harness made; each check gets a world of its own. */
export function conformance<World extends ConformanceWorld>(
  adapterFactory: (world: World) => SoftphoneAdapter,
  harness: ConformanceHarness<World>,
): Check[] {
  const check = (name: string, body: (rig: Rig) => Promise<void>): Check => ({
    name,
    async run() {
      const world = harness.create()
      const rig = makeRig(world, adapterFactory(world))
      await rig.start()
      await body(rig)
      await rig.adapter.stop()
      rig.checkEvents()
    },
  })
  return [
    ...startChecks(check),
    ...callChecks(check),
    ...controlChecks(check),
    ...featureChecks(check),
    ...robustness(check),
  ]
}

type Define = (name: string, body: (rig: Rig) => Promise<void>) => Check

function startChecks(check: Define): Check[] {
  return [
    check('says once that it is ready, and that it is registered', async (rig) => {
      rig.exactly('SoftphoneReady', 1)
      rig.exactly('Registered', 1)
      rig.exactly('SoftphoneFailed', 0)
    }),
    check('tells of unregistering and of registering again', async (rig) => {
      rig.adapter.unregister()
      await rig.wait()
      rig.exactly('Unregistered', 1)
      rig.adapter.register()
      await rig.wait()
      rig.exactly('Registered', 2)
    }),
  ]
}

function callChecks(check: Define): Check[] {
  return [
    check('offers an incoming call once, with its number and its name', async (rig) => {
      const id = await rig.offered()
      const offer = rig.only('CallOffered')
      rig.need(id !== '', 'CallOffered has a call_id')
      rig.need(offer.number === kCustomer.number, `number is ${kCustomer.number}, not ${offer.number}`)
      rig.need(offer.name === kCustomer.name, `name is ${kCustomer.name}, not ${offer.name}`)
    }),
    check('connects an incoming call when it is answered', async (rig) => {
      await rig.talk()
      rig.exactly('CallConnected', 1)
      rig.exactly('CallEnded', 0)
    }),
    check('ends a rejected call once, from our side, without connecting it', async (rig) => {
      const id = await rig.offered()
      rig.adapter.reject(id)
      await rig.wait()
      rig.ended(id, 'local')
      rig.exactly('CallConnected', 0)
    }),
    check('hanging up a call that still rings here rejects it', async (rig) => {
      const id = await rig.offered()
      rig.adapter.hangup(id)
      await rig.wait()
      rig.ended(id, 'local')
    }),
    check('ends a call whose caller gives up once, from the other side', async (rig) => {
      const id = await rig.offered()
      rig.world.peer.cancel(id)
      await rig.wait()
      rig.ended(id, 'remote')
    }),
    check('ends a talk that the other side hangs up once, from the other side', async (rig) => {
      const id = await rig.talk()
      rig.world.peer.hangup(id)
      await rig.wait()
      rig.ended(id, 'remote')
    }),
    check('ends a talk that we hang up once, from our side', async (rig) => {
      const id = await rig.talk()
      rig.adapter.hangup(id)
      await rig.wait()
      rig.ended(id, 'local')
    }),
    check('dials under the given id: dialed, ringing, connected, each once and in that order', async (rig) => {
      await rig.dialed('out-1')
      rig.world.peer.answer('out-1')
      await rig.wait()
      const order = rig.events.map(({ type }) => type).filter((type) => /^Call/.test(type))
      rig.need(order.join() === 'CallDialed,CallProgress,CallConnected', `the order was ${order.join()}`)
      rig.need(rig.only('CallDialed').call_id === 'out-1', 'CallDialed quotes the id given to dial')
    }),
    check('a busy number ends the call with 486', async (rig) => {
      await rig.dialed('out-1')
      rig.world.peer.busy('out-1')
      await rig.wait()
      rig.ended('out-1', 'remote')
      rig.need(rig.only('CallEnded').status_code === 486, 'status_code is 486')
      rig.exactly('CallConnected', 0)
    }),
    check('cancelling an outgoing call ends it once, from our side', async (rig) => {
      await rig.dialed('out-1')
      rig.adapter.hangup('out-1')
      await rig.wait()
      rig.ended('out-1', 'local')
      rig.exactly('CallConnected', 0)
    }),
    check('keeps two calls apart', async (rig) => {
      const first = await rig.talk()
      rig.adapter.hold(first, true)
      await rig.wait()
      await rig.dialed('out-1', '1003')
      rig.world.peer.answer('out-1')
      await rig.wait()
      rig.need(
        rig
          .of('CallConnected')
          .map(({ call_id }) => call_id)
          .join() === `${first},out-1`,
        'both connected, each by its id',
      )
      rig.world.peer.hangup('out-1')
      await rig.wait()
      rig.ended('out-1', 'remote')
      rig.adapter.hangup(first)
      await rig.wait()
      rig.need(
        rig
          .of('CallEnded')
          .map(({ call_id }) => call_id)
          .join() === `out-1,${first}`,
        'each ended by its id',
      )
    }),
  ]
}

function controlChecks(check: Define): Check[] {
  return [
    check('confirms hold and its end', async (rig) => {
      const id = await rig.talk()
      for (const on of [true, false]) {
        rig.adapter.hold(id, on)
        await rig.wait()
      }
      rig.need(
        rig
          .of('HoldConfirmed')
          .map(({ on }) => on)
          .join() === 'true,false',
        'HoldConfirmed true, then false',
      )
    }),
    check('says so when hold is refused, and keeps the call', async (rig) => {
      if (!rig.world.peer.refuseHold) return
      const id = await rig.talk()
      rig.world.peer.refuseHold()
      rig.adapter.hold(id, true)
      await rig.wait()
      rig.exactly('HoldRefused', 1)
      rig.exactly('HoldConfirmed', 0)
      rig.exactly('CallEnded', 0)
    }),
    check('confirms mute and its end', async (rig) => {
      const id = await rig.talk()
      for (const on of [true, false]) {
        rig.adapter.mute(id, on)
        await rig.wait()
      }
      rig.need(
        rig
          .of('MuteConfirmed')
          .map(({ on }) => on)
          .join() === 'true,false',
        'MuteConfirmed true, then false',
      )
    }),
    check('says when digits are on their way', async (rig) => {
      const id = await rig.talk()
      rig.adapter.dtmf(id, '12#')
      await rig.wait()
      rig.exactly('DtmfSent', 1)
    }),
    check('tells the progress of a blind transfer up to its success', async (rig) => {
      const id = await rig.talk()
      rig.adapter.transfer(id, '1003', '')
      await rig.wait(20)
      rig.world.peer.acceptTransfer(id)
      await rig.wait()
      const codes = rig.of('TransferProgress').map(({ status_code }) => status_code)
      rig.need(
        codes.some((code) => code >= 200 && code < 300 && code !== 202),
        `a 2xx other than 202 among ${codes.join()}`,
      )
      rig.exactly('CommandRefused', 0)
    }),
  ]
}

function robustness(check: Define): Check[] {
  const everything = (adapter: SoftphoneAdapter, id: string) => {
    adapter.answer(id)
    adapter.reject(id)
    adapter.hangup(id)
    adapter.hold(id, true)
    adapter.mute(id, true)
    adapter.dtmf(id, '1')
    adapter.transfer(id, '1003', '')
  }
  const refusals = (rig: Rig, id: string) => {
    const refused = rig
      .of('CommandRefused')
      .filter(({ call_id }) => call_id === id)
      .map((event) => event.refused)
    rig.need(refused.join() === 'answer,reject,hangup,transfer', `refused were ${refused.join()}`)
    for (const type of ['HoldRefused', 'MuteRefused', 'DtmfRefused'] as const) rig.exactly(type, 1)
  }
  return [
    check('refuses every command for a call it does not know', async (rig) => {
      everything(rig.adapter, 'nobody')
      await rig.wait()
      refusals(rig, 'nobody')
    }),
    check('refuses every command for a call that has ended', async (rig) => {
      const id = await rig.talk()
      rig.world.peer.hangup(id)
      await rig.wait()
      everything(rig.adapter, id)
      await rig.wait()
      refusals(rig, id)
      rig.exactly('CallEnded', 1)
    }),
    check('refuses hold, mute and digits before the call is connected', async (rig) => {
      const id = await rig.offered()
      rig.adapter.hold(id, true)
      rig.adapter.mute(id, true)
      rig.adapter.dtmf(id, '1')
      await rig.wait()
      for (const type of ['HoldRefused', 'MuteRefused', 'DtmfRefused'] as const) rig.exactly(type, 1)
    }),
    check('says nothing of what comes late after stop', async (rig) => {
      const talking = await rig.talk()
      const ringing = await rig.offered()
      rig.adapter.hold(talking, true)
      rig.adapter.dtmf(talking, '12')
      await rig.adapter.stop()
      const before = rig.events.length
      const { peer } = rig.world
      // A far end may be told that the call is over before it speaks: what it cannot do then it leaves.
      for (const late of [
        () => peer.cancel(ringing),
        () => peer.hangup(talking),
        () => peer.offer(kCustomer),
        () => peer.acceptTransfer(talking),
        () => peer.changeRemote?.(talking, kCustomer),
      ]) {
        try {
          late()
        } catch {}
      }
      await rig.wait(60_000)
      const said = rig.events.slice(before).map(({ type }) => type)
      rig.need(said.length === 0, `no event of what comes after stop, but ${said.join()}`)
    }),
    check('begins anew when it is started after a stop', async (rig) => {
      await rig.talk()
      await rig.adapter.stop()
      await rig.wait()
      const before = rig.events.length
      await rig.start()
      const said = (type: SoftphoneEvent['type']) => rig.events.slice(before).filter((event) => event.type === type)
      rig.need(said('SoftphoneReady').length === 1, 'SoftphoneReady once after the second start')
      rig.need(said('Registered').length === 1, 'Registered once after the second start')
      rig.need(said('CallEnded').length === 0 && said('CallResumed').length === 0, 'nothing of the calls before')
      const id = await rig.offered()
      rig.need(said('CallOffered').length === 1, 'CallOffered once after the second start')
      rig.adapter.answer(id)
      await rig.wait()
      rig.need(said('CallConnected').length === 1, 'CallConnected once after the second start')
    }),
    check('is silent after stop, and stop may be said twice', async (rig) => {
      const id = await rig.talk()
      await rig.adapter.stop()
      const before = rig.events.length
      await rig.adapter.stop()
      everything(rig.adapter, id)
      rig.adapter.dial('out-9', '1003')
      rig.adapter.register()
      rig.adapter.unregister()
      await rig.wait(60_000)
      rig.need(
        rig.events.length === before,
        `no event after stop, but ${rig.events
          .slice(before)
          .map(({ type }) => type)
          .join()}`,
      )
    }),
  ]
}

const kCustomer = { number: '+442079460123', name: 'Carol Customer' }

/** One adapter in its world, and what it has said. */
export interface Rig {
  readonly world: ConformanceWorld
  readonly adapter: SoftphoneAdapter
  readonly events: SoftphoneEvent[]
  start(): Promise<void>
  wait(ms?: number): Promise<void>
  /** An incoming call that rings; gives its id. */
  offered(): Promise<string>
  /** An incoming call that was answered; gives its id. */
  talk(): Promise<string>
  /** An outgoing call that rings. */
  dialed(id: string, number?: string): Promise<void>
  of<T extends SoftphoneEvent['type']>(type: T): EventOf<T>[]
  only<T extends SoftphoneEvent['type']>(type: T): EventOf<T>
  exactly(type: SoftphoneEvent['type'], times: number): void
  ended(id: string, origin: 'local' | 'remote'): void
  need(holds: boolean, message: string): void
  checkEvents(): void
}

function makeRig(world: ConformanceWorld, adapter: SoftphoneAdapter): Rig {
  const events: SoftphoneEvent[] = []
  const context: AdapterContext = {
    emit: (event) => void events.push(event),
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws', username: '1001', password: 'secret' },
      ...world.session,
    },
    audio: () => null,
    log: () => {},
  }
  const rig: Rig = {
    world,
    adapter,
    events,
    async start() {
      await adapter.start(context)
      await rig.wait()
    },
    wait: (ms = 3_000) => world.clock.run(ms),
    async offered() {
      world.peer.offer(kCustomer)
      await rig.wait()
      return rig.of('CallOffered').at(-1)?.call_id ?? ''
    },
    async talk() {
      const id = await rig.offered()
      adapter.answer(id)
      await rig.wait()
      return id
    },
    async dialed(id, number = kCustomer.number) {
      adapter.dial(id, number)
      await rig.wait()
      world.peer.ring(id)
      await rig.wait()
    },
    of: <T extends SoftphoneEvent['type']>(type: T) =>
      events.filter((event): event is EventOf<T> => event.type === type),
    only(type) {
      const found = rig.of(type)
      const [first] = found
      if (!first || found.length > 1) throw new Error(`expected one ${type}, not ${found.length}; ${said()}`)
      return first
    },
    exactly(type, times) {
      const found = rig.of(type).length
      rig.need(found === times, `expected ${times} ${type}, not ${found}`)
    },
    ended(id, origin) {
      const end = rig.only('CallEnded')
      rig.need(end.call_id === id, `CallEnded is about ${end.call_id}, not ${id}`)
      rig.need(end.origin === origin, `the end came from ${end.origin ?? 'unknown'}, not ${origin}`)
    },
    need(holds, message) {
      if (!holds) throw new Error(`${message}; ${said()}`)
    },
    checkEvents() {
      for (const event of events) {
        const known = kFields[event.type]
        rig.need(known !== undefined, `${event.type} is not an event of the port`)
        for (const field of Object.keys(event)) {
          rig.need(field === 'type' || known.includes(field), `${event.type} has no field ${field}`)
        }
        const wrong = wrongValue(event)
        rig.need(wrong === '', `${event.type}: ${wrong}`)
      }
    },
  }
  const said = () => `the adapter said ${events.map(({ type }) => type).join(', ') || 'nothing'}`
  return rig
}
