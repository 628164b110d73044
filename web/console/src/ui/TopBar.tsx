// The bar on top of every page: the mark, the pages, the links, and the reader's menu.

import * as Menu from '@radix-ui/react-dropdown-menu'
import type { ReactNode } from 'react'
import { DevicesButton } from '../desk/DevicesPanel.tsx'
import { LinkBar } from '../desk/LinkBar.tsx'
import { anyAlive } from '../desk/names.ts'
import { hotkeys } from '../lib/hotkeys.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { ringer } from '../lib/ring.ts'
import { type Page, usePage } from '../lib/route.ts'
import { type Account, leave, seesWallboard, setsUp } from '../lib/session.ts'
import { type Theme, useSettings } from '../lib/settings.ts'
import type { Session } from '../lib/types.ts'
import { Icon, Mark } from './icons.tsx'

const everybody = () => true
/** In the order in which they stand, and who sees them. */
const pages: readonly (readonly [page: Page, href: string, word: string, seen: (account: Account) => boolean])[] = [
  ['wallboard', '#/wallboard', 'Wallboard', seesWallboard],
  ['supervisor', '#/supervisor', 'Supervisor', seesWallboard],
  ['reports', '#/reports', 'Reports', seesWallboard],
  ['desk', '#/', 'Desk', everybody],
  ['admin', '#/admin', 'Set-up', setsUp],
  ['inspector', '#/inspector', 'Inspector', everybody],
]

export function TopBar() {
  const { account } = useLine()
  return (
    <header className="top">
      <Pages account={account} />
      <LinkBar />
      <DevicesButton />
      <MeMenu session={account.session} signOut={<SignOut />}>
        <PhoneSettings />
      </MeMenu>
    </header>
  )
}

/** The mark and the pages that this account's role sees. */
export function Pages({ account }: { account: Account }) {
  const page = usePage()
  const seen = pages.filter(([, , , sees]) => sees(account))
  return (
    <>
      <a className="brand" href={seen[0]?.[1] ?? '#/'} aria-label="Offhook">
        <Mark />
        <span>Offhook</span>
      </a>
      <nav className="nav" aria-label="Pages">
        {seen.map(([name, href, word]) => (
          <a key={name} href={href} {...(page === name ? { 'aria-current': 'page' as const } : {})}>
            {word}
          </a>
        ))}
      </nav>
    </>
  )
}

interface MeMenuProps {
  session: Session
  /** The menu's last item. */
  signOut: ReactNode
  /** What the page adds to the theme. */
  children: ReactNode
}

/** The reader's own menu: who signed in, theme, what the page adds, and the way out. */
export function MeMenu({ session, signOut, children }: MeMenuProps) {
  const { theme } = useSettings()
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger asChild>
        <button type="button" className="btn me">
          <b className="cut">{session.name || 'Agent'}</b> <span className="num dim">{session.extension}</span>
          <Icon name="chev" />
        </button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu-list me-list" align="end" sideOffset={4} collisionPadding={8}>
          <Menu.Label className="menu-label">Theme</Menu.Label>
          <Menu.RadioGroup value={theme} onValueChange={(value) => useSettings.setState({ theme: value as Theme })}>
            <ThemeItem value="system" word="As the system" chosen={theme} />
            <ThemeItem value="light" word="Light" chosen={theme} />
            <ThemeItem value="dark" word="Dark" chosen={theme} />
          </Menu.RadioGroup>
          <Menu.Separator className="menu-line" />
          {children}
          <Menu.Separator className="menu-line" />
          {signOut}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}

export function PhoneSettings() {
  const { ring, keys } = useSettings()
  return (
    <>
      <Tick on={ring} word="Ring sound" set={(on) => useSettings.setState({ ring: on })} />
      <Tick on={keys} word="Keyboard shortcuts" set={(on) => useSettings.setState({ keys: on })} />
      <ShortcutList />
    </>
  )
}

function ThemeItem({ value, word, chosen }: { value: Theme; word: string; chosen: Theme }) {
  return (
    <Menu.RadioItem className="menu-item low" value={value}>
      <span className="grow">{word}</span>
      {chosen === value && <Icon name="check" />}
    </Menu.RadioItem>
  )
}

export function Tick({ on, word, set }: { on: boolean; word: string; set: (on: boolean) => void }) {
  return (
    <Menu.CheckboxItem
      className="menu-item low"
      checked={on}
      onSelect={(event) => event.preventDefault()}
      onCheckedChange={(checked) => {
        ringer.unlock()
        set(checked === true)
      }}
    >
      <span className="grow">{word}</span>
      {on && <Icon name="check" />}
    </Menu.CheckboxItem>
  )
}

function ShortcutList() {
  return (
    <Menu.Sub>
      <Menu.SubTrigger className="menu-item low">
        <span className="grow">List of shortcuts</span>
        <Icon name="right" />
      </Menu.SubTrigger>
      <Menu.Portal>
        <Menu.SubContent className="menu-list" sideOffset={6} collisionPadding={8}>
          {hotkeys.map((hotkey) => (
            <Menu.Item className="menu-item low" key={hotkey.name} onSelect={(event) => event.preventDefault()}>
              <span className="grow">{hotkey.does}</span>
              <kbd>{hotkey.shown}</kbd>
            </Menu.Item>
          ))}
        </Menu.SubContent>
      </Menu.Portal>
    </Menu.Sub>
  )
}

export function SignOut() {
  const phone = usePhone()
  const inCall = usePart(anyAlive)
  const signOut = () => {
    // Leaving does not wait for the CRM: the phone is disposed either way.
    const done = phone.logout().catch(() => undefined)
    const patience = new Promise((resolve) => setTimeout(resolve, 2000))
    void Promise.race([done, patience]).then(() => leave())
  }
  return (
    <Menu.Item className="menu-item low" disabled={inCall} onSelect={signOut}>
      <Icon name="power" />
      <span className="grow">
        Sign out
        {inCall && <small>Only when no call is going on</small>}
      </span>
    </Menu.Item>
  )
}
