// A question before something that cannot be taken back, or that needs one more word: the browser's own modal
// dialog, which keeps the focus inside, closes with Escape and gives the focus back.

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { createPortal } from 'react-dom'

interface AskProps {
  title: string
  children: ReactNode
  /** The button that does it. */
  yes: string
  danger?: boolean
  /** What was refused, if it was: the dialog stays open and says so. */
  problem?: string
  busy?: boolean
  onYes: () => void
  onClose: () => void
}

export function Ask({ title, children, yes, danger = false, problem = '', busy = false, onYes, onClose }: AskProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return createPortal(
    <dialog className="ask-dialog" ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          // It may stand inside a form of its own: this one's submit is not that one's.
          event.stopPropagation()
          onYes()
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        {problem !== '' && (
          <p className="form-error flat" role="alert">
            {problem}
          </p>
        )}
        <p className="buttons">
          <button type="button" className="btn main" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className={`btn main ${danger ? 'stop' : 'primary'}`} aria-busy={busy}>
            {yes}
          </button>
        </p>
      </form>
    </dialog>,
    document.body,
  )
}
