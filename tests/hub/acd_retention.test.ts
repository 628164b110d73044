// Records are removed, their notes too, and numbers are made anonymous when
// their time has come; what is not configured stays.
import { expect, it } from 'vitest'
import { anonymised } from '../../hub/src/acd/retention.js'
import { createHub } from '../../hub/src/index.js'
import type { CentreEffect } from '../../hub/src/pbx/centre_types.js'
import { startHub } from './support/harness.js'
import { acdRecord, Script } from './support/scripted_centre.js'

const DAY = 86_400_000

it('sweeps by the days that are configured', async () => {
  const script = new Script()
  const key = 'sixteen characters or more'
  const retention = { records_days: 30, notes_days: 7, numbers_days: 10, numbers_key: key }
  const t = await startHub({ pbx: script.options, contactCentre: { retention } })
  try {
    const begin = t.clock.now
    const at = (id: string, days: number, more: object = {}): CentreEffect => {
      const ended = begin - days * DAY
      const record = acdRecord(id, { enqueued_at: ended - 60_000, ended_at: ended, final: true, notes: 'n', ...more })
      return { type: 'record.write', record }
    }
    const many = Array.from({ length: 1500 }, (_, n) => at(`many${n}`, 11, { from: `+4420${n % 2}` }))
    script.now.say([
      at('new', 1),
      at('week', 8),
      at('ten', 11, { from: '+44201', overflow_to: '+44999' }),
      at('old', 31),
      // Still going on, however long ago it began; as far as is known.
      at('open', 40, { ended_at: null, final: false }),
      ...many,
    ])
    t.hub.pbx.phoneTold('1001', null)
    await t.hub.acd.settle()
    expect(await t.hub.acd.retention.sweep()).toEqual({ records: 1, notes: 1502, numbers: 1501 })
    expect(await t.hub.acd.retention.sweep()).toEqual({ records: 0, notes: 0, numbers: 0 })
    const get = async (id: string) => (await t.sue.get(`/api/contact-centre/records/${id}`)).body
    expect(await get('new')).toMatchObject({ notes: 'n', from: '+442079460123', anonymised: false })
    expect(await get('week')).toMatchObject({ notes: null, from: '+442079460123' })
    const ten = await get('ten')
    expect(ten).toMatchObject({ notes: null, anonymised: true, from: anonymised('+44201', key) })
    expect(ten.from).toMatch(/^anon:[0-9a-f]{24}$/)
    expect(ten.overflow_to).toBe(anonymised('+44999', key))
    // The same caller is still the same; another is another.
    expect((await get('many1')).from).toBe(ten.from)
    expect((await get('many0')).from).not.toBe(ten.from)
    expect((await get('old')).code).toBe('record_unknown')
    expect(await get('open')).toMatchObject({ notes: 'n' })
    t.clock.now += 31 * DAY
    expect((await t.hub.acd.retention.sweep()).records).toBe(1504)
  } finally {
    await t.stop()
  }
})

it('without a key the numbers are removed; a setting that makes no sense is refused at the start', async () => {
  expect(anonymised('+44201', undefined)).toBeNull()
  expect(anonymised(null, 'sixteen characters')).toBeNull()
  const bad = (retention: object) => createHub({ data: 'memory', contactCentre: { retention } })
  await expect(bad({ records_days: -1 })).rejects.toThrow(/records_days is a number of days/)
  await expect(bad({ numbers_days: 1, numbers_key: 'short' })).rejects.toThrow(/at least 16 characters/)
})
