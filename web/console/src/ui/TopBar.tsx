// The bar on top of every page: the mark, the pages, the links, and the reader's menu.

import * as Menu from '@radix-ui/react-dropdown-menu'
import { DevicesButton } from '../desk/DevicesPanel.tsx'
import { LinkBar } from '../desk/LinkBar.tsx'
import { anyAlive } from '../desk/names.ts'
import { hotkeys } from '../lib/hotkeys.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { ringer } from '../lib/ring.ts'
import { type Page, usePage } from '../lib/route.ts'
import { leave } from '../lib/session.ts'
import { type Theme, useSettings } from '../lib/settings.ts'
import { Icon, Mark } from './icons.tsx'

const pages: readonly (readonly [page: Page, href: string, word: string])[] = [
  ['desk', '#/', 'Desk'],
  ['inspector', '#/inspector', 'Inspector'],
]

export function TopBar() {
  const page = usePage()
  return (
    <header className="top">
      <a className="brand" href="#/" aria-label="Offhook">
        <Mark />
        <span>Offhook</span>
      </a>
      <nav className="nav" aria-label="Pages">
        {pages.map(([name, href, word]) => (
          <a key={name} href={href} {...(page === name ? { 'aria-current': 'page' as const } : {})}>
            {word}
          </a>
        ))}
      </nav>
      <LinkBar />
      <DevicesButton />
      <Me />
    </header>
  )
}

function Me() {
  const { account } = useLine()
  const { theme, ring, keys } = useSettings()
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger asChild>
        <button type="button" className="btn me">
          <b className="cut">{account.session.name || 'Agent'}</b>{' '}
          <span className="num dim">{account.session.extension}</span>
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
          <Tick on={ring} word="Ring sound" set={(on) => useSettings.setState({ ring: on })} />
          <Tick on={keys} word="Keyboard shortcuts" set={(on) => useSettings.setState({ keys: on })} />
          <ShortcutList />
          <Menu.Separator className="menu-line" />
          <SignOut />
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
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

function Tick({ on, word, set }: { on: boolean; word: string; set: (on: boolean) => void }) {
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

function SignOut() {
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
