// The files that describe: state.ts, initial.ts, events.ts, effects.ts and machines.ts. What moves the numbers across
// the boundary is in codec.mjs.

import { HEAD, REQUIRED, text, typeOf, unique, usedWords } from './words.mjs'

export function stateFile({ leaves }, words) {
  const interfaces = leaves.map(
    (leaf) => `export interface ${leaf.name} {
${leaf.fields.map((field) => `  readonly ${field.name}: ${typeOf(field, words)}`).join('\n')}
}
`,
  )
  const shown = {
    '': (t) => t,
    map: (t) => `Readonly<Record<string, ${t}>>`,
    list: (t) => `readonly ${t}[]`,
    ring: (t) => `readonly ${t}[]`,
    pages: (t) => `PagedList<${t}>`,
  }
  const parts = leaves
    .filter((leaf) => leaf.key)
    .map((leaf) => `  readonly ${leaf.key}: ${shown[leaf.collection](leaf.name)}`)
  return `${HEAD}// What the store shows.
import type { PagedList } from '../store/paged_list.js'
import type { ${usedWords(leaves, words).concat('Reason').filter(unique).sort().join(', ')} } from './words.js'

/** What may be commanded now, and why not. */
export interface Verdict {
  readonly ok: boolean
  readonly reason: Reason
  /** Milliseconds after which it may be otherwise, counted from when this verdict began; null when nothing will change it by itself. */
  readonly retryIn: number | null
}

${interfaces.join('\n')}
/** One immutable snapshot. A part that did not change is the same object as in the snapshot before. */
export interface PhoneState extends Root {
  /** Grows by one with every change. */
  readonly version: number
${parts.join('\n')}
}
`
}

/** Where the C++ default is not the first word, not zero and not empty. */
const INITIAL = { 'Agent.status': text('OFFLINE'), 'Connection.online': 'true' }

/** The state of a phone that has not begun: for a page that is drawn before there is an engine, on a server too. */
export function initialFile({ leaves }) {
  const zero = { Number: '0', Flag: 'false', Verdict: 'notReady', String: "''" }
  const blank = ({ kind, words }) => (kind === 'Word' ? text(words[0]) : (zero[kind] ?? 'null'))
  const value = (leaf) => (field) => `${field.name}: ${INITIAL[`${leaf.name}.${field.name}`] ?? blank(field)}`
  const record = (leaf) => leaf.fields.map(value(leaf)).join(', ')
  const empty = { map: () => 'Object.create(null)', list: () => '[]', ring: () => '[]', pages: emptyPages }
  const part = (leaf) => (leaf.collection === '' ? `{ ${record(leaf)} }` : empty[leaf.collection](leaf))
  return `${HEAD}// The state of a phone that has not begun.
import { PagedList } from '../store/paged_list.js'
import type { PhoneState, ${leaves
    .filter((leaf) => leaf.collection === 'pages')
    .map((leaf) => leaf.name)
    .join(', ')}, Verdict } from './state.js'

export function initialState(): PhoneState {
  const notReady: Verdict = { ok: false, reason: 'not_ready', retryIn: null }
  return {
    version: 0,
    ${record(leaves.find((leaf) => !leaf.key))},
${leaves
  .filter((leaf) => leaf.key)
  .map((leaf) => `    ${leaf.key}: ${part(leaf)},`)
  .join('\n')}
  }
}
`
}

const emptyPages = ({ name, fields }) =>
  `new PagedList<${name}>([], 0, { slots: new Map(), newest: null }, (leaf) => leaf.${fields[0].name})`

export function eventsFile({ events }, words) {
  const lines = events.map((event) => {
    // A command without a call means the one that is active, or rings.
    const command = event.fields.some((field) => field.name === 'command')
    const needed = (name) => REQUIRED.has(name) || (name === 'call_id' && !command)
    const fields = event.fields.map((field) =>
      needed(field.name)
        ? `; ${field.name}: ${typeOf(field, words)}`
        : `; ${field.name}?: ${typeOf(field, words)} | undefined`,
    )
    return `  | { type: ${text(event.name)}${fields.join('')} }`
  })
  return `${HEAD}// Everything that can happen to a phone.
import type { ${usedWords(events, words).join(', ')} } from './words.js'

export type PhoneEvent =
${lines.join('\n')}

export type PhoneEventName = PhoneEvent['type']

/** The position of a name is its number at the boundary. */
export const eventNames: readonly PhoneEventName[] = [
${events.map((event) => `  ${text(event.name)},`).join('\n')}
]
`
}

export function effectsFile({ effects }, words) {
  const lines = effects.map((effect) => {
    const fields = effect.fields.map((field) => `; readonly ${field.name}: ${typeOf(field, words)}`)
    return `  | { readonly type: ${text(effect.name)}; readonly id: number${fields.join('')} }`
  })
  return `${HEAD}// Everything a phone asks of its host, as data.
import type { ${usedWords(effects, words).join(', ')} } from './words.js'

export type PhoneEffect =
${lines.join('\n')}

export type PhoneEffectName = PhoneEffect['type']
`
}

export function machinesFile({ machines }) {
  return `${HEAD}// The machines’ tables as data, for pages and tools that draw or check them. Nothing in the phone reads this.

export interface MachineRow {
  readonly from: readonly string[]
  readonly on: string
  readonly guard: string
  readonly to: string
  readonly actions: readonly string[]
}

export interface MachineTable {
  readonly name: string
  readonly states: readonly string[]
  readonly events: readonly string[]
  readonly rows: readonly MachineRow[]
}

export const machines: readonly MachineTable[] = ${JSON.stringify(machines)}
`
}
