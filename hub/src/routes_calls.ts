// What a Phone asks of the PBX for one of its legs: transfer, conference,
// recording. The hub has no link to a PBX yet, so each is described, checked
// and refused with 501: a Phone then keeps the call as it is and says so.
import type { FastifyInstance } from 'fastify'
import { typed } from './api.js'
import { Problem } from './problem.js'
import {
  CallStateAnswer,
  ChannelParams,
  ConferencePost,
  IdempotencyHeaders,
  ProblemSchema,
  RecordingPost,
  TransferPost,
} from './schemas.js'

const pbxNotConnected = () =>
  new Problem(
    501,
    'pbx_not_connected',
    'No PBX',
    'The hub is not connected to a PBX. Transfer by the softphone, or let another backend serve these paths.',
  )

const KINDS = [
  ['transfer', 'Transfer the other side of a leg, blind or after asking', TransferPost],
  ['conference', 'Join two legs of one phone, or part them', ConferencePost],
  ['recording', 'Record a leg, pause, resume, stop', RecordingPost],
] as const

export function callRoutes(api: FastifyInstance): void {
  for (const [what, summary, body] of KINDS) {
    typed(api).post(
      `/calls/:channel_id/${what}`,
      {
        config: { access: 'agent' as const },
        schema: {
          tags: ['calls'],
          security: [{ token: [] }],
          summary,
          description: '501 pbx_not_connected as long as the hub is not connected to a PBX.',
          headers: IdempotencyHeaders,
          params: ChannelParams,
          body,
          response: { 200: CallStateAnswer, '4xx': ProblemSchema, '5xx': ProblemSchema },
        },
      },
      async () => {
        throw pbxNotConnected()
      },
    )
  }
}
