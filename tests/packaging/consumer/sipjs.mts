// Compiled, never run: who uses SIP.js has it installed.
import { createPhone, type Phone } from 'offhook'
import { sipjs } from 'offhook/sipjs'
import * as SIP from 'sip.js'

export const phone: Promise<Phone> = createPhone({
  session: { extension: '1001' },
  api: { baseUrl: '/api', token: () => 'token' },
  softphone: sipjs({ sip: SIP }),
})
