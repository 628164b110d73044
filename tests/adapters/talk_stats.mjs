// What RTCPeerConnection.getStats would tell, without a connection.

/** Counters of a talk that sounds as `heard` says: each look at them is two seconds and 100 packets later. */
export function makeStats() {
  const talks = new Map()
  return {
    measure: (session, heard) => talks.set(session, { sent: 0, lost: 0, ...talks.get(session), ...heard }),
    report(session) {
      const talk = talks.get(session)
      if (!talk) return new Map()
      talk.sent += 100 - talk.loss_percent
      talk.lost += talk.loss_percent
      const [packetsReceived, packetsLost, jitter] = [talk.sent, talk.lost, talk.jitter_ms / 1_000]
      return new Map([
        ['in', { type: 'inbound-rtp', kind: 'audio', packetsReceived, packetsLost, jitter }],
        ['far', { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: talk.rtt_ms / 1_000 }],
      ])
    },
  }
}
