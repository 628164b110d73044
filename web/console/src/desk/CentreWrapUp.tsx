// The wrap-up's clock as routing has it: timed with what is left and 30 s more, or without a limit until Finish. It
// ends by itself at the hub, whatever this page does.

import { useRef } from 'react'
import type { WrapUpItem } from '../acd/items.ts'
import { useSecondsUntil } from '../lib/clock.ts'
import { clock } from '../lib/format.ts'
import { shownKey, useHotkey } from '../lib/hotkeys.ts'
import { say } from '../lib/live.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'
import { completeWrapUp, extendWrapUp, useOurs, useOwnAgent, useTaken } from './centre.ts'

const moreMs = 30_000

/** The own wrap-up as the hub tells it; null when there is none. */
export const useCentreWrapUp = (): WrapUpItem | null => {
  const agent = useOwnAgent()
  return agent?.state === 'WrapUp' ? agent.wrap_up : null
}

export function CentreTimer({ wrapUp }: { wrapUp: WrapUpItem }) {
  const phone = usePhone()
  const { account } = useLine()
  const ours = useOurs()
  const known = usePart((state) => state.agent.wrapUpBy === 'centre')
  const problem = useTaken((taken) => taken.problem)
  const until = ours(wrapUp.until)
  const since = ours(wrapUp.since)
  const left = useSecondsUntil(until)
  const first = useRef({ call: wrapUp.call_id, until })
  if (first.current.call !== wrapUp.call_id) first.current = { call: wrapUp.call_id, until }
  const more = until === null || first.current.until === null ? 0 : until - first.current.until
  const extend = () => {
    // The phone asks the hub; where it knows nothing of this wrap-up (another telephone took the call), the page does.
    if (!known) void extendWrapUp(account.session.extension, moreMs)
    else
      void phone.extendWrapUp(moreMs / 1000).then(
        () => say(`${moreMs / 1000} seconds more.`),
        () => useTaken.setState({ problem: 'The hub gave no more time. The wrap-up goes on as it was.' }),
      )
  }
  useHotkey('extend', extend, until !== null)
  const whole = until === null || since === null ? 0 : until - since
  return (
    <>
      <div className="timer">
        {until === null ? (
          <>
            <Elapsed since={since} label="Wrap-up time" className="big" />
            <span className="dim">no time limit: it ends with Finish</span>
          </>
        ) : (
          <>
            <meter
              className="bar"
              min={0}
              max={Math.max(1, whole / 1000)}
              value={left}
              aria-label="Wrap-up time left"
            />
            <b className="num" role="timer" aria-label="Wrap-up time left">
              {clock(left * 1000)}
            </b>
            <span className="dim">
              left of {clock(whole)}
              {more > 1000 && `, ${clock(more)} added`}
            </span>
            <span className="grow" />
            <button type="button" className="btn" onClick={extend}>
              <Icon name="plus" />
              30 s <kbd>{shownKey('extend')}</kbd>
            </button>
          </>
        )}
      </div>
      {problem !== '' && (
        <p className="form-error flat" role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      )}
    </>
  )
}

/** A wrap-up of a call that this page knows nothing of: another telephone took it. */
export function BareWrapUp({ wrapUp }: { wrapUp: WrapUpItem }) {
  const { account } = useLine()
  const queue = useOwnAgent()?.queue ?? ''
  const finish = () => void completeWrapUp(account.session.extension)
  useHotkey('finish', finish)
  return (
    <section className="panel call wrapup" aria-labelledby="bare-wrap-title">
      <header>
        <Icon name="pen" />
        <h2 id="bare-wrap-title">Wrap-up</h2>
        <span className="dim cut grow">{queue}</span>
      </header>
      <div className="body">
        <CentreTimer wrapUp={wrapUp} />
        <div className="finish">
          <button type="button" className="btn main primary" onClick={finish}>
            <Icon name="check" />
            Finish <kbd>{shownKey('finish')}</kbd>
          </button>
          <span className="dim grow">The call was taken on another telephone. Calls come again when this ends.</span>
        </div>
      </div>
    </section>
  )
}
