// The files that move numbers across the boundary (docs/ARCHITECTURE.md): encode.ts, an event into the engine's input area,
// and decode.ts, its output area into parts of the state and into effects. Straight-line code: no field is looked up by name.

import { HEAD, listName, REQUIRED, text, usedWords } from './words.mjs'

export function encodeFile({ events }, words) {
  const cases = events.map((event, index) => {
    const before = []
    const writes = []
    event.fields.forEach((field, at) => {
      const value = `event.${field.name}`
      const place = `f[p + ${at + 2}]`
      switch (field.kind) {
        case 'String':
        case 'Name':
          before.push(`const ${field.name} = link.intern(${value})`)
          writes.push(`${place} = ${field.name}`)
          break
        case 'Blob':
          before.push(`const ${field.name} = link.blob(${value})`)
          writes.push(`${place} = ${field.name}`)
          break
        case 'Flag':
          writes.push(`${place} = ${value} ? 1 : 0`)
          break
        case 'Word':
          writes.push(
            REQUIRED.has(field.name)
              ? `${place} = ${listName(words.of(field))}.indexOf(${value})`
              : // An unknown word in a field that may be absent is as good as none: the event itself must not be lost.
                `${place} = ${value} === undefined ? 0 : Math.max(0, ${listName(words.of(field))}.indexOf(${value}))`,
          )
          break
        default:
          writes.push(`${place} = ${REQUIRED.has(field.name) ? value : `${value} ?? 0`}`)
      }
    })
    if (event.fields.length === 0) return `    case ${text(event.name)}:\n      return ${index}`
    const lines = [...before, 'const f = link.numbers', ...writes, `return ${index}`]
    return `    case ${text(event.name)}: {\n${lines.map((line) => `      ${line}`).join('\n')}\n    }`
  })
  const lists = usedWords(events, words).map(listName)
  return `${HEAD}// One event into the engine’s input area. Strings go first: interning may move the memory.
import type { PhoneEvent } from './events.js'
import { ${lists.join(', ')} } from './words.js'

export interface EventSink {
  /** The engine’s memory as numbers, valid until the next \`intern\` or \`blob\`. */
  readonly numbers: Float64Array
  /** Handle of a string; 0 for the empty and the absent one. */
  intern(text: string | undefined): number
  /** Puts a long text into the scratch and gives its length in bytes. */
  blob(text: string): number
}

/** Writes the fields from \`numbers[p + 2]\` on and gives the event’s number, or −1 for a name the engine does not know. */
export function encodeEvent(event: PhoneEvent, link: EventSink, p: number): number {
  switch (event.type) {
${cases.join('\n')}
    default:
      event satisfies never
      return -1
  }
}
`
}

/** The leaf of which only the fields that moved are told, when it was shown before (engine/phone/hot.cpp, write_part). */
const IN_PART = 'Call'

function reader(field, at, words, place = (n) => `f[p + ${n}]`) {
  const number = `${place(at)}!`
  switch (field.kind) {
    case 'Number':
      return number
    case 'Time':
      return `${place(at)} || null`
    case 'Flag':
      return `${place(at)} !== 0`
    case 'Word':
      return `${listName(words.of(field))}[${number} | 0]!`
    case 'Verdict':
      return `verdict(${number} | 0, f[p + ${at + 1}]!)`
    case 'String':
      return `s[${number} | 0]!`
    case 'Name':
      return `s[${number} | 0] || null`
    case 'Blob':
      return `text(${number}, f[p + ${at + 1}]!)`
  }
  throw new Error(`unknown kind ${field.kind}`)
}

/** How many numbers a field takes at the boundary. */
const numbersOf = (field) => (field.kind === 'Blob' || field.kind === 'Verdict' ? 2 : 1)
const sizeOf = (fields) => fields.reduce((sum, field) => sum + numbersOf(field), 0)

function readers(fields, words, from, indent) {
  let at = from
  return fields
    .map((field) => {
      const line = `${indent}${field.name}: ${reader(field, at, words)},`
      at += numbersOf(field)
      return line
    })
    .join('\n')
}

const hasText = (fields) => fields.some((field) => field.kind === 'String' || field.kind === 'Name')

export function decodeFile({ leaves, effects }, words) {
  const single = leaves.filter((leaf) => leaf.collection === '' && leaf.key)
  const many = leaves.filter((leaf) => leaf.collection !== '')
  const box = { map: 'SlotMap', list: 'SlotList', ring: 'Ring', pages: 'SlotPages' }
  const builder = (
    leaf,
  ) => `function read${leaf.name}(f: Float64Array, p: number${hasText(leaf.fields) ? ', s: readonly string[]' : ''}): ${leaf.name} {
  return {
${readers(leaf.fields, words, 0, '    ')}
  }
}
`
  const call = (leaf) => `read${leaf.name}(f, p${hasText(leaf.fields) ? ', s' : ''})`
  const blank = (leaf) => `read${leaf.name}(zeros, 0${hasText(leaf.fields) ? ', noText' : ''})`
  const keyOf = (leaf) => `(leaf: ${leaf.name}) => leaf.${leaf.fields[0].name}`
  const field = (leaf) => (leaf.key === '' ? 'root' : leaf.key)
  const partReader = ({
    name,
    fields,
  }) => `/** \`old\` with what moved: \`f[p]\` has a bit for each field that follows. */
function change${name}(old: ${name}, f: Float64Array, p: number, s: readonly string[]): ${name} {
  const m = f[p]! | 0
  return {
${fields.map((field, i) => `    ${field.name}: m & ${2 ** i} ? ${reader(field, 0, words, () => 'f[++p]')} : old.${field.name},`).join('\n')}
  }
}

/** How many bits there are. */
function bits(mask: number): number {
  let count = 0
  for (let m = mask; m !== 0; m &= m - 1) count++
  return count
}
`
  const cases = leaves.map((leaf, index) => {
    const size = sizeOf(leaf.fields)
    if (leaf.name === IN_PART)
      return `        case ${index}:
          if (live === 2) {
            this.${leaf.key}.set(slot, change${leaf.name}(this.${leaf.key}.at(slot)!, f, p, s))
            p += 1 + bits(f[p]! | 0)
          } else if (live === 1) {
            this.${leaf.key}.set(slot, ${call(leaf)})
            p += ${size}
          } else this.${leaf.key}.clear(slot)
          break`
    if (leaf.collection === '')
      return `        case ${index}:\n          this.${field(leaf)} = ${call(leaf)}\n          p += ${size}\n          break`
    if (leaf.collection === 'ring')
      return `        case ${index}:\n          this.${leaf.key}.push(${call(leaf)})\n          p += ${size}\n          break`
    return `        case ${index}:
          if (live !== 0) {
            this.${leaf.key}.set(slot, ${call(leaf)})
            p += ${size}
          } else this.${leaf.key}.clear(slot)
          break`
  })
  const rootLeaf = leaves.find((leaf) => leaf.key === '')
  const wordsUsed = [...new Set([...usedWords(leaves, words), ...usedWords(effects, words), 'Reason'])]
    .sort()
    .map(listName)
  const effectCases = effects.map(
    (effect, index) => `    case ${index}:
      return {
        type: ${text(effect.name)},
        id: f[p + 1]!,
${readers(effect.fields, words, 2, '        ')}${effect.fields.length ? '\n' : ''}      }`,
  )
  return `${HEAD}// The engine’s output area into fresh, immutable parts of the state, and into effects.
// One object literal a leaf: V8 builds it ten times faster than any loop over field names.
import { Ring, SlotList, SlotMap, SlotPages } from '../store/collections.js'
import type { PhoneEffect } from './effects.js'
import type { ${leaves
    .map((leaf) => leaf.name)
    .sort()
    .join(', ')}, PhoneState, Verdict } from './state.js'
import { ${wordsUsed.join(', ')} } from './words.js'

/** One frozen object a reason: a verdict costs nothing and compares by identity. */
const verdicts: readonly Verdict[] = /* @__PURE__ */ reasonWords.map((reason, index) => /* @__PURE__ */ Object.freeze({ ok: index === 0, reason, retryIn: null }))
const verdict = (reason: number, retryIn: number): Verdict => retryIn === 0 ? verdicts[reason]! : { ok: reason === 0, reason: reasonWords[reason]!, retryIn }

${leaves.map(builder).join('\n')}
${partReader(leaves.find((leaf) => leaf.name === IN_PART))}
const zeros = /* @__PURE__ */ new Float64Array(${Math.max(...leaves.map((leaf) => sizeOf(leaf.fields)))})
const noText: readonly string[] = ['']

/** The present leaves. \`apply\` takes in what changed; \`state\` gives the snapshot that has it. */
export class Leaves {
  protected root = ${blank(rootLeaf)}
${single.map((leaf) => `  protected ${leaf.key} = ${blank(leaf)}`).join('\n')}
${many.map((leaf) => `  protected readonly ${leaf.key} = new ${box[leaf.collection]}<${leaf.name}>(${leaf.collection === 'map' || leaf.collection === 'pages' ? keyOf(leaf) : ''})`).join('\n')}

  /** Reads \`count\` leaves from \`f[p]\` on; gives the place after the last, or −1 when a leaf is unknown. */
  apply(f: Float64Array, p: number, count: number, s: readonly string[]): number {
    for (let i = 0; i < count; i++) {
      const leaf = f[p]! | 0
      const slot = f[p + 1]! | 0
      const live = f[p + 2]! | 0
      p += 3
      switch (leaf) {
${cases.join('\n')}
        default:
          return -1
      }
    }
    return p
  }

  state(version: number): PhoneState {
    const root = this.root
    return {
${rootLeaf.fields.map((f) => `      ${f.name}: root.${f.name},`).join('\n')}
      version,
${leaves
  .filter((leaf) => leaf.key)
  .map((leaf) => `      ${leaf.key}: ${leaf.collection === '' ? `this.${leaf.key}` : `this.${leaf.key}.value()`},`)
  .join('\n')}
    }
  }
}

/** Where each leaf stands in \`Leaves\`. */
export const leafKeys: Readonly<Record<string, string>> = /* @__PURE__ */ { ${leaves.map((leaf) => `${leaf.name}: ${text(field(leaf))}`).join(', ')} }

/** How many numbers an effect takes, its type and id included. */
export const effectSizes: readonly number[] = [${effects.map((effect) => sizeOf(effect.fields) + 2).join(', ')}]

/** \`text(ptr, len)\` copies bytes out of the engine’s memory. Undefined for an effect that is not known. */
export function readEffect(f: Float64Array, p: number, s: readonly string[], text: (ptr: number, len: number) => string): PhoneEffect | undefined {
  switch (f[p]! | 0) {
${effectCases.join('\n')}
    default:
      return undefined
  }
}
`
}
