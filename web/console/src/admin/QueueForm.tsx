// One queue's settings: every field with its meaning and its default, checked while it is typed, errors at the field.

import { useState } from 'react'
import { Ask } from '../ui/Ask.tsx'
import { Icon } from '../ui/icons.tsx'
import { queueErrors } from './errors.ts'
import { groups } from './fields.ts'
import { FieldInput, NumberInput, RemoveButton, SaveBar, SkillsWanted, useMarksUnsaved } from './parts.tsx'
import { type QueueSettings, type Relaxation, valueAt, withValue } from './settings.ts'
import { deleteQueue, type Outcome, saveQueue, useSetup } from './store.ts'

const fine: Outcome = { ok: true, problem: '', code: '', errors: {} }

interface QueueFormProps {
  stored: QueueSettings
  isNew: boolean
  /** After it was saved under its name, or deleted. */
  onDone: (queue: string) => void
}

export function QueueForm({ stored, isNew, onDone }: QueueFormProps) {
  const names = useSetup((setup) => setup.queues.map(({ queue }) => queue).join('\n')).split('\n')
  const known = useSetup((setup) => setup.skills.map(({ name }) => name).join('\n'))
  const [draft, setDraft] = useState(stored)
  const [outcome, setOutcome] = useState(fine)
  const [saving, setSaving] = useState(false)
  const [tried, setTried] = useState(false)
  const [asks, setAsks] = useState(false)
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored)
  useMarksUnsaved(`queue ${draft.queue || 'new'}`, dirty)
  const own = queueErrors(draft, names, isNew)
  // A new queue is not blamed for what nobody has typed yet.
  const errors = tried || !isNew ? { ...outcome.errors, ...own } : outcome.errors
  const set = (path: string, value: unknown) => {
    setDraft((before) => withValue(before, path, value))
    setOutcome(fine)
  }
  const save = async () => {
    setTried(true)
    if (Object.keys(own).length > 0) return
    setSaving(true)
    const done = await saveQueue(draft)
    setSaving(false)
    setOutcome(done)
    if (done.ok) onDone(draft.queue)
  }
  const remove = async () => {
    const done = await deleteQueue(stored.queue)
    setAsks(false)
    setOutcome(done)
    if (done.ok) onDone('')
  }
  const discard = () => {
    if (isNew) return onDone('')
    setDraft(stored)
    setOutcome(fine)
  }
  const wrong = Object.keys(errors).length
  return (
    <form
      className="panel form"
      aria-label={isNew ? 'New queue' : `Queue ${stored.queue}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <header>
        <h2 className="grow cut">{isNew ? 'New queue' : stored.queue}</h2>
        {!isNew && (
          <button type="button" className="btn" onClick={() => setAsks(true)}>
            <Icon name="trash" />
            Delete…
          </button>
        )}
      </header>
      <div className="fields">
        {isNew && (
          <section>
            <FieldInput
              field={{
                path: 'queue',
                label: 'Name',
                help: 'As the PBX and the reports know it. It stays as it is.',
                kind: 'text',
              }}
              value={draft.queue}
              error={errors.queue ?? ''}
              onChange={(value) => set('queue', value)}
            />
          </section>
        )}
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            {group.fields
              .filter((field) => field.when === undefined || field.when(draft))
              .map((field) => (
                <FieldInput
                  key={field.path}
                  field={field}
                  value={valueAt(draft, field.path)}
                  error={errors[field.path] ?? ''}
                  onChange={(value) => set(field.path, value)}
                />
              ))}
          </section>
        ))}
        <section aria-label="Skills">
          <h3>Skills</h3>
          <div className="row wide">
            <p className="help">
              What an agent must know to get a call of this queue; with the strategy “best skills” also who is best.{' '}
              <span className="dim">Default: none.</span>
            </p>
            <SkillsWanted
              label="Wanted skills"
              value={draft.skills}
              known={known === '' ? [] : known.split('\n')}
              path="skills"
              errors={errors}
              onChange={(skills) => set('skills', skills)}
            />
          </div>
          <Relaxations
            value={draft.relaxation}
            known={known === '' ? [] : known.split('\n')}
            errors={errors}
            onChange={(relaxation) => set('relaxation', relaxation)}
          />
        </section>
      </div>
      <SaveBar
        dirty={dirty || isNew}
        saving={saving}
        problem={outcome.problem}
        code={outcome.code}
        wrong={wrong}
        onSave={() => void save()}
        onDiscard={discard}
      />
      {asks && (
        <Ask
          title={`Delete the queue ${stored.queue}?`}
          yes="Delete"
          danger
          onYes={() => void remove()}
          onClose={() => setAsks(false)}
        >
          <p>Who waits in it goes to its overflow, and agents lose it. Its records and reports stay.</p>
        </Ask>
      )}
    </form>
  )
}

interface RelaxationsProps {
  value: readonly Relaxation[]
  known: readonly string[]
  errors: Readonly<Record<string, string>>
  onChange: (value: readonly Relaxation[]) => void
}

/** What is enough after a while: steps, each with its own wishes. */
function Relaxations({ value, known, errors, onChange }: RelaxationsProps) {
  const put = (at: number, part: Partial<Relaxation>) =>
    onChange(value.map((one, index) => (index === at ? { ...one, ...part } : one)))
  return (
    <div className="row wide">
      <p className="help">
        Less is enough after a while: each step replaces what is wanted; a step without skills takes anybody.{' '}
        <span className="dim">Default: none.</span>
      </p>
      {value.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place alone
        <div className="step" key={at}>
          <p className="edit">
            <span>After</span>
            <NumberInput
              aria-label={`Step ${at + 1}, seconds`}
              value={step.after_ms}
              factor={1000}
              onChange={(after_ms) => put(at, { after_ms: after_ms ?? 0 })}
            />
            <span className="grow">s of waiting:</span>
            <RemoveButton
              label={`Remove step ${at + 1}`}
              onClick={() => onChange(value.filter((_, index) => index !== at))}
            />
          </p>
          {errors[`relaxation.${at}`] !== undefined && <p className="form-error flat">{errors[`relaxation.${at}`]}</p>}
          <SkillsWanted
            label={`Step ${at + 1}`}
            value={step.skills}
            known={known}
            path={`relaxation.${at}.skills`}
            errors={errors}
            onChange={(skills) => put(at, { skills })}
          />
        </div>
      ))}
      <button
        type="button"
        className="btn"
        onClick={() => onChange([...value, { after_ms: (value.at(-1)?.after_ms ?? 0) + 20_000, skills: [] }])}
      >
        <Icon name="plus" />
        Add a step
      </button>
    </div>
  )
}
