// The screen on the wall: link and alarms first, then one of its boards: the queues, or sums and a tile for each
// agent and extension. The feed lives as long as the page is in view.

import { useMemo, useRef, useState } from 'react'
import type { Account } from '../lib/session.ts'
import { Alerts } from './Alerts.tsx'
import { BoardPanel, type Kind } from './Board.tsx'
import { useBeat } from './beat.ts'
import { Controls } from './Controls.tsx'
import { Drawer } from './Drawer.tsx'
import { QueueBoard } from './QueueBoard.tsx'
import { believed, useHealth, useStaleSince } from './store.ts'
import { type Board, useTab } from './Tabs.tsx'
import { StaleContext } from './Tiles.tsx'
import { Queues, Totals } from './Totals.tsx'
import { useFeed } from './useFeed.ts'

export function Wallboard({ account }: { account: Account }) {
  useFeed()
  const live = believed(useHealth())
  const since = useStaleSince()
  useBeat(live)
  const stale = useMemo(() => ({ live, since }), [live, since])
  const tab = useTab()
  return (
    <main>
      <h1 className="sr">Wallboard</h1>
      <Alerts />
      <StaleContext value={stale}>
        {tab === 'queues' ? <QueueBoard account={account} /> : <Boards board={tab} account={account} />}
      </StaleContext>
    </main>
  )
}

/** Agents as the CRM holds them, extensions as the PBX shows them. */
function Boards({ board, account }: { board: Board; account: Account }) {
  const { opened, open, close } = useOpened()
  const panel = (kind: Kind) => (
    <BoardPanel
      kind={kind}
      opened={opened?.kind === kind ? opened.extension : ''}
      onOpen={(it, tile) => open(kind, it, tile)}
    />
  )
  return (
    <>
      <Controls board={board} />
      <Totals />
      <Queues />
      <div className={`low ${board}${opened === null ? '' : ' with-drawer'}`}>
        {board !== 'extensions' && panel('agents')}
        {board !== 'agents' && panel('extensions')}
        {opened !== null && <Drawer extension={opened.extension} role={account.role} onClose={close} />}
      </div>
    </>
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
