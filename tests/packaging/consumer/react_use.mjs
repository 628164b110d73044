// React in a customer's folder: drawn as a server draws it, and shown in a page with a phone of its own.
import { createElement, StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'

const Drawn = ({ door }) => `${door.usePhone().status} ${door.usePhoneState((state) => state.phase)}`

export function drawn(door) {
  return renderToString(createElement(door.PhoneProvider, { options: {} }, createElement(Drawn, { door })))
}

function Desk({ door, seen }) {
  const { status } = door.usePhone()
  const call = door.usePhoneState((state) => Object.values(state.calls)[0])
  useEffect(() => {
    seen.add(status)
    if (call) document.title = [...seen, `${call.name} calls`].join(', ')
  })
  return status
}

export function show(door) {
  const nothing = () => {}
  const commands = 'register unregister dial answer reject hangup hold mute dtmf transfer stop'.split(' ')
  const softphone = {
    name: 'one caller',
    ...Object.fromEntries(commands.map((name) => [name, nothing])),
    start({ emit }) {
      emit({ type: 'SoftphoneReady' })
      emit({ type: 'Registered' })
      setTimeout(emit, 50, { type: 'CallOffered', call_id: 'c', number: '1002', name: 'Alice' })
    },
  }
  const options = {
    session: { extension: '1001' },
    api: { baseUrl: '/api', token: () => 't', fetch: async () => new Response('{"id":"1"}', { status: 201 }) },
    softphone,
  }
  const tree = createElement(door.PhoneProvider, { options }, createElement(Desk, { door, seen: new Set() }))
  createRoot(document.body.appendChild(document.createElement('main'))).render(createElement(StrictMode, null, tree))
}
