// Compiled, never run: hooks as a customer's editor shows them.
import { createPhone, type Phone, type PhoneOptions } from 'offhook'
import { PhoneProvider, useCall, useCan, useDuration, usePhone, usePhoneState } from 'offhook/react'
import { createElement } from 'react'

declare const options: PhoneOptions

export function Desk() {
  const opened = usePhone()
  if (opened.status === 'failed') opened.retry()
  const phone: Phone | null = opened.phone
  const call = useCall()
  const seconds: number = useDuration(call)
  const { ok, retryIn }: { ok: boolean; retryIn: number | null } = useCan('blindTransfer')
  // @ts-expect-error: no such command
  useCan('teleport')
  const status: 'ONLINE' | string = usePhoneState((state) => state.agent.status)
  return createElement('p', null, call?.number, seconds, ok, retryIn, status, phone === null)
}

export const desks = [
  createElement(PhoneProvider, { options, children: createElement(Desk) }),
  createElement(PhoneProvider, { create: () => createPhone(options), name: '1001' }),
  createElement(PhoneProvider, { phone: null }),
  // @ts-expect-error: one of options, create and phone
  createElement(PhoneProvider, {}),
]
