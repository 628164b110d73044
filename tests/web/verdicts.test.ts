// What may be commanded, what stops calls, how a call sounds, and which devices are in use: through createPhone.
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../web/src/generated/state.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { settle, testBackend, testSoftphone } from './harness.js'
import { realPhone } from './real_phone.js'

async function ready(more: Partial<PhoneOptions> = {}) {
  const backend = testBackend((sent) => {
    if (sent.url.includes('/status') && sent.method === 'GET')
      return Response.json({ status: 'ONLINE', reason: null, since: 1 })
    return Response.json({ ...(sent.body as object), id: '1', synced: true }, { status: 200 })
  })
  const set = await realPhone({ api: { baseUrl: 'http://crm/api', token: () => 'T', fetch: backend.fetch }, ...more })
  set.softphone.says({ type: 'SoftphoneReady' })
  set.softphone.says({ type: 'Registered' })
  await settle()
  const state = () => set.phone.store.getState()
  const talk = async () => {
    set.softphone.says({ type: 'CallOffered', call_id: 'in-1', sip_call_id: 'sip-1', number: '+442079460123' })
    void set.phone.answer()
    set.softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    await settle()
  }
  return { ...set, backend, state, talk }
}

describe('can', () => {
  it('says when to try again, and stays the same object while nothing has changed', async () => {
    const { phone, softphone, state, talk, clock } = await ready()
    await talk()
    void phone.transfer.blind(undefined, '+33123456789')
    const pending: Verdict = { ok: false, reason: 'transfer_pending', retryIn: 10_000 }
    expect(state().can.blindTransfer).toEqual(pending)
    const before = state().can
    clock.advance(3000)
    softphone.says({ type: 'QualityMeasured', call_id: 'in-1', mos: 4 })
    expect(state().quality['in-1']).toMatchObject({ state: 'Good', mos: 4 })
    softphone.says({ type: 'DtmfSent', call_id: 'in-1' })
    expect(state().can).toBe(before)
    await expect(phone.transfer.blind(undefined, '1002')).rejects.toMatchObject({ code: 'transfer_pending' })
  })

  it('the reason of a refusal is the reason that can showed', async () => {
    const { phone, state } = await ready()
    const { can } = state()
    const tried: [Verdict, Promise<unknown>][] = [
      [can.answer, phone.answer()],
      [can.reject, phone.reject()],
      [can.hangup, phone.hangup()],
      [can.hold, phone.hold()],
      [can.mute, phone.mute()],
      [can.dtmf, phone.dtmf('5')],
      [can.blindTransfer, phone.transfer.blind(undefined, '1002')],
      [can.startWrapUp, phone.startWrapUp()],
      [can.finishWrapUp, phone.finishWrapUp()],
      [can.extendWrapUp, phone.extendWrapUp(30)],
      [can.saveDraft, phone.draft.save('')],
    ]
    for (const [verdict, promise] of tried) {
      expect(verdict.ok).toBe(false)
      await expect(promise).rejects.toMatchObject({ code: verdict.reason })
    }
    expect([can.cancelNextStatus.reason, can.retryOutbox.reason, can.dismissNotice.reason]).toEqual([
      'no_next_status',
      'nothing_unsent',
      'no_notice',
    ])
    await Promise.all([phone.cancelNextStatus(), phone.retryOutbox(), phone.dismissNotice()])
  })
})

describe('wrap-up', () => {
  it('optional: begun by startWrapUp; the notes typed so far reach the backend when its time is over', async () => {
    const { phone, softphone, state, talk, clock, backend } = await ready({ wrapUp: { mode: 'optional', seconds: 20 } })
    await talk()
    softphone.says({ type: 'CallEnded', call_id: 'in-1', origin: 'remote' })
    await settle()
    expect(state().agent.activity).toBe('Idle')
    await phone.startWrapUp()
    expect(state().agent).toMatchObject({ status: 'WRAP_UP', activity: 'WrapUp' })
    const [draft] = state().drafts
    await phone.draft.edit(draft?.call_log_id ?? '', { notes: 'half a sen' })
    await settle()
    clock.advance(20_000)
    await settle()
    expect(state().agent.activity).toBe('Idle')
    const sent = backend.sent.filter((one) => one.url.includes('call-logs')).at(-1)
    expect(sent).toMatchObject({ method: 'PATCH', body: { notes: 'half a sen' } })
    expect(state().drafts).toHaveLength(1)
  })
})

describe('blockers', () => {
  it('the list says why no calls come, and is the same list while that lasts', async () => {
    const { phone, softphone, state } = await ready()
    expect(state().blockers).toEqual([])
    softphone.says({ type: 'RegistrationFailed', status_code: 403, reason: 'Forbidden' })
    await phone.setStatus('BREAK', 'lunch')
    await settle()
    const { blockers } = state()
    expect(blockers.map(({ reason, text }) => `${reason}: ${text}`)).toEqual([
      'not_registered: Forbidden',
      'paused: lunch',
    ])
    await phone.dismissNotice()
    expect(state().blockers).toBe(blockers)
    softphone.says({ type: 'Registered' })
    expect(state().blockers.map(({ reason }) => reason)).toEqual(['paused'])
  })
})

describe('devices', () => {
  const chosen = (fail?: Error) => {
    const softphone = testSoftphone()
    const choose = (what: string) => async (id: string) => {
      softphone.calls.push(`${what} ${id}`)
      if (fail) throw fail
      softphone.says({ type: 'DevicesChanged', permission: 'granted', microphone: id, speaker: '' })
    }
    return { ...softphone, devices: { setMicrophone: choose('microphone'), setSpeaker: choose('speaker') } }
  }

  it('the choice goes to the softphone, and what is in use stands in the store', async () => {
    const softphone = chosen()
    const { phone, state } = await ready({ softphone })
    await phone.devices.setMicrophone('mic-2')
    expect(softphone.calls).toContain('microphone mic-2')
    expect(state().devices).toEqual({ permission: 'granted', microphone: 'mic-2', speaker: null })
    await phone.devices.setSpeaker('')
    expect(softphone.calls).toContain('speaker ')
  })

  it('a softphone without devices, one that fails, and a phone that was closed: each with its code', async () => {
    const { phone } = await ready()
    await expect(phone.devices.setSpeaker('x')).rejects.toMatchObject({ code: 'not_supported' })
    const failing = await ready({ softphone: chosen(new Error('no such device')) })
    await expect(failing.phone.devices.setMicrophone('x')).rejects.toMatchObject({
      code: 'softphone_refused',
      message: 'no such device',
    })
    failing.phone.dispose()
    await expect(failing.phone.devices.setMicrophone('x')).rejects.toMatchObject({ code: 'disposed' })
  })

  it('a denied microphone is a notice and a blocker, and calls may still be tried', async () => {
    const { softphone, state } = await ready()
    softphone.says({ type: 'DevicesChanged', permission: 'denied' })
    expect(state().notice.code).toBe('microphone_denied')
    expect(state().blockers.map(({ reason }) => reason)).toEqual(['microphone_denied'])
    expect(state().can.call.ok).toBe(true)
  })
})
