// Fields of a form: a label, what it means, its default, and what is wrong with it, all tied to the control for
// those who do not see them side by side.

import { type ReactNode, useEffect, useId, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { Spinner } from '../ui/parts.tsx'
import { defaultText, type Field } from './fields.ts'
import type { SkillWanted } from './settings.ts'
import { useUnsaved } from './store.ts'

interface InputProps {
  field: Field
  value: unknown
  error: string
  onChange: (value: unknown) => void
}

export function FieldInput({ field, value, error, onChange }: InputProps) {
  const id = useId()
  const described = `${id}-help${error === '' ? '' : ` ${id}-error`}`
  const common = { id, 'aria-describedby': described, 'aria-invalid': error !== '' }
  return (
    <div className={`row ${field.kind}${error === '' ? '' : ' wrong'}`}>
      <label htmlFor={id}>{field.label}</label>
      <div className="control">
        {field.kind === 'toggle' && (
          <input
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
            {...common}
          />
        )}
        {field.kind === 'choice' && (
          <select value={String(value)} onChange={(event) => onChange(event.target.value)} {...common}>
            {field.options?.map(([option, word]) => (
              <option key={option} value={option}>
                {word}
              </option>
            ))}
          </select>
        )}
        {field.kind === 'text' && (
          <input className="in" value={String(value)} onChange={(event) => onChange(event.target.value)} {...common} />
        )}
        {(field.kind === 'number' || field.kind === 'seconds') && (
          <NumberInput
            value={value as number | null}
            factor={field.kind === 'seconds' ? 1000 : 1}
            onChange={onChange}
            {...common}
          />
        )}
        {field.unit !== undefined && <span className="dim">{field.unit}</span>}
      </div>
      <p className="help" id={`${id}-help`}>
        {field.help} <span className="dim">Default: {defaultText(field)}.</span>
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

interface NumberProps {
  id?: string
  value: number | null
  /** What is typed times this is the value: seconds are kept as milliseconds. */
  factor?: number
  onChange: (value: number | null) => void
  'aria-label'?: string
  'aria-describedby'?: string
  'aria-invalid'?: boolean
}

/** A number as it is typed: an empty or strange text is kept as it is and is null. */
export function NumberInput({ value, factor = 1, onChange, ...rest }: NumberProps) {
  const [text, setText] = useState(() => (value === null ? '' : String(value / factor)))
  useEffect(() => {
    setText((before) =>
      numberOf(before, factor) === value ? before : value === null ? before : String(value / factor),
    )
  }, [value, factor])
  return (
    <input
      className="in num"
      inputMode="decimal"
      autoComplete="off"
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        onChange(numberOf(event.target.value, factor))
      }}
      {...rest}
    />
  )
}

function numberOf(text: string, factor: number): number | null {
  const plain = text.trim().replace(',', '.')
  const number = Number(plain)
  return plain === '' || !Number.isFinite(number) ? null : Math.round(number * factor)
}

interface SaveProps {
  dirty: boolean
  saving: boolean
  problem: string
  code: string
  wrong: number
  onSave: () => void
  onDiscard: () => void
  children?: ReactNode
}

/** Always in sight: whether there is something to save, what is wrong, and the way back. */
export function SaveBar({ dirty, saving, problem, code, wrong, onSave, onDiscard, children }: SaveProps) {
  return (
    <footer className="save-bar">
      <p className="grow" role="status">
        {problem !== '' ? (
          <span className="st busy">
            <Icon name="alert" />
            {problem} <span className="mono">{code}</span>
          </span>
        ) : wrong > 0 ? (
          <span className="st busy">
            <Icon name="alert" />
            {wrong === 1 ? 'One field is wrong.' : `${wrong} fields are wrong.`}
          </span>
        ) : dirty ? (
          <span className="st ring">
            <Icon name="pen" />
            Changes are not saved.
          </span>
        ) : (
          <span className="st">
            <Icon name="check" />
            All saved.
          </span>
        )}
      </p>
      {children}
      <button type="button" className="btn main" disabled={!dirty || saving} onClick={onDiscard}>
        Discard
      </button>
      <button type="button" className="btn main primary" disabled={!dirty} aria-busy={saving} onClick={onSave}>
        {saving ? <Spinner /> : <Icon name="check" />}
        Save
      </button>
    </footer>
  )
}

/** Tells the page that this form has changes. */
export function useMarksUnsaved(what: string, dirty: boolean) {
  useEffect(() => {
    useUnsaved.setState({ what: dirty ? what : '' })
    return () => useUnsaved.setState({ what: '' })
  }, [what, dirty])
}

interface SkillsProps {
  label: string
  value: readonly SkillWanted[]
  known: readonly string[]
  path: string
  errors: Readonly<Record<string, string>>
  onChange: (value: readonly SkillWanted[]) => void
}

/** Wanted skills, a row each: which, at what level, and whether it may be missing. */
export function SkillsWanted({ label, value, known, path, errors, onChange }: SkillsProps) {
  const put = (at: number, part: Partial<SkillWanted>) =>
    onChange(value.map((one, index) => (index === at ? { ...one, ...part } : one)))
  return (
    <div className="rows-edit">
      {value.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone
        <div className="edit" key={at}>
          <select
            aria-label={`${label}, skill ${at + 1}`}
            aria-invalid={errors[`${path}.${at}`] !== undefined}
            value={one.skill}
            onChange={(event) => put(at, { skill: event.target.value })}
          >
            <option value="">Skill…</option>
            {[...new Set([...known, ...(one.skill === '' ? [] : [one.skill])])].map((skill) => (
              <option key={skill}>{skill}</option>
            ))}
          </select>
          <span className="dim">level at least</span>
          <NumberInput
            aria-label={`${label}, level ${at + 1}`}
            value={one.min}
            onChange={(min) => put(at, { min: min ?? 0 })}
          />
          <label className="tick">
            <input
              type="checkbox"
              checked={one.mandatory}
              onChange={(event) => put(at, { mandatory: event.target.checked })}
            />
            needed
          </label>
          <RemoveButton
            label={`Remove ${one.skill || 'this skill'} from ${label}`}
            onClick={() => onChange(value.filter((_, index) => index !== at))}
          />
          {errors[`${path}.${at}`] !== undefined && <p className="form-error flat">{errors[`${path}.${at}`]}</p>}
        </div>
      ))}
      <button
        type="button"
        className="btn"
        onClick={() => onChange([...value, { skill: '', min: 1, weight: 1, mandatory: true }])}
      >
        <Icon name="plus" />
        Add a skill
      </button>
    </div>
  )
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn icon" aria-label={label} onClick={onClick}>
      <Icon name="trash" />
    </button>
  )
}
