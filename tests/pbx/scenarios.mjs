// What the tests against a real PBX play, one named scenario each. Every one ends with the same question: do the
// database of the CRM, the store of the page and the telephone at the other end tell the same story?
// A lane is a list of scenarios that are played one after another on one stage with an Asterisk of its own, beside the
// other lanes. A new list of scenarios is a lane of its own, or is added to the shortest one.

import { calls } from './scenarios/calls.mjs'
import { centre } from './scenarios/centre.mjs'
import { console_ } from './scenarios/console.mjs'
import { inCall } from './scenarios/in_call.mjs'
import { queueLost } from './scenarios/queue_lost.mjs'
import { queueOverflow } from './scenarios/queue_overflow.mjs'
import { queueRouting } from './scenarios/queue_routing.mjs'
import { queueSupervise } from './scenarios/queue_supervise.mjs'
import { queueTrouble } from './scenarios/queue_trouble.mjs'
import { queueWaiting } from './scenarios/queue_waiting.mjs'
import { transfers } from './scenarios/transfers.mjs'
import { trouble } from './scenarios/trouble.mjs'

/** With that library behind the agents' phones. `trouble` ends with a PBX that restarts: it must stay the last. */
const phones = (lib) => [
  { name: `${lib}-trouble`, lib, library: lib, scenarios: trouble },
  { name: lib, lib, library: lib, scenarios: [...calls, ...inCall, ...transfers] },
]

/**
 * The longest first. `library`: what is behind the adapter of the agents' pages; `centre`: the hub is connected to
 * Asterisk's AMI, and a supervisor looks on (docs/centre.md). The last of the Centre's scenarios restarts Asterisk.
 */
export const lanes = [
  { name: 'centre', lib: 'centre', library: 'sipjs', centre: true, scenarios: centre },
  ...phones('sipjs'),
  ...phones('jssip'),
  // The built console, as `npm start -- --pbx` opens it: console_stage.mjs.
  { name: 'console', lib: 'console', console: true, scenarios: console_ },
  // Bare telephones instead of pages: queue_stage.mjs.
  { name: 'queue-trouble', lib: 'queue', bare: true, scenarios: [...queueOverflow, ...queueTrouble] },
  { name: 'queue-lost', lib: 'queue', bare: true, scenarios: [...queueWaiting, ...queueLost] },
  { name: 'queue', lib: 'queue', bare: true, scenarios: [...queueRouting, ...queueSupervise] },
]
