// What a customer writes, once, for every way of loading the package: a phone with a softphone of twelve lines,
// one call out, and the state that comes of it.
export async function use({ createPhone, PhoneError }, more = {}) {
  let say = () => {}
  const nothing = () => {}
  const softphone = {
    name: 'twelve lines',
    start(context) {
      say = context.emit
      say({ type: 'SoftphoneReady' })
      say({ type: 'Registered' })
    },
    dial: (call_id) => say({ type: 'CallDialed', call_id }),
    hangup: (call_id) => say({ type: 'CallEnded', call_id, origin: 'local' }),
    ...Object.fromEntries(
      ['register', 'unregister', 'answer', 'reject', 'hold', 'mute', 'dtmf', 'transfer', 'stop'].map((name) => [
        name,
        nothing,
      ]),
    ),
  }
  const answer = async () => new Response('{"id":"1"}', { status: 201 })
  const phone = await createPhone({
    session: { extension: '1001', name: 'Zoë' },
    api: { baseUrl: 'http://backend.invalid/api', token: () => 'token', fetch: answer },
    softphone,
    seed: 5,
    ...more,
  })
  const seen = []
  phone.store.subscribe((state) => seen.push(Object.values(state.calls)[0]?.state))
  const id = await phone.call('+442079460123')
  say({ type: 'CallConnected', call_id: id })
  await phone.hangup(id)
  const refused = await phone
    .hold('nobody')
    .catch((error) => (error instanceof PhoneError ? error.code : String(error)))
  const { number, state } = phone.store.getState().calls[id]
  phone.dispose()
  return JSON.stringify({
    number,
    state,
    active: seen.includes('Active'),
    refused,
    phase: phone.store.getState().phase,
  })
}

export const expected = JSON.stringify({
  number: '+442079460123',
  state: 'Ended',
  active: true,
  refused: 'no_such_call',
  phase: 'disposed',
})
