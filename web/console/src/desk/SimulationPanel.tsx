// The other side of the calls when no PBX is behind the phone.

import { phoneNumber } from '../lib/format.ts'
import type { SimulatedLine, Simulation } from '../lib/simulation.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'

export function SimulationPanel({ simulation }: { simulation: Simulation }) {
  const lines = simulation.lines((state) => state.list)
  const holdRefused = simulation.lines((state) => state.holdRefused)
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
        <label className="tick">
          <input
            type="checkbox"
            checked={holdRefused}
            onChange={(event) => simulation.refuseHold(event.target.checked)}
          />
          The PBX refuses hold
        </label>
      </div>
    </Panel>
  )
}

function LineControls({ line, simulation }: { line: SimulatedLine; simulation: Simulation }) {
  const outgoing = line.direction === 'outbound' && !line.connected
  return (
    <fieldset className="sim-line">
      <legend className="num">{phoneNumber(line.number)}</legend>
      {outgoing ? (
        <>
          <button type="button" className="btn" onClick={() => simulation.customerAnswers(line.callId)}>
            Customer answers
          </button>
          <button type="button" className="btn" onClick={() => simulation.customerIsBusy(line.callId)}>
            Busy
          </button>
          <button type="button" className="btn" onClick={() => simulation.customerDoesNotAnswer(line.callId)}>
            No answer
          </button>
        </>
      ) : (
        <button type="button" className="btn" onClick={() => simulation.customerHangsUp(line.callId)}>
          <Icon name="hangup" />
          {line.connected ? 'Customer hangs up' : 'Customer gives up'}
        </button>
      )}
    </fieldset>
  )
}
