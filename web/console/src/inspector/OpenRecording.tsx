// How a recording comes in: a button for a file, and the whole page as a place
// to drop one.

import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { openFile } from './recording.ts'

export function OpenButton({ main = false, children = 'Open recording' }: { main?: boolean; children?: ReactNode }) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className={main ? 'btn main primary' : 'btn'} onClick={() => field.current?.click()}>
        {children}
      </button>
      <input
        ref={field}
        type="file"
        hidden
        aria-label="Recording file"
        accept=".jsonl,.ndjson,.json,application/x-ndjson"
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file may be chosen again, after it was corrected.
          event.target.value = ''
          if (file !== undefined) void openFile(file)
        }}
      />
    </>
  )
}

/** Takes a file dropped anywhere on the page while it is shown. */
export function DropZone() {
  const [over, setOver] = useState(false)
  useEffect(() => {
    let depth = 0
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (!holdsFile(event)) return
      event.preventDefault()
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!holdsFile(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const drop = (event: DragEvent) => {
      if (!holdsFile(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      const file = event.dataTransfer?.files[0]
      if (file !== undefined) void openFile(file)
    }
    const stay = (event: DragEvent) => {
      if (holdsFile(event)) event.preventDefault()
    }
    const on = [
      ['dragenter', enter],
      ['dragleave', leave],
      ['dragover', stay],
      ['drop', drop],
    ] as const
    for (const [name, listener] of on) addEventListener(name, listener)
    return () => {
      for (const [name, listener] of on) removeEventListener(name, listener)
    }
  }, [])
  return over ? (
    <div className="drop" aria-hidden="true">
      <p>
        <Icon name="file" /> Drop the recording here
      </p>
    </div>
  ) : null
}
