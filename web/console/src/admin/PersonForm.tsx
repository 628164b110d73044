// One person of the directory: name, role, telephone, how to sign in.

import { type ReactNode, useId, useState } from 'react'
import { Ask } from '../ui/Ask.tsx'
import { Icon } from '../ui/icons.tsx'
import { SaveBar, useMarksUnsaved } from './parts.tsx'
import { type Person, personErrors, roles } from './people.ts'
import { type Outcome, removePerson, savePerson, signInLink, useSetup } from './store.ts'

const fine: Outcome = { ok: true, problem: '', code: '', errors: {} }

const roleWords = { agent: 'Agent', supervisor: 'Supervisor', admin: 'Administrator' } as const

interface PersonFormProps {
  stored: Person
  isNew: boolean
  onDone: (extension: string) => void
}

export function PersonForm({ stored, isNew, onDone }: PersonFormProps) {
  const [draft, setDraft] = useState(stored)
  const [outcome, setOutcome] = useState(fine)
  const [saving, setSaving] = useState(false)
  const [tried, setTried] = useState(!isNew)
  const [asks, setAsks] = useState(false)
  const taken = useSetup((setup) => setup.people.map(({ extension }) => extension).join('\n'))
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored)
  useMarksUnsaved(draft.name || 'the new person', dirty)
  const own = personErrors(draft, taken.split('\n'), isNew)
  const errors: Record<string, string> = { ...outcome.errors, ...(tried ? own : {}) }
  const put = (part: Partial<Person>) => {
    setDraft((before) => ({ ...before, ...part }))
    setOutcome(fine)
  }
  const save = async () => {
    setTried(true)
    if (Object.keys(own).length > 0) return
    setSaving(true)
    const done = await savePerson(draft)
    setSaving(false)
    setOutcome(done)
    if (done.ok) onDone(draft.extension)
  }
  const remove = async () => {
    const done = await removePerson(stored.extension, stored.name)
    setAsks(false)
    setOutcome(done)
    if (done.ok) onDone('')
  }
  const input = (key: keyof Person, label: string, help: string, more: object = {}) => (
    <Row label={label} help={help} error={errors[key] ?? ''}>
      {(control) => (
        <input
          className="in"
          autoComplete="off"
          value={String(draft[key])}
          onChange={(event) => put({ [key]: event.target.value })}
          {...more}
          {...control}
        />
      )}
    </Row>
  )
  return (
    <form
      className="panel form"
      aria-label={isNew ? 'New person' : `Person ${stored.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <header>
        <h2 className="grow cut">
          {isNew ? 'New person' : stored.name} {!isNew && <span className="num dim">{stored.extension}</span>}
        </h2>
        {!isNew && (
          <button type="button" className="btn" onClick={() => setAsks(true)}>
            <Icon name="trash" />
            Has left…
          </button>
        )}
      </header>
      <div className="fields">
        <section aria-label="Who">
          <h3>Who</h3>
          {isNew &&
            input('extension', 'Extension', 'The number of the telephone. It stays as it is.', { inputMode: 'tel' })}
          {input('name', 'Name', 'As colleagues and reports show it.')}
          <Row label="Role" help="Supervisors see and help everybody; administrators set up, too." error="">
            {(control) => (
              <select
                value={draft.role}
                onChange={(event) => put({ role: roles.find((role) => role === event.target.value) ?? 'agent' })}
                {...control}
              >
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {roleWords[role]}
                  </option>
                ))}
              </select>
            )}
          </Row>
          {input('time_zone', 'Time zone', 'Where this person’s day begins, e.g. Europe/London. Empty: the hub’s.')}
        </section>
        <section aria-label="Telephone">
          <h3>Telephone</h3>
          {input('endpoint', 'At the PBX', 'Empty: PJSIP/ and the extension.')}
          {input('number', 'Number', 'What others see when this person calls. Empty: the extension.')}
          {input('extension_id', 'Id in the CRM', 'Empty: made from the extension.')}
        </section>
        <section aria-label="Signing in">
          <h3>Signing in</h3>
          {input(
            'password',
            stored.has_password ? 'Another password' : 'Password',
            stored.has_password ? 'Empty: the one there is stays.' : 'Empty: only by the CRM or a link.',
            { type: 'password', autoComplete: 'new-password' },
          )}
          {!isNew && <SignInLink extension={stored.extension} name={stored.name} />}
        </section>
      </div>
      <SaveBar
        dirty={dirty || isNew}
        saving={saving}
        problem={outcome.problem}
        code={outcome.code}
        wrong={tried ? Object.keys(own).length : 0}
        onSave={() => void save()}
        onDiscard={() => (isNew ? onDone('') : setDraft(stored))}
      />
      {asks && (
        <Ask
          title={`Has ${stored.name} left?`}
          yes="Has left"
          danger
          onYes={() => void remove()}
          onClose={() => setAsks(false)}
        >
          <p>
            Signed out everywhere, offline, in no queue and in no list. Records and reports stay. The telephone at the
            PBX is not touched.
          </p>
        </Ask>
      )}
    </form>
  )
}

type Control = { id: string; 'aria-describedby': string; 'aria-invalid': boolean }

function Row(props: { label: string; help: string; error: string; children: (control: Control) => ReactNode }) {
  const id = useId()
  const { label, help, error, children } = props
  const described = `${id}-help${error === '' ? '' : ` ${id}-error`}`
  return (
    <div className={error === '' ? 'row' : 'row wrong'}>
      <label htmlFor={id}>{label}</label>
      <div className="control">{children({ id, 'aria-describedby': described, 'aria-invalid': error !== '' })}</div>
      <p className="help" id={`${id}-help`}>
        {help}
      </p>
      {error !== '' && (
        <p className="form-error flat" id={`${id}-error`}>
          <Icon name="alert" />
          {error}
        </p>
      )}
    </div>
  )
}

/** Made when it is asked for, shown once, kept nowhere. */
function SignInLink({ extension, name }: { extension: string; name: string }) {
  const [{ link, problem }, setLink] = useState({ link: '', problem: '' })
  const [busy, setBusy] = useState(false)
  const id = useId()
  const make = async () => {
    setBusy(true)
    setLink(await signInLink(extension))
    setBusy(false)
  }
  return (
    <div className="row wide">
      <p className="help">
        A link signs {name} in once, within 15 minutes: for the first day, or a password that is lost.
      </p>
      <p className="edit">
        <button type="button" className="btn" aria-busy={busy} disabled={busy} onClick={() => void make()}>
          <Icon name="plus" />
          {link === '' ? 'Make a sign-in link' : 'Make another'}
        </button>
      </p>
      {problem !== '' && (
        <p className="form-error flat" role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      )}
      {link !== '' && (
        <label className="field" htmlFor={id}>
          <span>Copy it now: whoever has it is {name}.</span>
          <input className="in mono" id={id} readOnly value={link} onFocus={(event) => event.target.select()} />
        </label>
      )}
    </div>
  )
}
