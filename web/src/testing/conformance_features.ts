// What an adapter must do that says it can do more: check, conference,
// consultation, devices, quality; and what nobody's PBX spares it: glare, and
// ends that come twice. Part of the conformance suite.

import { SOFTPHONE_FEATURES, type SoftphoneEvent } from '../ports.js'
import type { Check, Rig } from './conformance.js'

type Define = (name: string, body: (rig: Rig) => Promise<void>) => Check

const kPermissions = ['unknown', 'prompt', 'granted', 'denied', 'missing']

/** The words of SoftphoneReady; what is left out there is "transfer attended". */
function featuresOf(rig: Rig): string[] {
  const said = rig.of('SoftphoneReady')[0]?.features
  return (said === undefined || said === '' ? 'transfer attended' : said).split(' ')
}

export function featureChecks(check: Define): Check[] {
  return [
    check('names only features that it has, in the words of the port', async (rig) => {
      const { adapter } = rig
      const features = featuresOf(rig)
      const known: readonly string[] = [...SOFTPHONE_FEATURES, 'none']
      for (const word of features) rig.need(known.includes(word), `${word} is not a feature of the port`)
      const promised = { conference: adapter.merge, check: adapter.check, resume: adapter.resume }
      for (const [word, method] of Object.entries(promised)) {
        rig.need(
          !features.includes(word) || typeof method === 'function',
          `${word} is promised, and cannot be asked for`,
        )
      }
      rig.need(!features.includes('attended') || features.includes('transfer'), 'attended without transfer')
    }),
    ...transferChecks(check),
    ...checkChecks(check),
    ...conferenceChecks(check),
    ...mediaChecks(check),
    ...raceChecks(check),
  ]
}

function transferChecks(check: Define): Check[] {
  return [
    check('joins two talks by an attended transfer, up to its success', async (rig) => {
      if (!featuresOf(rig).includes('attended')) return
      const id = await rig.talk()
      await rig.dialed('out-1', '1003')
      rig.world.peer.answer('out-1')
      await rig.wait()
      rig.adapter.transfer(id, '1003', 'out-1')
      await rig.wait(20)
      rig.world.peer.acceptTransfer(id)
      await rig.wait()
      rig.exactly('CommandRefused', 0)
      const codes = rig.of('TransferProgress').filter(({ call_id }) => call_id === id)
      rig.need(
        codes.some(({ status_code }) => status_code >= 200 && status_code < 300 && status_code !== 202),
        'TransferProgress of the first call ends with a 2xx other than 202',
      )
    }),
    check('refuses an attended transfer while the consultation still rings, and keeps both calls', async (rig) => {
      if (!featuresOf(rig).includes('attended')) return
      const id = await rig.talk()
      await rig.dialed('out-1', '1003')
      rig.adapter.transfer(id, '1003', 'out-1')
      await rig.wait()
      rig.need(rig.only('CommandRefused').refused === 'transfer', 'CommandRefused is about the transfer')
      rig.exactly('TransferProgress', 0)
      rig.exactly('CallEnded', 0)
    }),
    check('refuses an attended transfer with a call it does not know', async (rig) => {
      const id = await rig.talk()
      rig.adapter.transfer(id, '1003', 'nobody')
      await rig.wait()
      rig.need(rig.only('CommandRefused').refused === 'transfer', 'CommandRefused is about the transfer')
      rig.exactly('CallEnded', 0)
    }),
    check('tells a new far end of a talk, by number and by name', async (rig) => {
      if (!rig.world.peer.changeRemote) return
      const id = await rig.talk()
      const before = rig.of('RemoteChanged').length
      rig.world.peer.changeRemote(id, { number: '1003', name: 'Sue Supervisor' })
      await rig.wait()
      const change = rig.of('RemoteChanged')[before]
      rig.need(change?.call_id === id, 'RemoteChanged is about that call')
      rig.need(change?.number === '1003' && change.name === 'Sue Supervisor', 'RemoteChanged has number and name')
    }),
  ]
}

function checkChecks(check: Define): Check[] {
  const can = (rig: Rig) => featuresOf(rig).includes('check')
  return [
    check('says of a talk that lives that it lives, once for each question', async (rig) => {
      if (!can(rig)) return
      const id = await rig.talk()
      rig.adapter.check?.(id)
      await rig.wait()
      rig.need(rig.only('CallAlive').call_id === id, 'CallAlive is about that call')
      rig.exactly('CallEnded', 0)
    }),
    check('ends a talk that the other side has forgotten, when it is asked about it', async (rig) => {
      if (!can(rig) || !rig.world.peer.forget) return
      const id = await rig.talk()
      rig.world.peer.forget(id)
      await rig.wait()
      rig.exactly('CallEnded', 0)
      rig.adapter.check?.(id)
      await rig.wait()
      const end = rig.only('CallEnded')
      rig.need(end.call_id === id, 'CallEnded is about that call')
      rig.need((end.origin ?? 'unknown') === 'unknown', 'nobody hung up: the origin is unknown')
      rig.exactly('CallAlive', 0)
    }),
    check('does not call a call alive that it does not know, or that has ended', async (rig) => {
      if (!can(rig)) return
      const id = await rig.talk()
      rig.world.peer.hangup(id)
      await rig.wait()
      for (const unknown of ['nobody', id]) rig.adapter.check?.(unknown)
      await rig.wait()
      rig.exactly('CallAlive', 0)
      rig.need(rig.of('CallEnded').filter(({ call_id }) => call_id === id).length === 1, 'CallEnded comes once')
    }),
  ]
}

function conferenceChecks(check: Define): Check[] {
  return [
    check('joins two talks into a conference, and parts them', async (rig) => {
      if (!featuresOf(rig).includes('conference')) return
      const id = await rig.talk()
      rig.adapter.hold(id, true)
      await rig.wait()
      await rig.dialed('out-1', '1003')
      rig.world.peer.answer('out-1')
      await rig.wait()
      for (const on of [true, false]) {
        rig.adapter.merge?.(id, 'out-1', on)
        await rig.wait()
      }
      const said = rig.of('MergeConfirmed').map((event) => `${event.call_id} ${event.other_call_id} ${event.on}`)
      rig.need(said.join() === `${id} out-1 true,${id} out-1 false`, `MergeConfirmed on, then off, not ${said.join()}`)
      rig.exactly('MergeRefused', 0)
      rig.exactly('CallEnded', 0)
    }),
    check('refuses a conference with a call it does not know', async (rig) => {
      if (!featuresOf(rig).includes('conference')) return
      const id = await rig.talk()
      rig.adapter.merge?.(id, 'nobody', true)
      rig.adapter.merge?.('nobody', id, true)
      await rig.wait()
      rig.exactly('MergeRefused', 2)
      rig.exactly('MergeConfirmed', 0)
    }),
  ]
}

function mediaChecks(check: Define): Check[] {
  return [
    check('tells the quality of a talk while it lasts, and no longer', async (rig) => {
      const { peer } = rig.world
      if (!peer.measure) return
      const id = await rig.talk()
      peer.measure(id, { loss_percent: 0, jitter_ms: 5, rtt_ms: 60 })
      await rig.wait(10_000)
      peer.measure(id, { loss_percent: 20, jitter_ms: 40, rtt_ms: 400 })
      await rig.wait(10_000)
      const told = rig.of('QualityMeasured')
      const [good, poor] = [told[0]?.mos ?? 0, told.at(-1)?.mos ?? 0]
      rig.need(told.length >= 2, 'QualityMeasured is told, and told again when it changes')
      rig.need(good > 4 && poor < 3, `the score falls from above 4 to below 3, not from ${good} to ${poor}`)
      rig.adapter.hangup(id)
      await rig.wait()
      const before = rig.of('QualityMeasured').length
      peer.measure(id, { loss_percent: 50, jitter_ms: 90, rtt_ms: 900 })
      await rig.wait(10_000)
      rig.exactly('QualityMeasured', before)
    }),
    check('takes a device, or says in words why not', async (rig) => {
      const { devices } = rig.adapter
      if (!devices) return
      for (const [field, choose] of [
        ['microphone', () => devices.setMicrophone('no such device')],
        ['speaker', () => devices.setSpeaker('no such device')],
      ] as const) {
        let failure: unknown
        const settled = choose().catch((error: unknown) => {
          failure = error
        })
        await rig.wait()
        await settled
        if (failure === undefined) {
          rig.need(rig.of('DevicesChanged').at(-1)?.[field] === 'no such device', `DevicesChanged tells the ${field}`)
        } else rig.need(failure instanceof Error && failure.message !== '', `the ${field} is refused with a sentence`)
      }
    }),
  ]
}

function raceChecks(check: Define): Check[] {
  return [
    check('a hold that meets the other side’s own re-INVITE (491) is asked again, and confirmed once', async (rig) => {
      if (!rig.world.peer.glare) return
      const id = await rig.talk()
      rig.world.peer.glare()
      rig.adapter.hold(id, true)
      await rig.wait(15_000)
      rig.exactly('HoldConfirmed', 1)
      rig.exactly('HoldRefused', 0)
      rig.exactly('CallEnded', 0)
    }),
    check('of holds asked for in one breath the last wish stands', async (rig) => {
      const id = await rig.talk()
      for (const on of [true, false, true]) rig.adapter.hold(id, on)
      await rig.wait(15_000)
      rig.need(rig.of('HoldConfirmed').at(-1)?.on === true, 'the last HoldConfirmed is of the last wish')
      rig.exactly('CallEnded', 0)
    }),
    check('an end that is reported twice is told once', async (rig) => {
      const id = await rig.talk()
      rig.world.peer.hangup(id)
      try {
        rig.world.peer.hangup(id)
      } catch {
        // A far end that cannot do so has proved it.
      }
      await rig.wait()
      rig.ended(id, 'remote')
    }),
    check('a hang-up that crosses the other side’s ends the call once', async (rig) => {
      const id = await rig.talk()
      rig.adapter.hangup(id)
      try {
        rig.world.peer.hangup(id)
      } catch {
        // It was over by then.
      }
      await rig.wait()
      rig.exactly('CallEnded', 1)
    }),
    check('a hang-up said twice ends the call once', async (rig) => {
      await rig.dialed('out-1')
      rig.adapter.hangup('out-1')
      rig.adapter.hangup('out-1')
      await rig.wait()
      rig.exactly('CallEnded', 1)
    }),
    check('commands of one call in one breath are each answered, and none is lost', async (rig) => {
      const id = await rig.talk()
      rig.adapter.mute(id, true)
      rig.adapter.hold(id, true)
      rig.adapter.dtmf(id, '12')
      rig.adapter.mute(id, false)
      await rig.wait(15_000)
      const answers = (yes: SoftphoneEvent['type'], no: SoftphoneEvent['type']) =>
        rig.of(yes).length + rig.of(no).length
      rig.need(answers('HoldConfirmed', 'HoldRefused') === 1, 'the hold was answered once')
      rig.need(answers('DtmfSent', 'DtmfRefused') === 1, 'the digits were answered once')
      rig.need(rig.of('MuteConfirmed').at(-1)?.on === false, 'the last wish of mute stands')
    }),
  ]
}

/** Numbers and words that events may carry; what is wrong with one, or nothing. */
export function wrongValue(event: SoftphoneEvent): string {
  if (event.type === 'QualityMeasured') {
    const { mos = 0, jitter_ms = 0, loss_percent = 0, rtt_ms = 0 } = event
    if (mos !== 0 && !(mos >= 1 && mos <= 4.5)) return `mos is ${mos}`
    if (!(loss_percent >= 0 && loss_percent <= 100)) return `loss_percent is ${loss_percent}`
    for (const value of [jitter_ms, rtt_ms]) if (!(value >= 0 && Number.isFinite(value))) return `a time is ${value}`
  }
  if (event.type === 'DevicesChanged' && !kPermissions.includes(event.permission)) {
    return `${event.permission} is not a permission`
  }
  if (event.type === 'TransferProgress' && !(event.status_code >= 100 && event.status_code < 700)) {
    return `${event.status_code} is no SIP status`
  }
  return ''
}
