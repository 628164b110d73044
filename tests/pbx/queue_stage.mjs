// What the scenarios of the queue play on: the hub in a process of its own, connected to Asterisk's AMI; bare telephones
// for agents, callers and a supervisor, each with a tone of its own; and a board that sees what the hub shows.

import { execFileSync, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { root } from '../../tools/processes.mjs'
import { BarePhone } from './bare_phone.mjs'
import { fulfilled, PbxLog, patience } from './parties.mjs'

/** What each sends, hertz: no tone is another's overtone, and none is the music's 350. */
export const tones = { alice: 440, bob: 530, sue: 620, caller1: 1000, caller2: 1130, caller3: 1270 }
export const music = 350

const people = [
  ['alice', '3001'],
  ['bob', '3002'],
  ['sue', '3003'],
]

const keys = {
  queues: ({ queue }) => queue,
  acd_agents: ({ extension }) => extension,
  acd_calls: ({ call_id }) => call_id,
  extension_status: ({ extension }) => extension,
  supervision: ({ supervisor, call_id }) => `${supervisor}/${call_id}`,
}

/** What the hub shows, as a supervisor's page gets it. */
class Board {
  shown = {
    queues: new Map(),
    acd_agents: new Map(),
    acd_calls: new Map(),
    extension_status: new Map(),
    supervision: new Map(),
  }
  past = []
  link = null
  static async open(url, token) {
    const board = new Board()
    board.socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
    board.socket.on('message', (data) => board.#take(JSON.parse(data)))
    board.socket.on('error', () => {})
    await new Promise((done, failed) => board.socket.once('open', done).once('error', failed))
    board.socket.send(JSON.stringify({ type: 'hello', token, topics: Object.keys(board.shown) }))
    return board
  }

  #take(message) {
    if (message.type === 'link') this.link = message.link
    const shown = this.shown[message.stream]
    if (!shown) return
    for (const item of message.items ?? []) {
      shown.set(keys[message.stream](item), item)
      this.past.push({ at: performance.now(), stream: message.stream, item })
    }
    for (const gone of message.removed ?? []) shown.delete([gone].flat().join('/'))
  }

  agent(extension) {
    return this.shown.acd_agents.get(extension)
  }

  get calls() {
    return [...this.shown.acd_calls.values()]
  }

  /** The live call of that caller's number. */
  callOf(number) {
    return this.calls.find(({ from, outcome, ended_at }) => from === number && !outcome && !ended_at)
  }

  async until(what, claim, ms = patience) {
    if (await fulfilled(() => claim(this), ms)) return
    const { queues, acd_agents } = this.shown
    throw new Error(
      `the board waited ${ms / 1000} s for: ${what}. It shows ${JSON.stringify({ link: this.link?.state, agents: [...acd_agents.values()], calls: this.calls, queues: [...queues.values()].map(({ queue, waiting, agents }) => ({ queue, waiting, agents })) })}`,
    )
  }

  close() {
    this.socket?.terminate()
  }
}

/** The wire between hub and PBX, which can be cut and mended without either of them having ended. */
class Wire {
  #ends = new Set()
  whole = true
  static async open() {
    const wire = new Wire()
    wire.server = createServer((hub) => wire.#join(hub))
    await new Promise((done) => wire.server.listen(0, '127.0.0.1', done))
    wire.url = `ami://127.0.0.1:${wire.server.address().port}`
    return wire
  }

  #join(hub) {
    if (!this.whole) return hub.destroy()
    const pbx = connect(5038, '127.0.0.1')
    for (const [one, other] of [
      [hub, pbx],
      [pbx, hub],
    ]) {
      this.#ends.add(one)
      one.on('error', () => {})
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  }

  cut() {
    this.whole = false
    for (const end of this.#ends) end.destroy()
    this.#ends.clear()
  }

  mend() {
    this.whole = true
  }
}

export class QueueStage {
  callers = []
  log = []

  /** REQUIRES: `close` afterwards, also when this fails. */
  async open() {
    this.folder = mkdtempSync(join(tmpdir(), 'offhook-queue-'))
    this.pbxLog = new PbxLog()
    this.wire = await Wire.open()
    await this.startHub()
    for (const [name, extension] of people) {
      this[name] = await BarePhone.open(extension, tones[name])
      this[name].extension = extension
      await this[name].register()
    }
    for (const number of [1, 2, 3])
      this.callers.push(await BarePhone.open(`+4420794601${number}0`, tones[`caller${number}`]))
  }

  /** On the same database as before: what it knew, it knows again. */
  async startHub() {
    const options = {
      port: 0,
      data: join(this.folder, 'data'),
      agents: people.map(([name, extension]) => ({
        extension,
        extension_id: `e-${extension}`,
        name,
        role: name === 'sue' ? 'supervisor' : 'agent',
      })),
      pbx: { url: this.wire.url, user: 'hub', secret: 'hubsecret', engine: { grace_ms: 3000 } },
    }
    const child = fork(join(root, 'tests/pbx/hub_child.mjs'), [JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.child = child
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => this.log.push(...String(data).trim().split('\n')))
    const told = await new Promise((done, failed) => {
      child.once('message', done)
      child.once('exit', (code) => failed(new Error(`the hub ended with ${code}: ${this.log.slice(-5).join('\n')}`)))
    })
    Object.assign(this, told)
    this.board = await Board.open(this.url, this.admin)
    await this.board.until('the link', ({ link }) => link?.state === 'live', 30_000)
  }

  /** Without a word to anybody. */
  async killHub() {
    this.board.close()
    const gone = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGKILL')
    await gone
  }

  /** In order: callers are given back first. */
  async stopHub() {
    this.board.close()
    const gone = new Promise((done) => this.child.once('exit', done))
    this.child.send('stop')
    await gone
  }

  async api(method, path, body, token = this.admin) {
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'idempotency-key': `queue-${Date.now()}-${Math.random()}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok)
      throw Object.assign(new Error(`${method} ${path}: ${response.status} ${text}`), { status: response.status })
    return text ? JSON.parse(text) : undefined
  }

  /** The queue with these settings, Alice and Bob in it and ready, nothing of an earlier scenario left. */
  async queue(settings = {}, { members = ['3001', '3002'], name = 'support' } = {}) {
    await this.api('PUT', `/contact-centre/queues/${name}`, {
      mode: 'offhook',
      strategy: 'linear',
      ring_ms: 15_000,
      wrap_up: { mode: 'none', ms: 0 },
      rona_ms: 1000,
      reject_ms: 1000,
      rona_after: 0,
      unreachable_ms: 1000,
      ...settings,
    })
    for (const extension of ['3001', '3002'])
      await this.api('PUT', `/contact-centre/agents/${extension}`, {
        skills: [],
        queues: members.includes(extension)
          ? [{ queue: name, penalty: 0, position: Number(extension.at(-1)), weight: 1 }]
          : [],
      })
    for (const extension of members) await this.ready(extension)
  }

  /** One more agent for the queue; whoever waits may ring him at once. */
  async join(extension, name = 'support') {
    const queues = [{ queue: name, penalty: 0, position: Number(extension.at(-1)), weight: 1 }]
    await this.api('PUT', `/agents/${extension}/status`, { status: 'ONLINE' })
    await this.api('PUT', `/contact-centre/agents/${extension}`, { skills: [], queues })
  }

  async ready(extension) {
    await this.api('PUT', `/agents/${extension}/status`, { status: 'ONLINE' })
    await this.board.until(
      `${extension} Available`,
      ({ shown }) => shown.acd_agents.get(extension)?.why === 'ready',
      20_000,
    )
  }

  /** A caller in the waiting room: his telephone is answered, the music plays, the hub has him. */
  async call(index = 0, number = '7300') {
    const caller = this.callers[index]
    caller.dial(number)
    await caller.until('up')
    return caller
  }

  async waits(caller) {
    await this.board.until(`${caller.user} waits`, (board) => board.callOf(caller.user)?.state === 'Queued')
    return this.board.callOf(caller.user)
  }

  /** The agent's telephone rings and is answered; both hear each other. */
  async talk(agent, caller) {
    const call = await agent.until('offered')
    await sleep(150)
    agent.answer(call)
    await this.hear(agent, caller)
    await this.board.until(`${agent.extension} OnCall`, (board) => board.agent(agent.extension)?.state === 'OnCall')
  }

  async hear(one, other) {
    const heard = () => one.hears(other.tone).length === 1 && other.hears(one.tone).length === 1
    if (!(await fulfilled(heard, 5000)))
      throw new Error(
        `${one.user} and ${other.user} do not hear each other: ${one.hears(...Object.values(tones), music)}, ${other.hears(...Object.values(tones), music)}`,
      )
  }

  async records(claim, ms = 8000) {
    let items = []
    await fulfilled(async () => {
      items = (await this.api('GET', '/contact-centre/records?limit=50')).items
      return claim(items)
    }, ms)
    return items
  }

  /** Files of that scenario below Asterisk's spool, with their sizes. */
  spool(folder) {
    const { PBX_ROOT, NETNS } = process.env
    const path = join(PBX_ROOT, 'var/spool/offhook', NETNS, folder)
    if (!existsSync(path)) return []
    return readdirSync(path, { recursive: true })
      .map((name) => [String(name), statSync(join(path, String(name)))])
      .filter(([, stat]) => stat.isFile())
      .map(([name, { size }]) => ({ name, size }))
  }

  /** A line on Asterisk's own console; its answer. */
  pbx(line) {
    const { PBX_ROOT, NETNS } = process.env
    return execFileSync(
      'chroot',
      [PBX_ROOT, '/usr/sbin/asterisk', '-C', `/etc/offhook/${NETNS}/asterisk.conf`, '-rx', line],
      { encoding: 'utf8' },
    )
  }

  said() {
    return this.log.slice(-30)
  }

  async rest() {
    const phones = [...people.map(([name]) => this[name]), ...this.callers]
    for (const phone of phones) phone.revive()
    for (const phone of phones) for (const call of phone.calls) phone.hangup(call)
    await fulfilled(() => phones.every(({ calls }) => calls.every(({ state }) => state === 'over')), 5000)
    for (const phone of phones) phone.calls.length = 0
    this.wire.mend()
    if (this.child.exitCode !== null || this.child.signalCode !== null) await this.startHub()
    await this.board.until(
      'no call',
      (board) => board.calls.every(({ outcome, ended_at }) => outcome || ended_at),
      10_000,
    )
    this.log.length = 0
    this.board.past.length = 0
  }

  async close() {
    for (const phone of [...people.map(([name]) => this[name]), ...this.callers]) await phone?.close()
    this.board?.close()
    this.child?.kill('SIGKILL')
    this.wire?.server.close()
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
}
