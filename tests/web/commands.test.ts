// Commands: every promise settles, bad input is refused and what has happened is not lost; and the end, which leaves
// nobody waiting. The engine is a fake that each test gives its answers. Everything else of the runtime: runtime.test.ts.
import { describe, expect, it } from 'vitest'
import { fakePhone, settle, testBackend } from './harness.js'

const registration = (state: string) => ({ leaf: 'Registration', value: { state } })

describe('commands', () => {
  it('done resolves with the call, refused and timed out reject with their code', async () => {
    const { phone } = await fakePhone((event) => {
      if (event.type === 'DialRequested') {
        const { command, number } = event
        if (number === '1')
          return { effects: [{ type: 'command.settled', command, outcome: 'done', reason: 'ok', call_id: 'c1' }] }
        if (number === '2')
          return { effects: [{ type: 'command.settled', command, outcome: 'refused', reason: 'bad_number' }] }
        return { effects: [{ type: 'command.settled', command, outcome: 'timed_out', reason: 'ok' }] }
      }
      return {}
    })
    await expect(phone.call('1')).resolves.toBe('c1')
    await expect(phone.call('2')).rejects.toMatchObject({
      name: 'PhoneError',
      code: 'bad_number',
      recoverable: false,
      fatal: false,
    })
    await expect(phone.call('3')).rejects.toMatchObject({ code: 'timed_out' })
  })

  it('a refusal that nobody waits for is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const { phone } = await fakePhone((event) =>
      'command' in event
        ? { effects: [{ type: 'command.settled', command: event.command, outcome: 'refused', reason: 'not_ready' }] }
        : {},
    )
    void phone.call('1')
    void phone.hold()
    void phone.setStatus('NONSENSE' as never)
    await settle()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('an event that the engine does not take rejects its command with bad_event', async () => {
    const { phone } = await fakePhone((event) => (event.type === 'DialRequested' ? { error: 3 } : {}))
    await expect(phone.call('1')).rejects.toMatchObject({ code: 'bad_event' })
  })

  it('notes longer than the engine takes are refused and not cut', async () => {
    const { phone, engine } = await fakePhone(() => ({}))
    await expect(phone.draft.save('log-1', { notes: 'x'.repeat(20_000) })).rejects.toMatchObject({ code: 'bad_event' })
    expect(engine.seen.map((event) => event.type)).toEqual(['Started'])
  })

  it('what has happened is not lost for a text that is too long: it is told cut', async () => {
    const { softphone, engine } = await fakePhone((event) =>
      event.type === 'Started' ? { effects: [{ type: 'softphone.start' }] } : {},
    )
    softphone.says({ type: 'CallEnded', call_id: 'c', origin: 'neither' as never, reason: 'ü'.repeat(20_000) })
    softphone.says({ type: 'CallConnected', call_id: 7 as never })
    softphone.says({ type: 'Unregistered', reason: null as never })
    expect(engine.seen.slice(1)).toMatchObject([
      { type: 'CallEnded', call_id: 'c', origin: 'unknown', reason: 'ü'.repeat(2048) },
      { type: 'CallConnected', call_id: '7' },
      { type: 'Unregistered', reason: '' },
    ])
  })

  it('and keeps its place in the mailbox', async () => {
    const { softphone, engine } = await fakePhone((event) =>
      event.type === 'Started' ? { effects: [{ type: 'softphone.start' }, { type: 'softphone.register' }] } : {},
    )
    const seen: string[] = []
    const long = 'x'.repeat(20_000)
    softphone.mute = () => {
      softphone.says({ type: 'Unregistered', reason: long })
      softphone.says({ type: 'SoftphoneFailed', reason: long })
      softphone.says({ type: 'Registered' })
    }
    const { phone } = await fakePhone(
      (event) => {
        seen.push(event.type)
        return event.type === 'Started'
          ? { effects: [{ type: 'softphone.start' }, { type: 'softphone.mute', call_id: 'a', on: true }] }
          : {}
      },
      { softphone },
    )
    expect(seen).toEqual(['Started', 'Unregistered', 'SoftphoneFailed', 'Registered'])
    expect(phone.recording().events.at(-1)).toMatchObject({ type: 'Registered' })
    expect(engine.seen.map((event) => event.type)).toEqual(['Started'])
  })

  it('an answer made too long by its transformation is a bad answer', async () => {
    const backend = testBackend(() => Response.json({ id: '1' }))
    const { engine } = await fakePhone(
      (event) =>
        event.type === 'Started'
          ? { effects: [{ type: 'http.send', request: 'agent_status_get', timeout_ms: 1000 }] }
          : {},
      {
        api: {
          baseUrl: 'http://b',
          token: () => 'T',
          fetch: backend.fetch,
          transform: { answer: () => 'x'.repeat(300_000) },
        },
      },
    )
    await settle()
    expect(engine.seen.slice(1)).toMatchObject([{ type: 'HttpFailed', request: 1, failure: 'bad_answer' }])
  })

  it('a draft keeps what an edit leaves out', async () => {
    const { phone, engine } = await fakePhone((event) =>
      event.type === 'Started'
        ? { leaves: [{ leaf: 'Draft', value: { call_log_id: 'log-1', notes: 'old', disposition: 'sale', since: 1 } }] }
        : {},
    )
    void phone.draft.edit('log-1', { notes: 'new' })
    void phone.draft.save('log-1', { disposition: null })
    expect(engine.seen.slice(1)).toMatchObject([
      { type: 'DraftEdited', notes: 'new', disposition: 'sale' },
      { type: 'DraftSaved', notes: 'old', disposition: '' },
    ])
  })

  it('a command without an id leaves the choice to the engine', async () => {
    const { phone, engine } = await fakePhone(() => ({}))
    void phone.hold()
    void phone.unhold('c2')
    void phone.dtmf('12#')
    expect(engine.seen.slice(1)).toMatchObject([
      { type: 'HoldRequested', call_id: '', on: true },
      { type: 'HoldRequested', call_id: 'c2', on: false },
      { type: 'DtmfRequested', call_id: '', digits: '12#' },
    ])
  })
})

describe('the end', () => {
  it('dispose rejects what waits, stops everything, and says nothing afterwards', async () => {
    const { phone, softphone, engine, clock } = await fakePhone(
      (event) => {
        if (event.type === 'Started') {
          return {
            effects: [
              { type: 'softphone.start' },
              { type: 'socket.open' },
              { type: 'timer.set', timer: 1, delay_ms: 100 },
            ],
          }
        }
        return event.type === 'Disposed' ? { leaves: [{ leaf: 'Root', value: { phase: 'disposed' } }] } : {}
      },
      { sockets: { events: 'ws://hub/ws', WebSocket: class extends SilentSocket {} } },
    )
    const waiting = phone.call('1')
    phone.dispose()
    phone.dispose()
    await expect(waiting).rejects.toMatchObject({ code: 'disposed', recoverable: false })
    await expect(phone.call('1')).rejects.toMatchObject({ code: 'disposed' })
    expect(() => phone.snapshot()).toThrow('disposed')
    expect(phone.store.getState().phase).toBe('disposed')
    expect(clock.pending).toBe(0)
    expect(softphone.calls.at(-1)).toBe('stop')
    expect(engine.module.deleted).toBe(1)
    const before = engine.seen.length
    softphone.says({ type: 'CallOffered', call_id: 'late', number: '1' })
    phone.queueNumber({ extension: '1001' })
    clock.advance(10_000)
    expect(engine.seen.length).toBe(before)
    expect(phone.recording().events.at(-1)).toMatchObject({ type: 'Disposed' })
  })

  it('a phone may be disposed of by its own listener', async () => {
    const { phone, softphone, engine } = await fakePhone((event) =>
      event.type === 'Started' ? { effects: [{ type: 'softphone.start' }] } : { leaves: [registration('Registered')] },
    )
    phone.store.subscribe(() => phone.dispose())
    softphone.says({ type: 'Registered' })
    expect(engine.seen.map((event) => event.type)).toEqual(['Started', 'Registered', 'Disposed'])
    expect(engine.module.deleted).toBe(1)
  })

  it('an engine that stops leaves phase failed, one clear error, and nobody waiting', async () => {
    const { phone, softphone, clock, logged } = await fakePhone((event) => {
      if (event.type === 'Started')
        return { effects: [{ type: 'softphone.start' }, { type: 'timer.set', timer: 1, delay_ms: 5 }] }
      if (event.type === 'Registered') throw new WebAssembly.RuntimeError('unreachable')
      return {}
    })
    const versions: number[] = []
    phone.store.subscribe((state) => versions.push(state.version))
    const waiting = phone.call('1')
    softphone.says({ type: 'Registered' })
    await expect(waiting).rejects.toMatchObject({ code: 'engine_aborted', recoverable: false })
    await expect(phone.hangup('x')).rejects.toMatchObject({ code: 'engine_aborted' })
    expect(() => phone.snapshot()).toThrow(/engine has stopped/)
    expect(phone.store.getState().phase).toBe('failed')
    expect(versions).toEqual([1])
    expect(clock.pending).toBe(0)
    expect(softphone.calls.at(-1)).toBe('stop')
    expect(logged.join()).toContain('unreachable')
    phone.dispose()
  })
})

class SilentSocket {
  onopen = null
  onmessage = null
  onclose = null
  onerror = null
  binaryType = ''
  readyState = 0
  send(): void {}
  close(): void {}
}
