// The skills that queues may ask for and agents may have.

import { useId, useState } from 'react'
import { count } from '../lib/format.ts'
import { Ask } from '../ui/Ask.tsx'
import { Icon } from '../ui/icons.tsx'
import { SaveBar, useMarksUnsaved } from './parts.tsx'
import type { Skill } from './settings.ts'
import { deleteSkill, type Outcome, saveSkill, useSetup } from './store.ts'

const fine: Outcome = { ok: true, problem: '', code: '', errors: {} }

interface SkillFormProps {
  stored: Skill
  isNew: boolean
  onDone: (name: string) => void
}

export function SkillForm({ stored, isNew, onDone }: SkillFormProps) {
  const id = useId()
  const [draft, setDraft] = useState(stored)
  const [outcome, setOutcome] = useState(fine)
  const [saving, setSaving] = useState(false)
  const [tried, setTried] = useState(false)
  const [asks, setAsks] = useState(false)
  const taken = useSetup((setup) => isNew && setup.skills.some(({ name }) => name === draft.name))
  const agents = useSetup(
    (setup) => setup.agents.filter((one) => one.skills.some(({ skill }) => skill === stored.name)).length,
  )
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored)
  useMarksUnsaved(`skill ${draft.name || 'new'}`, dirty)
  const error =
    draft.name.trim() === '' ? 'A skill needs a name.' : taken ? 'This name is taken.' : (outcome.errors.name ?? '')
  const shown = tried ? error : ''
  const save = async () => {
    setTried(true)
    if (error !== '') return
    setSaving(true)
    const done = await saveSkill({ ...draft, name: draft.name.trim() })
    setSaving(false)
    setOutcome(done)
    if (done.ok) onDone(draft.name.trim())
  }
  const remove = async () => {
    const done = await deleteSkill(stored.name)
    setAsks(false)
    setOutcome(done)
    if (done.ok) onDone('')
  }
  return (
    <form
      className="panel form"
      aria-label={isNew ? 'New skill' : `Skill ${stored.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <header>
        <h2 className="grow cut">{isNew ? 'New skill' : stored.name}</h2>
        {!isNew && (
          <button type="button" className="btn" onClick={() => setAsks(true)}>
            <Icon name="trash" />
            Delete…
          </button>
        )}
      </header>
      <div className="fields">
        <section>
          {isNew && (
            <label className="field">
              <span>Name</span>
              <input
                className="in"
                value={draft.name}
                aria-invalid={shown !== ''}
                aria-describedby={`${id}-error`}
                onChange={(event) => setDraft({ ...draft, name: event.target.value })}
              />
            </label>
          )}
          {isNew && shown !== '' && (
            <p className="form-error flat" id={`${id}-error`}>
              {shown}
            </p>
          )}
          <label className="field">
            <span>What it means</span>
            <textarea
              rows={3}
              maxLength={500}
              value={draft.description}
              onChange={(event) => setDraft({ ...draft, description: event.target.value })}
            />
          </label>
          {!isNew && <p className="help">{count(agents, 'agent')} have it.</p>}
        </section>
      </div>
      <SaveBar
        dirty={dirty || isNew}
        saving={saving}
        problem={outcome.problem}
        code={outcome.code}
        wrong={shown === '' ? 0 : 1}
        onSave={() => void save()}
        onDiscard={() => (isNew ? onDone('') : setDraft(stored))}
      />
      {asks && (
        <Ask
          title={`Delete the skill ${stored.name}?`}
          yes="Delete"
          danger
          onYes={() => void remove()}
          onClose={() => setAsks(false)}
        >
          <p>{count(agents, 'agent')} have it and lose it; queues that ask for it do so no longer.</p>
        </Ask>
      )}
    </form>
  )
}
