// Joins the PBX to the rest of the hub: which of its parts the Centre writes
// to, reads and tells. No behaviour of its own.
import { directory } from '../agents.js'
import type { Hub } from '../hub.js'
import type { PbxConfig } from './config.js'
import { openCentre } from './engine.js'
import { noPbx, type PbxSide } from './index.js'
import { type AcdHost, Pbx } from './service.js'

/** The Centre with its connection, not yet begun; or, without a configuration, a PBX that there is none of. */
export async function openPbx(
  config: PbxConfig | null,
  parts: Pick<Hub, 'log' | 'limits' | 'statuses' | 'pauses' | 'sockets' | 'database' | 'now'> & { acd: AcdHost },
): Promise<PbxSide> {
  const { log, limits, statuses, pauses, sockets, database, now, acd } = parts
  const room = { now, frame_bytes: limits.frame_bytes, ring: limits.ring }
  if (!config) return noPbx(room)
  // The topics gather changes for 100 ms; the engine need not do so before them.
  const open = async () =>
    (config.openCentre ?? openCentre)({ seed: await acd.seed(), coalesce_ms: 0, ...config.engine })
  const pbx = new Pbx(await open(), config, {
    ...room,
    log,
    putStatus: (extension, request) => statuses.put(extension, request),
    storedStatuses: () => statuses.stored(),
    settleMembers: (members) => pauses.settle(members),
    directory: () => directory(database.db),
    sendTo: (extension, message) => sockets.sendTo(extension, message),
    acd,
    openCentre: open,
  })
  statuses.onStored = (stored) => pbx.statusStored(stored)
  // What an earlier hub was told is not known to be so any more.
  await pauses.forget()
  return pbx
}
