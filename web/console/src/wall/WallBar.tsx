// The top bar of pages without a telephone of their own: pages, how fresh the news of PBX and hub is, the time of day,
// and the reader's menu. The ages are no live region: losses are said by the banners.

import * as Menu from '@radix-ui/react-dropdown-menu'
import type { ReactNode } from 'react'
import { timeOfDay } from '../lib/format.ts'
import type { Page } from '../lib/route.ts'
import { type Account, leave } from '../lib/session.ts'
import { useSettings } from '../lib/settings.ts'
import { Icon } from '../ui/icons.tsx'
import { MeMenu, Pages, Tick } from '../ui/TopBar.tsx'
import { useWall } from './store.ts'
import { since, useTicking } from './ticker.ts'

interface WallBarProps {
  page: Page
  account: Account
  signOut: ReactNode
  /** What the page adds to the reader's menu. */
  children?: ReactNode
}

export function WallBar({ page, account, signOut, children }: WallBarProps) {
  const large = useSettings((settings) => settings.large)
  return (
    <header className="top">
      <Pages account={account} />
      {page === 'reports' ? <span className="links" /> : <Links />}
      {page === 'wallboard' && <TimeOfDay />}
      <MeMenu session={account.session} signOut={signOut}>
        {children}
        {page === 'wallboard' && (
          <Tick on={large} word="Large, for a screen on the wall" set={(on) => useSettings.setState({ large: on })} />
        )}
      </MeMenu>
    </header>
  )
}

/** How fresh what is shown is. A report has a time of its own. */
function Links() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div className="links" role="group" aria-label="Links and age of the data">
      <PbxLink />
      <HubLink />
    </div>
  )
}

function TimeOfDay() {
  const text = useTicking<HTMLTimeElement>((now) => timeOfDay(now))
  return <time className="clock num" ref={text} />
}

/** Without a telephone there is nothing to end but the sign-in. */
export function PlainSignOut() {
  return (
    <Menu.Item className="menu-item low" onSelect={() => leave()}>
      <Icon name="power" />
      <span className="grow">Sign out</span>
    </Menu.Item>
  )
}

const linkWords = {
  live: { word: 'PBX live', tone: 'ok' },
  silent: { word: 'PBX silent', tone: 'warn' },
  resyncing: { word: 'PBX being read', tone: 'warn' },
  booting: { word: 'PBX starting', tone: 'warn' },
  connecting: { word: 'PBX connecting', tone: 'bad' },
  logging_in: { word: 'PBX connecting', tone: 'bad' },
  refused: { word: 'PBX refused', tone: 'bad' },
  down: { word: 'PBX lost', tone: 'bad' },
  unknown: { word: 'PBX not known', tone: 'warn' },
} as const

function PbxLink() {
  const link = useWall((wall) => wall.link)
  const lost = useWall((wall) => wall.hub === 'lost')
  const age = useTicking<HTMLSpanElement>((now) => {
    const { link: newest, skew } = useWall.getState()
    const heard = newest?.last_event_at ?? null
    if (heard === null) return ''
    const old = Math.max(0, now + skew - heard)
    return old < 60_000 && newest?.state === 'live' ? `${Math.round(old / 1000)} s` : since(heard - skew, now)
  })
  if (link == null) {
    return (
      <span className="off">
        <Icon name="server" />
        No PBX
      </span>
    )
  }
  const { word, tone } = lost ? { word: 'PBX not known', tone: 'warn' } : linkWords[link.state]
  return (
    <span className={tone} title="How long ago the hub heard from the PBX">
      <Icon name={tone === 'bad' ? 'wifi-off' : 'server'} />
      {word} <span className="num" ref={age} />
    </span>
  )
}

function HubLink() {
  const hub = useWall((wall) => wall.hub)
  const age = useTicking<HTMLSpanElement>((now) => {
    const { lostSince } = useWall.getState()
    return lostSince === null ? '' : since(lostSince, now)
  })
  const [tone, word] =
    hub === 'open'
      ? (['ok', 'Hub connected'] as const)
      : hub === 'lost'
        ? (['bad', 'Hub lost'] as const)
        : (['warn', hub === 'connecting' ? 'Hub connecting' : 'Hub catching up'] as const)
  return (
    <span className={tone}>
      <Icon name={hub === 'lost' ? 'wifi-off' : 'wifi'} />
      {word} <span className="num" ref={age} />
    </span>
  )
}
