// Compiled, never run: who uses JsSIP has it installed.
import JsSIP from 'jssip'
import { createPhone, type Phone } from 'offhook'
import { jssip } from 'offhook/jssip'

export const phone: Promise<Phone> = createPhone({
  session: { extension: '1001' },
  api: { baseUrl: '/api', token: () => 'token' },
  softphone: jssip({ jssip: JsSIP }),
})

/** A UA that the application has already. */
export const onOwnUa = (ua: JsSIP.UA) => jssip({ ua })
