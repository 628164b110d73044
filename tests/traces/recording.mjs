// The lines of one agent of one recording, whatever its library: the sessions they speak of, by their label `s`, and the
// recorded commands, which go through the phone's own API. recording_sipjs.mjs and recording_jssip.mjs play the callbacks.

/** Verbs of the recordings that mean the same to a phone. */
const kVerbs = {
  call: 'call',
  dial: 'call',
  invite: 'call',
  answer: 'answer',
  accept: 'answer',
  reject: 'reject',
  decline: 'reject',
  busy: 'reject',
  bye: 'hangup',
  cancel: 'hangup',
  hangup: 'hangup',
  terminate: 'hangup',
  end: 'hangup',
  hold: 'hold',
  unhold: 'unhold',
  mute: 'mute',
  unmute: 'unmute',
  dtmf: 'dtmf',
  dtmfInfo: 'dtmf',
  info: 'dtmf',
  refer: 'refer',
  transfer: 'refer',
}

export class Recording {
  phone = undefined
  library = undefined
  sessions = new Map() // label → fake session
  ids = new Map() // label → call id in the phone
  outgoing = [] // labels of calls being dialled
  dialled = undefined
  at = 0

  constructor(lines, note) {
    this.lines = lines
    this.note = note
  }

  nameOfAgent() {
    return this.lines.find((line) => line.localName)?.localName ?? ''
  }

  /** Is there a session that neither ended nor was asked to? */
  stopsInCall() {
    const { calls } = this.phone.store.getState()
    return [...this.sessions].some(([label, session]) => {
      const state = calls[this.ids.get(label)]?.state
      return !this.isOver(session) && state !== undefined && state !== 'Ending' && state !== 'Ended'
    })
  }

  dialing(callId, number) {
    this.dialled = { callId, number }
  }

  /** Is there, from here on, such a line of this session? */
  ahead(label, ...events) {
    return this.lines.slice(this.at).some((line) => line.s === label && events.includes(line.ev))
  }

  label(session) {
    for (const [label, known] of this.sessions) if (known === session) return label
    return undefined
  }

  /** The recorded agent ended this session too, so its end comes when it was recorded. */
  endsAsRecorded(session, ...ends) {
    const label = this.label(session)
    const byUs = this.lines.find(
      (line) => line.s === label && /^cmd\.(bye|cancel|reject|hangup|terminate|decline|end)$/.test(line.ev),
    )
    return byUs !== undefined && this.ahead(label, ...ends)
  }

  play(line) {
    this.at = this.lines.indexOf(line) + 1
    try {
      if (line.ev.startsWith('cmd.')) this.command(line, line.ev.slice(4))
      else this.callback(line)
    } catch (error) {
      this.note(`${line.ev} at ${line.ms}: ${error.message}`)
    }
  }

  /** The label of the session that a recorded `cmd.call` made. */
  labelOfCall(line) {
    return line.s
  }

  command(line, verb) {
    const { phone } = this
    const id = this.ids.get(line.s)
    const done = (promise) =>
      Promise.resolve(promise).catch((error) => this.note(`${line.ev} at ${line.ms}: ${error.message}`))
    const meaning = kVerbs[verb]
    if (meaning === undefined) return this.note(`${line.ev} at ${line.ms}: not a command that a phone knows`)
    if (meaning === 'call') {
      const made = this.labelOfCall(line)
      this.outgoing.push(made)
      const forget = () => {
        this.outgoing = this.outgoing.filter((label) => label !== made)
      }
      return done(Promise.resolve(phone.call(String(line.target))).finally(forget))
    }
    if (id === undefined) return
    switch (meaning) {
      case 'dtmf':
        return done(phone.dtmf(String(line.tones ?? line.tone ?? line.digits ?? ''), id))
      case 'refer':
        if (line.replaces === undefined) return done(phone.transfer.blind(id, String(line.target)))
        return done(phone.transfer.attended(id, this.ids.get(line.replaces)).then((consult) => consult.complete()))
      default:
        return done(phone[meaning](id))
    }
  }
}
