// The typed client, as another program would use it: REST, refusals, and lists
// that follow the hub over a lost connection.

import { expect, it } from 'vitest'
import WebSocket from 'ws'
import { type AcdCallItem, HubError, hubClient } from '../../hub/dist/client.js'
import { startHub } from './support/harness.js'
import { acdCall, acdQueue, acdRecord, Script } from './support/scripted_centre.js'

it('does what REST does, and keeps the topics', async () => {
  const script = new Script()
  const t = await startHub({ pbx: script.options })
  const opened: WebSocket[] = []
  class Socket extends WebSocket {
    constructor(url: string) {
      super(url)
      opened.push(this)
    }
  }
  const at = (token: string | null) =>
    hubClient({ baseUrl: `${t.url}/`, token: () => token ?? '', WebSocket: Socket as never })
  const [admin, sue] = [at(t.program.token), at(t.sue.token)]
  const say = (changes: object, effects: never[] = []) => {
    script.now.say(effects, changes)
    t.hub.pbx.phoneTold('1001', null)
  }
  const until = async (what: string, claim: () => boolean) => {
    for (const end = Date.now() + 10_000; !claim(); await new Promise((done) => setTimeout(done, 10))) {
      if (Date.now() > end) throw new Error(`waited for: ${what}`)
    }
  }
  const changed: (string | null)[] = []
  try {
    await admin.putSkill('german', { description: 'speaks German' })
    const stored = await admin.putQueue('support', { skills: [{ skill: 'german', min: 3 }], ring_ms: 12_000 })
    expect(stored.ring_ms).toBe(12_000)
    await admin.putAgent('1001', { skills: [{ skill: 'german', level: 4 }], queues: [{ queue: 'support' }] })
    expect((await sue.settings()).agents[0]?.skills).toEqual([{ skill: 'german', level: 4 }])
    expect((await sue.agents()).items[0]?.queues[0]?.queue).toBe('support')

    const watch = sue.watch(['acd_calls', 'queues'], (topic) => changed.push(topic))
    await until('it is live', () => watch.live)
    say({ acd_calls: [acdCall('1.1')], acd_queues: [acdQueue('support', { waiting: 1 })] })
    await until('the call is there', () => watch.items('acd_calls').length === 1)
    const [call] = watch.items('acd_calls') as [AcdCallItem]
    expect([call.call_id, call.state, watch.items('queues')[0]?.waiting]).toEqual(['1.1', 'Queued', 1])
    expect(changed).toContain('acd_calls')

    script.onCommand = () => ({ state: 'ok' })
    expect(await sue.priority('1.1', 10)).toEqual({ state: 'ok' })
    expect(await sue.supervise('1.1', 'monitor')).toEqual({ state: 'ok' })
    const refusal = await sue.priority('9.9', 1).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(HubError)
    expect(refusal).toMatchObject({ status: 404, code: 'call_unknown' })
    await expect(sue.putQueue('x', {})).rejects.toMatchObject({ code: 'role_required' })

    // The connection is lost; what changed meanwhile is there afterwards.
    opened[0]?.terminate()
    await until('it is seen', () => !watch.live)
    say({ acd_calls: [{ ...acdCall('1.1'), gone: true }, acdCall('1.2')] })
    await until('it is live again', () => watch.live)
    await until(
      'it is as it is',
      () =>
        watch
          .items('acd_calls')
          .map((one) => one.call_id)
          .join() === '1.2',
    )
    expect(opened.length).toBeGreaterThan(1)
    watch.stop()

    say({}, [{ type: 'record.write', record: acdRecord('r1', { outcome: 'abandoned' }) } as never])
    await t.hub.acd.settle()
    expect((await sue.records({ outcome: 'abandoned', limit: 5 })).items[0]?.queue_time_seconds).toBe(12)
    expect((await sue.writeNotes('r1', 'called back')).notes).toBe('called back')
    await expect(admin.deleteQueue('support')).rejects.toMatchObject({ code: 'queue_in_use' })
    say({ acd_calls: [{ ...acdCall('1.2'), gone: true }], acd_queues: [{ ...acdQueue('support'), gone: true }] })
    await admin.deleteQueue('support')
    expect((await sue.queues()).items).toEqual([])
  } finally {
    await t.stop()
  }
})
