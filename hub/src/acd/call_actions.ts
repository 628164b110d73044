// What REST and gRPC do with the calls of the queues, once for both: read a
// page, queue, move, end, supervise. It checks what is asked, asks the engine
// and notes in the audit who did it; it decides nothing about a call.
import { type Actor, note } from '../audit.js'
import type { Hub } from '../hub.js'
import { Problem } from '../problem.js'
import type { AcdCallItem } from './items.js'
import type { SUPERVISIONS } from './schemas.js'
import { queueUnknown } from './settings.js'

export const callUnknown = (call_id: string) =>
  new Problem(404, 'call_unknown', 'No such call', `No call ${call_id} waits, rings or talks.`)

/** A call that is in a queue now, or 404. */
export function callOf(hub: Hub, call_id: string): AcdCallItem {
  needPbx(hub)
  const call = hub.pbx.topics.acd_calls.items().find((one) => one.call_id === call_id && one.ended_at === null)
  if (!call) throw callUnknown(call_id)
  return call
}

/** Where there is no PBX, or another hub has it, "no such call" would be wrong. */
function needPbx(hub: Hub): void {
  if (hub.pbx.link.where === null) {
    throw new Problem(501, 'pbx_not_connected', 'No PBX', 'The hub is not connected to a PBX: it has no calls.')
  }
  const { state, active_at } = hub.acd.lease.state
  if (state === 'standby') {
    const where = active_at ? ` at ${active_at}` : ''
    throw new Problem(503, 'hub_stands_by', 'Another hub is active', `Ask the active hub${where}: this one stands by.`)
  }
}

export interface CallsFilter {
  queue?: string | undefined
  state?: string | undefined
  limit?: number | undefined
  after?: string | undefined
}

/** Calls in the order of their arrival; `next` is the `after` of the next page. */
export function callsPage(hub: Hub, { queue, state, limit = 100, after }: CallsFilter) {
  if (queue !== undefined && !hub.acd.settings.queue(queue)) throw queueUnknown(queue)
  const place = (call: AcdCallItem) => `${String(call.enqueued_at).padStart(16, '0')} ${call.call_id}`
  const found = hub.pbx.topics.acd_calls
    .items()
    .filter((call) => call.ended_at === null)
    .filter((call) => (queue === undefined || call.queue === queue) && (state === undefined || call.state === state))
    .filter((call) => after === undefined || place(call) > after)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > items.length && last ? place(last) : null }
}

export interface QueueCallInput {
  channel_id?: string
  number?: string
  priority?: number
  skills?: { skill: string; min: number; weight?: number; mandatory?: boolean }[]
}

/** Puts a call into a queue; answers with its id. */
export async function queueCall(
  hub: Hub,
  queue: string,
  input: QueueCallInput,
  actor: Actor,
): Promise<{ call_id: string }> {
  hub.acd.settings.need(queue)
  const { channel_id, number, priority, skills } = input
  if ((channel_id === undefined) === (number === undefined)) {
    throw new Problem(422, 'channel_or_number', 'Which call?', 'Send either channel_id or number.')
  }
  await needSkills(hub, skills)
  const fields = {
    queue,
    ...(channel_id === undefined ? { number } : { channel_id }),
    ...(priority === undefined ? {} : { priority }),
    ...(skills === undefined ? {} : { skills }),
  }
  const { state, detail } = await hub.pbx.ask('queue_call', fields)
  const call_id = callIdIn(state) ?? callIdIn(detail)
  if (call_id === null) throw new Problem(502, 'refused_by_pbx', 'No call', 'The PBX has named no call.')
  await note(hub.database.db, hub.now(), { actor, action: 'call.queue', extension: '', after: { call_id, ...fields } })
  return { call_id }
}

async function needSkills(hub: Hub, wanted: QueueCallInput['skills']): Promise<void> {
  if (!wanted || wanted.length === 0) return
  const there = (await hub.acd.settings.listSkills()).map(({ name }) => name)
  const missing = wanted.find(({ skill }) => !there.includes(skill))
  if (missing) throw new Problem(422, 'skill_unknown', 'No such skill', `There is no skill ${missing.skill}.`)
}

/** As an object, as its JSON, or as a bare id. */
function callIdIn(said: unknown): string | null {
  if (said && typeof said === 'object') {
    const { call_id } = said as { call_id?: unknown }
    return typeof call_id === 'string' && call_id !== '' ? call_id : null
  }
  if (typeof said !== 'string' || said === '') return null
  if (!said.startsWith('{')) return said
  try {
    return callIdIn(JSON.parse(said))
  } catch {
    return null
  }
}

/** A deed of a supervisor at one call: dequeue, priority, move, hangup_call, transfer_call. */
export async function dealWith(
  hub: Hub,
  command: string,
  call_id: string,
  fields: Record<string, unknown>,
  actor: Actor,
): Promise<{ state?: string }> {
  const call = callOf(hub, call_id)
  if (typeof fields.queue === 'string' && !hub.acd.settings.queue(fields.queue)) throw queueUnknown(fields.queue, 422)
  const state = await hub.pbx.command(command, { call_id, ...fields })
  const before = { queue: call.queue, state: call.state, priority: call.priority }
  await note(hub.database.db, hub.now(), {
    actor,
    action: `call.${command.replace(/_call$/, '')}`,
    extension: call.agent ?? '',
    before,
    after: { call_id, ...fields },
  })
  return state === undefined ? {} : { state }
}

/** Listening, coaching, barging, taking over, and the end of it. Noted before it begins: nobody listens unnoted. */
export async function supervise(
  hub: Hub,
  action: (typeof SUPERVISIONS)[number],
  supervisor: string,
  call_id: string,
  actor: Actor,
): Promise<{ state?: string }> {
  const call = callOf(hub, call_id)
  const entry = { actor, action: `supervise.${action}`, extension: call.agent ?? '' }
  await note(hub.database.db, hub.now(), { ...entry, after: { call_id, supervisor } })
  const state = await hub.pbx.command('supervise', { action, supervisor, call_id })
  return state === undefined ? {} : { state }
}

/** True when the engine holds this agent in wrap-up. */
export function wrapsUp(hub: Hub, extension: string): boolean {
  const item = hub.pbx.topics.acd_agents.items().find((one) => one.extension === extension)
  return item !== undefined && (item.wrap_up !== null || item.state === 'WrapUp')
}

export async function extendWrapUp(hub: Hub, extension: string, ms: number | null): Promise<void> {
  if (!wrapsUp(hub, extension)) {
    throw new Problem(
      409,
      'not_in_wrap_up',
      'Not in that status',
      'The agent is not in wrap-up after a call of a queue.',
    )
  }
  const item = hub.pbx.topics.acd_agents.items().find((one) => one.extension === extension)
  const given = hub.acd.settings.queue(item?.queue ?? '')?.wrap_up.ms || 30_000
  await hub.pbx.command('extend_wrap_up', { extension, ms: ms ?? given })
}
