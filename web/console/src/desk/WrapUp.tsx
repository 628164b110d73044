// After an answered call: how it ended, and notes. What is typed is kept by the
// phone at once; Finish saves it and ends the wrap-up.

import { useEffect, useRef, useState } from 'react'
import { dispositions } from '../lib/dispositions.ts'
import { focusLost, useWantedFocus, wantFocus } from '../lib/focus.ts'
import { clock } from '../lib/format.ts'
import { shownKey, useHotkey } from '../lib/hotkeys.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { CallLog, Draft } from '../lib/types.ts'
import { deliveryMark } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Countdown, Spinner } from '../ui/parts.tsx'
import { CentreTimer, useCentreWrapUp } from './CentreWrapUp.tsx'
import { Choices } from './Choices.tsx'
import { takeCallNotes } from './Notes.tsx'
import { logName } from './RecentCalls.tsx'

const keepAfterMs = 400

export function WrapUp({ draft }: { draft: Draft }) {
  const { account } = useLine()
  const log = usePart((state) => state.callLogs[draft.call_log_id])
  const agent = usePart((state) => state.agent)
  const running = agent.activity === 'WrapUp' && agent.wrapUpCallLogId === draft.call_log_id
  const centre = useCentreWrapUp()
  const form = useDraft(draft)
  const ends = centre === null ? agent.wrapUpEndsAt !== null : centre.until !== null
  const first = useRef<HTMLButtonElement>(null)
  useWantedFocus('disposition', first)
  useEffect(() => {
    // The call's buttons went away with the focus on one of them.
    if (focusLost()) first.current?.focus()
  }, [])
  useHotkey('finish', () => void form.finish())
  useHotkey('notes', () => form.field.current?.focus())

  return (
    <section className="panel call wrapup" aria-labelledby="wrap-title">
      <header>
        <Icon name="pen" />
        <h2 id="wrap-title">{running ? 'Wrap-up' : 'Notes to finish'}</h2>
        <span className="dim cut grow">{log === undefined ? '' : summary(log, account.session.extension)}</span>
      </header>
      <div className="body">
        {running && centre !== null && <CentreTimer wrapUp={centre} />}
        {running && centre === null && agent.wrapUpEndsAt !== null && <WrapUpTimer endsAt={agent.wrapUpEndsAt} />}
        <fieldset>
          <legend id="ended">
            How did it end? <span className="req">needed to finish</span>
          </legend>
          <Choices
            labelledBy="ended"
            items={dispositions}
            value={form.disposition}
            onPick={form.pick}
            first={first}
            invalid={form.missing}
          />
          {form.missing && (
            <p className="form-error flat" role="alert">
              <Icon name="alert" />
              Choose how the call ended, then finish.
            </p>
          )}
        </fieldset>
        <label className="field">
          <span>
            Notes <kbd>{shownKey('notes')}</kbd>
          </span>
          <textarea
            rows={4}
            maxLength={4000}
            ref={form.field}
            value={form.notes}
            onChange={(event) => form.type(event.target.value)}
            onBlur={form.flush}
          />
        </label>
        <div className="finish">
          <button type="button" className="btn main primary" aria-busy={form.saving} onClick={() => void form.finish()}>
            {form.saving ? <Spinner /> : <Icon name="check" />}
            {form.saving ? 'Saving…' : running ? 'Finish' : 'Save'} <kbd>{shownKey('finish')}</kbd>
          </button>
          {running && agent.nextStatus !== '' && (
            <button type="button" className="btn main" onClick={() => void form.finish(true)}>
              Finish and stay available
            </button>
          )}
          <span className="dim grow" role="status">
            {form.dirty ? 'Keeping what you type…' : kept(log)}
            {running && ends && ' When time runs out, what you typed is kept as it is.'}
          </span>
        </div>
      </div>
    </section>
  )
}

function summary(log: CallLog, own: string): string {
  const parts = [logName(log, own), log.queue_name ?? '', `talked ${clock(log.duration)}`]
  if (log.hold_ms >= 1000) parts.push(`held ${clock(log.hold_ms)}`)
  return parts.filter((part) => part !== '').join(' · ')
}

function kept(log: CallLog | undefined): string {
  if (log === undefined) return ''
  const mark = deliveryMark(log.delivery)
  if (mark === 'saved') return 'Saved in the CRM.'
  return mark === 'waiting' ? 'Kept here, on its way to the CRM.' : 'Kept here; the CRM did not accept it yet.'
}

function WrapUpTimer({ endsAt }: { endsAt: number }) {
  const phone = usePhone()
  const extend = () => void run(phone, 'The wrap-up was not extended.', phone.extendWrapUp(30))
  useHotkey('extend', extend)
  return (
    <div className="timer">
      <Countdown until={endsAt} label="Wrap-up time left" />
      <span className="dim">left</span>
      <span className="grow" />
      <button type="button" className="btn" onClick={extend}>
        <Icon name="plus" />
        30 s <kbd>{shownKey('extend')}</kbd>
      </button>
    </div>
  )
}

/** The draft's text while it is being typed: kept by the phone shortly after each pause. */
function useDraft(draft: Draft) {
  const phone = usePhone()
  const [notes, setNotes] = useState(() => draft.notes || takeCallNotes(draft.call_log_id))
  const [disposition, setDisposition] = useState(draft.disposition ?? '')
  const [dirty, setDirty] = useState(notes !== draft.notes)
  const [missing, setMissing] = useState(false)
  const [saving, setSaving] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const latest = useRef({ notes, disposition, dirty })
  latest.current = { notes, disposition, dirty }
  const id = draft.call_log_id

  const flush = () => {
    if (!latest.current.dirty) return
    latest.current.dirty = false
    setDirty(false)
    const { notes: text, disposition: choice } = latest.current
    void phone.draft.edit(id, { notes: text, disposition: choice }).catch(() => undefined)
  }
  const flushLatest = useRef(flush)
  flushLatest.current = flush

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change starts the pause anew
  useEffect(() => {
    if (!dirty) return
    const timer = setTimeout(() => flushLatest.current(), keepAfterMs)
    return () => clearTimeout(timer)
  }, [dirty, notes, disposition])
  useEffect(() => () => flushLatest.current(), [])

  const finish = async (stay = false) => {
    if (saving) return
    if (disposition === '') {
      setMissing(true)
      return
    }
    setSaving(true)
    latest.current.dirty = false
    setDirty(false)
    wantFocus('status')
    const { agent } = phone.store.getState()
    // After a reload only the CRM knows of the wrap-up; else saving its draft ends it.
    const orphaned = agent.activity === 'Idle' && agent.status === 'WRAP_UP'
    if (stay) await run(phone, 'The next status was not cancelled.', phone.cancelNextStatus())
    const saved = await run(phone, 'The notes were not saved.', phone.draft.save(id, { notes, disposition }))
    if (saved && orphaned) await run(phone, 'The wrap-up could not be ended.', phone.finishWrapUp())
    setSaving(false)
  }

  return {
    notes,
    disposition,
    dirty,
    missing,
    saving,
    field,
    flush,
    finish,
    type: (text: string) => {
      setNotes(text)
      setDirty(true)
    },
    pick: (code: string) => {
      setDisposition(code)
      setMissing(false)
      setDirty(true)
    },
  }
}
