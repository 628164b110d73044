// What the tests against a real PBX play, one named scenario each. Every one ends with the same question: do the
// database of the CRM, the store of the page and the telephone at the other end tell the same story?

import { calls } from './scenarios/calls.mjs'
import { centre } from './scenarios/centre.mjs'
import { inCall } from './scenarios/in_call.mjs'
import { transfers } from './scenarios/transfers.mjs'
import { trouble } from './scenarios/trouble.mjs'

/** The last one leaves the customer's telephone without a PBX: it must stay the last. */
export const scenarios = [...calls, ...inCall, ...transfers, ...trouble]

/** With the hub connected to Asterisk's AMI. The last one restarts Asterisk. */
export const centreScenarios = centre
