// The supervisor's page: the session at a call on top, then all agents, who waits and why, and what routing did
// last. A telephone of the browser rings here too, as it is the supervisor's own that the PBX calls first.

import { useEffect, useMemo } from 'react'
import { offered } from '../desk/names.ts'
import { OfferCard } from '../desk/OfferCard.tsx'
import { usePart } from '../lib/phone.ts'
import type { Account } from '../lib/session.ts'
import { Icon } from '../ui/icons.tsx'
import { PhoneSettings, SignOut } from '../ui/TopBar.tsx'
import { Alerts } from '../wall/Alerts.tsx'
import { useBeat } from '../wall/beat.ts'
import { believed, useHealth, useStaleSince, useWall } from '../wall/store.ts'
import { StaleContext } from '../wall/Tiles.tsx'
import { useFeed } from '../wall/useFeed.ts'
import { WallBar } from '../wall/WallBar.tsx'
import { AgentsTable } from './AgentsTable.tsx'
import { Decisions } from './Decisions.tsx'
import { watchDecisions } from './decisions.ts'
import { Problems, SessionBar } from './SessionBar.tsx'
import { useMine } from './session.ts'
import { Waiting } from './Waiting.tsx'

export function Supervisor({ account }: { account: Account }) {
  useFeed()
  useEffect(watchDecisions, [])
  const live = believed(useHealth())
  const since = useStaleSince()
  useBeat(live)
  const stale = useMemo(() => ({ live, since }), [live, since])
  const { extension, name } = account.session
  const mine = useMine(extension)
  const known = useWall((wall) => !wall.filled || wall.acdQueues.size + wall.acdAgents.size > 0)
  return (
    <>
      <WallBar page="supervisor" account={account} signOut={<SignOut />}>
        <PhoneSettings />
      </WallBar>
      <main>
        <h1 className="sr">Supervisor</h1>
        <StaleContext value={stale}>
          <div className="mid">
            <Alerts />
            <Offers />
            <Problems mine={mine} />
            {mine !== null && <SessionBar mine={mine} self={{ extension, name }} />}
            {known ? <AgentsTable mine={mine} /> : <NoQueues />}
          </div>
          <div className="side">
            <Waiting />
            <Decisions />
          </div>
        </StaleContext>
      </main>
    </>
  )
}

/** The desk's own card, for a call that rings here. */
function Offers() {
  const calls = usePart((state) => state.calls)
  const offers = Object.values(calls).filter(offered)
  if (offers.length === 0) return null
  return (
    <div className="desk mid">
      {offers.map((call) => (
        <OfferCard key={call.id} call={call} busy={false} />
      ))}
    </div>
  )
}

function NoQueues() {
  const without = useWall((wall) => wall.link === null)
  return (
    <section className="panel">
      <div className="empty">
        <Icon name={without ? 'server' : 'users'} />
        <strong>{without ? 'No PBX is connected to this hub' : 'No queue is set up'}</strong>
        <p>
          {without
            ? 'Agents of the queues and their calls appear here as soon as one is.'
            : 'Agents and their calls appear here as soon as an administrator has set up a queue. The PBX’s own queues stand on the wallboard.'}
        </p>
      </div>
    </section>
  )
}
