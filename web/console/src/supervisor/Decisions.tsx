// What routing did last, newest first, and why one of them was so.

import { useState } from 'react'
import { phoneNumber, timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { useWall } from '../wall/store.ts'
import { explanationOf } from './actions.ts'
import { type Decision, useDecisions } from './decisions.ts'
import { readExplanation } from './explanation.ts'
import { useNames } from './names.ts'

const shown = 8

export function Decisions() {
  const list = useDecisions((decisions) => decisions.list)
  return (
    <Panel title="Last decisions" className="decs">
      {list.length === 0 ? (
        <p className="aside-note">Offers, answers and returns to a queue appear here as they happen.</p>
      ) : (
        <ol>
          {list.slice(0, shown).map((decision) => (
            <Row key={decision.key} decision={decision} />
          ))}
        </ol>
      )}
    </Panel>
  )
}

function Row({ decision }: { decision: Decision }) {
  const nameOf = useNames()
  const [why, setWhy] = useState('')
  const who = phoneNumber(decision.from)
  const agents = decision.agents.map(nameOf).join(', ') || 'an agent'
  const words: Record<Decision['what'], readonly [string, string]> = {
    offered: [`${who} → ${agents}`, `Offered from ${decision.queue}.`],
    answered: [`${agents} answered ${who}`, `${decision.queue}.`],
    back: [`${who}, back in the queue`, `${agents} did not take it. The place is kept.`],
    left: [`${who} left ${decision.queue}`, decision.outcome === '' ? '' : `${decision.outcome.replaceAll('_', ' ')}.`],
  }
  const [title, text] = words[decision.what]
  const ask = async () => {
    const answer = await explanationOf(decision.call_id)
    const found = answer.ok ? readExplanation(answer.body, Date.now() + useWall.getState().skew) : null
    setWhy(found?.summary ?? 'The hub has no explanation of it any more.')
  }
  return (
    <li>
      <span className="num dim">{timeOfDay(decision.at, true)}</span>
      <span className="grow">
        <b>{title}</b>
        <small>{why === '' ? text : why}</small>
      </span>
      {decision.what === 'offered' && why === '' && (
        <button type="button" className="btn quiet" aria-label={`Why ${title}`} onClick={() => void ask()}>
          <Icon name="help" />
          Why?
        </button>
      )}
    </li>
  )
}
