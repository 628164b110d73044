// The agent's own queues: how many wait, and how long the first of them.

import type { AcdQueue } from '../acd/items.ts'
import { watchMs } from '../acd/measure.ts'
import { useElapsed } from '../lib/clock.ts'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { believed } from '../wall/store.ts'
import { ownQueues, useCentreHealth, useOurs, useOwn, useOwnAgent } from './centre.ts'

export function MyQueues() {
  const agent = useOwnAgent()
  const queues = useOwn((own) => own.acdQueues)
  const health = useCentreHealth()
  const lost = useOwn((own) => own.lostSince)
  if (agent === undefined || agent.queues.length === 0) return null
  const mine = ownQueues(useOwn.getState(), agent.queues)
  const live = believed(health) || health === 'starting'
  return (
    <section className="panel queues" aria-label="My queues">
      <header>
        <h2 className="grow">My queues</h2>
        {live ? (
          <span className="dim">waiting · longest</span>
        ) : (
          <span className="tag">
            <Icon name="clock" />
            {lost === null ? 'not live' : `as of ${timeOfDay(lost, true)}`}
          </span>
        )}
      </header>
      <ul data-queues={queues.size}>
        {mine.map((queue) => (
          <QueueRow key={queue.queue} queue={queue} live={live} />
        ))}
      </ul>
    </section>
  )
}

function QueueRow({ queue, live }: { queue: AcdQueue; live: boolean }) {
  const ours = useOurs()
  const since = ours(queue.longest_wait_since)
  const waited = useElapsed(since)
  const over = live && since !== null && Date.now() - since > watchMs
  return (
    <li>
      <span className="grow cut">
        {queue.queue}
        {!queue.open && <small>closed</small>}
      </span>
      <b className="num">
        {queue.as_of === null ? '–' : queue.waiting}
        <span className="sr"> waiting</span>
      </b>
      <span className={over ? 'num st over' : 'num dim'}>
        {over && <Icon name="alert" label="waits long" />}
        {since === null ? 'none' : live ? waited : '–'}
      </span>
    </li>
  )
}
