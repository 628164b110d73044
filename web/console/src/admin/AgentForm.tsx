// One agent's skills and queues.

import { useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { NumberInput, RemoveButton, SaveBar, useMarksUnsaved } from './parts.tsx'
import type { AgentSettings } from './settings.ts'
import { type Outcome, saveAgent, useSetup } from './store.ts'

const fine: Outcome = { ok: true, problem: '', code: '', errors: {} }

function wrongOf({ skills, queues }: AgentSettings): Record<string, string> {
  const errors: Record<string, string> = {}
  const seen = new Set<string>()
  for (const [at, { skill, level }] of skills.entries()) {
    if (skill === '') errors[`skills.${at}`] = 'Choose a skill.'
    else if (seen.has(skill)) errors[`skills.${at}`] = 'This skill stands here twice.'
    else if (!Number.isInteger(level) || level < 1 || level > 10) errors[`skills.${at}`] = 'A level is 1 to 10.'
    seen.add(skill)
  }
  const names = new Set<string>()
  for (const [at, { queue, penalty, position, weight }] of queues.entries()) {
    if (queue === '') errors[`queues.${at}`] = 'Choose a queue.'
    else if (names.has(queue)) errors[`queues.${at}`] = 'This queue stands here twice.'
    else if (!Number.isInteger(penalty) || penalty < 0 || penalty > 1000)
      errors[`queues.${at}`] = 'A penalty is 0 to 1000.'
    else if (!Number.isInteger(position) || position < 1) errors[`queues.${at}`] = 'A place in the list begins with 1.'
    else if (!Number.isInteger(weight) || weight < 1 || weight > 1000) errors[`queues.${at}`] = 'A weight is 1 to 1000.'
    names.add(queue)
  }
  return errors
}

export function AgentForm({ stored, name }: { stored: AgentSettings; name: string }) {
  const queues = useSetup((setup) => setup.queues.map(({ queue }) => queue).join('\n'))
  const known = useSetup((setup) => setup.skills.map((skill) => skill.name).join('\n'))
  const [draft, setDraft] = useState(stored)
  const [outcome, setOutcome] = useState(fine)
  const [saving, setSaving] = useState(false)
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored)
  useMarksUnsaved(name, dirty)
  const own = wrongOf(draft)
  const errors: Record<string, string> = { ...outcome.errors, ...own }
  const change = (part: Partial<AgentSettings>) => {
    setDraft((before) => ({ ...before, ...part }))
    setOutcome(fine)
  }
  const save = async () => {
    if (Object.keys(own).length > 0) return
    setSaving(true)
    setOutcome(await saveAgent(draft, name))
    setSaving(false)
  }
  const skillNames = known === '' ? [] : known.split('\n')
  const queueNames = queues === '' ? [] : queues.split('\n')
  return (
    <form
      className="panel form"
      aria-label={`Agent ${name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <header>
        <h2 className="grow cut">
          {name} <span className="num dim">{stored.extension}</span>
        </h2>
      </header>
      <div className="fields">
        <section aria-label="Queues">
          <h3>Queues</h3>
          <p className="help">
            Calls of these queues may come. A greater penalty means later; the place and the weight count where the
            queue’s strategy uses them.
          </p>
          <div className="rows-edit">
            {draft.queues.map((one, at) => {
              const put = (part: Partial<typeof one>) =>
                change({ queues: draft.queues.map((other, index) => (index === at ? { ...other, ...part } : other)) })
              const label = one.queue || `queue ${at + 1}`
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone
                <div className="edit" key={at}>
                  <select
                    aria-label={`Queue ${at + 1}`}
                    value={one.queue}
                    onChange={(event) => put({ queue: event.target.value })}
                  >
                    <option value="">Queue…</option>
                    {[...new Set([...queueNames, ...(one.queue === '' ? [] : [one.queue])])].map((queue) => (
                      <option key={queue}>{queue}</option>
                    ))}
                  </select>
                  <span className="dim">penalty</span>
                  <NumberInput
                    aria-label={`Penalty in ${label}`}
                    value={one.penalty}
                    onChange={(penalty) => put({ penalty: penalty ?? -1 })}
                  />
                  <span className="dim">place</span>
                  <NumberInput
                    aria-label={`Place in ${label}`}
                    value={one.position}
                    onChange={(position) => put({ position: position ?? 0 })}
                  />
                  <span className="dim">weight</span>
                  <NumberInput
                    aria-label={`Weight in ${label}`}
                    value={one.weight}
                    onChange={(weight) => put({ weight: weight ?? 0 })}
                  />
                  <RemoveButton
                    label={`Take ${label} away`}
                    onClick={() => change({ queues: draft.queues.filter((_, index) => index !== at) })}
                  />
                  {errors[`queues.${at}`] !== undefined && <p className="form-error flat">{errors[`queues.${at}`]}</p>}
                </div>
              )
            })}
            <button
              type="button"
              className="btn"
              onClick={() => change({ queues: [...draft.queues, { queue: '', penalty: 0, position: 1, weight: 1 }] })}
            >
              <Icon name="plus" />
              Add a queue
            </button>
          </div>
        </section>
        <section aria-label="Skills">
          <h3>Skills</h3>
          <p className="help">From 1, a little, to 10, best.</p>
          <div className="rows-edit">
            {draft.skills.map((one, at) => {
              const put = (part: Partial<typeof one>) =>
                change({ skills: draft.skills.map((other, index) => (index === at ? { ...other, ...part } : other)) })
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone
                <div className="edit" key={at}>
                  <select
                    aria-label={`Skill ${at + 1}`}
                    value={one.skill}
                    onChange={(event) => put({ skill: event.target.value })}
                  >
                    <option value="">Skill…</option>
                    {[...new Set([...skillNames, ...(one.skill === '' ? [] : [one.skill])])].map((skill) => (
                      <option key={skill}>{skill}</option>
                    ))}
                  </select>
                  <span className="dim">level</span>
                  <NumberInput
                    aria-label={`Level of ${one.skill || `skill ${at + 1}`}`}
                    value={one.level}
                    onChange={(level) => put({ level: level ?? 0 })}
                  />
                  <RemoveButton
                    label={`Take ${one.skill || 'this skill'} away`}
                    onClick={() => change({ skills: draft.skills.filter((_, index) => index !== at) })}
                  />
                  {errors[`skills.${at}`] !== undefined && <p className="form-error flat">{errors[`skills.${at}`]}</p>}
                </div>
              )
            })}
            <button
              type="button"
              className="btn"
              onClick={() => change({ skills: [...draft.skills, { skill: '', level: 5 }] })}
            >
              <Icon name="plus" />
              Add a skill
            </button>
          </div>
        </section>
      </div>
      <SaveBar
        dirty={dirty}
        saving={saving}
        problem={outcome.problem}
        code={outcome.code}
        wrong={Object.keys(errors).length}
        onSave={() => void save()}
        onDiscard={() => {
          setDraft(stored)
          setOutcome(fine)
        }}
      />
    </form>
  )
}
