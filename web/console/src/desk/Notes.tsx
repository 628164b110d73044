// Notes while the call goes on. They wait in this tab and become the draft's
// first text when the call is over.

import { useRef } from 'react'
import { create } from 'zustand'
import { useHotkey } from '../lib/hotkeys.ts'
import type { Call } from '../lib/types.ts'
import { Panel } from '../ui/parts.tsx'

const useCallNotes = create<{ byLog: Readonly<Record<string, string>> }>(() => ({ byLog: {} }))

function write(logId: string, text: string) {
  useCallNotes.setState(({ byLog }) => ({ byLog: { ...byLog, [logId]: text } }))
}

/** What was written during the call of this call_log. */
export const takeCallNotes = (logId: string) => useCallNotes.getState().byLog[logId] ?? ''

export function CallNotes({ call }: { call: Call }) {
  const id = call.callLogId ?? ''
  const text = useCallNotes(({ byLog }) => byLog[id] ?? '')
  const field = useRef<HTMLTextAreaElement>(null)
  useHotkey('notes', () => field.current?.focus())
  return (
    <Panel icon="pen" className="notes" title="Notes" aside={<span className="dim">Saved with the call</span>}>
      <div className="body">
        <textarea
          rows={4}
          maxLength={4000}
          ref={field}
          aria-label="Notes on this call"
          value={text}
          onChange={(event) => write(id, event.target.value)}
        />
      </div>
    </Panel>
  )
}
