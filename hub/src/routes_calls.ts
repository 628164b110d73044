// What a Phone asks of the PBX for one of its legs (transfer, conference,
// recording, hang-up), and what the PBX shows. A hub without a PBX describes
// and checks the same, and refuses with 501: a Phone then keeps the call as it is.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { typed } from './api.js'
import { actorFor, note } from './audit.js'
import type { Hub } from './hub.js'
import { notYours, Problem } from './problem.js'
import {
  CallStateAnswer,
  ChannelParams,
  ConferencePost,
  IdempotencyHeaders,
  ProblemSchema,
  RecordingPost,
  ShownList,
  TransferPost,
} from './schemas.js'
import { principalOf, seesAll } from './security.js'

const security = [{ token: [] }]
const tags = ['calls']

export function callRoutes(hub: Hub, api: FastifyInstance): void {
  commandRoutes(hub, api)
  shownRoutes(hub, api)
}

const KINDS = [
  ['transfer', 'Transfer the other side of a leg, blind or after asking', TransferPost],
  ['conference', 'Join two legs of one phone, or part them', ConferencePost],
  ['recording', 'Record a leg, pause, resume, stop', RecordingPost],
  ['hangup', 'End a leg', null],
] as const

function commandRoutes(hub: Hub, api: FastifyInstance): void {
  for (const [what, summary, body] of KINDS) {
    typed(api).post(
      `/calls/:channel_id/${what}`,
      {
        config: { access: 'agent' as const },
        schema: {
          tags,
          security,
          summary,
          description:
            '501 pbx_not_connected while the hub has no PBX, 503 pbx_unreachable while the link to it is down; otherwise 4xx with the reason of the PBX. The call is then as it was.',
          headers: IdempotencyHeaders,
          params: ChannelParams,
          ...(body ? { body } : {}),
          response: { 200: CallStateAnswer, '4xx': ProblemSchema, '5xx': ProblemSchema },
        },
      },
      (request, reply) => run(hub, request, reply, what),
    )
  }

  typed(api).post(
    '/pbx/resync',
    {
      config: { access: 'supervisor' as const },
      schema: {
        tags,
        security,
        summary: 'Ask the PBX for all its lists again',
        headers: IdempotencyHeaders,
        response: { 202: CallStateAnswer, '4xx': ProblemSchema, '5xx': ProblemSchema },
      },
    },
    async (_request, reply) => {
      await hub.pbx.command('resync', {})
      return reply.code(202).send({})
    },
  )
}

async function run(hub: Hub, request: FastifyRequest, reply: FastifyReply, what: string) {
  const { channel_id } = request.params as { channel_id: string }
  const body = (request.body ?? {}) as Record<string, unknown>
  // Without a PBX nobody's channels are known, and the answer is 501 whoever asks.
  const extension = hub.pbx.link.where === null ? null : ownerOf(hub, request, channel_id)
  if (extension !== null && typeof body.other_channel_id === 'string') ownerOf(hub, request, body.other_channel_id)
  const { attendant_transfer_form_data: _form, ...fields } = body
  const answer = await hub.idempotency.once(request, async () => {
    const state = await hub.pbx.command(what, { channel_id, ...fields })
    const actor = actorFor(principalOf(request), extension ?? '')
    if (actor) {
      const after = { channel_id, ...fields }
      await note(hub.database.db, hub.now(), { actor, action: `call.${what}`, extension: extension ?? '', after })
    }
    return { status: 200, body: state === undefined ? {} : { state } }
  })
  return reply.code(answer.status).send(answer.body)
}

/** Whose leg it is; an agent acts on its own legs only. */
function ownerOf(hub: Hub, request: FastifyRequest, channel: string): string | null {
  const principal = principalOf(request)
  const extension = hub.pbx.extensionOf(channel)
  if (seesAll(principal)) return extension
  if (extension === null) {
    throw new Problem(404, 'channel_unknown', 'No such leg', `The PBX has no leg ${channel} of an agent.`)
  }
  if (extension !== principal.extension) throw notYours(`${channel} is a leg of extension ${extension}, not yours.`)
  return extension
}

function shownRoutes(hub: Hub, api: FastifyInstance): void {
  const { extension_status, queue_member, queue_status, calls } = hub.pbx.topics
  const all = (request: FastifyRequest) => seesAll(principalOf(request))
  const own = (request: FastifyRequest) => (item: { extension: string | null }) =>
    item.extension === principalOf(request).extension

  const SHOWN: [path: string, summary: string, read: (request: FastifyRequest) => object[]][] = [
    [
      '/extensions',
      'The telephones as the PBX shows them',
      (request) => (all(request) ? extension_status.items() : extension_status.shortItems()),
    ],
    [
      '/members',
      'Members of the queues, the pause wanted and the pause observed',
      (request) => (all(request) ? queue_member.items() : queue_member.items().filter(own(request))),
    ],
    ['/queues', 'Queues and who waits in them', (request) => (all(request) ? queue_status.items() : [])],
    ['/calls', 'Calls under way', (request) => (all(request) ? calls.items() : [])],
  ]
  for (const [path, summary, read] of SHOWN) {
    typed(api).get(
      path,
      {
        config: { access: 'agent' as const },
        schema: { tags, security, summary, response: { 200: ShownList, '4xx': ProblemSchema } },
      },
      async (request) => ({ items: read(request) }),
    )
  }
}
