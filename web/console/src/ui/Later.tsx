// A page whose code comes when it is first opened, so that a desk does not download wallboard, reports and inspector.
// After an update of the server the file that this page knows may be gone: then it says so instead of staying blank.

import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { Icon } from './icons.tsx'
import { Spinner } from './parts.tsx'

/** `load` gives the page's component; it stands within `Later`. */
export const later = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  lazy<ComponentType<P>>(() =>
    load().then(
      (page) => ({ default: page }),
      () => ({ default: NotLoaded }),
    ),
  )

export const Later = ({ children }: { children: ReactNode }) => <Suspense fallback={<Loading />}>{children}</Suspense>

function Loading() {
  return (
    <main aria-busy="true">
      <p className="starting" role="status">
        <Spinner /> Opening the page…
      </p>
    </main>
  )
}

function NotLoaded() {
  return (
    <main>
      <section className="panel">
        <div className="empty">
          <Icon name="server" />
          <strong>The page could not be loaded</strong>
          <p>
            The server is away, or has been updated since this tab was opened. A call that is up survives the reload.
          </p>
          <button type="button" className="btn main primary" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </section>
    </main>
  )
}
