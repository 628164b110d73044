// Compiled, never run: what a customer's editor shows.
import { type Call, createPhone, type Phone, PhoneError, type PhoneState, type SoftphoneAdapter } from 'offhook'
import { mizu } from 'offhook/mizu'
import { createPhone as createSlim } from 'offhook/slim'
import { scripted, virtualClock } from 'offhook/testing'

declare const softphone: SoftphoneAdapter

export async function main(): Promise<void> {
  const phone: Phone = await createPhone({
    session: { extension: '1001', extensionId: 'e', number: '1001', name: 'Alice', sip: { uri: 'sip:1001@x' } },
    api: { baseUrl: '/api', token: async () => 'token', paths: { call_log_create: 'POST /calls' } },
    sockets: { events: 'wss://crm/ws' },
    softphone,
    wrapUp: { mode: 'timed', seconds: 30 },
  })
  const id: string = await phone.call('+44')
  await phone.setStatus('BREAK', 'lunch')
  // @ts-expect-error: no such status
  await phone.setStatus('HOLIDAY')
  const state: PhoneState = phone.store.getState()
  const call: Call | undefined = state.calls[id]
  const word: 'Off' | 'TurningOn' | 'On' | 'TurningOff' | undefined = call?.hold
  // @ts-expect-error: the state is read only
  state.version = 3
  const verdict: boolean = state.can.blindTransfer.ok
  const names = [...state.agents].map((agent) => agent.name)
  phone.store.subscribe((now, before) => void (now.version - before.version))
  try {
    await phone.transfer.blind(id, '1002')
    const consult = await phone.transfer.attended(id, '1003')
    const ready: boolean = consult.state === 'Ready'
    if (ready) await consult.complete()
  } catch (error) {
    if (error instanceof PhoneError && error.code === 'not_connected' && error.recoverable) phone.dispose()
  }
  void [word, verdict, names, createSlim, mizu, scripted, virtualClock]
}
