// Which topics there are for what the PBX shows: the keys of their items, when
// an item is gone, and what of it agents see.
import type { AcdAgentItem, AcdCallItem, AcdQueueItem, SupervisionItem } from '../acd/items.js'
import type { CallItem, ExtensionItem, MemberItem, QueueItem } from './centre_types.js'
import { Topic, type Viewer } from './topics.js'

export interface PbxTopics {
  extension_status: Topic<ExtensionItem>
  queue_member: Topic<MemberItem>
  queue_status: Topic<QueueItem>
  calls: Topic<CallItem>
  /** The contact centre's: docs/queues.md. */
  queues: Topic<AcdQueueItem>
  acd_agents: Topic<AcdAgentItem>
  acd_calls: Topic<AcdCallItem>
  supervision: Topic<SupervisionItem>
}
export type PbxTopicName = keyof PbxTopics

const FLUSH_MS = 100

/**
 * The topics of a hub, also of one without a PBX: then they stay empty. `tellsAgents` (`tell_agent` of the engine's
 * settings): an agent sees who of the supervisors is at its call.
 */
export function pbxTopics(
  host: { now: () => number; frame_bytes: number; ring: number },
  tellsAgents = false,
): PbxTopics {
  const common = { revision: host.now(), flush_ms: FLUSH_MS, frame_bytes: host.frame_bytes, ring: host.ring }
  return {
    extension_status: new Topic<ExtensionItem>({
      ...common,
      name: 'extension_status',
      key: ({ extension }) => extension,
      short: presenceOf,
    }),
    queue_member: new Topic<MemberItem>({
      ...common,
      name: 'queue_member',
      key: ({ extension, queue }) => [extension, queue],
    }),
    queue_status: new Topic<QueueItem>({ ...common, name: 'queue_status', key: ({ queue }) => queue }),
    calls: new Topic<CallItem>({
      ...common,
      name: 'calls',
      key: ({ call_id }) => call_id,
      last: ({ ended_at }) => ended_at !== null,
    }),
    queues: new Topic<AcdQueueItem>({
      ...common,
      name: 'queues',
      key: ({ queue }) => queue,
      views: { sees: ({ queue }, { queues }) => queues.includes(queue), key: ({ queues }) => queues.join('\n') },
    }),
    acd_agents: new Topic<AcdAgentItem>({
      ...common,
      name: 'acd_agents',
      key: ({ extension }) => extension,
      views: { sees: (item, viewer) => item.extension === viewer.extension, key: ({ extension }) => extension },
    }),
    acd_calls: new Topic<AcdCallItem>({
      ...common,
      name: 'acd_calls',
      key: ({ call_id }) => call_id,
      last: ({ ended_at }) => typeof ended_at === 'number',
      ...(tellsAgents ? {} : { short: (item: AcdCallItem) => ({ ...item, supervisors: [] }) }),
      views: { sees: concerns, key: ({ extension }) => extension },
    }),
    supervision: new Topic<SupervisionItem>({
      ...common,
      name: 'supervision',
      key: ({ supervisor, call_id }) => [supervisor, call_id],
      last: ({ end }) => typeof end === 'string',
    }),
  }
}

/** An agent sees the call that it is offered or talks in. */
const concerns = ({ agent, agents }: AcdCallItem, { extension }: Viewer) =>
  agent === extension || (agents?.includes(extension) ?? false)

/** What colleagues see: that someone is on a call, not with whom. */
function presenceOf(item: ExtensionItem): object {
  const { extension, name, code, text, colour, pulse, since, stale, stale_since, registration } = item
  return { extension, name, code, text, colour, pulse, since, stale, stale_since, registration }
}
