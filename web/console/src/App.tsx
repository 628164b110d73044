// From the sign-in to the page in view.

import * as Tooltip from '@radix-ui/react-tooltip'
import { useEffect, useMemo } from 'react'
import { Announcer, LiveRegions } from './desk/Announcer.tsx'
import { Desk } from './desk/Desk.tsx'
import { Inspector } from './inspector/Inspector.tsx'
import { loadHistory } from './lib/history.ts'
import { type Line, LineContext, usePhoneStatus } from './lib/phone.ts'
import { clearProblems } from './lib/problems.ts'
import { usePage } from './lib/route.ts'
import { type Account, useEntry } from './lib/session.ts'
import { Failed, SignIn, Starting, Unreachable } from './ui/SignIn.tsx'
import { TopBar } from './ui/TopBar.tsx'

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
  switch (entry.phase) {
    case 'starting':
      return <Starting text="Signing in…" />
    case 'out':
      return <SignIn />
    case 'unreachable':
      return <Unreachable />
    case 'in':
      if (status.step === 'failed') return <Failed message={status.message} />
      if (status.step !== 'open') return <Starting text="Starting the phone…" />
      return <Shell line={status.line} account={status.account} />
    default:
      return entry satisfies never
  }
}

function Shell({ line, account }: { line: Line; account: Account }) {
  const page = usePage()
  const context = useMemo(() => ({ ...line, account }), [line, account])

  useEffect(() => {
    document.body.className = page
    document.title = page === 'desk' ? 'Desk · Offhook' : 'Inspector · Offhook'
    return () => {
      document.body.className = ''
    }
  }, [page])

  useEffect(() => {
    void loadHistory(account.session)
    return clearProblems
  }, [account])

  return (
    <LineContext value={context}>
      <TopBar />
      {page === 'desk' ? <Desk /> : <Inspector />}
      <Announcer />
    </LineContext>
  )
}
