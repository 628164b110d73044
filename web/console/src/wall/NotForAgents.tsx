// An agent who opens the wallboard's address is told why there is none, and where to go.

import { Icon } from '../ui/icons.tsx'

export function NotForAgents() {
  return (
    <main className="sign-in">
      <section className="panel" aria-labelledby="not-for-agents">
        <div className="empty">
          <Icon name="users" />
          <h1 id="not-for-agents">The wallboard is for supervisors</h1>
          <p>
            You are signed in as an agent. Your phone goes on working. To see the wallboard, sign in with a supervisor’s
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
