// A SIP server of one client, in memory: enough of RFC 3261 to let the real SIP.js, and the real JsSIP, register, call and
// be called. Messages are text on both sides; only the WebSocket and the peer connection are replaced.

import * as SIP from 'sip.js'

const kSdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 127.0.0.1\r\na=sendrecv\r\n'

export function sipServer() {
  const server = {
    transport: undefined,
    contact: '',
    received: [],
    script: { password: 'secret', invite: [], reinvite: 200, referNotifies: [], refuseConnections: false },
    sip: SIP,
  }
  let ids = 0
  const dialogs = new Map() // Call-ID → {from, to, remoteContact, cseq, invite}

  class MemoryTransport {
    protocol = 'WS'
    state = SIP.TransportState.Disconnected
    stateChange = new SIP.EmitterImpl()
    constructor() {
      server.transport = this
    }
    isConnected() {
      return this.state === SIP.TransportState.Connected
    }
    to(state) {
      this.state = state
      this.stateChange.emit(state)
    }
    async connect() {
      await turn()
      if (server.script.refuseConnections) throw new Error('WebSocket closed (code: 1006)')
      server.silent = false
      this.to(SIP.TransportState.Connected)
      this.onConnect?.()
    }
    async disconnect() {
      if (this.isConnected()) {
        this.to(SIP.TransportState.Disconnected)
        this.onDisconnect?.()
      }
    }
    async dispose() {
      await this.disconnect()
    }
    async send(text) {
      if (!this.isConnected()) throw new Error('Not connected.')
      await turn()
      if (!server.silent) hear(parse(text))
    }
  }

  const tell = (lines, headers, body = '') => {
    const all = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`))
    const sdp = body.startsWith('v=0') ? ['Content-Type: application/sdp'] : []
    server.transport.onMessage?.([lines, ...all, ...sdp, `Content-Length: ${body.length}`, '', body].join('\r\n'))
  }
  const answer = (request, status, phrase, { headers = {}, body = '' } = {}) => {
    const to = request.one('To')
    tell(
      `SIP/2.0 ${status} ${phrase}`,
      {
        Via: request.all('Via'),
        From: request.one('From'),
        To: /;tag=/.test(to) || status === 100 ? to : `${to};tag=server`,
        'Call-ID': request.one('Call-ID'),
        CSeq: request.one('CSeq'),
        Contact: '<sip:server@pbx.test;transport=ws>',
        ...headers,
      },
      body,
    )
  }
  /** A request of ours inside a dialog. */
  const ask = (callId, method, headers = {}, body = '') => {
    const dialog = dialogs.get(callId)
    dialog.cseq += 1
    tell(
      `${method} ${dialog.contact} SIP/2.0`,
      {
        Via: `SIP/2.0/WS pbx.test;branch=z9hG4bK${++ids}`,
        'Max-Forwards': '70',
        From: dialog.us,
        To: dialog.them,
        'Call-ID': callId,
        CSeq: `${dialog.cseq} ${method}`,
        Contact: '<sip:server@pbx.test;transport=ws>',
        ...headers,
      },
      body,
    )
  }

  const hear = (message) => {
    server.received.push(
      message.method ? message.first.replace(/ SIP.*/, '') : `${message.status} ${message.one('CSeq').split(' ')[1]}`,
    )
    if (!message.method) return heardAnswer(message)
    switch (message.method) {
      case 'REGISTER':
        // A PBX that is still starting swallows the first ones.
        if (server.script.swallowRegisters > 0) {
          server.script.swallowRegisters -= 1
          return
        }
        return register(message)
      case 'INVITE':
        return dialogs.has(message.one('Call-ID')) && /;tag=/.test(message.one('To'))
          ? reinvite(message)
          : invite(message)
      case 'CANCEL': {
        const { invite } = dialogs.get(message.one('Call-ID'))
        answer(message, 200, 'OK')
        // The callee answered a moment before: the CANCEL comes too late (RFC 3261 section 9.2).
        if (server.script.answersCancelled) return answer(invite, 200, 'OK', { body: kSdp })
        return answer(invite, 487, 'Request Terminated', { headers: { Reason: 'Q.850;cause=0' } })
      }
      case 'REFER':
        server.lastReferTo = message.one('Refer-To')
        answer(message, 202, 'Accepted')
        for (const status of server.script.referNotifies) {
          ask(
            message.one('Call-ID'),
            'NOTIFY',
            { Event: 'refer', 'Subscription-State': 'active', 'Content-Type': 'message/sipfrag;version=2.0' },
            `SIP/2.0 ${status}\r\n`,
          )
        }
        return undefined
      case 'ACK':
        return undefined
      default:
        return answer(message, 200, 'OK')
    }
  }
  const register = (message) => {
    server.contact = /<([^>]+)>/.exec(message.one('Contact'))[1]
    if (!message.one('Authorization') || server.script.password !== 'secret') {
      return answer(message, 401, 'Unauthorized', {
        headers: { 'WWW-Authenticate': 'Digest realm="pbx.test", nonce="n1", algorithm=MD5' },
      })
    }
    const expires = /expires=(\d+)/.exec(message.one('Contact'))?.[1] ?? '600'
    return answer(message, 200, 'OK', { headers: { Contact: `<${server.contact}>;expires=${expires}` } })
  }
  const invite = (message) => {
    server.lastInvite = message
    const contact = /<([^>]+)>/.exec(message.one('Contact'))[1]
    dialogs.set(message.one('Call-ID'), {
      invite: message,
      us: `${message.one('To')};tag=server`,
      them: message.one('From'),
      contact,
      cseq: 100,
    })
    answer(message, 100, 'Trying')
    const rest = [...server.script.invite]
    const next = () => {
      const [status, phrase, headers, body] = rest.shift() ?? []
      if (status === undefined || !dialogs.has(message.one('Call-ID'))) return
      answer(message, status, phrase, { headers, body: body ?? (status === 200 ? kSdp : '') })
      setTimeout(next, 15)
    }
    next()
  }
  const reinvite = (message) => {
    server.lastOffer = message.body
    const status = server.script.reinvites?.shift() ?? server.script.reinvite
    answer(message, status, status === 200 ? 'OK' : 'Refused', status === 200 ? { body: kSdp } : {})
  }
  const heardAnswer = (message) => {
    const dialog = dialogs.get(message.one('Call-ID'))
    if (!dialog || !/INVITE/.test(message.one('CSeq'))) return
    if (message.status >= 200) {
      dialog.them = message.one('To')
      const contact = /<([^>]+)>/.exec(message.one('Contact') ?? '')?.[1]
      if (contact) dialog.contact = contact
      const cseq = message.one('CSeq').split(' ')[0]
      const via = message.status >= 300 ? dialog.via : `SIP/2.0/WS pbx.test;branch=z9hG4bK${++ids}`
      tell(`ACK ${dialog.contact} SIP/2.0`, {
        Via: via,
        'Max-Forwards': '70',
        From: dialog.us,
        To: dialog.them,
        'Call-ID': message.one('Call-ID'),
        CSeq: `${cseq} ACK`,
      })
    }
  }

  return Object.assign(server, {
    userAgentOptions: {
      transportConstructor: MemoryTransport,
      sessionDescriptionHandlerFactory: () => new MemoryMedia(server),
    },
    /** The socket of a JsSIP.UA, in place of its WebSocketInterface. */
    jssipSocket() {
      const socket = {
        via_transport: 'WS',
        url: 'wss://pbx.test/ws',
        sip_uri: 'sip:pbx.test;transport=ws',
        open: false,
        isConnected: () => socket.open,
        isConnecting: () => false,
        connect() {
          turn().then(() => {
            if (server.script.refuseConnections) return socket.ondisconnect(true, 1006, '')
            server.silent = false
            socket.open = true
            server.transport = {
              onMessage: (text) => socket.open && socket.ondata(text),
              to() {
                socket.open = false
              },
              onDisconnect: () => socket.ondisconnect(false, 4001, ''),
            }
            socket.onconnect()
          })
        },
        disconnect() {
          socket.open = false
        },
        send(text) {
          if (!socket.open) return false
          turn().then(() => !server.silent && hear(parse(text)))
          return true
        },
      }
      return socket
    },
    /** Rings the client; gives the Call-ID. */
    offer({ number, name, headers = {} }) {
      const callId = `in-${++ids}@pbx.test`
      const via = `SIP/2.0/WS pbx.test;branch=z9hG4bK${++ids}`
      const us = `"${name}" <sip:${number}@pbx.test>;tag=pbx`
      dialogs.set(callId, { us, them: '<sip:1001@pbx.test>', contact: server.contact, cseq: 1, via })
      tell(
        `INVITE ${server.contact} SIP/2.0`,
        {
          Via: via,
          'Max-Forwards': '70',
          From: us,
          To: '<sip:1001@pbx.test>',
          'Call-ID': callId,
          CSeq: '1 INVITE',
          Contact: '<sip:server@pbx.test;transport=ws>',
          'P-Asserted-Identity': `"${name}" <sip:${number}@vm>`,
          ...headers,
        },
        kSdp,
      )
      return callId
    },
    cancel(callId, reason) {
      const { us, via } = dialogs.get(callId)
      tell(`CANCEL ${server.contact} SIP/2.0`, {
        Via: via,
        'Max-Forwards': '70',
        From: us,
        To: '<sip:1001@pbx.test>',
        'Call-ID': callId,
        CSeq: '1 CANCEL',
        Reason: reason,
      })
    },
    ask,
    reinviteClient: (callId, asserted) => ask(callId, 'INVITE', { 'P-Asserted-Identity': asserted }, kSdp),
    /** The wire is dead and looks open: nothing arrives on either side. A new one works. */
    goSilent() {
      server.silent = true
      server.silences = (server.silences ?? 0) + 1
    },
    drop() {
      server.script.refuseConnections = true
      server.transport.to(SIP.TransportState.Disconnected)
      server.transport.onDisconnect?.(new Error('WebSocket closed wss://pbx.test/ws (code: 4001)'))
    },
  })
}

/**
 * Media without WebRTC: the calls that SIP.js and the adapter make, and what was asked of it. As SIP.js's own it has no
 * `rollbackDescription`, and makes no offer while another waits for its answer.
 */
class MemoryMedia {
  track = { enabled: true }
  peerConnection = {
    connectionState: 'connected',
    signalingState: 'stable',
    getSenders: () => [{ track: this.track }],
    setLocalDescription: async ({ type }) => this.become(type),
    setRemoteDescription: async ({ type }) => this.become(type),
  }
  constructor(server) {
    this.server = server
  }
  close() {}
  become(type) {
    const { signalingState } = this.peerConnection
    // An offer begins, an answer or a rollback ends.
    if ((type === 'offer') !== (signalingState === 'stable'))
      throw new Error(`${type}: invalid signaling state ${signalingState}`)
    this.peerConnection.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
  }
  async getDescription(options) {
    this.server.lastMediaOptions = options
    this.become(this.peerConnection.signalingState === 'have-remote-offer' ? 'answer' : 'offer')
    return { body: kSdp.replace('sendrecv', options?.hold ? 'sendonly' : 'sendrecv'), contentType: 'application/sdp' }
  }
  hasDescription = (contentType) => contentType === 'application/sdp'
  async setDescription() {
    const { peerConnection } = this
    if (peerConnection.signalingState === 'have-local-offer') this.become('answer')
    else peerConnection.signalingState = 'have-remote-offer'
  }
  enableSenderTracks(on) {
    this.track.enabled = on
  }
  enableReceiverTracks() {}
  sendDtmf(tones) {
    this.server.received.push(`RTP ${tones}`)
    return true
  }
}

function parse(text) {
  const [head, body = ''] = text.split(/\r\n\r\n([\s\S]*)/)
  const [first, ...lines] = head.split('\r\n')
  const headers = lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line)).filter(Boolean)
  const all = (name) =>
    headers.filter(([, key]) => key.toLowerCase() === name.toLowerCase()).map(([, , value]) => value)
  const status = /^SIP\/2\.0 (\d{3})/.exec(first)?.[1]
  return {
    first,
    method: status ? undefined : first.split(' ')[0],
    status: Number(status ?? 0),
    body,
    all,
    one: (name) => all(name)[0] ?? '',
  }
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve))
}
