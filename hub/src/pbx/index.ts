// The PBX as the rest of the hub knows it: with a connection (service.ts), or
// none, where everything is empty and what is asked of it is answered with 501.

import type { SettingsWire } from '../acd/settings_schemas.js'
import type { StoredStatus } from '../agent_status.js'
import { Problem } from '../problem.js'
import type { CommandAnswer } from './commands.js'
import { LinkBoard } from './link_board.js'
import { type PbxTopics, pbxTopics } from './pbx_topics.js'

export interface PbxSide {
  topics: PbxTopics
  link: LinkBoard
  /** Begins at the PBX, also again after `standDown`. */
  start(): Promise<void>
  /** Ends everything at the PBX: another hub acts there. */
  standDown(detail: string): void
  /** The contact centre's settings, whole, whenever they have changed. */
  queuesChanged(settings: SettingsWire): void
  /** Has the engine tell its state, as the effect `journal.snapshot`. */
  askSnapshot(): void
  statusStored(stored: StoredStatus): void
  phoneTold(extension: string, registration: string | null): void
  phoneConnected(extension: string): void
  /** Asks the PBX for something; resolves with the state it answers, or throws a Problem with the reason. */
  command(command: string, fields: object): Promise<string | undefined>
  /** The same with the whole answer. */
  ask(command: string, fields: object): Promise<CommandAnswer>
  /** The extension whose leg a channel is; null when it is nobody's of ours. */
  extensionOf(channel: string): string | null
  close(): void
}

/** A hub without a PBX. */
export function noPbx(options: { now: () => number; frame_bytes: number; ring: number }): PbxSide {
  const topics = pbxTopics(options)
  const link = new LinkBoard(options.now, null)
  return {
    topics,
    link,
    start: async () => {},
    standDown: () => {},
    queuesChanged: () => {},
    askSnapshot: () => {},
    statusStored: () => {},
    phoneTold: () => {},
    phoneConnected: () => {},
    command: async () => {
      throw notConnected()
    },
    ask: async () => {
      throw notConnected()
    },
    extensionOf: () => null,
    close: () => link.close(),
  }
}

const notConnected = () =>
  new Problem(
    501,
    'pbx_not_connected',
    'No PBX',
    'The hub is not connected to a PBX. Transfer by the softphone, or let another backend serve these paths.',
  )
