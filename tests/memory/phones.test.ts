// Phones come and go, in pages that live for days: what a phone took is given
// back, and what is left of a disposed one says so instead of crashing.
import { describe, expect, it } from 'vitest'
import { EngineLink } from '../../web/src/engine/link.js'
import type { EngineModule } from '../../web/src/engine/module.js'
import type { PhoneEvent } from '../../web/src/generated/events.js'
import { settle } from '../web/harness.js'
import { realModule, realPhone } from '../web/real_phone.js'

const config = JSON.stringify({ seed: 1, extension: '1001', extension_id: 'e-17', number: '1001', name: 'Alice' })
const KiB = 1024

/** One answered call with its answers, timers and notes. */
function oneCall(link: EngineLink, i: number, at: number): void {
  const tell = (event: PhoneEvent, when: number) => {
    if (link.dispatch(event, when, when) !== 0) throw new Error(`refused: ${JSON.stringify(event)}`)
    for (const effect of link.effects) {
      if (effect.type === 'http.send')
        tell({ type: 'HttpAnswered', request: effect.id, status_code: 201, body: `{"id":"${i}-${effect.id}"}` }, when)
      if (effect.type === 'timer.set' && effect.delay_ms <= 10_000) timers.push(effect.timer)
    }
  }
  const timers: number[] = []
  const call_id = `call-${i}@pbx.example`
  tell({ type: 'CallOffered', call_id, number: `+44207946${String(i).padStart(6, '0')}`, name: `Caller ${i}` }, at)
  tell({ type: 'AnswerRequested', command: i + 1, call_id }, at + 10)
  tell({ type: 'CallConnected', call_id }, at + 20)
  tell({ type: 'CallEnded', call_id, origin: 'remote', reason: `reason ${i}` }, at + 5000)
  for (const timer of [...timers]) tell({ type: 'TimerFired', timer }, at + 12_000)
}

function started(module: EngineModule): EngineLink {
  const link = new EngineLink(module, config)
  for (const type of ['Started', 'SoftphoneReady', 'Registered'] as const) link.dispatch({ type }, 1, 1)
  return link
}

describe('linear memory', () => {
  it('200 phones one after the other take no more than the first few', async () => {
    const module = await realModule()
    let settled = 0
    for (let i = 0; i < 200; i++) {
      const link = started(module)
      oneCall(link, i, 1000)
      link.dispose()
      if (i === 20) settled = module.HEAPU8.length
    }
    expect(module.HEAPU8.length).toBe(settled)
  })

  it('3,000 calls in one phone grow it to a limit', async () => {
    const module = await realModule()
    const link = started(module)
    const after: number[] = []
    for (let i = 0; i < 3000; i++) {
      oneCall(link, i, 1000 + i * 20_000)
      if (i % 500 === 499) after.push(module.HEAPU8.length)
    }
    expect(after.at(-1)).toBe(after[2])
    expect(after.at(-1)).toBeLessThanOrEqual(4096 * KiB)
  })

  it('long texts from outside leave no trace', async () => {
    const module = await realModule()
    const link = started(module)
    const body = JSON.stringify({ type: 'nobody knows this', filler: 'x'.repeat(200 * KiB) })
    const tell = (times: number) => {
      for (let i = 0; i < times; i++) link.dispatch({ type: 'SocketMessage', body: `${body} ${i}` }, 10, 10)
    }
    tell(50)
    const settled = module.HEAPU8.length
    tell(200)
    expect(module.HEAPU8.length).toBe(settled)
  })
})

describe('JavaScript memory', () => {
  it('the strings of ended calls are forgotten on this side too', async () => {
    const module = await realModule()
    const link = started(module)
    for (let i = 0; i < 2000; i++) oneCall(link, i, 1000 + i * 20_000)
    const { ids, texts } = link as unknown as { ids: Map<string, number>; texts: string[] }
    expect(ids.size).toBeLessThan(4000)
    expect(texts.length).toBeLessThan(8000)
  })

  it('200 whole phones, started and disposed of, leave nothing running', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    for (let i = 0; i < 200; i++) {
      const { phone, clock } = await realPhone()
      phone.dispose()
      await settle(2)
      expect(clock.pending).toBe(0)
    }
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(before)
  })
})

describe('after dispose', () => {
  it('every command rejects with the one clear error, and nothing throws otherwise', async () => {
    const { phone, softphone } = await realPhone()
    phone.dispose()
    const commands = [
      phone.login(),
      phone.logout(),
      phone.call('1002'),
      phone.answer(),
      phone.reject(),
      phone.hangup(),
      phone.hold(),
      phone.unhold(),
      phone.mute(),
      phone.unmute(),
      phone.dtmf('1'),
      phone.transfer.blind(undefined, '1002'),
      phone.transfer.attended(undefined, 'x'),
      phone.swap(),
      phone.merge(),
      phone.split(),
      phone.recordCall.start(),
      phone.recordCall.stop(),
      phone.setStatus('ONLINE'),
      phone.cancelNextStatus(),
      phone.finishWrapUp(),
      phone.extendWrapUp(5),
      phone.draft.edit('x', {}),
      phone.draft.save('x', {}),
      phone.retryOutbox(),
      phone.dismissNotice(),
    ]
    for (const command of commands)
      await expect(command).rejects.toMatchObject({ name: 'PhoneError', code: 'disposed' })
    expect(() => phone.snapshot()).toThrow('The phone has been disposed of.')
    phone.queueNumber({ extension: '1001' })
    softphone.says({ type: 'CallOffered', call_id: 'late', number: '1' })
    phone.dispose()
    expect(phone.store.getState().phase).toBe('disposed')
    expect(phone.store.getState().calls).toEqual({})
  })
})
