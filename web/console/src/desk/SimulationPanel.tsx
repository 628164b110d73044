// The other side of the calls when no PBX is behind the phone.

import { phoneNumber } from '../lib/format.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import type { Faults, LineSound, SimulatedLine, Simulation } from '../lib/simulation.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { useColleagueName } from './names.ts'

const faults: readonly (readonly [fault: keyof Faults, word: string])[] = [
  ['holdRefused', 'The PBX refuses hold'],
  ['transferRefused', 'The PBX refuses transfers'],
  ['recordRefused', 'The CRM refuses call records'],
  ['microphoneBlocked', 'The microphone is blocked'],
]

export function SimulationPanel({ simulation }: { simulation: Simulation }) {
  const lines = simulation.lines((state) => state.list)
  const on = simulation.lines()
  return (
    <Panel icon="user" className="simulation" title="Simulated customers" aside={<span className="tag">no PBX</span>}>
      <div className="body">
        <p className="dim">This phone is not connected to a PBX. Play the other side here.</p>
        <button type="button" className="btn" onClick={() => simulation.customerCalls()}>
          <Icon name="ringing" />A customer calls
        </button>
        {lines.map((line) => (
          <LineControls key={line.callId} line={line} simulation={simulation} />
        ))}
        <div>
          {faults.map(([fault, word]) => (
            <label className="tick" key={fault}>
              <input
                type="checkbox"
                checked={on[fault]}
                onChange={(event) => simulation.set(fault, event.target.checked)}
              />
              {word}
            </label>
          ))}
        </div>
      </div>
    </Panel>
  )
}

/** Extensions are short; a customer's number is not. */
const isColleague = (number: string) => /^\d{2,5}$/.test(number)

function LineControls({ line, simulation }: { line: SimulatedLine; simulation: Simulation }) {
  const colleague = isColleague(line.number)
  const name = useColleagueName(colleague ? line.number : '')
  const who = colleague ? 'Colleague' : 'Customer'
  const outgoing = line.direction === 'outbound' && !line.connected
  return (
    <fieldset className="sim-line">
      <legend className="num">{name === '' ? phoneNumber(line.number) : `${name}, ${line.number}`}</legend>
      {outgoing ? (
        <>
          <button type="button" className="btn" onClick={() => simulation.answers(line.callId)}>
            {who} answers
          </button>
          <button type="button" className="btn" onClick={() => simulation.isBusy(line.callId)}>
            Busy
          </button>
          <button type="button" className="btn" onClick={() => simulation.doesNotAnswer(line.callId)}>
            No answer
          </button>
        </>
      ) : (
        <button type="button" className="btn" onClick={() => simulation.hangsUp(line.callId)}>
          <Icon name="hangup" />
          {line.connected ? `${who} hangs up` : `${who} gives up`}
        </button>
      )}
      {line.connected && (
        <>
          <SoundChoice line={line} simulation={simulation} />
          {!colleague && <QueueButton line={line} />}
        </>
      )}
    </fieldset>
  )
}

function SoundChoice({ line, simulation }: { line: SimulatedLine; simulation: Simulation }) {
  return (
    <label className="tick">
      Line
      <select
        className="in"
        aria-label={`Line of ${phoneNumber(line.number)}`}
        value={line.sound}
        onChange={(event) => simulation.sounds(line.callId, event.target.value as LineSound)}
      >
        <option value="good">sounds good</option>
        <option value="fair">is fair</option>
        <option value="poor">is poor</option>
      </select>
    </label>
  )
}

/** The message of the PBX by which a call is known there: what recording needs. */
function QueueButton({ line }: { line: SimulatedLine }) {
  const phone = usePhone()
  const { account } = useLine()
  const known = usePart((state) => state.calls[line.callId]?.queueName ?? null)
  if (known !== null || line.direction !== 'inbound') return null
  const tell = () =>
    phone.queueNumber({
      extension: account.session.extension,
      call_from: line.number,
      queue_name: 'Billing',
      queue_number: '6401',
      server_call_log_token: `simulated-${line.callId}`,
      yeastar_call_id: `simulated.${line.callId}`,
      channel_id: `PJSIP/${account.session.extension}-${line.callId}`,
    })
  return (
    <button type="button" className="btn" onClick={tell}>
      Tell its queue
    </button>
  )
}
