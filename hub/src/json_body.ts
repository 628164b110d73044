// Reads a JSON request body or socket frame within bounds: depth first, then
// syntax. Text that PostgreSQL cannot hold (U+0000, half a surrogate pair) is
// refused or mended here, so no query ever fails on it.
import { Problem } from './problem.js'

const DEPTH_MAX = 32

const badJson = (detail: string) => new Problem(400, 'bad_json', 'Not JSON', detail)

/** Parses JSON text, or throws a Problem `bad_json` or `too_deep`. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw badJson('The body is empty; a JSON object was expected.')
  if (depthOf(text) > DEPTH_MAX) {
    throw new Problem(400, 'too_deep', 'Too deep', `JSON may be nested at most ${DEPTH_MAX} levels.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badJson('The body is not valid JSON.')
  }
  // Only an escape can bring in what UTF-8 itself cannot.
  return text.includes('\\u') ? clean(value) : value
}

/** How deep the brackets outside strings nest; stops counting once it is too deep. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x7b || c === 0x5b) {
      deepest = Math.max(deepest, ++depth)
      if (deepest > DEPTH_MAX) return deepest
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return deepest
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw badJson('Text may not contain U+0000.')
    return wellFormed(value)
  }
  if (Array.isArray(value)) return value.map(clean)
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, clean(v)]))
  }
  return value
}

/** Half a surrogate pair becomes U+FFFD, as UTF-8 encoders do. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
}

/** The same JSON value always gives the same text, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
