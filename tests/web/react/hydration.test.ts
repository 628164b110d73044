// @vitest-environment happy-dom
// A page that a server has drawn is taken over without a difference, then goes on with the phone it has.
import { act, createElement, StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { PhoneProvider, useCall, useCan, useDuration, usePhone, usePhoneState } from '../../../web/src/react/index.js'
import { desk, shows } from './page.js'

it('what a server drew is taken over as it is, and then shows the phone', async () => {
  const { phone, softphone, clock } = await desk()
  await phone.answer(softphone.peer.offer({ number: '+442079460123' }))
  await clock.run(3_000)
  const seen = shows(() => {
    const { status } = usePhone()
    const agent = usePhoneState((state) => state.agent.status)
    const call = useCall()
    return [status, agent, call?.number ?? 'none', useDuration(call), useCan('hold').reason].join(' ')
  })
  const node = createElement(
    StrictMode,
    null,
    createElement(PhoneProvider, { phone, clock }, createElement(seen.component)),
  )
  const container = document.createElement('div')
  container.innerHTML = renderToString(node)
  expect(container.textContent).toBe('ready OFFLINE none 0 not_ready')
  const differences: unknown[] = []
  const root = await act(async () =>
    hydrateRoot(container, node, { onRecoverableError: (error) => differences.push(error) }),
  )
  expect(differences).toEqual([])
  expect(container.textContent).toBe('ready ON_CALL +442079460123 3 ok')
  await act(async () => root.unmount())
  phone.dispose()
})
