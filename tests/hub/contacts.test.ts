// Contacts: found or made, once, however many ask.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const find = (body: unknown, key?: string) => t.alice.post('/api/contacts/find-or-create', body, key)

it('an unknown number makes a contact, and the same number finds it again', async () => {
  const made = await find({ number: '+44 20 7946 0123', name: 'Ada' })
  expect(made.status).toBe(200)
  expect(made.body).toEqual({
    id: expect.stringMatching(/^\d+$/),
    number: '+442079460123',
    name: 'Ada',
    company: null,
    created: true,
  })
  const found = await find({ number: '(+44) 20-7946-0123', name: 'Someone else' })
  expect(found.body).toEqual({ ...made.body, created: false })
})

it('twenty requests that cross get one contact', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      [t.alice, t.bob][i % 2]?.post('/api/contacts/find-or-create', { number: '+33123456789' }),
    ),
  )
  expect(new Set(answers.map((a) => a?.body.id)).size).toBe(1)
  expect(answers.filter((a) => a?.body.created)).toHaveLength(1)
})

it.each([
  ['', 'number_blank'],
  ['anonymous', 'number_anonymous'],
  ['<unknown>', 'number_anonymous'],
  ['1001', 'number_internal'],
  ['not a number', 'number_invalid'],
])('%j is no contact: 422 %s', async (number, code) => {
  const { status, body } = await find({ number })
  expect([status, body.code]).toEqual([422, code])
})

it('a name may be null, and extra fields are ignored', async () => {
  const { status, body } = await find({ number: '+15550001', name: null, company: 'ignored', colour: 'red' })
  expect([status, body.name, body.company]).toEqual([200, null, null])
})

it('text from all the world comes back as it went', async () => {
  const name = "Zoë O'Brien ☎ 😀 \u202e; drop table contacts;--"
  const { body } = await find({ number: '+15550002', name })
  expect(body.name).toBe(name)
})

it('needs a token', async () => {
  const { status, body } = await t.anonymous.post('/api/contacts/find-or-create', { number: '+15550003' })
  expect([status, body.code]).toEqual([401, 'token_missing'])
})
