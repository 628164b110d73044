// What a Phone asks of the PBX: described and checked, and refused while the
// hub has no PBX.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const channel = encodeURIComponent('PJSIP/1001-000000ae')
const form = { attendant_transfer_form_data: { channel_id: 'PJSIP/1001-000000ae' }, call_log_id: '12' }
const bodies: [string, object][] = [
  ['transfer', { action: 'blind', target: '1002', ...form }],
  ['transfer', { action: 'start', target: '1002', ...form }],
  ['transfer', { action: 'complete', ...form }],
  ['conference', { action: 'merge', other_channel_id: 'PJSIP/1001-000000af' }],
  ['recording', { action: 'pause' }],
]

describe('a hub without a PBX', () => {
  it.each(bodies)('answers %s %j with 501 pbx_not_connected', async (what, body) => {
    const answer = await t.alice.post(`/api/calls/${channel}/${what}`, body)
    expect([answer.status, answer.body.code]).toEqual([501, 'pbx_not_connected'])
    expect(answer.body.detail).toContain('not connected to a PBX')
  })

  it.each(['transfer', 'conference', 'recording'])('%s: wants a token, and a body as described', async (what) => {
    expect((await t.anonymous.post(`/api/calls/${channel}/${what}`, { action: 'blind' })).status).toBe(401)
    const { status, body } = await t.alice.post(`/api/calls/${channel}/${what}`, { action: 'explode' })
    expect([status, body.code]).toEqual([400, 'validation_failed'])
  })

  it('describes them in its OpenAPI document', async () => {
    const { body } = await t.anonymous.get('/docs/json')
    for (const what of ['transfer', 'conference', 'recording'])
      expect(body.paths[`/api/calls/{channel_id}/${what}`].post.responses).toHaveProperty('5XX')
  })
})
