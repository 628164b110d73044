// Telephone numbers as the contacts table keeps them: an optional + and
// digits. Says why a peername is no number; looks nothing up.
import { Problem } from './problem.js'

const ANONYMOUS = new Set(['anonymous', 'unknown', 'unavailable', 'restricted', 'private', 'withheld', 'blocked'])

/** ITU-T E.164 allows 15 digits; some trunks put a prefix before them. */
const DIGITS_MAX = 20

const refused = (code: string, detail: string) => new Problem(422, code, 'Not a number for a contact', detail)

/** Normalises a number, or throws a 422 with the reason: `number_blank`, `number_anonymous`, `number_internal`, `number_invalid`. */
export function normaliseNumber(raw: string, isInternal: (digits: string) => boolean): string {
  const text = raw
    .trim()
    .replace(/^(sips?|tel):/i, '')
    .replace(/[@;].*$/s, '')
    .trim()
  if (text === '') throw refused('number_blank', 'The number is blank.')
  if (ANONYMOUS.has(text.replace(/^<|>$/g, '').toLowerCase())) {
    throw refused('number_anonymous', 'The caller withheld the number, so there is no contact to find.')
  }
  const bare = text.replace(/[\s().\-/]/g, '')
  if (!/^\+?\d+$/.test(bare)) throw refused('number_invalid', 'A number has digits, and may begin with +.')
  if (isInternal(bare)) throw refused('number_internal', 'This is an internal extension, not a contact.')
  if (bare.length > DIGITS_MAX) throw refused('number_invalid', `A number has at most ${DIGITS_MAX} digits.`)
  return bare
}
