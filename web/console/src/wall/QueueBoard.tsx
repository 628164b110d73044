// The board of the queues, to be read from three metres: sums, a tile for each queue, agents in their state with
// the longest over its limit first, and what today was like. Before the first call it
// says so; without queues it says where they are set up.

import { useState } from 'react'
import { actMs, minutes, percent, type Sums, share, slTarget, sumsOf, watchMs } from '../acd/measure.ts'
import { count, timeOfDay } from '../lib/format.ts'
import { type Account, setsUp } from '../lib/session.ts'
import { Icon } from '../ui/icons.tsx'
import { AgentCells } from './AgentCells.tsx'
import { sameFields, useDerived } from './derived.ts'
import { QueueTiles, type TileOrder } from './QueueTiles.tsx'
import { believed, useHealth, useWall, type Wall } from './store.ts'
import { LargeButton, Tabs } from './Tabs.tsx'
import { Wait } from './Totals.tsx'
import { Trends } from './Trends.tsx'

interface Overview extends Omit<Sums, 'today' | 'last30' | 'sl' | 'sl30'> {
  offered: number
  answered: number
  abandoned: number
  short: number
  sl: number | null
  handleMs: number | null
  free: number
  signedIn: number
  queues: number
  open: number
  /** How urgent the longest wait is. */
  tone: 'act' | 'ring' | ''
}

/** Agents are counted as people: one in three queues is one. */
function overview(wall: Wall): Overview {
  const { today, last30: _, sl, sl30: __, ...rest } = sumsOf(wall.acdQueues.values())
  let free = 0
  let signedIn = 0
  for (const agent of wall.acdAgents.values()) {
    if (agent.state !== 'Offline' && agent.state !== 'Unknown') signedIn += 1
    if (agent.state === 'Available' && agent.why === 'ready') free += 1
  }
  const now = Date.now() + wall.skew
  const wait = rest.longestSince === null ? 0 : now - rest.longestSince
  const { offered, answered, abandoned, short_abandoned, talk_ms, hold_ms, wrap_up_ms } = today
  return {
    ...rest,
    offered,
    answered,
    abandoned,
    short: short_abandoned,
    sl: share(sl),
    handleMs: answered > 0 ? (talk_ms + hold_ms + wrap_up_ms) / answered : null,
    free,
    signedIn,
    queues: wall.acdQueues.size,
    tone: wait > actMs ? 'act' : wait > watchMs ? 'ring' : '',
    open: [...wall.acdQueues.values()].filter((queue) => queue.open).length,
  }
}

export function QueueBoard({ account }: { account: Account }) {
  const sums = useDerived(overview, sameFields)
  const filled = useWall((wall) => wall.filled)
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<TileOrder>('urgent')
  const quiet = sums.queues > 0 && sums.offered === 0 && sums.waiting === 0
  return (
    <>
      <search className="controls">
        <Tabs />
        {sums.queues > 8 && (
          <>
            <div className="search">
              <Icon name="search" />
              <input
                className="in"
                type="search"
                aria-label="Find a queue"
                placeholder="Queue"
                autoComplete="off"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
              />
            </div>
            <select aria-label="Order" value={order} onChange={(event) => setOrder(event.target.value as TileOrder)}>
              <option value="urgent">Act now first</option>
              <option value="name">By name</option>
            </select>
          </>
        )}
        <span className="grow" />
        <LargeButton />
      </search>
      {sums.queues === 0 ? (
        filled && <NoQueues account={account} />
      ) : (
        <>
          {quiet ? <Quiet sums={sums} /> : <QueueTotals sums={sums} />}
          <QueueTiles search={search} order={order} />
          <div className="below">
            <AgentCells />
            <Trends sums={sums} />
          </div>
        </>
      )}
    </>
  )
}

export type { Overview }

function QueueTotals({ sums }: { sums: Overview }) {
  const live = believed(useHealth())
  const lost = sums.offered > 0 ? sums.abandoned / sums.offered : null
  return (
    <dl className={`tots six${live ? '' : ' stale'}`} aria-label="All queues">
      <Total word="Waiting" value={sums.waiting} note="all queues" />
      <Total
        word="Longest wait"
        value={<Wait moment={sums.longestSince} />}
        note={sums.longestQueue || 'nobody waits'}
        tone={live ? sums.tone : ''}
      />
      <Total
        word="Free agents"
        value={live ? sums.free : '–'}
        note={`of ${sums.signedIn} signed in`}
        tone={live && sums.free === 0 && sums.waiting > 0 ? 'act' : ''}
      />
      <Total word="Service level" value={percent(sums.sl)} note={`${sums.slName} · target ${percent(slTarget)}`} />
      <Total word="Answered" value={sums.answered} note={`of ${sums.offered} offered`} />
      <Total word="Abandoned" value={percent(lost, 1)} note={`${sums.abandoned}, of them ${sums.short} early`} />
      <Total word="Handle time" value={minutes(sums.handleMs)} note="talk, hold, wrap-up" />
    </dl>
  )
}

function Total({
  word,
  value,
  note,
  tone = '',
}: {
  word: string
  value: React.ReactNode
  note: string
  tone?: string
}) {
  return (
    <div className={tone}>
      <dt>{word}</dt>
      <dd className={`num${value === 'no data' ? ' small' : ''}`}>{value}</dd>
      <dd className="sub">{note}</dd>
    </div>
  )
}

/** Nothing has come yet today: no row of zeros that reads like a bad day. */
function Quiet({ sums }: { sums: Overview }) {
  const closed = sums.queues - sums.open
  return (
    <section className="panel quiet-day" aria-labelledby="quiet-day">
      <Icon name="clock" />
      <div>
        <h2 id="quiet-day">No calls yet today</h2>
        <p>
          {count(sums.queues, 'queue')}
          {closed > 0 && `, ${closed} of them closed`}; {count(sums.signedIn, 'agent')} signed in, {sums.free} free.
          Numbers appear with the first call; until then a service level is “no data”, not 0 % and not 100 %.
        </p>
      </div>
      <span className="dim num">as of {timeOfDay(sums.asOf, true)}</span>
    </section>
  )
}

function NoQueues({ account }: { account: Account }) {
  const without = useWall((wall) => wall.link === null)
  return (
    <section className="panel quiet">
      <div className="empty">
        <Icon name={without ? 'server' : 'users'} />
        <strong>{without ? 'No PBX is connected to this hub' : 'No queue is set up'}</strong>
        {without ? (
          <p>Queues are shown with their numbers as soon as one is. They can be set up before.</p>
        ) : (
          <p>
            A queue of the contact centre appears here as soon as it is set up
            {setsUp(account) ? '.' : ' by an administrator.'} The queues that the PBX alone knows stand with the agents.
          </p>
        )}
        {setsUp(account) ? (
          <a className="btn main primary" href="#/admin">
            Set up a queue
          </a>
        ) : (
          <a className="btn main" href="#/wallboard/both">
            Agents and extensions
          </a>
        )}
      </div>
    </section>
  )
}
