// What must be so before a queue is sent: what is wrong comes as a sentence for each field. Pure. The hub checks all of
// it again.

import { type Field, groups } from './fields.ts'
import { type QueueSettings, type SkillWanted, valueAt } from './settings.ts'

export type Errors = Readonly<Record<string, string>>

function wrong(field: Field, value: unknown): string {
  if (field.kind !== 'number' && field.kind !== 'seconds') return ''
  const unit = field.unit ?? ''
  const number = field.kind === 'seconds' ? Number(value) / 1000 : Number(value)
  if (value === null || !Number.isFinite(number)) return 'A number is needed.'
  if (field.kind === 'number' && !Number.isInteger(number)) return 'A whole number is needed.'
  if (field.min !== undefined && number < field.min) return `${`At least ${Math.ceil(field.min)} ${unit}`.trim()}.`
  if (field.max !== undefined && number > field.max) return `${`At most ${field.max} ${unit}`.trim()}.`
  return ''
}

/** What is wrong with a queue, by field. `names`: all queues, to find a name that is taken or unknown. */
export function queueErrors(queue: QueueSettings, names: readonly string[], isNew: boolean): Errors {
  const errors: Record<string, string> = {}
  if (queue.queue === '') errors.queue = 'A queue needs a name.'
  else if (!/^[A-Za-z0-9_.+-]+$/.test(queue.queue) || queue.queue.length > 80)
    errors.queue = 'Letters, digits and _ . + - only, as the PBX knows it; no spaces.'
  else if (isNew && names.includes(queue.queue)) errors.queue = 'This name is taken.'
  for (const group of groups)
    for (const field of group.fields) {
      if (field.when !== undefined && !field.when(queue)) continue
      const text = wrong(field, valueAt(queue, field.path))
      if (text !== '') errors[field.path] = text
    }
  const { kind, target } = queue.overflow
  if (kind === 'queue' && target === queue.queue && target !== '')
    errors['overflow.target'] = 'That is this queue itself.'
  else if (kind === 'queue' && !names.includes(target)) errors['overflow.target'] = 'No queue has this name.'
  else if ((kind === 'external' || kind === 'announce') && target.trim() === '')
    errors['overflow.target'] = kind === 'external' ? 'Say which number.' : 'Say which sound.'
  if (/[,"]/.test(target)) errors['overflow.target'] = 'No commas and no quotes.'
  skillErrors(queue.skills, 'skills', errors)
  let before = -1
  for (const [at, step] of queue.relaxation.entries()) {
    if (step.after_ms <= before) errors[`relaxation.${at}`] = 'Each step must come later than the one before it.'
    before = step.after_ms
    skillErrors(step.skills, `relaxation.${at}.skills`, errors)
  }
  return errors
}

function skillErrors(skills: readonly SkillWanted[], path: string, errors: Record<string, string>) {
  const seen = new Set<string>()
  for (const [at, { skill, min }] of skills.entries()) {
    if (skill === '') errors[`${path}.${at}`] = 'Choose a skill.'
    else if (seen.has(skill)) errors[`${path}.${at}`] = 'This skill stands here twice.'
    else if (!Number.isInteger(min) || min < 1 || min > 10) errors[`${path}.${at}`] = 'A level is 1 to 10.'
    seen.add(skill)
  }
}
