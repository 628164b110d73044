// A supervisor who looks on: everything that the hub shows of the PBX, as a wallboard gets it over the WebSocket, with
// the order in which it was shown.

import { WebSocket } from 'ws'
import { fulfilled, patience } from './parties.mjs'

const topics = ['extension_status', 'queue_member', 'queue_status', 'calls', 'agent_status']
const keys = {
  extension_status: ({ extension }) => extension,
  queue_member: ({ extension, queue }) => `${extension}/${queue}`,
  queue_status: ({ queue }) => queue,
  calls: ({ call_id }) => call_id,
  agent_status: ({ extension }) => extension,
}

export class Wallboard {
  static async open(stage, extension) {
    const wall = new Wallboard()
    wall.link = null
    wall.alarms = []
    wall.shown = Object.fromEntries(topics.map((topic) => [topic, new Map()]))
    wall.past = []
    const token = await stage.hub.auth.issueToken({ extension })
    wall.ws = new WebSocket(`${stage.hub.url.replace('http', 'ws')}/api/ws`)
    wall.ws.on('message', (data) => wall.take(JSON.parse(data)))
    await new Promise((done, failed) => wall.ws.once('open', done).once('error', failed))
    wall.ws.send(JSON.stringify({ type: 'hello', token, topics }))
    await wall.until('the link to the PBX', ({ link }) => link?.state === 'live', 20_000)
    return wall
  }

  take(message) {
    if (message.type === 'link') {
      this.link = message.link
      this.alarms = message.alarms
    }
    const items = message.items ?? (message.item ? [message.item] : [])
    const key = keys[message.stream]
    if (!key) return
    for (const item of items) {
      this.shown[message.stream].set(key(item), item)
      this.past.push({ at: Date.now(), stream: message.stream, item })
    }
    for (const gone of message.removed ?? []) this.shown[message.stream].delete([gone].flat().join('/'))
  }

  extension(extension) {
    return this.shown.extension_status.get(extension)
  }

  status(extension) {
    return this.shown.agent_status.get(extension)
  }

  member(extension, queue) {
    return this.shown.queue_member.get(`${extension}/${queue}`)
  }

  /** The live call that an extension takes part in. */
  callOf(extension) {
    return [...this.shown.calls.values()].find(
      ({ ended_at, legs }) => ended_at === null && legs.some((leg) => leg.extension === extension),
    )
  }

  channelOf(extension) {
    return this.callOf(extension)?.legs.find((leg) => leg.extension === extension)?.channel
  }

  /** Forgets what was shown so far; the present code of each extension stays the first of its codes. */
  mark() {
    this.past = [...this.shown.extension_status.values()].map((item) => ({ at: 0, stream: 'extension_status', item }))
  }

  /** The codes of an extension since `mark`, one after another. */
  codes(extension) {
    const codes = this.past
      .filter(({ stream, item }) => stream === 'extension_status' && item.extension === extension)
      .map(({ item }) => item.code)
    return codes.filter((code, i) => code !== codes[i - 1])
  }

  /** Waits until a claim about this wallboard is true. */
  async until(what, claim, ms = patience) {
    if (await fulfilled(() => claim(this), ms)) return
    const extensions = ['1001', '1002'].map((extension) => [this.extension(extension), this.codes(extension)])
    const members = [...this.shown.queue_member.values()]
    const statuses = ['1001', '1002'].map((extension) => this.status(extension))
    const calls = [...this.shown.calls.values()]
    throw new Error(
      `the wallboard waited ${ms / 1000} s for: ${what}. It shows: ${JSON.stringify({ link: this.link, alarms: this.alarms, extensions, statuses, members, calls })}`,
    )
  }

  untilCode(extension, code, ms) {
    return this.until(`${extension} with code ${code}`, (wall) => wall.extension(extension)?.code === code, ms)
  }

  close() {
    this.ws?.close()
  }
}
