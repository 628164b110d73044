// Transfers, consultations, conferences and recordings as a page uses them: the
// real engine, a scripted softphone and a scripted backend.
import { expect, test } from 'vitest'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { scriptedBackend } from '../../web/src/testing/backend.js'
import { type ScriptedOptions, scripted } from '../../web/src/testing/scripted.js'
import { realPhone } from './real_phone.js'

async function desk(of: ScriptedOptions & { pbx?: boolean } = {}, more: Partial<PhoneOptions> = {}) {
  const softphone = scripted(of)
  const backend = scriptedBackend({ pbx: of.pbx })
  const { phone, clock } = await realPhone({
    softphone,
    api: { baseUrl: '/api', token: () => 'token', fetch: backend.fetch },
    ...more,
  })
  await clock.run(500)
  const state = () => phone.store.getState()
  /** Waits for a command while the clock runs. */
  const soon = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => {})
    await clock.run(200)
    return promise
  }
  const talk = async (number = '+442079460123') => {
    const id = softphone.peer.offer({ number })
    await soon(phone.answer(id))
    return id
  }
  const channel = (id: string, name: string) =>
    phone.queueNumber({
      extension: '1001',
      call_from: state().calls[id]?.number,
      yeastar_call_id: name,
      server_call_log_token: name,
      channel_id: `PJSIP/${name}`,
    })
  return { phone, clock, softphone, backend, state, soon, talk, channel, peer: softphone.peer }
}

const refused = (code: string) => expect.objectContaining({ name: 'PhoneError', code })

test('attended: the customer waits, the target is asked, and the two are joined', async () => {
  const { phone, softphone, peer, state, soon, talk, backend } = await desk()
  const customer = await talk()
  const consult = await soon(phone.transfer.attended(customer, '1003'))
  expect(consult).toMatchObject({ state: 'Consulting', callId: customer })
  expect(state().calls[customer]).toMatchObject({ hold: 'On', holdWanted: true })
  await expect(soon(consult.complete())).rejects.toEqual(refused('consult_not_ready'))
  peer.answer(consult.consultCallId ?? '')
  await soon(Promise.resolve())
  expect(consult.state).toBe('Ready')
  expect(state().can.completeTransfer.ok).toBe(true)
  await soon(consult.complete())
  expect(softphone.commands).toContainEqual({
    name: 'transfer',
    callId: customer,
    target: '',
    otherCallId: consult.consultCallId,
  })
  expect(consult.state).toBe('Idle')
  expect(state().consult.result).toBe('transferred')
  expect(softphone.liveCalls()).toEqual([])
  expect([...backend.callLogs.values()].map((log) => log.end_reason)).toEqual(['transferred', 'remote_hangup'])
  await expect(consult.cancel()).rejects.toEqual(refused('no_consult'))
  phone.dispose()
})

test('attended: swapped, three at once, parted, and cancelled', async () => {
  const { phone, softphone, peer, state, soon, talk } = await desk({ features: 'transfer attended conference' })
  const customer = await talk()
  const consult = await soon(phone.transfer.attended(undefined, '1003'))
  const target = consult.consultCallId ?? ''
  peer.answer(target)
  await soon(consult.swap())
  expect(state().activeCallId).toBe(customer)
  await soon(consult.swap())
  expect(state().activeCallId).toBe(target)
  await soon(consult.threeWay())
  expect(consult.state).toBe('Conference')
  expect([state().calls[customer]?.hold, state().calls[target]?.hold]).toEqual(['Off', 'Off'])
  await soon(phone.split())
  expect(consult.state).toBe('Ready')
  expect(state().calls[customer]?.hold).toBe('On')
  await soon(consult.cancel())
  expect(state().consult).toMatchObject({ state: 'Idle', result: 'cancelled' })
  expect(softphone.liveCalls()).toEqual([customer])
  expect(state().calls[customer]?.hold).toBe('Off')
  phone.dispose()
})

test('attended: a call made before is taken as the consultation, by its id', async () => {
  const { phone, peer, soon, talk, state } = await desk()
  const customer = await talk()
  const asked = await soon(phone.call('1003'))
  peer.answer(asked)
  const consult = await soon(phone.transfer.attended(customer, asked))
  expect(consult).toMatchObject({ state: 'Ready', consultCallId: asked })
  await soon(consult.complete())
  expect(state().calls[customer]?.endReason).toBe('transferred')
  phone.dispose()
})

test('attended: a busy target gives the customer back, and a handle of before is closed', async () => {
  const { phone, peer, soon, talk, state } = await desk()
  const customer = await talk()
  const first = await soon(phone.transfer.attended(customer, '1003'))
  peer.busy(first.consultCallId ?? '')
  await soon(Promise.resolve())
  expect(state().consult.result).toBe('target_failed')
  expect(state().notice.code).toBe('consult_failed')
  expect(state().calls[customer]?.hold).toBe('Off')
  const second = await soon(phone.transfer.attended(customer, '1004'))
  expect(first.state).toBe('Idle')
  await expect(first.cancel()).rejects.toEqual(refused('no_consult'))
  expect(second.state).toBe('Consulting')
  peer.hangup(customer) // nobody is left to be transferred
  await soon(Promise.resolve())
  expect(state().consult.result).toBe('customer_left')
  phone.dispose()
})

test('what cannot be is refused, and every promise settles', async () => {
  const { phone, soon, talk } = await desk({ features: 'check' }, { autoHold: false })
  await expect(soon(phone.transfer.attended(undefined, '1003'))).rejects.toEqual(refused('no_such_call'))
  await talk()
  await expect(soon(phone.transfer.attended(undefined, '1003'))).rejects.toEqual(refused('not_supported'))
  await expect(soon(phone.transfer.blind(undefined, '1001'))).rejects.toEqual(refused('bad_number'))
  await expect(soon(phone.swap())).rejects.toEqual(refused('no_other_call'))
  await expect(soon(phone.merge())).rejects.toEqual(refused('no_other_call'))
  await expect(soon(phone.split())).rejects.toEqual(refused('no_conference'))
  await expect(soon(phone.recordCall.start())).rejects.toEqual(refused('not_supported'))
  phone.dispose()
  await expect(phone.transfer.attended(undefined, '1003')).rejects.toEqual(refused('disposed'))
})

test('by the PBX: a blind transfer, a conference and a recording are asked of the backend by the channels', async () => {
  const { phone, backend, soon, talk, channel, state } = await desk({}, { transferRoute: 'pbx' })
  const first = await talk()
  channel(first, '1.1')
  await soon(phone.recordCall.start())
  expect(state().calls[first]?.recording).toBe('On')
  await soon(phone.recordCall.pause())
  await soon(phone.recordCall.resume())
  await soon(phone.recordCall.stop())
  expect(state().calls[first]?.recording).toBe('Off')
  const second = await talk('+33123456789')
  channel(second, '2.2')
  await soon(phone.merge())
  expect(state().conference).toMatchObject({ state: 'Merged', route: 'pbx', callId: second, otherCallId: first })
  await soon(phone.split())
  await soon(phone.transfer.blind(second, '1003'))
  expect(state().calls[second]?.endReason).toBe('transferred')
  expect([...backend.channels]).toEqual([
    ['PJSIP/1.1', { recording: 'off' }],
    ['PJSIP/2.2', { conference: 'split', transfer: 'done' }],
  ])
  const asked = backend.requests.find(({ path }) => path.endsWith('/transfer'))
  expect(asked?.path).toBe('/calls/PJSIP%2F2.2/transfer')
  expect(asked?.idempotencyKey).not.toBe('')
  expect(asked?.body).toMatchObject({ action: 'blind', target: '1003', call_log_id: 'log-2' })
  phone.dispose()
})

test('a backend without a PBX refuses, and the call goes on', async () => {
  const { phone, soon, talk, channel, state } = await desk({ pbx: false }, { transferRoute: 'pbx' })
  const id = await talk()
  channel(id, '1.1')
  await expect(soon(phone.transfer.blind(id, '1003'))).rejects.toEqual(refused('backend_refused'))
  await expect(soon(phone.transfer.attended(id, '1003'))).rejects.toEqual(refused('backend_refused'))
  await expect(soon(phone.recordCall.start(id))).rejects.toEqual(refused('backend_refused'))
  expect(state().calls[id]).toMatchObject({ state: 'Active', hold: 'Off', recording: 'Off' })
  phone.dispose()
})

test('a customer whom the PBX dropped with the failed transfer ends as lost', async () => {
  const { phone, peer, soon, talk, backend } = await desk({ transfers: false, features: 'transfer check' })
  const id = await talk()
  const transfer = phone.transfer.blind(id, '1003')
  peer.forget(id)
  await soon(Promise.resolve())
  peer.transferResult(486, id)
  await expect(soon(transfer)).rejects.toEqual(refused('softphone_refused'))
  expect([...backend.callLogs.values()].at(-1)).toMatchObject({ status: 'answered', end_reason: 'lost' })
  phone.dispose()
})

test('two calls are swapped, joined by the softphone, and parted', async () => {
  const { phone, soon, talk, state } = await desk({ features: 'conference' })
  const first = await talk()
  const second = await talk('+33123456789')
  expect(state().activeCallId).toBe(second)
  await soon(phone.swap())
  expect(state().activeCallId).toBe(first)
  await soon(phone.merge())
  expect(state().conference).toMatchObject({ state: 'Merged', route: 'softphone' })
  await soon(phone.split())
  expect([state().calls[first]?.hold, state().calls[second]?.hold]).toEqual(['Off', 'On'])
  phone.dispose()
})

test('a newer wish for hold replaces the older one', async () => {
  const { phone, softphone, soon, talk, peer, state } = await desk()
  const id = await talk()
  peer.ignore('hold')
  const hold = phone.hold(id)
  const resume = phone.unhold(id)
  await expect(hold).rejects.toEqual(refused('superseded'))
  expect(state().calls[id]).toMatchObject({ hold: 'TurningOn', holdWanted: false })
  peer.emit({ type: 'HoldConfirmed', call_id: id, on: true })
  await soon(resume)
  expect(softphone.commands.filter(({ name }) => name === 'hold')).toHaveLength(2)
  phone.dispose()
})

test('transferRoute is one of three', async () => {
  // @ts-expect-error: no such route
  await expect(desk({}, { transferRoute: 'pigeon' })).rejects.toEqual(refused('bad_config'))
})

test('a consultation that is under way is found by whoever asks for it, and is the same handle each time', async () => {
  const { phone, peer, soon, talk } = await desk()
  expect(phone.transfer.current()).toBeNull()
  const customer = await talk()
  const begun = await soon(phone.transfer.attended(customer, '1003'))
  const found = phone.transfer.current()
  expect(found).toBe(begun)
  peer.answer(begun.consultCallId ?? '')
  await soon(Promise.resolve())
  expect(found?.state).toBe('Ready')
  await soon(begun.cancel())
  expect(phone.transfer.current()).toBeNull()
  expect(begun.state).toBe('Idle')
  // Just such another one: the old handle stays what it was.
  const again = await soon(phone.transfer.attended(customer, '1003'))
  expect(again).not.toBe(begun)
  expect(again.state).toBe('Consulting')
  expect(begun.state).toBe('Idle')
  await expect(begun.cancel()).rejects.toEqual(refused('no_consult'))
  await soon(again.cancel())
  phone.dispose()
})
