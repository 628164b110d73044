// What Mizu can do beyond calls: conference, devices, calls that an engine outside the page has kept, and whether one is gone.
import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../web/src/testing/index.js'
import { fakeWebphone } from './fake_webphone.mjs'
import { type Any, attach, kCarol, start } from './mizu_phone.js'

describe('features', () => {
  test('are what the package has: transfers, conference, and whether it knows a call', async () => {
    const { only, api } = await start()
    expect(only('SoftphoneReady').features).toBe('transfer attended conference check')
    expect(api.parameters.get('transfertype')).toBe(6)
  })

  test('are believed when the library names them', async () => {
    const clock = virtualClock()
    const api: Any = fakeWebphone(clock, {})
    api.getavailablecallfunc = () => 'transfer,mute,hold,chat'
    const phone = attach(api, clock)
    await clock.run(500)
    expect(phone.only('SoftphoneReady').features).toBe('transfer attended check')
  })

  test('transfertype 0 means that there are no transfers', async () => {
    const { only, api } = await start({}, { transferType: 0 })
    expect(only('SoftphoneReady').features).toBe('conference check')
    expect(api.parameters.get('transfertype')).toBe(0)
  })

  test('an old package without any of it says so', async () => {
    const clock = virtualClock()
    const { conference, isincall, transfer, ...api }: Any = fakeWebphone(clock, {})
    const phone = attach(api, clock)
    await clock.run(500)
    expect([conference, isincall, transfer].every(Boolean)).toBe(true)
    expect(phone.only('SoftphoneReady').features).toBe('none')
  })
})

describe('a conference', () => {
  const two = async () => {
    const rig = await start()
    const { id } = await rig.talk()
    rig.adapter.hold(id, true)
    await rig.clock.run(1_000)
    rig.adapter.dial('out-1', '1003')
    await rig.clock.run(100)
    rig.api.connect(rig.api.calls.at(-1))
    return { ...rig, id }
  }

  test('joins the two calls there are, takes the held one off hold, and parts them again', async () => {
    const { adapter, api, clock, of, id } = await two()
    adapter.merge?.(id, 'out-1', true)
    await clock.run(1_000)
    expect(api.did.filter((what: string) => what.startsWith('conference'))).toEqual(['conference  true'])
    expect(of('MergeConfirmed')).toMatchObject([{ call_id: id, other_call_id: 'out-1', on: true }])
    expect(of('HoldConfirmed').at(-1)).toMatchObject({ call_id: id, on: false })
    adapter.merge?.(id, 'out-1', false)
    await clock.run(1_000)
    expect(of('MergeConfirmed').map(({ on }) => on)).toEqual([true, false])
  })

  test('is refused when the library refuses, and when a third call would be drawn in', async () => {
    const { adapter, api, clock, of, id } = await two()
    api.conferenceAnswer = 'ERROR: not possible'
    adapter.merge?.(id, 'out-1', true)
    await clock.run(1_000)
    expect(of('MergeRefused')[0].reason).toContain('not possible')
    api.conferenceAnswer = undefined
    adapter.dial('out-2', '1004')
    await clock.run(100)
    api.connect(api.calls.at(-1))
    adapter.merge?.(id, 'out-1', true)
    expect(of('MergeRefused')[1].reason).toContain('more than two')
    adapter.merge?.(id, 'nobody', true)
    expect(of('MergeRefused')).toHaveLength(3)
    expect(of('MergeConfirmed')).toHaveLength(0)
  })
})

describe('asked whether a call is still there', () => {
  test('the library’s own knowledge is the answer: a call that it has is alive, one that it has lost is lost', async () => {
    const { adapter, api, of, only, talk } = await start()
    const { id } = await talk(kCarol)
    adapter.check?.(id)
    only('CallAlive')
    api.isincall = () => 'false'
    adapter.check?.(id)
    expect(only('CallEnded')).toMatchObject({ call_id: id, origin: 'unknown' })
    adapter.check?.(id)
    expect(of('CallAlive')).toHaveLength(1)
    only('CallEnded')
  })
})

describe('an engine outside the page', () => {
  const kept = (engine: string, details: string) => {
    const clock = virtualClock()
    const api: Any = fakeWebphone(clock, {})
    api.getenginename = () => engine
    api.isincall = () => true
    api.getlinedetails = (line: number) => (line === 2 ? details : '')
    return { clock, api, phone: attach(api, clock) }
  }
  const details = 'LINEDETAILS,2,5,kept-1234567@10.0.0.1,+442079460123,1001,2,a,b,0,2,Carol Customer'

  test('keeps its calls over a reload of the page: they are resumed, held as they were', async () => {
    const { clock, api, phone } = kept('ns', details)
    await clock.run(500)
    expect(phone.only('CallResumed')).toEqual({
      type: 'CallResumed',
      call_id: 'kept-1234567@10.0.0.1',
      sip_call_id: 'kept-1234567@10.0.0.1',
      on: true,
    })
    expect(phone.only('RemoteChanged')).toMatchObject({ number: '+442079460123' })
    // It goes on under that id: the same events as of any call.
    api.raw('connected', 2, '+442079460123', 'Carol', 2, '[kept-1234567@10.0.0.1]')
    api.raw('disconnected', 2, '+442079460123', 'Carol', 2, '[kept-1234567@10.0.0.1]')
    expect(phone.only('CallEnded').call_id).toBe('kept-1234567@10.0.0.1')
    expect(phone.of('CallOffered')).toHaveLength(0)
  })

  test.each([
    ['an engine of the page', 'webrtc', details],
    ['a layout of another making', 'ns', 'LINEDETAILS,2,5,Talking,1003'],
    ['no line details at all', 'ns', 'ERROR'],
  ])('nothing is resumed from %s', async (_what, engine, text) => {
    const { clock, phone } = kept(engine, text)
    await clock.run(500)
    expect(phone.of('CallResumed')).toHaveLength(0)
  })
})

describe('devices', () => {
  test('are chosen by Mizu’s names', async () => {
    const clock = virtualClock()
    const api: Any = fakeWebphone(clock, {})
    const chosen: unknown[] = []
    api.getdevicelist = (_device: number, hear: (list: string) => void) => hear('Default - Desk\r\nHeadset\r\n')
    api.setdevice = (...given: unknown[]) => (given[1] === 'Gone' ? 'ERROR no such device' : void chosen.push(given))
    const phone = attach(api, clock)
    await clock.run(500)
    await phone.adapter.devices?.setMicrophone('Headset')
    await phone.adapter.devices?.setSpeaker('')
    expect(chosen).toEqual([
      [0, 'Headset', true],
      [1, 'Default - Desk', true],
    ])
    expect(phone.of('DevicesChanged').at(-1)).toMatchObject({ microphone: 'Headset', speaker: '' })
    await expect(phone.adapter.devices?.setMicrophone('Gone')).rejects.toThrow('does not take the device Gone')
  })

  test('are not offered by a package that has no setdevice', async () => {
    const { adapter } = await start()
    expect(adapter.devices).toBeUndefined()
  })
})
