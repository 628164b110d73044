// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// What leaves the page holds no secret, wherever one was planted; and what is
// hidden is hidden so that the recording still plays the same.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PhoneEvent } from '../../web/src/generated/events.js'
import schema from '../../web/src/generated/schema.json' with { type: 'json' }
import { Redactor } from '../../web/src/redaction.js'
import { recordingText } from '../../web/src/runtime/recorder.js'
import { settle, testBackend } from './harness.js'
import { coldEngine, realPhone } from './real_phone.js'

function random(seed: number) {
  let s = seed | 1
  return (below: number) => {
    s ^= s << 13
    s ^= s >>> 17
    s ^= s << 5
    return (s >>> 0) % below
  }
}

const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const word = (pick: (below: number) => number, length = 18) =>
  Array.from({ length }, () => letters[pick(letters.length)]).join('')

/** The ways in which libraries, backends and people write a secret into a text. */
const forms: ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `REGISTER failed\nProxy-Authorization: Digest username="1001", response="${secret}"`,
  (secret) => `password=${secret}`,
  (secret) => `{"access_token":"${secret}"}`,
  (secret) => `wss://1001:${secret}@pbx.example/ws`,
  (secret) => `retry with token: ${secret}; see log`,
]
/** Without the secret's own label only a secret that the phone was given can be known. */
const labelled = forms.slice(1)

interface Field {
  name: string
  kind: string
  words?: string[]
}

describe('secrets', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'planted in every option and every field of every event are in nothing that leaves the page (seed %i)',
    async (seed) => {
      const pick = random(seed * 7919)
      const given = { password: word(pick), ha1: word(pick), credential: word(pick), token: word(pick) }
      const strange = word(pick)
      let fresh = 0
      const planted = () =>
        pick(2) === 0
          ? forms[pick(forms.length)]!(Object.values(given)[pick(4)]!)
          : labelled[pick(labelled.length)]!(strange)
      const backend = testBackend(() => {
        fresh += 1
        return Response.json({ id: '7', name: planted(), token: strange, detail: planted() }, { status: 200 })
      })
      const set = await realPhone({
        session: {
          extension: '1001',
          name: 'Alice',
          sip: {
            server: 'wss://pbx.example/ws',
            username: '1001',
            password: given.password,
            ha1: given.ha1,
            iceServers: [{ urls: 'turn:turn.example', username: 'u', credential: given.credential }],
          },
        },
        api: { baseUrl: 'http://crm/api', token: () => given.token, fetch: backend.fetch },
      })
      const { phone, softphone, logged } = set
      softphone.says({ type: 'SoftphoneReady' })
      softphone.says({ type: 'Registered' })
      await settle()
      for (const shape of schema.events) {
        if (['Started', 'Disposed'].includes(shape.name)) continue
        const event: Record<string, unknown> = { type: shape.name }
        for (const field of shape.fields as Field[]) {
          if (field.words) event[field.name] = field.words[pick(field.words.length)]
          else if (field.kind === 'Flag') event[field.name] = pick(2) === 1
          else if (field.kind === 'Number') event[field.name] = pick(600)
          // An id is a place for a known secret only: the engine compares it, nobody reads it.
          else if (/(^|_)id$|token$/.test(field.name)) event[field.name] = pick(3) ? 'c1' : given.token
          else if (field.kind === 'Blob')
            event[field.name] = JSON.stringify({ type: 'change', name: planted(), password: strange, text: planted() })
          else event[field.name] = planted()
        }
        softphone.says(event as PhoneEvent as never)
      }
      softphone.says({ type: 'Nonsense', reason: planted() } as never)
      phone.queueNumber({ extension: '1001', queue_name: planted(), call_from: planted() })
      void phone.call(planted())
      void phone.setStatus('BREAK', planted())
      await settle()
      softphone.start = () => Promise.reject(new Error(planted()))
      const out = {
        log: logged.join('\n'),
        snapshot: phone.snapshot({ redact: true }),
        kept: phone.snapshot(),
        recording: recordingText(phone.recording()),
        redacted: recordingText(phone.recording({ redact: true })),
        diagnostics: JSON.stringify(phone.diagnostics()),
      }
      expect(fresh).toBeGreaterThan(0)
      for (const [where, text] of Object.entries(out)) {
        for (const [name, secret] of Object.entries(given))
          expect(text.includes(secret), `${name} in ${where}`).toBe(false)
        // In the state that is taken up again a person's own words stay as they are: only what we were given is hidden.
        if (where !== 'kept') expect(text.includes(strange), `a strange secret in ${where}`).toBe(false)
      }
      phone.dispose()
    },
  )

  it('that a library writes into the log are hidden there, and numbers too', async () => {
    const { phone, softphone, logged } = await realPhone({
      session: { extension: '1001', sip: { password: 'correct horse battery' } },
    })
    await settle()
    softphone.says({ type: 'correct horse battery from sip:carol@pbx.example +442079460123' } as never)
    expect(logged.at(-1)).toContain('the engine does not take *** from sip:')
    expect(logged.at(-1)).not.toMatch(/carol|442079460123/)
    phone.dispose()
  })
})

describe('the policy', () => {
  it('can be changed by the host: a field more, a field less, a pattern of its own', () => {
    const redactor = new Redactor({
      fields: { name: 'keep', call_id: 'mask', Customer_No: 'secret' },
      text: [{ pattern: /\bKD-\d+/g, treatment: 'secret' }],
    })
    expect(redactor.clean({ name: 'Bob', call_id: 'abc', customerNo: 'K1', reason: 'for KD-77' }, true)).toEqual({
      name: 'Bob',
      call_id: '#a·',
      customerNo: '***',
      reason: 'for ***',
    })
  })

  it('masks a number by another of the same form, the same one each time', () => {
    const redactor = new Redactor()
    const numbers = [
      '+442079460123',
      '00442079460123',
      '+44 20 7946 0123',
      '1002',
      '0207946',
      'sip:1002@pbx.example',
      'sip:bob@pbx.example',
      '*98',
    ]
    const masked = redactor
      .clean(
        numbers.map((number) => ({ number })),
        true,
      )
      .map(({ number }) => number)
    expect(masked).toEqual([
      '+100000000000',
      '00100000000000',
      '+10 00 0000 0000',
      '1000',
      '0100000',
      'sip:1000@xxx.xxxxxxx',
      'sip:axx@xxx.xxxxxxx',
      '*10',
    ])
    expect(redactor.clean({ number: 'anonymous', digits: '12#4' }, true)).toEqual({
      number: 'anonymous',
      digits: '00#0',
    })
  })

  it('leaves a body letter for letter when there is nothing to hide in it', () => {
    const body = '{ "id": 12345678901234567890, "status":"ONLINE" }'
    expect(new Redactor().clean({ body }, false)).toEqual({ body })
  })
})

interface Reply {
  error: { code: string } | null
  changes: { leaf: string; slot: number; value: Record<string, unknown> | null }[]
  effects: { type: string; request?: string }[]
}

/** What happened, without whom it happened to: leaves, states and other words, verdicts, effects. */
function shape(replies: string[]): unknown[] {
  const words = new Map<string, string[]>(
    schema.leaves.map((leaf) => [
      leaf.name,
      (leaf.fields as Field[]).filter(({ words }) => words).map(({ name }) => name),
    ]),
  )
  return replies.map((text) => {
    const { error, changes, effects } = JSON.parse(text) as Reply
    return {
      error: error?.code ?? null,
      changes: changes.map(({ leaf, slot, value }) => [
        leaf,
        slot,
        value && words.get(leaf)!.map((name) => JSON.stringify(value[name])),
      ]),
      effects: effects.map(({ type, request }) => [type, request]),
    }
  })
}

describe('a redacted recording', () => {
  const folder = new URL('../replay/', import.meta.url)
  // These two hold lines that no phone records: no JSON, and numbers beyond JavaScript's, for the engine's own reader.
  const odd = ['bad_input.jsonl', 'bad_input_numbers.jsonl']
  it.each(readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !odd.includes(name)))(
    'of %s plays to the same states, without a number or a name of it',
    async (name) => {
      const PhoneEngine = await coldEngine()
      const [config, ...events] = readFileSync(new URL(name, folder), 'utf8').trim().split('\n')
      const play = (lines: string[]) => {
        const engine = new PhoneEngine(lines[0]!)
        const replies = lines.slice(1).map((line) => engine.dispatch(line))
        engine.delete()
        return replies
      }
      const given = [config!, ...events].map((line) => JSON.parse(line) as Record<string, unknown>)
      const hidden = new Redactor().clean(given, true).map((line) => JSON.stringify(line))
      expect(shape(play(hidden))).toEqual(shape(play([config!, ...events])))
      expect(hidden.join('\n')).not.toMatch(/442079460123|Zoë/)
    },
  )
})
