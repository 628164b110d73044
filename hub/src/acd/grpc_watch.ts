// The stream of changes over gRPC: what the topics of the WebSocket tell, as
// messages. A client that cannot keep up is ended rather than buffered for.
import type * as grpc from '@grpc/grpc-js'
import type { Hub } from '../hub.js'
import type { Told, Viewer } from '../pbx/topics.js'
import { Problem, tokenInvalid } from '../problem.js'
import { seesAll } from '../security.js'
import { grpcError, principalOf } from './grpc.js'

type Message = Record<string, unknown>
type Call = grpc.ServerWritableStream<Message, Message>

const TOPICS = { queues: 'queues', agents: 'acd_agents', calls: 'acd_calls' } as const
type Topic = keyof typeof TOPICS

/** Tells everything, then every change, until one side ends it. */
export async function watch(hub: Hub, call: Call): Promise<void> {
  const principal = await principalOf(hub, call.metadata, 'agent')
  const asked = (call.request.topics ?? []) as string[]
  const unknown = asked.find((name) => !(name in TOPICS))
  if (unknown !== undefined) {
    throw new Problem(
      400,
      'validation_failed',
      'Not as described',
      `There is no topic ${unknown}: queues, agents, calls.`,
    )
  }
  if (call.cancelled || call.destroyed) return
  const topics = (asked.length > 0 ? [...new Set(asked)] : Object.keys(TOPICS)) as Topic[]
  const viewer = (): Viewer | null => {
    if (seesAll(principal)) return null
    const extension = principal.extension ?? ''
    return { extension, queues: hub.acd.settings.queuesOf(extension) }
  }
  const stop: (() => void)[] = []
  const end = (problem: Problem) => {
    for (const one of stop.splice(0)) one()
    call.emit('error', grpcError(problem)) // grpc-js takes a status so
  }
  let behind = 0
  const write = (message: Message) => {
    if (call.destroyed) return
    if (++behind > hub.limits.ring) return end(tooSlow())
    call.write(message, () => {
      behind--
    })
  }
  for (const name of topics) {
    const topic = hub.pbx.topics[TOPICS[name]]
    const who = viewer()
    const frames = topic.snapshot(who !== null, who).frames
    const items = frames.flatMap((frame) => (JSON.parse(frame) as { items: object[] }).items)
    write({ topic: name, snapshot: true, [name]: items })
    const tell = ({ frame, view }: Told) => {
      const now = viewer()
      const text = view && now ? view(now) : frame
      const { items, removed } = JSON.parse(text) as { items: object[]; removed: string[] }
      if (items.length + removed.length > 0) write({ topic: name, snapshot: false, [name]: items, removed })
    }
    stop.push((topic.listen as (listener: (told: Told) => void) => () => void)(tell))
  }
  const expires = setInterval(() => {
    if (principal.expires <= hub.now()) end(tokenInvalid())
  }, 30_000).unref()
  stop.push(() => clearInterval(expires))
  const over = () => {
    for (const one of stop.splice(0)) one()
  }
  call.on('cancelled', () => {
    over()
    call.end()
  })
  call.on('close', over)
  call.on('error', over)
}

const tooSlow = () => new Problem(429, 'too_slow', 'Too slow', 'The client takes less than there is to tell.')
