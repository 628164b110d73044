// Who opens the address of a page that is not for his role is told why there is none, and where to go.

import type { Page } from '../lib/route.ts'
import { Icon } from './icons.tsx'

const words: Partial<Record<Page, { title: string; what: string; whose: string }>> = {
  wallboard: { title: 'The wallboard is for supervisors', what: 'the wallboard', whose: 'a supervisor’s' },
  reports: { title: 'Reports are for supervisors', what: 'them', whose: 'a supervisor’s' },
  supervisor: { title: 'The supervisor’s page is for supervisors', what: 'it', whose: 'a supervisor’s' },
  admin: { title: 'Set-up is for administrators', what: 'it', whose: 'an administrator’s' },
}

export function NotForYou({ page }: { page: Page }) {
  const { title, what, whose } = words[page] ?? { title: 'This page is not for you', what: 'it', whose: 'another' }
  return (
    <main className="sign-in">
      <section className="panel" aria-labelledby="not-for-you">
        <div className="empty">
          <Icon name="users" />
          <h1 id="not-for-you">{title}</h1>
          <p>
            Your account does not have that role. What you had open goes on working. To see {what}, sign in with {whose}{' '}
            account, or ask your administrator for the role.
          </p>
          <a className="btn main primary" href="#/">
            Go to the desk
          </a>
        </div>
      </section>
    </main>
  )
}
