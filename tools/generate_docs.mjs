// Refreshes what documents repeat from the code: the Mermaid diagram of each
// machine in docs/machines/*.md and the tables of codes in docs/errors.md
// (between their markers), and docs/events.md. The machines' tables are written by people and compared by a test. `--check`
// writes nothing and fails when a document is stale; `--tables FILE` names
// another export_tables.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorsPage, errorTables, loadCodes } from './errors_page.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const pages = join(root, 'docs/machines')

/** A sentence for every event and effect; a new one has to be named here. */
const SAYS = {
  Started: 'The host is ready: first of all events.',
  TimerFired: 'A timer of `timer.set` is due. One that was cleared must not come any more; if it does, it is counted.',
  HttpAnswered: 'The answer to `http.send`, whatever its status. `request` is that effect’s id.',
  HttpFailed: 'No answer came within `timeout_ms`, or none that could be read.',
  SocketOpened: 'The socket of `socket.open` is open.',
  SocketMessage: 'One text frame.',
  SocketClosed: 'The socket is closed, by whomever, or could not be opened.',
  Disposed: 'The phone goes away. Nothing is heard afterwards.',
  StateLoaded:
    'What `storage.load` found: a stored state, or a part of it; `on` with the last part. An empty body: nothing was stored.',
  StorageFailed: 'Records cannot be read or kept.',
  StorageRecovered: 'A record was kept again, some time after one could not be.',
  TabLockGranted: 'This tab holds the lock: it leads.',
  TabLockLost: 'Another tab has taken the lock: this one stood still too long.',
  TabHeard: 'The leading tab has said something; `on`: it is going away.',
  TabHandedOver: 'The leading tab has handed the phone over to this one: its lock may be taken.',
  Woke: 'The clock has jumped by `gap_ms`: the computer slept, or the tab stood still.',
  NetworkChanged: 'The browser says that the network is there (`on`) or gone.',
  SoftphoneReady: 'The softphone library works. `features`: what it can do beyond calls ([adapters.md](adapters.md)).',
  SoftphoneFailed: 'It does not, and will not by itself.',
  Registering: 'A REGISTER is on its way.',
  Registered: 'The PBX knows this phone. A refresh may say it again.',
  Unregistered: 'The PBX does not know this phone any more.',
  RegistrationFailed: 'Refused, or unreachable.',
  CallOffered: 'An incoming call rings. `call_id` is the adapter’s, unique for the call’s life.',
  CallDialed: 'The INVITE of `softphone.dial` is out.',
  CallProgress: 'A provisional answer. `status_code` 0 when the library cannot tell which.',
  CallConnected: 'Both sides talk. `dialog`: what only the adapter reads, to take the call up again from another page.',
  CallEnded: 'The end, once, when its cause is known as well as it ever will be.',
  RemoteChanged: 'Somebody else is at the far end now, after a transfer.',
  HoldConfirmed: 'Hold is on or off, asked for or not.',
  HoldRefused: 'It stays as it was.',
  MuteConfirmed: 'Mute is on or off, asked for or not.',
  MuteRefused: 'It stays as it was.',
  DtmfSent: 'The digits of `softphone.dtmf` are out.',
  DtmfRefused: 'They are not.',
  TransferProgress: '202 when the REFER was taken, then what each NOTIFY reports.',
  CommandRefused: 'The softphone cannot carry out a command.',
  CallResumed: 'A call from before the page was loaded goes on; `on`: it is on hold.',
  CallAlive: 'The other side still knows the call: the answer to `softphone.check`.',
  MergeConfirmed: 'Both calls are one conversation (`on`), or two again.',
  MergeRefused: 'They stay as they were.',
  QualityMeasured: 'What is heard: estimated MOS, jitter, loss, round trip. 0 is not measured.',
  DevicesChanged: 'Microphone, speaker, and whether the microphone may be used.',
  QueueNumberReceived: 'The queue-number message, when the host has a socket of its own.',
  AgentStatusReceived: 'An agent’s status, when the host has a socket of its own.',
  LoginRequested: 'The user logs in: register, and go ONLINE.',
  LogoutRequested: 'The user logs out: OFFLINE, pause, unregister. During a call it is the next status.',
  DialRequested: 'Call that number. Settled at once, with the new call’s id.',
  AnswerRequested: 'Answer; without `call_id` the call that has rung longest.',
  RejectRequested: 'Refuse; without `call_id` the call that has rung longest.',
  HangupRequested: 'End the call; without `call_id` the active one.',
  HoldRequested: 'Put on hold, or take back.',
  MuteRequested: 'Mute, or unmute.',
  DtmfRequested: 'Send digits. Settled when they are taken.',
  TransferRequested: 'Transfer to `target`, or join with `other_call_id`.',
  StatusRequested: 'Set the agent’s status. During a call it is the next one.',
  NextStatusCancelled: 'No next status after all.',
  WrapUpFinished: 'Wrap-up is done.',
  WrapUpExtended: 'Wrap-up takes so much longer.',
  DraftEdited: 'Notes so far; kept, not sent.',
  DraftSaved: 'Notes as they shall be: sent, and the draft closed.',
  OutboxRetried: 'Send now what waits or was refused.',
  NoticeDismissed: 'The user has read the notice.',
  ConsultRequested: 'Hold the call and ask `target` first: an attended transfer begins.',
  ConsultCompleted: 'Join the customer with whom was asked.',
  ConsultCancelled: 'Back to the customer; the consultation ends.',
  SwapRequested: 'Talk to the other call; without `call_id` the one held last.',
  MergeRequested: 'Join two calls into a conference; without ids the active and the held one.',
  SplitRequested: 'Two calls again: the first is talked to, the other held.',
  RecordingRequested: 'Start, pause, resume or stop the recording of a call.',
  WrapUpRequested: 'Begin wrap-up where it is optional.',
  OutboxDiscarded: 'Give up a call_log that the backend refuses.',
  TakeOverRequested: 'Another tab wants to have the phone.',
  'http.send': 'A request to the backend: which one, about which record, with which key and body ([wire.md](wire.md)).',
  'socket.open': 'Open the events socket.',
  'socket.send': 'Send one text frame. The host adds the token to `hello`.',
  'socket.close': 'Close it. A `SocketClosed` that follows changes nothing.',
  'timer.set': 'Fire `TimerFired` with this `timer` after `delay_ms`.',
  'timer.clear': 'Not any more.',
  'softphone.start': 'Start the library with the session’s credentials.',
  'softphone.register': 'Register.',
  'softphone.unregister': 'Unregister.',
  'softphone.dial': 'Call `number`; the call’s id is given.',
  'softphone.answer': 'Answer.',
  'softphone.reject': 'Refuse.',
  'softphone.hangup': 'Cancel or end, as the call’s state needs.',
  'softphone.hold': 'Hold on or off.',
  'softphone.mute': 'Mute on or off.',
  'softphone.dtmf': 'Send these digits, in this order.',
  'softphone.transfer': 'REFER to `target`, or with Replaces to the other call.',
  'softphone.merge': 'Join two calls, or part them.',
  'softphone.check': 'Ask the other side whether the call still exists: `CallAlive` or `CallEnded`.',
  'softphone.resume': 'Take up a call again whose page is gone: `CallResumed` or `CallEnded`.',
  'storage.load': 'Read what is kept of this extension; `StateLoaded` is the answer.',
  'storage.put': 'Keep `body` under the name `record`, over a reload and a crash.',
  'storage.delete': 'Keep it no more.',
  'tab.claim': 'Ask for the lock of this extension; `on`: take it from a leader that does not answer.',
  'tab.ping': 'Ask the leading tab whether it is there: `TabHeard`.',
  'tab.release': 'Give up the lock.',
  'tab.deposed': 'Another tab leads: let go of everything, write nothing more, begin anew as a follower.',
  'command.settled': 'What became of a command: exactly one for each.',
  log: 'A line for the developer.',
}

const KINDS = {
  Number: 'number',
  Time: 'time (ms, UTC) or null',
  Flag: 'true or false',
  String: 'text',
  Name: 'text or null',
  Blob: 'JSON text',
}

async function main() {
  const check = process.argv.includes('--check')
  const at = process.argv.indexOf('--tables')
  const exporter = at > 0 ? process.argv[at + 1] : join(root, 'build/native/export_tables')
  if (!existsSync(exporter)) {
    console.error(`${exporter} does not exist: npm run build -- --only native`)
    process.exit(2)
  }
  const ask = (...args) => execFileSync(exporter, args, { encoding: 'utf8', maxBuffer: 1 << 24 })
  const stale = []
  const put = (file, text) => {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return
    stale.push(file.slice(root.length + 1))
    if (!check) writeFileSync(file, text)
  }
  const schema = JSON.parse(ask('--schema'))
  const missing = schema.machines.map(({ name }) => name)
  for (const name of readdirSync(pages).filter((file) => file.endsWith('.md'))) {
    const text = readFileSync(join(pages, name), 'utf8')
    const marked = /(<!-- mermaid:(\w+) -->\n)[\s\S]*?(<!-- \/mermaid -->)/g
    put(
      join(pages, name),
      text.replace(marked, (_, open, machine, close) => {
        if (missing.includes(machine)) missing.splice(missing.indexOf(machine), 1)
        return `${open}\`\`\`mermaid\n${ask('--mermaid', machine).trimEnd()}\n\`\`\`\n${close}`
      }),
    )
  }
  put(join(root, 'docs/events.md'), eventsPage(schema))
  const errors = join(root, 'docs/errors.md')
  put(errors, errorsPage(readFileSync(errors, 'utf8'), errorTables(await loadCodes(root))))
  if (missing.length > 0) stale.push(`no diagram of ${missing.join(', ')}`)
  if (stale.length === 0) return console.log('documents: nothing to do')
  console.log(stale.map((file) => `${check ? 'stale' : 'written'}: ${file}`).join('\n'))
  if (check || missing.length > 0) process.exitCode = 1
}

function eventsPage({ events, effects, leaves }) {
  const kind = ({ kind, words }) => {
    if (!words) return KINDS[kind] ?? kind
    const shown = words.map((word) => (word === '' ? '""' : word)).join(', ')
    const text = words.length > 6 ? `${words.length} words: ${shown}` : shown
    return kind === 'Verdict' ? '{ok, reason}' : text
  }
  const fields = (list) => list.map((field) => `\`${field.name}\` ${kind(field)}`).join('; ') || '–'
  const rows = (list) =>
    list.map(({ name, fields: its }) => {
      if (!SAYS[name]) throw new Error(`tools/generate_docs.mjs has no sentence for ${name}`)
      return `| ${name} | ${SAYS[name]} | ${fields(its)} |`
    })
  const from = (name) => events.findIndex((event) => event.name === name)
  const group = (title, first, until) => [
    `### ${title}`,
    '',
    '| event | says | fields |',
    '|---|---|---|',
    ...rows(events.slice(from(first), until ? from(until) : undefined)),
    '',
  ]
  const leaf = ({ name, key, collection, fields: its }) => {
    const where = key ? `\`${key}\`` : 'the state itself'
    const how = {
      '': 'one',
      map: 'by its first field',
      list: 'a list',
      ring: 'a list that only grows at its end',
      pages: 'a large list',
    }
    return [
      `### ${name}`,
      '',
      `${where}; ${how[collection]}.`,
      '',
      '| field | is |',
      '|---|---|',
      ...its.map((field) => `| ${field.name} | ${kind(field)} |`),
      '',
    ]
  }
  return `${[
    '# Events, effects and leaves',
    '',
    '<!-- Generated by tools/generate_docs.mjs from the engine’s schema. Do not edit. -->',
    '',
    'Everything that goes into a Phone is an event, everything that comes out is a change of a leaf or an effect. Each event carries `at`',
    '(UTC) and `mono` (monotonic), in milliseconds. Fields stand in the order in which they cross the hot boundary; on the cold face absent',
    'ones are empty. A `command` is a number of the host’s choice, 0 when nobody waits for it. How they travel: [ARCHITECTURE.md](ARCHITECTURE.md).',
    '',
    '## Events',
    '',
    ...group('From the host', 'Started', 'SoftphoneReady'),
    ...group('From the softphone', 'SoftphoneReady', 'QueueNumberReceived'),
    ...group('From a socket of the host’s own', 'QueueNumberReceived', 'LoginRequested'),
    ...group('Commands', 'LoginRequested'),
    '## Effects',
    '',
    'The host performs them in order, after the store has changed.',
    '',
    '| effect | says | fields |',
    '|---|---|---|',
    ...rows(effects),
    '',
    '## Leaves of the store',
    '',
    ...leaves.flatMap(leaf),
  ]
    .join('\n')
    .trimEnd()}\n`
}

await main()
