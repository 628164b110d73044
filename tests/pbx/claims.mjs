// What every scenario claims in the end: sound goes both ways, and the database of the CRM, the store of the page and
// the expectation tell the same story.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fulfilled } from './parties.mjs'

/** RTP goes both ways at both ends, and goes on. */
export async function mediaFlows(...parties) {
  for (const party of parties) {
    const flowing = async () => {
      const before = (await party.media()).at(-1)
      await sleep(300)
      const after = (await party.media()).at(-1)
      return before && after && after.in > before.in && after.out > before.out
    }
    assert.ok(
      await fulfilled(flowing, 8000),
      `RTP both ways, at ${party.extension ?? 'the customer'}: ${JSON.stringify(await party.media())}`,
    )
  }
}

/**
 * The agent's new call_logs, once all are final: as many as expected, each as expected, the same in the database and
 * in the store; with a contact exactly when the other side is not a colleague.
 */
export async function logged(agent, ...expected) {
  const { stage } = agent
  const final = ({ status }) => ['answered', 'missed', 'no_answered'].includes(status)
  const fresh = async () => (await stage.rows(agent)).slice(agent.seen)
  await fulfilled(async () => {
    const rows = await fresh()
    return rows.length >= expected.length && rows.every(final)
  }, 8000)
  const rows = await fresh()
  const summary = rows.map(({ type, status, end_reason, call_from, call_to }) => ({
    type,
    status,
    end_reason,
    call_from,
    call_to,
  }))
  assert.deepEqual(
    summary,
    expected.map(({ type, status, end_reason, call_from, call_to }) => ({
      type,
      status,
      end_reason,
      call_from,
      call_to,
    })),
  )
  for (const [index, row] of rows.entries()) await checkRow(agent, row, expected[index])
  agent.seen += rows.length
  return rows
}

async function checkRow(agent, row, wanted) {
  for (const [name, value] of Object.entries(wanted)) assert.equal(row[name], value, `${name} in the database`)
  assert.equal(row.extension_id, agent.extensionId)
  assert.ok(row.started_at > 0 && row.ended_at >= row.started_at, 'started_at and ended_at')
  if (row.status === 'answered') {
    assert.ok(row.duration > 0, `duration ${row.duration}`)
    assert.ok(row.connected_at >= row.started_at, 'connected_at')
    assert.ok(
      Math.abs(row.duration - (row.ended_at - row.connected_at)) < 250,
      'duration is the time between connect and end',
    )
  } else {
    assert.equal(row.duration, 0)
    assert.equal(row.connected_at, null)
  }
  const other = row.type === 'inbound' ? row.call_from : row.call_to
  if (/^\d{3,5}$/.test(other)) assert.equal(row.contact_id, null, 'a colleague is no contact')
  else await checkContact(agent.stage, row, other)

  const names = [
    'id',
    'type',
    'status',
    'end_reason',
    'call_from',
    'call_to',
    'duration',
    'contact_id',
    'queue_name',
    'revision',
  ]
  const shown = (log) => Object.fromEntries(names.map((name) => [name, log?.[name] ?? null]))
  await fulfilled(async () => (await agent.state()).callLogs[row.key]?.delivery === 'Saved', 5000)
  const inStore = (await agent.state()).callLogs[row.key]
  assert.ok(Math.abs((inStore?.duration ?? Number.NaN) - row.duration) < 1, 'duration in the store')
  assert.deepEqual(
    { ...shown(inStore), duration: 0 },
    { ...shown(row), duration: 0 },
    'the store and the database agree',
  )
}

/** Found or created: asking for the number gives the contact of the call_log, and makes no second one. */
async function checkContact(stage, row, number) {
  assert.ok(row.contact_id, 'a contact was found or created')
  const contact = await stage.api('POST', '/contacts/find-or-create', { number })
  assert.equal(String(contact.id), String(row.contact_id))
  assert.equal(contact.created, false)
}
