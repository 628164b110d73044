// Hubs as they are shipped, each in a process of its own that can be killed
// (SIGKILL), and a caller of a queue whom the scripted PBX brings and connects.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { channel, type Fields, message, type ScriptedAmi } from './ami.js'
import { Client, type Storage } from './harness.js'

const CLI = fileURLToPath(new URL('../../../hub/dist/cli.js', import.meta.url))

/** Asks until it is so, less often than the hub's limit of requests; after 30 s an error. */
export async function until<T>(
  what: string,
  claim: () => Promise<T | false | undefined> | T | false | undefined,
  ms = 30_000,
): Promise<T> {
  for (const end = Date.now() + ms; ; await new Promise((done) => setTimeout(done, 60))) {
    const found = await claim()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}`)
  }
}

export interface HubProcess {
  client: Client
  /** Ends it without a word; resolves when it is gone. */
  kill(): Promise<void>
}

/** Starts the command; resolves with its address when it listens. */
export async function startProcess(ami: ScriptedAmi, storage: Storage, token: string): Promise<HubProcess> {
  const { url, user, secret } = ami.options
  const { data, databaseUrl } = storage.options
  const env = {
    ...process.env,
    OFFHOOK_AMI_URL: url,
    OFFHOOK_AMI_USER: user,
    OFFHOOK_AMI_SECRET: secret,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  const args = ['--port', '0', ...(data === undefined ? [] : ['--data', data])]
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout?.on('data', (text) => (out += text))
  child.stderr?.on('data', (text) => (err += text))
  const closed = new Promise<void>((done) => child.on('close', () => done()))
  const kill = async () => {
    child.kill('SIGKILL')
    await closed
  }
  try {
    const at = await until('the hub listens', () => {
      if (child.exitCode !== null) throw new Error(`the hub ended: ${err}`)
      return / at (http\S+)/.exec(out)?.[1]
    })
    return { client: new Client(at, token), kill }
  } catch (error) {
    await kill()
    throw error
  }
}

export const isLive = async ({ client }: HubProcess) => (await client.get('/api/health')).body.pbx.state === 'live'

/** The callers of the waiting room, by their channels' variables, are in the list `Status`; `told` says who is there then. */
export function tellsCallers(ami: ScriptedAmi, told: () => Fields[] = () => []): void {
  ami.onAction = ({ Action, ActionID = '' }, socket) => {
    if (Action !== 'Status') return false
    const items = told()
    let text = message({ Response: 'Success', ActionID, EventList: 'start', Message: 'Channel status will follow' })
    for (const { CcQueue, CcSince, CcCall, ...fields } of items) {
      const variables = { CC_QUEUE: CcQueue, CC_SINCE: CcSince, CC_ID: CcCall }
      const lines = Object.entries(variables).map(([name, value]) => `Variable: ${name}=${value}\r\n`)
      text += message({ Event: 'Status', ActionID, ...fields }).replace(/\r\n$/, `${lines.join('')}\r\n`)
    }
    socket.write(text + message({ Event: 'StatusComplete', ActionID, EventList: 'Complete', ListItems: items.length }))
    return true
  }
}

/** A caller comes into the waiting room of a queue; his channel with its variables, as the list `Status` has it then. */
export function comes(ami: ScriptedAmi, caller: string, queue = 'support'): Fields {
  const customer = channel('trunk', caller, 6, { CallerIDNum: '+442079460123', Context: 'hub-wait', Exten: 's' })
  ami.event({ Event: 'Newchannel', ...customer })
  const more = { CcCall: caller, CcQueue: queue, CcSince: Math.floor(Date.now() / 1000) }
  ami.event({ Event: 'UserEvent', UserEvent: 'HubCaller', ...customer, ...more })
  return { ...customer, ...more }
}

/** Resolves when the hub has sent this caller to the agent's telephone. */
export const offered = (ami: ScriptedAmi, customer: Fields, extension: string, since = 0) =>
  until('an offer', () =>
    ami.actions
      .slice(since)
      .some(
        ({ Action, Channel, Exten }) =>
          Action === 'Redirect' && Channel === customer.Channel && Exten?.startsWith(`${extension}*`),
      ),
  )

/** The agent's telephone rings, and he answers. */
export function answers(ami: ScriptedAmi, customer: Fields, extension: string, leg: string): void {
  const agent = channel(extension, leg, 0, { Linkedid: customer.Uniqueid as string })
  const dial: Fields = {
    ...customer,
    DestChannel: agent.Channel as string,
    DestUniqueid: leg,
    DestLinkedid: customer.Uniqueid as string,
  }
  ami.event({ Event: 'Newchannel', ...agent })
  ami.event({ Event: 'DialBegin', ...dial })
  ami.event({ Event: 'DialEnd', ...dial, DialStatus: 'ANSWER' })
}
