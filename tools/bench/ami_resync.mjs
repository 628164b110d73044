// A big PBX after a lost link: 5,000 endpoints and extensions, 50 queues of 100 members, 500 calls. The lists come as AMI sends
// them; what is timed is from the last list event until everything that changed has been shown.

import { Host } from '../../tests/traces/ami_replay.mjs'

const kEndpoints = 5000
const kCalls = 500
const event = (name, fields) =>
  `Event: ${name}\r\n${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\r\n`)
    .join('')}\r\n`
const extension = (i) => String(10_000 + i)

function channel(id, call, leg) {
  const mine = extension(call)
  const uniqueid = `1795166920.${call * 2 + leg}`
  const other = `+44207946${String(call).padStart(4, '0')}`
  return {
    ActionID: id,
    Channel:
      leg === 0 ? `PJSIP/trunk-${String(call).padStart(8, '0')}` : `PJSIP/${mine}-${String(call).padStart(8, '0')}`,
    ChannelState: 6,
    ChannelStateDesc: 'Up',
    CallerIDNum: leg === 0 ? other : mine,
    CallerIDName: '',
    ConnectedLineNum: leg === 0 ? mine : other,
    ConnectedLineName: '',
    Language: 'en',
    AccountCode: '',
    Context: leg === 0 ? 'from-trunk' : 'internal',
    Exten: leg === 0 ? mine : '',
    Priority: 1,
    Uniqueid: uniqueid,
    Linkedid: `1795166920.${call * 2}`,
    Application: leg === 0 ? 'Dial' : 'AppDial',
    ApplicationData: '',
    Duration: '00:01:00',
    BridgeId: `bridge-${call}`,
  }
}

const range = (count, make) => Array.from({ length: count }, (_, i) => make(i))
const lists = {
  CoreShowChannels: (id) => [
    'CoreShowChannelsComplete',
    range(2 * kCalls, (i) => event('CoreShowChannel', channel(id, i >> 1, i & 1))),
  ],
  BridgeList: (id) => [
    'BridgeListComplete',
    range(kCalls, (i) =>
      event('BridgeListItem', {
        ActionID: id,
        BridgeUniqueid: `bridge-${i}`,
        BridgeType: 'basic',
        BridgeTechnology: 'simple_bridge',
        BridgeCreator: '<unknown>',
        BridgeName: '<unknown>',
        BridgeNumChannels: 2,
        BridgeVideoSourceMode: 'none',
      }),
    ),
  ],
  QueueStatus: (id) => [
    'QueueStatusComplete',
    range(50, (queue) => [
      event('QueueParams', { Queue: `q${queue}`, Max: 0, Strategy: 'rrmemory', Calls: 0, Holdtime: 0, ActionID: id }),
      ...range(100, (i) =>
        event('QueueMember', {
          Queue: `q${queue}`,
          Name: `Agent ${queue * 100 + i}`,
          Location: `PJSIP/${extension(queue * 100 + i)}`,
          StateInterface: `PJSIP/${extension(queue * 100 + i)}`,
          Membership: 'static',
          Penalty: 0,
          CallsTaken: 3,
          LastCall: 1795166902,
          InCall: 0,
          Status: queue * 100 + i < kCalls ? 2 : 1,
          Paused: 0,
          PausedReason: '',
          ActionID: id,
        }),
      ),
    ]).flat(),
  ],
  DeviceStateList: (id) => [
    'DeviceStateListComplete',
    range(kEndpoints, (i) =>
      event('DeviceStateChange', {
        ActionID: id,
        Device: `PJSIP/${extension(i)}`,
        State: i < kCalls ? 'INUSE' : i % 10 === 9 ? 'UNAVAILABLE' : 'NOT_INUSE',
      }),
    ),
  ],
  ExtensionStateList: (id) => [
    'ExtensionStateListComplete',
    range(kEndpoints, (i) =>
      event('ExtensionStatus', {
        ActionID: id,
        Exten: extension(i),
        Context: 'internal',
        Hint: `PJSIP/${extension(i)}`,
        Status: i < kCalls ? 1 : i % 10 === 9 ? 4 : 0,
        StatusText: i < kCalls ? 'InUse' : i % 10 === 9 ? 'Unavailable' : 'Idle',
      }),
    ),
  ],
  PJSIPShowContacts: (id) => [
    'ContactListComplete',
    range(kEndpoints, (i) => i)
      .filter((i) => i % 10 !== 9)
      .map((i) =>
        event('ContactList', {
          ActionID: id,
          ObjectType: 'contact',
          ObjectName: `${extension(i)};@${i}`,
          Endpoint: extension(i),
          Uri: `sip:${extension(i)}@198.51.100.7:48936;transport=ws`,
          UserAgent: 'SIP.js/0.21.1',
          ExpirationTime: 1795167026,
          Status: 'NonQualified',
          RoundtripUsec: 'N/A',
        }),
      ),
  ],
  PJSIPShowRegistrationInboundContactStatuses: (id) => [
    'ContactStatusDetailComplete',
    range(kEndpoints, (i) => i)
      .filter((i) => i % 10 !== 9)
      .map((i) =>
        event('ContactStatusDetail', {
          ActionID: id,
          AOR: extension(i),
          URI: `sip:${extension(i)}@198.51.100.7:48936;transport=ws`,
          Status: 'NonQualified',
          EndpointName: extension(i),
          ID: `${extension(i)};@${i}`,
        }),
      ),
  ],
  Agents: () => ['AgentsComplete', []],
}

/** {ms: after the last list event, wholeMs: all lists, memoryMiB, shown: extensions, calls} */
export async function resync() {
  const agents = range(kEndpoints, (i) => ({
    extension: extension(i),
    endpoint: `PJSIP/${extension(i)}`,
    name: `Agent ${i}`,
  }))
  const host = await Host.open({ agents, extension_pattern: '3-6' })
  const shown = { extensions: new Set(), calls: new Set() }
  host.onReply = ({ changes }) => {
    for (const one of changes.extensions ?? []) shown.extensions.add(one.extension)
    for (const one of changes.calls ?? []) shown.calls.add(one.call_id)
  }
  let spent = 0
  let last = 0
  const plain = host.answer
  host.answer = (action) => {
    const name = /^Action: (.*)\r$/m.exec(action)?.[1]
    const id = /^ActionID: (.*)\r$/m.exec(action)?.[1]
    const list = lists[name]
    if (!list) return plain(action)
    const [complete, items] = list(id)
    const begun = performance.now()
    host.text(`Response: Success\r\nActionID: ${id}\r\nEventList: start\r\n\r\n`)
    const bytes = Buffer.from(items.join(''))
    for (let from = 0; from < bytes.length; from += 65_536) host.bytes(bytes.subarray(from, from + 65_536))
    spent += performance.now() - begun
    last = performance.now()
    return event(complete, { ActionID: id, EventList: 'Complete', ListItems: items.length })
  }
  host.start()
  const ms = performance.now() - last
  const { state } = host.centre.state().changes.link
  if (state !== 'live') throw new Error(`the Centre is ${state}, not live`)
  const problems = []
  if (shown.extensions.size !== kEndpoints)
    problems.push(`${shown.extensions.size} extensions shown, not ${kEndpoints}`)
  if (shown.calls.size !== kCalls) problems.push(`${shown.calls.size} calls shown, not ${kCalls}`)
  if (problems.length > 0) throw new Error(problems.join('; '))
  return { ms, wholeMs: spent + ms, memoryMiB: host.centre.memoryBytes() / 1024 / 1024 }
}
