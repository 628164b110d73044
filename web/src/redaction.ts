// What may leave the page, as data: one policy for log lines, recordings,
// diagnostics and exported state. A field's name decides what becomes of its
// value; known secrets are looked for in every text, wherever they stand.

/**
 * `keep`: as it is. `text`: as it is, but numbers and addresses inside are masked. `mask`: hidden; the same text always
 * gets the same mask of the same length. `drop`: left out. `secret`: *** always. All but `secret` need `redact: true`.
 */
export type Treatment = 'keep' | 'text' | 'mask' | 'drop' | 'secret'

export interface TextRule {
  /** With the flag g. The first group, when there is one, is kept. */
  pattern: RegExp
  treatment: 'mask' | 'secret'
}

export interface Policy {
  /** By the field's name in lower case without `_` and `-`: contact_name and contactName are both `contactname`. */
  fields: Readonly<Record<string, Treatment>>
  /** For texts of whatever field, and for log lines. */
  text: readonly TextRule[]
}

const list = (treatment: Treatment, names: string) =>
  Object.fromEntries(names.split(' ').map((name) => [name, treatment]))

/** extension_id is kept: the keys of call_logs are made of it, and events name those keys. */
export const defaultPolicy: Policy = {
  fields: {
    ...list(
      'secret',
      'token accesstoken refreshtoken idtoken authorization proxyauthorization password passwd authorizationpassword secret clientsecret cookie setcookie credential ha1 apikey privatekey',
    ),
    ...list(
      'mask',
      'number name company callfrom callto target digits notes disposition contactname contactnumber peername extension queuenumber transfertarget dtmfdigits displayname firstname lastname email phone address username authorizationusername uri microphone speaker',
    ),
    ...list(
      'text',
      'reason text message detail error lasterror nextreason intentreason requestedreason queuedreason pausereason resumereason title',
    ),
    ...list('drop', 'sdp headers'),
  },
  text: [
    { pattern: /\b((?:proxy-)?authorization|(?:set-)?cookie)\b["']?\s*[:=][^\r\n]+/gi, treatment: 'secret' },
    { pattern: /\b(digest)\s+\w+=[^\r\n]+/gi, treatment: 'secret' },
    { pattern: /\b(bearer|basic)\s+[\w+/=.~-]{4,}/gi, treatment: 'secret' },
    {
      pattern:
        /\b(token|access_token|refresh_token|id_token|password|passwd|secret|api_?key|ha1|credential)\b["']?\s*[:=\s]\s*["']?[^\s"',;&<>]+/gi,
      treatment: 'secret',
    },
    { pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, treatment: 'secret' },
    { pattern: /(:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g, treatment: 'secret' },
    { pattern: /\b(sips?:|tel:)[^\s@;>"']+/gi, treatment: 'mask' },
    { pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, treatment: 'mask' },
    { pattern: /\+?\d[\d ().-]{4,}\d/g, treatment: 'mask' },
  ],
}

/** Some of the defaults replaced, some added. */
export interface RedactionOptions {
  fields?: Readonly<Record<string, Treatment>>
  text?: readonly TextRule[]
}

const STARS = '***'
/** Shorter ones are not looked for: an extension's number as its password would blank out every call. */
const SECRET_LEAST = 6
const SECRETS_MOST = 32

export class Redactor {
  private readonly policy: Policy
  private secrets: string[] = []

  constructor(more: RedactionOptions = {}) {
    const added = Object.entries(more.fields ?? {}).map(([name, how]) => [plain(name), how])
    this.policy = {
      fields: { ...defaultPolicy.fields, ...Object.fromEntries(added) },
      text: [...(more.text ?? []), ...defaultPolicy.text],
    }
  }

  /** From now on this text is hidden wherever it stands. */
  learn(secret: unknown): void {
    if (typeof secret !== 'string' || secret.length < SECRET_LEAST || this.secrets[0] === secret) return
    this.secrets = [secret, ...this.secrets.filter((known) => known !== secret)].slice(0, SECRETS_MOST)
  }

  /** Learns every text in `value` that stands under a name the policy calls secret. */
  learnFrom(value: unknown, secret = false): void {
    if (secret) this.learn(value)
    if (value === null || typeof value !== 'object') return
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'function') this.learnFrom(inner, secret || this.treatment(name) === 'secret')
    }
  }

  /** A text without the secrets that are known: for what is stored and taken up again. */
  known(text: string): string {
    let clean = text
    for (const secret of this.secrets) {
      clean = clean.replaceAll(secret, STARS)
      const quoted = JSON.stringify(secret).slice(1, -1)
      if (quoted !== secret) clean = clean.replaceAll(quoted, STARS)
    }
    return clean
  }

  /** A log line: no secrets, no numbers, no addresses. */
  line(text: string): string {
    return this.scrub(text, maskMaker())
  }

  /** A copy of `value`. With `hide` also without what is private. Masks agree within one call. */
  clean<T>(value: T, hide: boolean): T {
    return this.walk(value, hide ? maskMaker() : null, '') as T
  }

  private treatment(name: string): Treatment {
    return this.policy.fields[plain(name)] ?? 'keep'
  }

  private walk(value: unknown, mask: Mask | null, name: string): unknown {
    if (typeof value === 'string') return value === '' ? '' : this.text(value, mask, name)
    if (Array.isArray(value)) return value.map((item) => this.walk(item, mask, name))
    if (value === null || typeof value !== 'object') {
      return this.treatment(name) === 'secret' && typeof value === 'number' ? STARS : value
    }
    const copy: Record<string, unknown> = {}
    for (const [key, inner] of Object.entries(value)) {
      if (mask && this.treatment(key) === 'drop') continue
      copy[key] = this.walk(inner, mask, key)
    }
    return copy
  }

  private text(text: string, mask: Mask | null, name: string): string {
    if (name === 'body') return this.body(text, mask)
    const treatment = this.treatment(name)
    if (treatment === 'secret') return STARS
    if (mask && treatment === 'mask') return /digits$/i.test(name) ? text.replace(/\d/g, '0') : mask(this.known(text))
    return this.scrub(text, mask && treatment === 'text' ? mask : null)
  }

  /** JSON is cleaned inside, and stays letter for letter when there was nothing to clean; anything else is hidden whole. */
  private body(text: string, mask: Mask | null): string {
    try {
      const given: unknown = JSON.parse(text)
      const clean = JSON.stringify(this.walk(given, mask, ''))
      return clean === JSON.stringify(given) ? text : clean
    } catch {
      return mask ? mask(text) : this.scrub(text, null)
    }
  }

  private scrub(text: string, mask: Mask | null): string {
    let clean = this.known(text)
    for (const { pattern, treatment } of this.policy.text) {
      if (treatment === 'mask' && !mask) continue
      clean = clean.replace(pattern, (found: string, ...groups: unknown[]) => {
        const kept = typeof groups[0] === 'string' ? groups[0] : ''
        if (treatment === 'secret') return kept === '' ? STARS : kept.endsWith('/') ? kept + STARS : `${kept} ${STARS}`
        return kept + (mask as Mask)(found.slice(kept.length))
      })
    }
    return clean
  }
}

const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '')

// Masks -----------------------------------------------------------------------

type Mask = (text: string) => string

/**
 * Numbers become other numbers of the same form (length, +, 00, sip:…@), so that the engine treats them alike; other
 * texts become a letter and dots. Who calls without a number stays nobody.
 */
function maskMaker(): Mask {
  const masks = new Map<string, string>()
  const counts = new Map<string, number>()
  const serial = (kind: string) => {
    const next = counts.get(kind) ?? 0
    counts.set(kind, next + 1)
    return next
  }
  const once = (key: string, make: () => string) => {
    const made = masks.get(key) ?? make()
    masks.set(key, made)
    return made
  }
  /** `digits` begins with no 0. */
  const digitsLike = (digits: string) =>
    digits === '' ? '' : once(`d${digits}`, () => String(10 ** (digits.length - 1) + serial(`d${digits.length}`)))
  return (text) => {
    if (/^(?:sips?:)?(?:anonymous|unknown|restricted|private)(?:@[\w.-]*)?$/i.test(text)) return text
    const number = /^(sips?:|tel:)?([+\d*#()./ -]*\d[+\d*#()./ -]*)([@;].*)?$/i.exec(text)
    if (!number || text.length > 64) {
      const address = /^(sips?:)?([^@\s]+)(@\S+)$/i.exec(text)
      if (address && text.length <= 64) {
        const [, scheme = '', user = '', host = ''] = address
        const hidden = once(`u${user}`, () => letters(serial('u')))
        return scheme + hidden.padEnd(user.length, 'x') + host.replace(/[^@;.=]/g, 'x')
      }
      const nobody = /anonymous|unknown|restricted|private/i.exec(text)?.[0] ?? ''
      return once(`t${text}`, () => `#${nobody}${letters(serial('t'))}`.padEnd(text.length, '·'))
    }
    const [, scheme = '', user = '', rest = ''] = number
    const all = user.replace(/\D/g, '')
    const zeros = /^0{0,2}/.exec(all)?.[0] ?? ''
    const more = /^0+/.exec(all.slice(zeros.length))?.[0] ?? ''
    const masked = zeros + more + digitsLike(all.slice(zeros.length + more.length))
    let at = 0
    const shown = user.replace(/\d/g, () => masked[at++] ?? '') + masked.slice(at)
    return `${scheme}${shown}${rest.replace(/[^@;.=]/g, 'x')}`
  }
}

/** 0 → a, 25 → z, 26 → aa … */
function letters(number: number): string {
  const last = String.fromCharCode(97 + (number % 26))
  return number < 26 ? last : letters(Math.floor(number / 26) - 1) + last
}
