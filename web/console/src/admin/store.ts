// What is set up, as the hub has it: read whole when the page opens, and again after each change. A change is taken
// over only when the hub has stored it.

import { create } from 'zustand'
import { type Answer, ask, part, refusalText } from '../acd/rest.ts'
import { say } from '../lib/live.ts'
import type { Errors } from './errors.ts'
import { type Person, readPerson } from './people.ts'
import { type AgentSettings, type QueueSettings, readAgent, readQueue, readSkill, type Skill } from './settings.ts'

interface Setup {
  queues: readonly QueueSettings[]
  agents: readonly AgentSettings[]
  skills: readonly Skill[]
  people: readonly Person[]
  phase: 'reading' | 'ready' | 'failed'
  problem: string
  code: string
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const nothing: Setup = { queues: [], agents: [], skills: [], people: [], phase: 'reading', problem: '', code: '' }

export const useSetup = create<Setup>(() => nothing)

const naturally = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** A list as such, or under the name that lists have on this wire. */
function listOf(body: unknown, name: string): unknown[] {
  if (Array.isArray(body)) return body as unknown[]
  const fields = (body ?? {}) as Record<string, unknown>
  const list = fields[name] ?? fields.items
  return Array.isArray(list) ? (list as unknown[]) : []
}

export async function readSetup(): Promise<void> {
  const [settings, skills, people] = await Promise.all([
    ask('/contact-centre/settings'),
    ask('/contact-centre/skills'),
    ask('/directory'),
  ])
  const failed = [settings, skills, people].find((answer) => !answer.ok)
  if (failed !== undefined) {
    useSetup.setState({ phase: 'failed', problem: refusalText(failed), code: failed.code })
    return
  }
  const byName = naturally.compare
  useSetup.setState({
    queues: listOf(settings.body, 'queues')
      .map(readQueue)
      .sort((left, right) => byName(left.queue, right.queue)),
    agents: listOf(settings.body, 'agents').map(readAgent),
    skills: listOf(skills.body, 'skills')
      .map(readSkill)
      .sort((left, right) => byName(left.name, right.name)),
    people: listOf(people.body, 'items').map(readPerson),
    phase: 'ready',
    problem: '',
    code: '',
  })
}

/** What came of a change: nothing wrong, or a sentence, and what is wrong with which field. */
export interface Outcome {
  ok: boolean
  problem: string
  code: string
  errors: Errors
}

async function changed(answer: Answer, done: string): Promise<Outcome> {
  if (answer.ok) {
    await readSetup()
    say(done)
    return { ok: true, problem: '', code: '', errors: {} }
  }
  const fields = Object.keys(answer.fields).length > 0
  const problem = fields ? 'The server does not accept what is marked above.' : refusalText(answer)
  return { ok: false, problem, code: answer.code, errors: answer.fields }
}

export async function saveQueue({ queue, ...settings }: QueueSettings): Promise<Outcome> {
  return changed(await ask(`/contact-centre/queues/${part(queue)}`, 'PUT', settings), `Queue ${queue} is saved.`)
}

export async function deleteQueue(queue: string): Promise<Outcome> {
  return changed(await ask(`/contact-centre/queues/${part(queue)}`, 'DELETE'), `Queue ${queue} is deleted.`)
}

export async function saveAgent({ extension, skills, queues }: AgentSettings, name: string): Promise<Outcome> {
  const answer = await ask(`/contact-centre/agents/${part(extension)}`, 'PUT', { skills, queues })
  return changed(answer, `${name} is saved.`)
}

export async function saveSkill({ name, description }: Skill): Promise<Outcome> {
  const answer = await ask(`/contact-centre/skills/${part(name)}`, 'PUT', { description: description || null })
  return changed(answer, `Skill ${name} is saved.`)
}

export async function deleteSkill(name: string): Promise<Outcome> {
  return changed(await ask(`/contact-centre/skills/${part(name)}`, 'DELETE'), `Skill ${name} is deleted.`)
}

/** Only what is filled in is sent: what is left out stays as it is. */
export async function savePerson({ extension, has_password: _, ...person }: Person): Promise<Outcome> {
  const filled = Object.fromEntries(
    Object.entries(person).flatMap(([key, value]) => (value.trim() ? [[key, value]] : [])),
  )
  return changed(await ask(`/directory/${part(extension)}`, 'PUT', filled), `${person.name} is saved.`)
}

export async function removePerson(extension: string, name: string): Promise<Outcome> {
  return changed(await ask(`/directory/${part(extension)}`, 'DELETE'), `${name} has left.`)
}

/** A link that signs in once, within 15 minutes; or why there is none. */
export async function signInLink(extension: string): Promise<{ link: string; problem: string }> {
  const answer = await ask(`/directory/${part(extension)}/sign-in-code`, 'POST')
  if (!answer.ok) return { link: '', problem: refusalText(answer) }
  return { link: text((answer.body as Record<string, unknown> | null)?.link), problem: '' }
}

interface Unsaved {
  /** What has changes that are not saved; empty: nothing. */
  what: string
}

/** One form is open at a time; leaving it with changes is asked about. */
export const useUnsaved = create<Unsaved>(() => ({ what: '' }))

function warn(event: BeforeUnloadEvent) {
  if (useUnsaved.getState().what !== '') event.preventDefault()
}

/** Asks before the page is closed with unsaved changes; returns how to stop. */
export function watchLeaving(): () => void {
  addEventListener('beforeunload', warn)
  return () => {
    removeEventListener('beforeunload', warn)
    useUnsaved.setState({ what: '' })
  }
}
