// One agent of one recording, replayed: the recorded callbacks of SIP.js or JsSIP at their recorded times into the real adapter
// inside a real phone, the recorded commands through the phone's own API. The virtual clock makes 60 s take no time.

import { JssipRecording } from './recording_jssip.mjs'
import { SipjsRecording } from './recording_sipjs.mjs'

/** By the ending of a recording's name: NAME.sipjs.jsonl. */
export const recordings = { sipjs: SipjsRecording, jssip: JssipRecording }

const kSettleMs = 15_000
const kStartUpMs = 1_000

/** @returns {{type, call_from, call_to, status, end_reason, duration, writes}[]} and the phone's anomalies */
export async function replay({ agent, header, lib, lines, note, ...parts }) {
  const { offhook, testing } = parts
  const extension = agent.replace(/\/.*$/, '')
  const t0 = Number(header.t0) || Date.UTC(2026, 0, 1)
  const clock = testing.virtualClock(t0 - kStartUpMs)
  const backend = testing.scriptedBackend()
  const recording = new recordings[lib](lines, note)
  const adapter = recording.adapter(parts, clock)
  const phone = await offhook.createPhone({
    session: {
      extension,
      extensionId: `e-${extension}`,
      number: extension,
      name: recording.nameOfAgent(),
      sip: { uri: `sip:${extension}@pbx.test`, server: 'wss://pbx.test/ws', username: extension, password: 'secret' },
    },
    api: { baseUrl: 'https://crm.test/api', token: () => 'token', fetch: backend.fetch },
    softphone: {
      ...adapter,
      dial(callId, number) {
        recording.dialing(callId, number)
        adapter.dial(callId, number)
      },
    },
    seed: 7,
    clock,
    logger: {},
  })
  recording.phone = phone
  await clock.run(kStartUpMs)

  let closed = false
  for (const line of recording.lines) {
    const wait = line.ms - clock.mono() + kStartUpMs
    await clock.run(Math.max(0, wait))
    if (line.ev === 'runner.close-tab') {
      closed = true
      break
    }
    recording.play(line)
    await clock.run(0)
  }
  // A closed tab, or a recording that stops in mid-call: the phone goes, and its calls with it. Otherwise what is still
  // on its way (a status after Terminated, a time limit) is waited for.
  if (!closed && !recording.stopsInCall()) await clock.run(kSettleMs)
  const { anomalies } = phone.store.getState()
  const live = Object.values(phone.store.getState().callLogs)
  await phone.dispose()
  await clock.run(0)
  return { calls: live.map((log) => summary(log, backend, clock)), anomalies }
}

function summary(log, backend, clock) {
  const written = backend.writes.filter(({ record }) => record.key === log.key)
  const last = written.at(-1)?.record ?? log
  const over = last.end_reason !== 'none'
  return {
    type: last.type,
    call_from: last.call_from,
    call_to: last.call_to,
    status: last.status,
    end_reason: over ? last.end_reason : 'lost',
    duration: over ? last.duration : last.connected_at ? clock.now() - last.connected_at : 0,
    writes: written.map(({ kind, status }) => `${kind}:${status}`),
  }
}
