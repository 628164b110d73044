// An agent's page: the package as a CRM uses it, with SIP.js or JsSIP behind the adapter. The test drives `window.phone`.
import { media } from './media.js'
import { createPhone } from 'offhook'
import { jssip } from 'offhook/jssip'
import { sipjs } from 'offhook/sipjs'

window.media = media
const adapters = { jssip, sipjs }

window.boot = async ({ token, session, library, transferRoute }) => {
  window.phone = await createPhone({
    session,
    api: { baseUrl: '/api', token: () => token },
    sockets: { events: `${location.origin.replace('http', 'ws')}/api/ws` },
    softphone: adapters[library](),
    wrapUp: { mode: 'manual' },
    login: true,
    ...(transferRoute ? { transferRoute } : {}),
    logger: { warn: (text) => console.warn(text), error: (text) => console.error(text) },
  })
}

/** The state as plain data, for the test's side. */
window.state = () => JSON.parse(JSON.stringify({ ...phone.store.getState(), agents: undefined }))
