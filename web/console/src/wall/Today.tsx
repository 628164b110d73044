// An agent's day as the hub counts it (GET /agents/{extension}/today): calls, handle time, and the
// time in every status. Asked for when the details open, and again when the status changes.

import { useEffect, useState } from 'react'
import { clock } from '../lib/format.ts'
import { currentToken, watchedFetch } from '../lib/session.ts'
import type { AgentStatus } from '../lib/types.ts'
import { statusWords } from '../lib/words.ts'
import { asFields } from './items.ts'

interface Day {
  calls: number
  answered: number
  averageHandleMs: number | null
  time: readonly (readonly [AgentStatus, number])[]
}

const amount = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

function readDay(value: unknown): Day | null {
  const day = asFields(value)
  const time = asFields(day?.time)
  if (day === null || time === null) return null
  return {
    calls: amount(day.calls),
    answered: amount(day.answered),
    averageHandleMs: typeof day.average_handle_ms === 'number' ? day.average_handle_ms : null,
    time: Object.entries(time)
      .filter((entry): entry is [AgentStatus, number] => entry[0] in statusWords && amount(entry[1]) >= 1000)
      .sort((left, right) => right[1] - left[1]),
  }
}

const againMs = 30_000

/** Null until it is known, and where the hub does not count. */
function useDay(extension: string, since: number | null): Day | null {
  const [day, setDay] = useState<Day | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new status begins a new sum
  useEffect(() => {
    let gone = false
    const ask = async () => {
      try {
        const answer = await watchedFetch(`/api/agents/${encodeURIComponent(extension)}/today`, {
          headers: { authorization: `Bearer ${currentToken()}` },
        })
        const read = answer.ok ? readDay(await answer.json()) : null
        if (!gone) setDay(read)
      } catch {
        // The link's own banner says that the hub is away; the last sums stay.
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), againMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [extension, since])
  return day
}

export function Today({ extension, since }: { extension: string; since: number | null }) {
  const day = useDay(extension, since)
  if (day === null) return null
  return (
    <section aria-label="Today">
      <h3>Today</h3>
      <dl className="facts">
        <div>
          <dt>Calls</dt>
          <dd className="num">
            {day.calls}, answered {day.answered}
          </dd>
        </div>
        <div>
          <dt>Handle time</dt>
          <dd className="num">{day.averageHandleMs === null ? 'no data' : clock(day.averageHandleMs)}</dd>
        </div>
        {day.time.map(([status, ms]) => (
          <div key={status}>
            <dt>{statusWords[status].word}</dt>
            <dd className="num">{clock(ms)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
