// From the sign-in to the page in view.

import * as Tooltip from '@radix-ui/react-tooltip'
import { useEffect, useMemo } from 'react'
import { Announcer, LiveRegions } from './desk/Announcer.tsx'
import { Desk } from './desk/Desk.tsx'
import { loadHistory } from './lib/history.ts'
import { type Line, LineContext, usePhoneStatus } from './lib/phone.ts'
import { clearProblems } from './lib/problems.ts'
import { type Page, usePage, withoutPhone } from './lib/route.ts'
import { type Account, seesWallboard, setsUp, useEntry } from './lib/session.ts'
import { Later, later } from './ui/Later.tsx'
import { NotForYou } from './ui/NotForYou.tsx'
import { Failed, SignIn, Starting, Unreachable } from './ui/SignIn.tsx'
import { SignOut, TopBar } from './ui/TopBar.tsx'
import { PlainSignOut, WallBar } from './wall/WallBar.tsx'

const Wallboard = later(() => import('./wall/Wallboard.tsx').then(({ Wallboard }) => Wallboard))
const Supervisor = later(() => import('./supervisor/Supervisor.tsx').then(({ Supervisor }) => Supervisor))
const Reports = later(() => import('./reports/Reports.tsx').then(({ Reports }) => Reports))
const Admin = later(() => import('./admin/Admin.tsx').then(({ Admin }) => Admin))
const Inspector = later(() => import('./inspector/Inspector.tsx').then(({ Inspector }) => Inspector))

export function App() {
  return (
    <Tooltip.Provider delayDuration={250}>
      <Gate />
      <LiveRegions />
    </Tooltip.Provider>
  )
}

function Gate() {
  const entry = useEntry()
  const status = usePhoneStatus()
  const page = usePage()
  switch (entry.phase) {
    case 'starting':
      return <Starting text="Signing in…" />
    case 'out':
      return <SignIn />
    case 'unreachable':
      return <Unreachable />
    case 'in':
      // A supervisor's screen on a wall, or a form to fill in: no telephone is started for it.
      if (withoutPhone(page) && seesWallboard(entry.account) && status.step === 'none')
        return <Office page={page} account={entry.account} />
      if (status.step === 'failed') return <Failed message={status.message} />
      if (status.step !== 'open') return <Starting text="Starting the phone…" />
      return <Shell line={status.line} account={status.account} />
    default:
      return entry satisfies never
  }
}

const titles: Record<Page, string> = {
  desk: 'Desk',
  inspector: 'Inspector',
  wallboard: 'Wallboard',
  supervisor: 'Supervisor',
  reports: 'Reports',
  admin: 'Set-up',
}

/** The page's own class and title for as long as it is in view. */
function usePageMarks(page: Page) {
  useEffect(() => {
    document.body.className = page
    document.title = `${titles[page]} · Offhook`
    return () => {
      document.body.className = ''
    }
  }, [page])
}

/** What needs no telephone, under a bar of its own. */
function Office({ page, account, phone = false }: { page: Page; account: Account; phone?: boolean }) {
  usePageMarks(page)
  const signOut = phone ? <SignOut /> : <PlainSignOut />
  return (
    <>
      <WallBar page={page} account={account} signOut={signOut} />
      <Later>
        {page === 'wallboard' && <Wallboard account={account} />}
        {page === 'reports' && <Reports />}
        {page === 'admin' && (setsUp(account) ? <Admin /> : <NotForYou page={page} />)}
      </Later>
    </>
  )
}

function Shell({ line, account }: { line: Line; account: Account }) {
  const page = usePage()
  const context = useMemo(() => ({ ...line, account }), [line, account])
  usePageMarks(page)

  useEffect(() => {
    void loadHistory(account.session)
    return clearProblems
  }, [account])

  const sees = seesWallboard(account)
  return (
    <LineContext value={context}>
      {withoutPhone(page) && sees ? (
        <Office page={page} account={account} phone />
      ) : page === 'supervisor' && sees ? (
        <Later>
          <Supervisor account={account} />
        </Later>
      ) : (
        <>
          <TopBar />
          {page === 'desk' && <Desk />}
          {page === 'inspector' && (
            <Later>
              <Inspector />
            </Later>
          )}
          {page !== 'desk' && page !== 'inspector' && <NotForYou page={page} />}
        </>
      )}
      <Announcer />
    </LineContext>
  )
}
