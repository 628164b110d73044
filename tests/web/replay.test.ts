// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// A recording from a phone, opened again: by the package's door, and by the tool.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { PhoneState } from '../../web/src/generated/state.js'
import { openRecording } from '../../web/src/replay/index.js'
import { parseRecording } from '../../web/src/replay/parse.js'
import { recordingText } from '../../web/src/runtime/recorder.js'
import { settle, testBackend } from './harness.js'
import { coldBytes, realPhone } from './real_phone.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'offhook-recording-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const plain = (state: PhoneState | null) => ({ ...state, agents: [...(state?.agents ?? [])] })
const open = (text: string) => openRecording(text, { wasm: coldBytes() })

async function phoneOf(restore?: string) {
  const backend = testBackend(({ url, method }) =>
    Response.json(url.includes('find') ? { id: 'c-1', name: 'Bob' } : { id: 'log-1' }, {
      status: method === 'POST' ? 201 : 200,
    }),
  )
  const set = await realPhone({
    api: { baseUrl: 'http://crm/api', token: () => 'T', fetch: backend.fetch },
    ...(restore === undefined ? {} : { restore }),
  })
  set.softphone.says({ type: 'SoftphoneReady' })
  set.softphone.says({ type: 'Registered' })
  await settle()
  return set
}

type Set = Awaited<ReturnType<typeof phoneOf>>

async function call({ phone, softphone, clock }: Set, call_id: string, number = '+442079460123') {
  softphone.says({ type: 'CallOffered', call_id, number, name: 'Carol' })
  void phone.answer()
  softphone.says({ type: 'CallConnected', call_id })
  softphone.says({ type: 'CallConnected', call_id: 'nobody' })
  clock.advance(3000)
  softphone.says({ type: 'CallEnded', call_id, origin: 'remote' })
  await settle()
  clock.advance(6000)
  await settle()
}

describe('an opened recording', () => {
  it('shows each event with what changed, which rows were taken and what was asked for', async () => {
    const set = await phoneOf()
    await call(set, 'a')
    const { events } = set.phone.recording()
    const opened = await open(recordingText(set.phone.recording()))
    expect(opened).toMatchObject({ length: events.length, redacted: false, dropped: 0, package: '0.1.0' })
    expect(opened.at(0)).toMatchObject({ index: 0, event: null, state: null })
    const offered = events.findIndex(({ type }) => type === 'CallOffered') + 1
    const step = opened.at(offered)
    expect(step.event).toEqual(events[offered - 1])
    expect(step.state!.calls.a).toMatchObject({ state: 'Offered' })
    expect(step.rows[0]).toEqual({ machine: 'call', row: expect.any(Number) })
    expect(step.changes.find(({ leaf }) => leaf === 'Call')).toMatchObject({
      before: null,
      after: { state: 'Offered' },
    })
    expect(step.effects.map(({ type }) => type)).toContain('http.send')
    const answered = opened.at(offered + 2)
    expect(answered.changes.find(({ leaf }) => leaf === 'Call')).toMatchObject({
      before: { state: 'Answering' },
      after: { state: 'Active' },
    })
    expect(plain(opened.at(opened.length).state)).toEqual(plain(set.phone.store.getState()))
  })

  it('goes back as well as forth, and marks where something was odd', async () => {
    const set = await phoneOf()
    await call(set, 'a')
    const opened = await open(recordingText(set.phone.recording()))
    const forth = Array.from({ length: opened.length + 1 }, (_, index) => plain(opened.at(index).state))
    for (let index = opened.length; index >= 0; index--) expect(plain(opened.at(index).state)).toEqual(forth[index])
    const odd = opened.anomalies.map((index) => opened.at(index)).find(({ anomaly }) => anomaly === 'unknown_call')
    expect(odd).toMatchObject({ event: { type: 'CallConnected', call_id: 'nobody' } })
    expect(opened.anomalies).toHaveLength(opened.at(opened.length).state!.anomalies)
    expect(opened.at(-5).index).toBe(0)
    expect(opened.at(1e9).index).toBe(opened.length)
  })

  it('of a phone that began with a stored state plays to the same end', async () => {
    const first = await phoneOf()
    await call(first, 'a')
    const second = await phoneOf(first.phone.snapshot())
    await call(second, 'b')
    const recording = second.phone.recording()
    expect(recording.checkpoint).not.toBeNull()
    const opened = await open(recordingText(recording))
    expect(plain(opened.at(opened.length).state)).toEqual(plain(second.phone.store.getState()))
    expect(Object.keys(opened.at(0).state!.callLogs)).toHaveLength(1)
  })

  it('whose beginning is kept no more begins from a checkpoint and plays to the same end, redacted or not', async () => {
    const set = await phoneOf()
    for (const [name, revision] of [
      ['Bob', 5],
      ['', 7],
    ] as const)
      set.softphone.says({ type: 'AgentStatusReceived', extension: `20${revision}`, name, status: 'BREAK', revision })
    for (let i = 0; i < 900; i++) await call(set, `call-${i}`, `+4420794${String(i).padStart(5, '0')}`)
    const whole = set.phone.recording()
    expect(whole.dropped).toBeGreaterThan(0)
    expect(whole.events.length).toBeGreaterThanOrEqual(4096)
    expect(whole.dropped + whole.events.length).toBe(set.phone.diagnostics().counters.events)
    const opened = await open(recordingText(whole))
    expect(opened.dropped).toBe(whole.dropped)
    expect(opened.at(0).state!.agents.size).toBe(2)
    expect(plain(opened.at(opened.length).state)).toEqual(plain(set.phone.store.getState()))
    const hidden = recordingText(set.phone.recording({ redact: true }))
    expect(hidden).not.toMatch(/4420794|Carol|Bob|Alice/)
    const again = await open(hidden)
    expect(again.redacted).toBe(true)
    const states = (state: PhoneState) =>
      Object.values(state.callLogs).map(({ key, status, delivery }) => [key, status, delivery])
    expect(states(again.at(again.length).state!)).toEqual(states(set.phone.store.getState()))
    expect(again.anomalies).toEqual(opened.anomalies)
  })
})

const head = '{"extension":"1001"}'
const started = '{"type":"Started","at":1,"mono":1}'

describe('a file that is no recording, or damaged,', () => {
  it.each<[string, string, RegExp]>([
    ['is empty', '', /^Line 1: the file is empty/],
    ['is a picture', '\u0089PNG\r\n', /^Line 1: this is no recording/],
    ['is some other JSON', '{"hello":1}\n', /^Line 1: .*no "extension"/],
    ['is cut off', `${head}\n${started}\n{"type":"Regis`, /^Line 3: not JSON .*not downloaded whole/],
    ['has a broken line in the middle', `${head}\n{"type:\n${started}\n`, /^Line 2: not JSON/],
    [
      'has an event of another version',
      `${head}\n\n{"type":"Beamed","at":1,"mono":1}\n`,
      /^Line 3: "Beamed" is no event/,
    ],
    ['has an event without its time', `${head}\n{"type":"Started","at":1}\n`, /^Line 2: Started has no time: "mono"/],
    [
      'lacks the checkpoint',
      `{"extension":"1","recording":{"format":1,"dropped":7}}\n${started}\n`,
      /^Line 2: .*checkpoint .*missing/,
    ],
    ['is of a format to come', '{"extension":"1","recording":{"format":2}}\n', /^Line 1: this is format 2/],
    ['has a checkpoint in the middle', `${head}\n${started}\n{"checkpoint":{}}\n`, /^Line 3: a checkpoint can only be/],
    ['has a list as a line', `${head}\n[]\n`, /^Line 2: not a JSON object/],
  ])('because it %s: the error names the line', async (_, text, says) => {
    expect(() => parseRecording(text)).toThrowError(
      expect.objectContaining({ code: 'bad_recording', message: expect.stringMatching(says) }),
    )
    await expect(open(text)).rejects.toMatchObject({ code: 'bad_recording', number: 109 })
  })

  it('because its checkpoint is damaged: bad_state', async () => {
    await expect(open(`${head}\n{"checkpoint":{"schema":1}}\n${started}\n`)).rejects.toMatchObject({
      code: 'bad_state',
    })
  })

  it('because the engine does not take its configuration: the reason', async () => {
    await expect(open('{"extension":"1001","calls_max":99}\n')).rejects.toMatchObject({
      code: 'bad_recording',
      message: expect.stringContaining('calls_max'),
    })
  })
})

describe('tools/replay', () => {
  const run = (...args: string[]) => {
    try {
      return {
        code: 0,
        out: execFileSync(process.execPath, ['tools/replay.mjs', ...args], {
          cwd: root,
          encoding: 'utf8',
          stdio: 'pipe',
        }),
        err: '',
      }
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string }
      return { code: status, out: stdout, err: stderr }
    }
  }

  it('tells a file from a phone state by state, natively and in WebAssembly, redacted or not, and with the line ends of a mail', async () => {
    const set = await phoneOf()
    await call(set, 'a')
    for (const [name, text] of [
      ['whole', recordingText(set.phone.recording())],
      ['hidden', recordingText(set.phone.recording({ redact: true }))],
      ['mailed', recordingText(set.phone.recording()).replaceAll('\n', '\r\n')],
    ] as const) {
      const file = join(scratch, `${name}.offhook.jsonl`)
      writeFileSync(file, text)
      const { code, out } = run(file)
      expect(code, name).toBe(0)
      expect(out).toMatch(/CallOffered {2}call_id=a/)
      expect(out).toContain('state Offered → Answering')
      expect(out).toMatch(/→ softphone\.answer {2}call_id=a/)
      expect(out.trimEnd().split('\n').at(-1)).toMatch(
        /^\d+ events(, redacted)?; native and WebAssembly agree, byte for byte$/,
      )
    }
    const file = join(scratch, 'whole.offhook.jsonl')
    expect(run(file, '--only', 'Agent').out).not.toMatch(/CallLog 0|→ http/)
    const events = set.phone.recording().events
    const at = events.findIndex(({ type }) => type === 'CallConnected') + 1
    expect(JSON.parse(run(file, '--at', String(at)).out)['Call 0']).toMatchObject({ id: 'a', state: 'Active' })
    expect(run(file, '--raw').out.trimEnd().split('\n')).toHaveLength(events.length + 1)
  })

  it('says which line of a damaged file is wrong, and how it is used', () => {
    const file = join(scratch, 'cut.jsonl')
    writeFileSync(file, `${head}\n${started}\n{"type":"Regis`)
    expect(run(file)).toMatchObject({ code: 1, err: expect.stringMatching(/cut\.jsonl: Line 3: not JSON/) })
    expect(run('nothing.jsonl')).toMatchObject({ code: 1, err: expect.stringContaining('does not exist') })
    expect(run()).toMatchObject({ code: 2, err: expect.stringContaining('usage:') })
    expect(run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--at N') })
    expect(run(file, '--at', 'x')).toMatchObject({ code: 2 })
    expect(readFileSync(file, 'utf8')).toContain('Regis')
  })
})
