// The session at a call, above everything: which, in what mode, who hears whom, and the way out. Modes are a
// group of radio buttons; what was asked for and is not so yet carries a spinner.

import { type SpyMode, spyModes } from '../acd/items.ts'
import { phoneNumber } from '../lib/format.ts'
import type { IconName } from '../ui/icons.tsx'
import { Icon } from '../ui/icons.tsx'
import { Action, Banner, Elapsed, Spinner } from '../ui/parts.tsx'
import { useWall } from '../wall/store.ts'
import { dismissEnd, dismissProblem, stopSupervising, supervise, takeOver, useAsked } from './actions.ts'
import { useNames } from './names.ts'
import { agentOf, endWords, hearing, type Mine } from './session.ts'

export const modeWords: Record<SpyMode, { word: string; doing: string; icon: IconName }> = {
  monitor: { word: 'Monitor', doing: 'Listening to', icon: 'ear' },
  coach: { word: 'Coach', doing: 'Coaching', icon: 'whisper' },
  barge: { word: 'Barge', doing: 'In the call of', icon: 'barge' },
}

export function Problems({ mine }: { mine: Mine | null }) {
  const problem = useAsked((asked) => asked.problem)
  const again = () => {
    if (mine !== null) void supervise(mine.call_id, mine.mode)
  }
  const end = mine?.step === 'failed' ? (endWords[mine.reason] ?? endWords.failed) : undefined
  return (
    <>
      {problem !== null && (
        <Banner
          tone="bad"
          icon="alert"
          title={problem.title}
          code={problem.code}
          actions={
            <button type="button" className="btn" onClick={dismissProblem}>
              Dismiss
            </button>
          }
        >
          {problem.text}
        </Banner>
      )}
      {end !== undefined && mine !== null && (
        <Banner
          tone="bad"
          icon="alert"
          title={end.title}
          code={mine.reason}
          actions={
            <>
              <button type="button" className="btn" onClick={again}>
                {modeWords[mine.mode].word} again
              </button>
              <button type="button" className="btn" onClick={dismissEnd}>
                Dismiss
              </button>
            </>
          }
        >
          {end.text}
        </Banner>
      )}
    </>
  )
}

interface BarProps {
  mine: Mine
  /** The supervisor: extension and name. */
  self: { extension: string; name: string }
}

export function SessionBar({ mine, self }: BarProps) {
  const call = useWall((wall) => wall.acdCalls.get(mine.call_id))
  const skew = useWall((wall) => wall.skew)
  const nameOf = useNames()
  const agent = nameOf(agentOf(call)) || 'the agent'
  const first = agent.split(' ')[0] ?? agent
  const { hears, heardBy, shown } = hearing(mine, first, self.name.split(' ')[0] || self.extension)
  if (mine.step === 'failed') return null
  if (mine.step === 'ended') return <Over mine={mine} />
  const { word, icon } = stepWords(mine, agent, self.extension)
  const settled = mine.step === 'monitor' || mine.step === 'coach' || mine.step === 'barge'
  const refused = settled || mine.step === 'switching' ? '' : 'Only once your phone is in the call'
  return (
    <section className="panel sess" aria-label="Supervision">
      <div className="row">
        <span className="ic">{settled ? <Icon name={icon} className="lg" /> : <Spinner />}</span>
        <div className="grow">
          <h2 role="status">{word}</h2>
          <p className="dim cut">
            {call === undefined ? (
              'The call is not shown any more.'
            ) : (
              <>
                {call.queue}, with {phoneNumber(call.from)},{' '}
                <Elapsed since={call.answered_at === null ? null : call.answered_at - skew} />
              </>
            )}
          </p>
        </div>
        <Modes mine={mine} refused={refused} />
        <Action className="btn main" refused={refused} onClick={() => void takeOver(mine.call_id)}>
          <Icon name="takeover" />
          Take over
        </Action>
        <button type="button" className="btn main stop" onClick={() => void stopSupervising(mine.call_id)}>
          <Icon name="x" />
          Stop
        </button>
      </div>
      <ul className="hear">
        <li>
          <Icon name="ear" />
          <span>
            You hear <b>{hears}</b>
          </span>
        </li>
        <li>
          <Icon name={heardBy === 'nobody' ? 'mic-off' : 'mic'} />
          <span>
            You are heard by <b>{heardBy}</b>
          </span>
        </li>
        <li>
          <Icon name="user" />
          <span>
            {first} sees {shown === 'nothing' ? 'nothing yet' : `“${shown}”`}
          </span>
        </li>
        <li>
          <Icon name="file" />
          In the audit log
        </li>
      </ul>
    </section>
  )
}

function stepWords(mine: Mine, agent: string, extension: string): { word: string; icon: IconName } {
  const { doing, word, icon } = modeWords[mine.mode]
  switch (mine.step) {
    case 'calling':
      return { word: `Calling your phone ${extension}: pick up for ${agent}`, icon }
    case 'switching':
      return { word: `Changing to ${word}: ${agent}`, icon }
    case 'taking_over':
      return { word: `Taking over the call of ${agent}`, icon: 'takeover' }
    default:
      return { word: `${doing} ${agent}`, icon }
  }
}

function Modes({ mine, refused }: { mine: Mine; refused: string }) {
  return (
    <fieldset className="seg tall modes" aria-label="Mode">
      {spyModes.map((mode) => {
        const { word, icon } = modeWords[mode]
        const chosen = mine.mode === mode
        const waits = chosen && mine.step === 'switching'
        return (
          <label key={mode} title={refused}>
            <input
              type="radio"
              className="sr"
              name="mode"
              checked={chosen}
              disabled={refused !== ''}
              onChange={() => void supervise(mine.call_id, mode)}
            />
            <span>
              {waits ? <Spinner /> : <Icon name={icon} />}
              {word}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

/** How it ended, until the reader has seen it. */
function Over({ mine }: { mine: Mine }) {
  const { title, text } = endWords[mine.reason] ?? { title: 'You are no longer at the call.', text: '' }
  return (
    <section className="panel sess over" aria-label="Supervision">
      <div className="row">
        <span className="ic">
          <Icon name="check" className="lg" />
        </span>
        <div className="grow">
          <h2 role="status">{title}</h2>
          <p className="dim">{text || 'You hear nobody, and nobody hears you.'}</p>
        </div>
        <button type="button" className="btn" onClick={dismissEnd}>
          Dismiss
        </button>
      </div>
    </section>
  )
}
