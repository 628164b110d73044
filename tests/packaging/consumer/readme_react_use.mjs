// A React example of the README in a page whose PBX and CRM are not there: as it stands, or with the one line of its
// softphone changed to a scripted one, so that the call it makes is answered. Prints what is drawn.

import { setTimeout as wait } from 'node:timers/promises'
import { Window } from 'happy-dom'
import { scripted, scriptedBackend } from 'offhook/testing'

const window = new Window({ url: 'https://crm.example/' })
/** Nobody answers at wss://…. */
class Unanswered {
  close() {}
  send() {}
  addEventListener() {}
  removeEventListener() {}
}
const names = ['window', 'document', 'navigator', 'location', 'HTMLElement', 'HTMLIFrameElement', 'Node', 'Event']
const page = Object.fromEntries(names.map((name) => [name, window[name]]))
page.window = window
const backend = scriptedBackend()
const softphone = scripted()
const given = {
  password: 'p',
  getToken: () => 't',
  WebSocket: Unanswered,
  fetch: backend.fetch,
  scriptedSoftphone: softphone,
}
for (const [name, value] of Object.entries({ ...page, ...given, IS_REACT_ACT_ENVIRONMENT: false }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })

// After the page is there: libraries look for it when they are loaded.
const { createElement } = await import('react')
const { createRoot } = await import('react-dom/client')
const { App } = await import(`./drawn/${process.argv[2]}.js`)
const place = window.document.createElement('div')
window.document.body.append(place)
createRoot(place).render(createElement(App))
const text = async (wanted) => {
  for (let i = 0; i < 200 && !wanted.test(place.textContent); i++) await wait(20)
  return place.textContent.replaceAll(/\s+/g, ' ').trim()
}
const press = (word) => {
  const buttons = [...place.querySelectorAll('button')]
  buttons.find((button) => button.textContent === word)?.click()
}

console.log(await text(/Call/))
if (process.argv[2] === 'readme_react_scripted') {
  const dialled = () => softphone.liveCalls()[0]
  for (let i = 0; i < 200 && !dialled(); i++) {
    press('Call')
    await wait(20)
  }
  await text(/Hang up/)
  softphone.peer.answer(dialled())
  console.log(await text(/Active/))
  press('Hang up')
  console.log(await text(/^Call$/))
}
process.exit(0)
