// Counts RTP of every peer connection of this page. Loaded before the telephone library, which makes them.

const connections = []
const Native = window.RTCPeerConnection

window.RTCPeerConnection = class extends Native {
  constructor(...settings) {
    super(...settings)
    connections.push(this)
  }
}

/** Packets in and out and what was heard, one entry for each connection that is still up, oldest first. */
export async function media() {
  const up = connections.filter((connection) => connection.connectionState === 'connected')
  return Promise.all(
    up.map(async (connection) => {
      const seen = { in: 0, out: 0, heard: 0 }
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp') {
          seen.in += report.packetsReceived
          seen.heard += report.totalAudioEnergy ?? 0
        }
        if (report.type === 'outbound-rtp') seen.out += report.packetsSent
      }
      return seen
    }),
  )
}
