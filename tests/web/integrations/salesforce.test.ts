// offhook/salesforce against an Open CTI that takes only what the guide names.
import { afterEach, describe, expect, it } from 'vitest'
import { connectOpenCti, type OpenCtiOptions } from '../../../web/src/integrations/salesforce.js'
import { openCti } from './open_cti.js'
import { inTab, memoryStorage, world } from './world.js'

const CONTACT = '003000000000001AAA'
const ACCOUNT = '001000000000001AAA'
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

async function joined(options: OpenCtiOptions = {}) {
  const here = await world()
  const cti = openCti()
  const storage = memoryStorage()
  const base = { logger: here.logger, clock: here.clock, storage }
  const link = connectOpenCti(here.phone, cti.opencti, { ...base, ...options })
  ends.push(
    () => cti.close(),
    () => here.phone.dispose(),
    () => link.dispose(),
  )
  const talkAndEnd = async (seconds = 65) => {
    await here.phone.answer(here.peer.offer({ number: '+442079460123', name: 'Marta' }))
    await here.clock.run(seconds * 1000)
    here.peer.hangup()
    await here.clock.run(100)
  }
  return { ...here, cti, storage, base, link, talkAndEnd }
}

describe('click-to-dial', () => {
  it('is enabled while the phone can dial, and told once each time', async () => {
    const { cti, peer, clock } = await joined()
    const told = () => cti.said.map(([name]) => name).filter((name) => /ableClick/.test(name))
    expect(told()).toEqual(['enableClickToDial'])
    peer.unregistered('gone')
    await clock.run(100)
    expect(told()).toEqual(['enableClickToDial', 'disableClickToDial'])
    peer.registered()
    await clock.run(100)
    expect(told()).toEqual(['enableClickToDial', 'disableClickToDial', 'enableClickToDial'])
  })

  it('dials, and the Task belongs to the record that was clicked', async () => {
    const { cti, peer, clock, softphone } = await joined()
    cti.click({ number: '(020) 7946-0123', recordId: CONTACT, recordName: 'Marta Keller', objectType: 'Contact' })
    await clock.run(10)
    expect(softphone.commands).toContainEqual(expect.objectContaining({ name: 'dial', number: '02079460123' }))
    peer.busy()
    await clock.run(100)
    expect(cti.values()).toMatchObject([
      { WhoId: CONTACT, CallType: 'Outbound', CallDurationInSeconds: 0, CallDisposition: 'no_answered' },
    ])
    expect(cti.values()[0]).not.toHaveProperty('WhatId')
  })

  it('a record that is no person is what the call is about; a person account is a person', async () => {
    const { cti, peer, clock } = await joined()
    cti.click({ number: '02079460123', recordId: ACCOUNT, objectType: 'Account' })
    await clock.run(10)
    peer.busy()
    await clock.run(100)
    cti.click({
      number: '02079460123',
      recordId: ACCOUNT,
      objectType: 'Account',
      personAccount: true,
      contactId: CONTACT,
    })
    await clock.run(10)
    peer.busy()
    await clock.run(100)
    expect(cti.values().map(({ WhoId, WhatId }) => [WhoId, WhatId])).toEqual([
      [undefined, ACCOUNT],
      [CONTACT, undefined],
    ])
  })

  it('a click that cannot be obeyed is said to the logger', async () => {
    const { cti, clock, problems } = await joined()
    cti.click({ number: 'ring me' })
    await clock.run(10)
    expect(problems()).toHaveLength(1)
    expect(cti.values()).toEqual([])
  })

  it('after the end nobody listens, and who connects again adds no second listener', async () => {
    const { cti, link, phone, softphone, clock, base } = await joined()
    link.dispose()
    link.dispose()
    cti.click({ number: '02079460123' })
    await clock.run(10)
    expect(softphone.commands.filter(({ name }) => name === 'dial')).toEqual([])
    expect(cti.said.at(-1)?.[0]).toBe('disableClickToDial')
    const again = connectOpenCti(phone, cti.opencti, base)
    expect(cti.listeners).toBe(1)
    cti.click({ number: '02079460123' })
    await clock.run(10)
    expect(softphone.commands.filter(({ name }) => name === 'dial')).toHaveLength(1)
    again.dispose()
  })
})

describe('a call that rings', () => {
  it('opens the panel and the caller’s record, once', async () => {
    const { cti, peer, phone, clock } = await joined()
    cti.finds({ [CONTACT]: { Id: CONTACT, Name: 'Marta Keller', RecordType: 'Contact' } })
    const id = peer.offer({ number: '+442079460123' })
    await clock.run(5_000)
    expect(cti.of('setSoftphonePanelVisibility')).toMatchObject([{ visible: true }])
    expect(cti.of('searchAndScreenPop')).toMatchObject([
      { searchParams: '+442079460123', callType: 'inbound', deferred: false },
    ])
    await phone.answer(id)
    peer.hangup()
    await clock.run(100)
    expect(cti.values()).toMatchObject([{ WhoId: CONTACT }])
    expect(cti.of('searchAndScreenPop')).toHaveLength(1)
  })

  it('several records found: the Task belongs to none of them', async () => {
    const { cti, talkAndEnd } = await joined()
    cti.finds({ [CONTACT]: { RecordType: 'Contact' }, [ACCOUNT]: { RecordType: 'Account' } })
    await talkAndEnd()
    expect(cti.values()[0]).not.toHaveProperty('WhoId')
    expect(cti.values()[0]).not.toHaveProperty('WhatId')
  })

  it('says nothing in a tab that does not lead', async () => {
    const here = await world()
    const cti = openCti()
    const tab = inTab(here.phone, 'Follower')
    const link = connectOpenCti(tab.phone, cti.opencti, { logger: here.logger, clock: here.clock, storage: null })
    here.peer.offer({ number: '+442079460123' })
    await here.clock.run(100)
    expect(cti.said.map(([name]) => name)).toEqual(['onClickToDial', 'enableClickToDial'])
    link.dispose()
    cti.close()
    here.phone.dispose()
  })

  it('is not searched when the page does not want it', async () => {
    const { cti, peer, clock } = await joined({ pop: (call) => call.number.length > 5, showPanel: false })
    peer.offer({ number: '1002' })
    await clock.run(100)
    expect(cti.of('searchAndScreenPop')).toEqual([])
    expect(cti.of('setSoftphonePanelVisibility')).toEqual([])
  })
})

describe('the log of a call', () => {
  it('becomes one Task with everything that is known', async () => {
    const saved: string[] = []
    const { cti, phone, talkAndEnd } = await joined({ saved: (_, id) => void saved.push(id) })
    await talkAndEnd()
    const [log] = Object.values(phone.store.getState().callLogs)
    const day = new Date(log?.started_at ?? 0)
    const two = (value: number) => String(value).padStart(2, '0')
    expect(cti.values()).toEqual([
      {
        entityApiName: 'Task',
        TaskSubtype: 'Call',
        Subject: `Call from ${log?.contact_name ?? '+442079460123'}`,
        Status: 'Completed',
        Priority: 'Normal',
        ActivityDate: `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`,
        CallType: 'Inbound',
        CallDurationInSeconds: 65,
        CallDisposition: 'answered',
        CallObject: log?.key,
        Description: '',
      },
    ])
    expect(saved).toEqual([...cti.tasks.keys()])
  })

  it('takes up notes that are saved later, in the same Task', async () => {
    const { cti, phone, clock, talkAndEnd } = await joined()
    await talkAndEnd()
    const [log] = Object.values(phone.store.getState().callLogs)
    await phone.draft.save(log?.key ?? '', { notes: 'Wants a quote', disposition: 'sold' })
    await clock.run(60_000)
    expect(cti.tasks.size).toBe(1)
    expect([...cti.tasks.values()][0]).toMatchObject({ Description: 'Wants a quote', CallDisposition: 'sold' })
    expect(cti.values()).toHaveLength(2)
  })

  it('notes that are saved before Salesforce has answered are not lost', async () => {
    const { cti, phone, clock, peer } = await joined()
    await phone.answer(peer.offer({ number: '+442079460123' }))
    cti.faults.push('fails')
    peer.hangup()
    await clock.run(100)
    const [log] = Object.values(phone.store.getState().callLogs)
    await phone.draft.save(log?.key ?? '', { notes: 'Call back', disposition: '' })
    await clock.run(10_000)
    expect([...cti.tasks.values()]).toMatchObject([{ Description: 'Call back' }])
  })

  it('is tried again with growing delays, and there is one Task', async () => {
    const { cti, clock, talkAndEnd, problems } = await joined()
    cti.faults.push('fails', 'throws', 'fails')
    await talkAndEnd()
    const attemptsAfter = async (ms: number) => {
      await clock.run(ms)
      return cti.values().length
    }
    expect(await attemptsAfter(1_800)).toBe(1)
    expect(await attemptsAfter(200)).toBe(2)
    expect(await attemptsAfter(4_000)).toBe(3)
    expect(await attemptsAfter(8_000)).toBe(4)
    expect(await attemptsAfter(600_000)).toBe(4)
    expect(cti.tasks.size).toBe(1)
    expect(problems().filter((line) => line.includes('UNABLE_TO_LOCK_ROW'))).toHaveLength(2)
  })

  it('is given up after eight attempts, and said', async () => {
    const { cti, clock, talkAndEnd, problems } = await joined()
    cti.faults.push(...Array.from({ length: 20 }, () => 'fails' as const))
    await talkAndEnd()
    await clock.run(3_600_000)
    expect(cti.values()).toHaveLength(8)
    expect(problems().at(-1)).toMatch(/^error .*not saved after 8 attempts/)
  })

  it('that is not answered is not sent again: a second Task would be a second call', async () => {
    const { cti, clock, talkAndEnd } = await joined()
    cti.faults.push('stays silent')
    await talkAndEnd()
    await clock.run(600_000)
    expect(cti.values()).toHaveLength(1)
  })

  it('is saved by the next page when this one goes before it could', async () => {
    const { cti, link, phone, clock, talkAndEnd, base, logger } = await joined()
    cti.faults.push('fails')
    await talkAndEnd()
    link.dispose()
    await clock.run(60_000)
    expect(cti.tasks.size).toBe(0)
    const next = connectOpenCti(phone, cti.opencti, base)
    await clock.run(100)
    expect(cti.tasks.size).toBe(1)
    next.dispose()
    const third = connectOpenCti(phone, cti.opencti, { ...base, logger })
    await clock.run(60_000)
    expect(cti.tasks.size).toBe(1)
    third.dispose()
  })

  it('of a call from before, brought back by a snapshot, is history', async () => {
    const { cti, phone, clock, talkAndEnd, link, base } = await joined()
    link.dispose()
    await talkAndEnd()
    const next = connectOpenCti(phone, cti.opencti, { ...base, storage: memoryStorage() })
    await clock.run(1_000)
    expect(cti.values()).toEqual([])
    next.dispose()
  })

  it('is saved once by two tabs, whichever leads', async () => {
    const here = await world()
    const cti = openCti()
    const base = { logger: here.logger, clock: here.clock, storage: memoryStorage() }
    const [one, other] = [inTab(here.phone, 'Leader'), inTab(here.phone, 'Follower')]
    const links = [one, other].map(({ phone }) => connectOpenCti(phone, cti.opencti, base))
    await here.phone.answer(here.peer.offer({ number: '+442079460123' }))
    one.becomes('Deposed')
    other.becomes('Leader')
    here.peer.hangup()
    await here.clock.run(1_000)
    one.becomes('Leader')
    other.becomes('Follower')
    await here.clock.run(1_000)
    expect(cti.tasks.size).toBe(1)
    for (const link of links) link.dispose()
    cti.close()
    here.phone.dispose()
  })

  it('belongs to the record that was clicked in another tab', async () => {
    const here = await world()
    const base = { logger: here.logger, clock: here.clock, storage: memoryStorage() }
    const [leading, clicked] = [openCti(), openCti()]
    const links = [
      connectOpenCti(inTab(here.phone, 'Leader').phone, leading.opencti, base),
      connectOpenCti(inTab(here.phone, 'Follower').phone, clicked.opencti, base),
    ]
    clicked.click({ number: '02079460123', recordId: CONTACT, objectType: 'Contact' })
    await here.clock.run(10)
    here.peer.busy()
    await here.clock.run(1_000)
    expect(leading.values()).toMatchObject([{ WhoId: CONTACT }])
    expect(clicked.values()).toEqual([])
    for (const link of links) link.dispose()
    leading.close()
    clicked.close()
    here.phone.dispose()
  })

  it('is left out, or written otherwise, as the page wants', async () => {
    const { cti, peer, clock, talkAndEnd } = await joined({
      log: (log) => log.status === 'answered',
      task: (fields) => ({ ...fields, Priority: 'High' }),
    })
    peer.offer({ number: '+442079460123' })
    await clock.run(100)
    peer.hangup()
    await clock.run(100)
    await talkAndEnd()
    expect(cti.values()).toMatchObject([{ CallDisposition: 'answered', Priority: 'High' }])
  })

  it('a storage that is forbidden is a memory that ends with the page', async () => {
    const forbidden = () => {
      throw new Error('SecurityError')
    }
    const { cti, talkAndEnd, problems } = await joined({ storage: { getItem: forbidden, setItem: forbidden } })
    await talkAndEnd()
    expect(cti.tasks.size).toBe(1)
    expect(problems().join()).toContain('not kept over a reload')
  })
})

it('without Open CTI in the page nothing is thrown', async () => {
  const here = await world()
  connectOpenCti(here.phone, undefined as never, { logger: here.logger }).dispose()
  expect(here.problems()).toHaveLength(1)
  here.phone.dispose()
})
