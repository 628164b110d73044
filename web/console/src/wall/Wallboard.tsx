// The supervisor's page: link and alarms first, then sums, queues, and a tile for each agent
// and extension. The feed lives as long as the page is in view.

import { useEffect, useMemo, useRef, useState } from 'react'
import { type Account, currentToken, expire } from '../lib/session.ts'
import { Alerts } from './Alerts.tsx'
import { BoardPanel, type Kind } from './Board.tsx'
import { useBeat } from './beat.ts'
import { Controls } from './Controls.tsx'
import { Drawer } from './Drawer.tsx'
import { Feed } from './feed.ts'
import { useChoice } from './filter.ts'
import { believed, emptyWall, useHealth, useStaleSince, useWall } from './store.ts'
import { StaleContext } from './Tiles.tsx'
import { Queues, Totals } from './Totals.tsx'

/** Ties the line to the hub to the page. */
function useFeed() {
  useEffect(() => {
    const feed = new Feed({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`,
      token: currentToken,
      store: useWall,
      onRefused: expire,
    })
    return () => {
      feed.close()
      useWall.setState(emptyWall, true)
    }
  }, [])
}

export function Wallboard({ account }: { account: Account }) {
  useFeed()
  const live = believed(useHealth())
  const since = useStaleSince()
  useBeat(live)
  const stale = useMemo(() => ({ live, since }), [live, since])
  const board = useChoice((choice) => choice.board)
  const { opened, open, close } = useOpened()
  const panel = (kind: Kind) => (
    <BoardPanel
      kind={kind}
      opened={opened?.kind === kind ? opened.extension : ''}
      onOpen={(it, tile) => open(kind, it, tile)}
    />
  )
  return (
    <main>
      <h1 className="sr">Wallboard</h1>
      <Alerts />
      <Totals />
      <Queues />
      <Controls />
      <div className={`low ${board}${opened === null ? '' : ' with-drawer'}`}>
        <StaleContext value={stale}>
          {board !== 'extensions' && panel('agents')}
          {board !== 'agents' && panel('extensions')}
        </StaleContext>
        {opened !== null && <Drawer extension={opened.extension} role={account.role} onClose={close} />}
      </div>
    </main>
  )
}

/** Whose details are open; closing gives the focus back to the tile. */
function useOpened() {
  const [opened, setOpened] = useState<{ kind: Kind; extension: string } | null>(null)
  const from = useRef<HTMLElement | null>(null)
  const open = (kind: Kind, extension: string, tile: HTMLElement) => {
    from.current = tile
    setOpened({ kind, extension })
  }
  const close = () => {
    setOpened(null)
    if (from.current?.isConnected === true) from.current.focus()
  }
  return { opened, open, close }
}
