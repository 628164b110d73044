// Asterisk's manager interface by script: logs in, answers the lists from a
// small PBX that the test changes, pauses members, says events. Or it behaves
// as badly as a test wants. What a real Asterisk says is tests/pbx.
import { createServer, type Server, type Socket } from 'node:net'

export type Fields = Record<string, string | number>

/** One message of the protocol. */
export const message = (fields: Fields): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')}\r\n\r\n`

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'

interface Member {
  paused: boolean
  reason: string
}

export class ScriptedAmi {
  readonly #server: Server
  #sockets = new Set<Socket>()
  /** Every action that came, in order. */
  readonly actions: Record<string, string>[] = []
  readonly secret = 'correct horse battery'
  connections = 0
  /** Endpoints with a contact. */
  registered = new Set(['1001', '1002'])
  /** queue → endpoint → member */
  queues: Record<string, Record<string, Member>> = {
    support: { '1001': { paused: false, reason: '' }, '1002': { paused: false, reason: '' } },
    sales: { '1001': { paused: false, reason: '' } },
  }
  /** Rows of CoreShowChannels. */
  channels: Fields[] = []
  /** Answers an action in another way; true when it has. */
  onAction: (action: Record<string, string>, socket: Socket) => boolean = () => false
  /** Takes a connection instead of Asterisk. */
  onConnect: ((socket: Socket) => void) | null = null

  private constructor() {
    this.#server = createServer((socket) => this.#take(socket))
  }

  static async listen(port = 0): Promise<ScriptedAmi> {
    const ami = new ScriptedAmi()
    await new Promise<void>((done) => ami.#server.listen(port, '127.0.0.1', done))
    return ami
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  get options() {
    return { url: `ami://127.0.0.1:${this.port}`, user: 'hub', secret: this.secret }
  }

  #take(socket: Socket): unknown {
    this.connections++
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    if (this.onConnect) return this.onConnect(socket)
    socket.write(BANNER)
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString()
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const action = Object.fromEntries(
          text
            .slice(0, end)
            .split('\r\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        text = text.slice(end + 4)
        this.actions.push(action)
        if (!this.onAction(action, socket)) this.#answer(action, socket)
      }
    })
    return socket
  }

  #answer(action: Record<string, string>, socket: Socket): unknown {
    const id = { ActionID: action.ActionID ?? '' }
    const say = (fields: Fields) => socket.write(message(fields))
    const list = (complete: string, rows: Fields[]) => {
      say({ Response: 'Success', ...id, EventList: 'start', Message: 'follows' })
      for (const { Event, ...row } of rows) say({ Event: Event ?? '', ...id, ...row })
      say({ Event: complete, ...id, EventList: 'Complete', ListItems: rows.length })
    }
    switch (action.Action) {
      case 'Login':
        if (action.Secret !== this.secret) {
          say({ Response: 'Error', ...id, Message: 'Authentication failed' })
          return socket.end()
        }
        say({ Response: 'Success', ...id, Message: 'Authentication accepted' })
        return say({
          Event: 'FullyBooted',
          Privilege: 'system,all',
          Uptime: 100,
          LastReload: 100,
          Status: 'Fully Booted',
        })
      case 'Ping':
        return say({ Response: 'Success', ...id, Ping: 'Pong', Timestamp: '0.0' })
      case 'CoreShowChannels':
        return list(
          'CoreShowChannelsComplete',
          this.channels.map((row) => ({ Event: 'CoreShowChannel', ...row })),
        )
      case 'BridgeList':
        return list('BridgeListComplete', [])
      case 'QueueStatus':
        return list('QueueStatusComplete', this.#queueRows())
      case 'DeviceStateList':
        return list(
          'DeviceStateListComplete',
          ['1001', '1002', '1003'].map((one) => ({
            Event: 'DeviceStateChange',
            Device: `PJSIP/${one}`,
            State: this.registered.has(one) ? 'NOT_INUSE' : 'UNAVAILABLE',
          })),
        )
      case 'ExtensionStateList':
        return list('ExtensionStateListComplete', [])
      case 'PJSIPShowContacts':
        if (this.registered.size === 0) return say({ Response: 'Error', ...id, Message: 'No Contacts found' })
        return list(
          'ContactListComplete',
          [...this.registered].map((one) => ({
            Event: 'ContactList',
            ObjectType: 'contact',
            ObjectName: `${one};@abc`,
            Endpoint: one,
            Uri: `sip:x@192.0.2.1;transport=ws`,
            Status: 'NonQualified',
          })),
        )
      case 'PJSIPShowRegistrationInboundContactStatuses':
        return list(
          'ContactStatusDetailComplete',
          [...this.registered].map((one) => ({
            Event: 'ContactStatusDetail',
            AOR: one,
            URI: 'sip:x@192.0.2.1;transport=ws',
            Status: 'NonQualified',
            RoundtripUsec: 'N/A',
            EndpointName: one,
            ID: `${one};@abc`,
          })),
        )
      case 'Agents':
        return list('AgentsComplete', [])
      case 'QueuePause':
        return this.#pause(action, say, id)
      default:
        return say({ Response: 'Success', ...id })
    }
  }

  #queueRows(): Fields[] {
    return Object.entries(this.queues).flatMap(([queue, members]) => [
      { Event: 'QueueParams', Queue: queue, Max: 0, Strategy: 'ringall', Calls: 0, Weight: 0 },
      ...Object.entries(members).map(([endpoint, { paused, reason }]) => ({
        Event: 'QueueMember',
        Queue: queue,
        Name: endpoint,
        Location: `PJSIP/${endpoint}`,
        StateInterface: `PJSIP/${endpoint}`,
        Membership: 'static',
        Penalty: 0,
        CallsTaken: 0,
        LastCall: 0,
        InCall: 0,
        Status: this.registered.has(endpoint) ? 1 : 5,
        Paused: paused ? 1 : 0,
        PausedReason: reason,
      })),
    ])
  }

  #pause(action: Record<string, string>, say: (fields: Fields) => unknown, id: Fields): unknown {
    const endpoint = (action.Interface ?? '').replace('PJSIP/', '')
    const names = action.Queue ? [action.Queue] : Object.keys(this.queues)
    const members = names.flatMap((queue) => {
      const member = this.queues[queue]?.[endpoint]
      return member ? [{ queue, member }] : []
    })
    if (members.length === 0) return say({ Response: 'Error', ...id, Message: 'Interface not found' })
    say({ Response: 'Success', ...id, Message: 'Interface paused successfully' })
    for (const { queue, member } of members) {
      this.pause(queue, endpoint, ['1', 'true', 'yes'].includes(action.Paused ?? ''), action.Reason ?? '', member)
    }
    return true
  }

  /** A member is paused or unpaused, by whomever, and it is told. */
  pause(queue: string, endpoint: string, paused: boolean, reason: string, known?: Member): void {
    const member = known ?? this.queues[queue]?.[endpoint]
    if (!member) throw new Error(`${endpoint} is no member of ${queue}`)
    member.paused = paused
    member.reason = paused ? reason : ''
    this.event({
      Event: 'QueueMemberPause',
      Privilege: 'agent,all',
      Queue: queue,
      MemberName: endpoint,
      Interface: `PJSIP/${endpoint}`,
      StateInterface: `PJSIP/${endpoint}`,
      Membership: 'static',
      Penalty: 0,
      CallsTaken: 0,
      LastCall: 0,
      InCall: 0,
      Status: 1,
      Paused: paused ? 1 : 0,
      PausedReason: member.reason,
    })
  }

  /** A telephone registers or is gone. */
  register(endpoint: string, there: boolean): void {
    if (there) this.registered.add(endpoint)
    else this.registered.delete(endpoint)
    this.event({
      Event: 'ContactStatus',
      Privilege: 'system,all',
      URI: 'sip:x@192.0.2.1;transport=ws',
      ContactStatus: there ? 'NonQualified' : 'Removed',
      AOR: endpoint,
      EndpointName: endpoint,
    })
    this.event({
      Event: 'DeviceStateChange',
      Privilege: 'call,all',
      Device: `PJSIP/${endpoint}`,
      State: there ? 'NOT_INUSE' : 'UNAVAILABLE',
    })
  }

  /** Says something to whoever is connected. */
  event(fields: Fields): void {
    this.raw(message(fields))
  }

  raw(text: string | Uint8Array): void {
    for (const socket of this.#sockets) socket.write(text)
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Neither reads nor says anything any more. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data')
      socket.pause()
    }
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((done) => this.#server.close(done))
  }
}

/** The fields that every event about a channel has. */
export const channel = (endpoint: string, uniqueid: string, state: number, more: Fields = {}): Fields => ({
  Channel: `PJSIP/${endpoint}-${uniqueid.replace('.', '')}`,
  ChannelState: state,
  ChannelStateDesc: ['Down', 'Rsrvd', 'OffHook', 'Dialing', 'Ring', 'Ringing', 'Up'][state] ?? 'Unknown',
  CallerIDNum: endpoint,
  CallerIDName: endpoint,
  ConnectedLineNum: '<unknown>',
  ConnectedLineName: '<unknown>',
  Language: 'en',
  AccountCode: '',
  Context: 'internal',
  Exten: '1001',
  Priority: 1,
  Uniqueid: uniqueid,
  Linkedid: uniqueid,
  ...more,
})
