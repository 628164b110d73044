// @vitest-environment happy-dom
// offhook/hubspot on the real SDK, with HubSpot's page as the test.
import { afterEach, describe, expect, it } from 'vitest'
import { connectHubSpot, type HubSpotOptions } from '../../../web/src/integrations/hubspot.js'
import { type HostOptions, hubspotHost } from './hubspot_host.js'
import { inTab, memoryStorage, world } from './world.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

async function joined(options: HubSpotOptions = {}, hosting: HostOptions = {}) {
  const here = await world()
  const host = hubspotHost(hosting)
  const storage = memoryStorage()
  const base = { logger: here.logger, clock: here.clock, storage }
  const link = connectHubSpot(here.phone, host.CallingExtensions as never, { ...base, ...options })
  ends.push(
    () => host.close(),
    () => here.phone.dispose(),
    () => link.dispose(),
  )
  return { ...here, host, storage, link, base }
}

describe('the handshake', () => {
  it('nothing is said before HubSpot is ready; then who is there', async () => {
    const { host, peer, clock } = await joined()
    peer.offer({ number: '+442079460123' })
    await clock.run(10)
    expect(host.said()).toEqual([])
    host.sync({ engagementId: 9 })
    expect(host.messages[0]).toEqual({
      type: 'INITIALIZED',
      data: { isLoggedIn: true, isAvailable: true, engagementId: 9 },
    })
    expect(host.said()).toEqual(['INITIALIZED', 'INCOMING_CALL'])
  })

  it('the small frame beside a calling window stays silent', async () => {
    const { host, peer, clock } = await joined()
    host.sync({ iframeLocation: 'remote', usesCallingWindow: true })
    peer.offer({ number: '+442079460123' })
    await clock.run(10)
    expect(host.said()).toEqual([])
  })

  it('log-out, log-in and availability follow the registration and the agent', async () => {
    const { host, peer, phone, clock } = await joined()
    host.sync()
    await phone.setStatus('BREAK', 'lunch')
    await phone.setStatus('ONLINE')
    peer.unregistered('gone')
    await clock.run(10)
    peer.emit({ type: 'Registering' })
    peer.registered()
    await clock.run(10)
    expect(host.said().slice(1, 4)).toEqual(['USER_UNAVAILABLE', 'USER_AVAILABLE', 'LOGGED_OUT'])
    expect(host.said()).toContain('LOGGED_IN')
    const before = host.said().length
    peer.emit({ type: 'Registering' })
    peer.registered()
    await clock.run(10)
    expect(host.said()).toHaveLength(before)
  })

  it('an instance the page has made keeps its own handlers, and gets them back at the end', async () => {
    const here = await world()
    const host = hubspotHost()
    const heard: string[] = []
    const theirs = { onReady: () => heard.push('ready'), onVisibilityChanged: () => heard.push('visible') }
    const sdk = new host.CallingExtensions({ debugMode: false, eventHandlers: theirs as never })
    const link = connectHubSpot(here.phone, sdk as never, { logger: here.logger, clock: here.clock, storage: null })
    host.sync()
    host.send('VISIBILITY_CHANGED', { isMinimized: true })
    expect(heard).toEqual(['ready', 'visible'])
    expect(host.said()).toEqual(['INITIALIZED'])
    link.dispose()
    expect(sdk.options.eventHandlers).toBe(theirs)
    // Ready already when it is given: nothing is waited for.
    const late = connectHubSpot(here.phone, sdk as never, { logger: here.logger, clock: here.clock, storage: null })
    expect(host.said()).toEqual(['INITIALIZED', 'INITIALIZED'])
    late.dispose()
    sdk.iFrameManager.remove()
    host.close()
    here.phone.dispose()
  })
})

describe('calls', () => {
  it('a click on a number dials, and the call becomes one completed engagement', async () => {
    const { host, peer, phone, clock, problems } = await joined({ dispositions: { sold: 'guid-1' } })
    host.sync()
    host.send('DIAL_NUMBER', {
      phoneNumber: '+44 20 7946 0123',
      calleeInfo: { calleeId: 301, calleeObjectTypeId: '0-1' },
    })
    await clock.run(10)
    peer.answer()
    await clock.run(65_000)
    peer.hangup()
    await clock.run(10)
    const [log] = Object.values(phone.store.getState().callLogs)
    expect(host.said().slice(1)).toEqual([
      'OUTGOING_CALL_STARTED',
      'USER_UNAVAILABLE',
      'CALL_ANSWERED',
      'CALL_ENDED COMPLETED',
    ])
    await phone.draft.save(log?.key ?? '', { notes: 'Wants a quote', disposition: 'sold' })
    await phone.finishWrapUp()
    await clock.run(10)
    expect(host.of('OUTGOING_CALL_STARTED')[0]).toMatchObject({ toNumber: '+442079460123', fromNumber: '1001' })
    expect(host.of('CALL_COMPLETED')).toEqual([
      {
        externalCallId: log?.key,
        engagementId: 501,
        hideWidget: false,
        engagementProperties: {
          hs_timestamp: String(log?.started_at),
          hs_call_direction: 'OUTBOUND',
          hs_call_status: 'COMPLETED',
          hs_call_duration: '65000',
          hs_call_from_number: '1001',
          hs_call_to_number: '+442079460123',
          hs_call_body: 'Wants a quote',
          hs_call_disposition: 'guid-1',
          hs_call_callee_object_id: '301',
          hs_call_callee_object_type_id: '0-1',
        },
      },
    ])
    expect(new Set(host.messages.flatMap(({ data }) => data.externalCallId ?? [])).size).toBe(1)
    expect(problems()).toEqual([])
  })

  it('a number that cannot be dialled is answered with an error', async () => {
    const { host, clock, problems } = await joined()
    host.sync()
    host.send('DIAL_NUMBER', { phoneNumber: 'no number' })
    await clock.run(10)
    expect(host.said()).toEqual(['INITIALIZED', 'ERROR'])
    expect(problems()).toHaveLength(1)
  })

  it.each([
    ['missed', 'MISSED', (here: Awaited<ReturnType<typeof joined>>) => here.peer.hangup()],
    [
      'answered elsewhere',
      'CANCELED',
      (here: Awaited<ReturnType<typeof joined>>) => here.peer.stopRinging('elsewhere'),
    ],
    ['rejected', 'REJECTED', (here: Awaited<ReturnType<typeof joined>>) => here.phone.reject()],
  ])('a call that is %s ends as %s, once', async (_, status, end) => {
    const here = await joined()
    here.host.sync()
    here.peer.offer({ number: '+442079460123' })
    await here.clock.run(10)
    await end(here)
    await here.clock.run(20_000)
    expect(here.host.said().slice(1)).toEqual(['INCOMING_CALL', `CALL_ENDED ${status}`, 'CALL_COMPLETED'])
  })

  it.each([
    ['busy', 'BUSY', 'busy'],
    ['never answered', 'NO_ANSWER', 'noAnswer'],
  ] as const)('an outgoing call that is %s ends as %s', async (_, status, how) => {
    const { host, phone, peer, clock } = await joined()
    host.sync()
    await phone.call('+442079460123')
    peer[how]()
    await clock.run(20_000)
    expect(host.said().slice(1)).toEqual(['OUTGOING_CALL_STARTED', `CALL_ENDED ${status}`, 'CALL_COMPLETED'])
  })

  it('the end waits for the engagement’s id, but not for ever', async () => {
    const { host, phone, peer, clock } = await joined({}, { engagements: 'by hand' })
    host.sync()
    await phone.call('+442079460123')
    peer.busy()
    await clock.run(1_000)
    expect(host.said()).not.toContain('CALL_ENDED BUSY')
    host.makeEngagement() // an older host does not say for which call
    expect(host.of('CALL_ENDED')[0]?.engagementId).toBe(501)
    expect(host.of('CALL_COMPLETED')[0]?.engagementId).toBe(501)
    await phone.call('+441614960555')
    peer.busy()
    await clock.run(10_000)
    expect(host.of('CALL_COMPLETED')).toHaveLength(2)
    expect(host.of('CALL_COMPLETED')[1]).not.toHaveProperty('engagementId')
  })

  it('an engagement that is refused is said, and the call is completed all the same', async () => {
    const { host, phone, peer, clock, problems } = await joined({}, { engagements: 'by hand' })
    host.sync()
    await phone.call('+442079460123')
    host.send('CREATE_ENGAGEMENT_FAILED', { error: { message: 'no rights' } })
    peer.busy()
    await clock.run(10)
    expect(host.said().slice(1)).toEqual(['OUTGOING_CALL_STARTED', 'CALL_ENDED BUSY', 'CALL_COMPLETED'])
    expect(problems().join()).toContain('no rights')
  })

  it('a wrap-up that does not end is not waited for longer than said; what is typed by then is kept', async () => {
    const here = await world({ wrapUp: { mode: 'manual' } })
    const host = hubspotHost()
    const link = connectHubSpot(here.phone, host.CallingExtensions as never, {
      logger: here.logger,
      clock: here.clock,
      storage: null,
      completeWithinMs: 60_000,
    })
    host.sync()
    const id = here.peer.offer({ number: '+442079460123' })
    await here.phone.answer(id)
    const [log] = Object.values(here.phone.store.getState().callLogs)
    here.peer.hangup()
    await here.clock.run(10)
    await here.phone.draft.edit(log?.key ?? '', { notes: 'half a sen' })
    await here.clock.run(59_000)
    expect(host.of('CALL_COMPLETED')).toEqual([])
    await here.clock.run(1_100)
    expect(host.of('CALL_COMPLETED').map((data) => data.engagementProperties)).toMatchObject([
      { hs_call_body: 'half a sen' },
    ])
    link.dispose()
    host.close()
    here.phone.dispose()
  })

  it('a call in HubSpot’s words may be hung up from HubSpot', async () => {
    const { host, phone, peer, clock } = await joined()
    host.sync()
    await phone.call('+442079460123')
    peer.answer()
    await clock.run(10)
    host.send('END_CALL', {})
    await clock.run(10)
    expect(host.said()).toContain('CALL_ENDED COMPLETED')
  })
})

describe('no ghost stays behind', () => {
  it('a page that goes completes what has ended', async () => {
    const { host, phone, peer, clock } = await joined()
    host.sync()
    await phone.call('+442079460123')
    peer.answer()
    await clock.run(1_000)
    peer.hangup()
    await clock.run(10)
    expect(host.of('CALL_COMPLETED')).toEqual([])
    window.dispatchEvent(new Event('pagehide'))
    expect(host.of('CALL_COMPLETED')).toHaveLength(1)
    await phone.finishWrapUp()
    await clock.run(1_000)
    expect(host.of('CALL_COMPLETED')).toHaveLength(1)
  })

  it('a phone that is disposed in a call completes it as what it then is', async () => {
    const { host, phone, peer, clock } = await joined()
    host.sync()
    await phone.call('+442079460123')
    peer.answer()
    await clock.run(1_000)
    phone.dispose()
    await clock.run(10)
    expect(host.of('CALL_COMPLETED')).toHaveLength(1)
  })

  it('what an earlier page has begun is completed by the next, and only once', async () => {
    const { host, phone, clock, storage, base, link } = await joined()
    host.sync()
    await phone.call('+442079460123')
    link.dispose() // as if the page had gone in the middle of the call
    expect(host.of('CALL_COMPLETED')).toEqual([])
    const next = await world()
    const second = connectHubSpot(next.phone, host.CallingExtensions as never, { ...base, storage })
    host.sync()
    expect(host.of('CALL_COMPLETED')).toMatchObject([{ engagementId: 501 }])
    second.dispose()
    const third = connectHubSpot(next.phone, host.CallingExtensions as never, { ...base, storage })
    host.sync()
    await clock.run(10)
    expect(host.of('CALL_COMPLETED')).toHaveLength(1)
    third.dispose()
    next.phone.dispose()
  })

  it('of two tabs only the leading one speaks of calls; the other takes over what is open', async () => {
    const here = await world()
    const storage = memoryStorage()
    const base = { logger: here.logger, clock: here.clock, storage }
    const [leader, follower] = [inTab(here.phone, 'Leader'), inTab(here.phone, 'Follower')]
    const host = hubspotHost()
    const first = connectHubSpot(leader.phone, host.CallingExtensions as never, base)
    host.sync()
    const second = connectHubSpot(follower.phone, host.CallingExtensions as never, base)
    host.sync()
    await here.phone.call('+442079460123')
    here.peer.answer()
    await here.clock.run(10)
    leader.becomes('Deposed')
    follower.becomes('Leader')
    here.peer.hangup()
    await here.clock.run(10)
    await here.phone.finishWrapUp()
    await here.clock.run(1_000)
    for (const type of ['OUTGOING_CALL_STARTED', 'CALL_ANSWERED', 'CALL_ENDED', 'CALL_COMPLETED'])
      expect([type, host.of(type).length]).toEqual([type, 1])
    expect(host.of('CALL_COMPLETED')[0]?.engagementId).toBe(501)
    first.dispose()
    second.dispose()
    host.close()
    here.phone.dispose()
  })
})

describe('screen pop', () => {
  const contact = (objectId: number) => ({
    callerIdType: 'CONTACT',
    objectCoordinates: { portalId: 77, objectId, objectTypeId: '0-1' },
    firstName: 'Marta',
    lastName: 'Keller',
    email: 'marta@example.com',
  })

  it('opens the record of the caller whom HubSpot knows, once', async () => {
    const { host, peer, phone, clock } = await joined()
    host.sync()
    peer.offer({ number: '+442079460123' })
    await clock.run(10)
    host.send('CALLER_ID_MATCH_SUCCEEDED', { callerIdMatches: [contact(12)] })
    await phone.answer()
    await clock.run(2_000)
    expect(host.of('NAVIGATE_TO_RECORD')).toEqual([
      {
        objectCoordinates: { portalId: 77, objectId: 12, objectTypeId: '0-1' },
        openIn: 'CURRENT_TAB',
        engagementId: 501,
      },
    ])
  })

  it('of several records none is guessed, unless the first is asked for', async () => {
    const { host, peer, clock } = await joined()
    host.sync()
    peer.offer({ number: '+442079460123' })
    await clock.run(10)
    host.send('CALLER_ID_MATCH_SUCCEEDED', { callerIdMatches: [contact(12), contact(13)] })
    expect(host.of('NAVIGATE_TO_RECORD')).toEqual([])
  })

  it('waits for the answer when told so', async () => {
    const { host, peer, phone, clock } = await joined({ pop: 'answer', popFirstOfMany: true })
    host.sync()
    peer.offer({ number: '+442079460123' })
    await clock.run(10)
    host.send('CALLER_ID_MATCH_SUCCEEDED', { callerIdMatches: [contact(12), contact(13)] })
    expect(host.of('NAVIGATE_TO_RECORD')).toEqual([])
    await phone.answer()
    expect(host.of('NAVIGATE_TO_RECORD')).toHaveLength(1)
  })
})

it('an SDK that throws is said to the logger and to nobody else', async () => {
  const here = await world()
  class Broken {
    constructor() {
      throw new Error('blocked by the page')
    }
  }
  const link = connectHubSpot(here.phone, Broken as never, { logger: here.logger })
  expect(here.problems()).toEqual(['error offhook/hubspot: not connected: Error: blocked by the page'])
  link.dispose()
  here.phone.dispose()
})
