// The settings of queues, agents and skills: read, checked against each other,
// stored, and told whole to who listens (the engine). It decides nothing about
// calls; what each field means stands in docs/queues.md.
import { asc, eq, inArray } from 'drizzle-orm'
import { agentExists } from '../agents.js'
import { type Actor, note } from '../audit.js'
import type { Db, Tx } from '../database.js'
import { Problem } from '../problem.js'
import { agent_skills, agents, queue_agents, queues, skills } from '../schema.js'
import {
  type AgentSettingsWire,
  QUEUE_DEFAULTS,
  type QueueSettingsWire,
  type SettingsWire,
} from './settings_schemas.js'

const QUEUES_MAX = 1_000

export const queueUnknown = (queue: string, status = 404) =>
  new Problem(status, 'queue_unknown', 'No such queue', `There is no queue ${queue}.`)
export const skillUnknown = (skill: string, status = 404) =>
  new Problem(
    status,
    'skill_unknown',
    'No such skill',
    `There is no skill ${skill}. PUT /contact-centre/skills/… makes it.`,
  )
const invalid = (code: string, detail: string) => new Problem(422, code, 'Not possible', detail)
const inUse = (code: string, detail: string) => new Problem(409, code, 'In use', detail)

/** What an administrator sends of one queue. */
export type QueueInput = Partial<Omit<QueueSettingsWire, 'queue'>>
export interface AgentInput {
  skills?: { skill: string; level: number }[]
  queues?: { queue: string; penalty?: number; position?: number; weight?: number }[]
}

export class AcdSettings {
  readonly #db: Db
  readonly #now: () => number
  #cache: SettingsWire = { queues: [], agents: [] }
  /** Called with everything after each change, in order. */
  onChanged: (settings: SettingsWire) => void = () => {}
  #tail: Promise<unknown> = Promise.resolve()

  constructor(db: Db, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** As it was last read; `load` first. */
  get current(): SettingsWire {
    return this.#cache
  }

  /** The queues an agent serves. */
  queuesOf(extension: string | null): string[] {
    return this.#cache.agents.find((agent) => agent.extension === extension)?.queues.map(({ queue }) => queue) ?? []
  }

  queue(name: string): QueueSettingsWire | undefined {
    return this.#cache.queues.find(({ queue }) => queue === name)
  }

  /** One queue's settings, or 404. */
  need(name: string): QueueSettingsWire {
    const queue = this.queue(name)
    if (!queue) throw queueUnknown(name)
    return queue
  }

  agent(extension: string): AgentSettingsWire {
    return this.#cache.agents.find((agent) => agent.extension === extension) ?? { extension, skills: [], queues: [] }
  }

  /** Reads everything; tells who listens when it is not what it was. */
  async load(): Promise<SettingsWire> {
    const next = await readAll(this.#db)
    const changed = JSON.stringify(next) !== JSON.stringify(this.#cache)
    this.#cache = next
    if (changed) this.onChanged(next)
    return next
  }

  /** One change after another: what is told last is what is stored. */
  #change<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
    const run = this.#tail.then(async () => {
      const result = await this.#db.transaction(work)
      await this.load()
      return result
    })
    this.#tail = run.catch(() => {})
    return run
  }

  /** Stores a queue; a field that is left out has its default. */
  async putQueue(name: string, input: QueueInput, actor: Actor): Promise<QueueSettingsWire> {
    const settings: QueueSettingsWire = { queue: name, ...QUEUE_DEFAULTS, ...known(input) }
    checkQueue(settings)
    return this.#change(async (tx) => {
      const all = await tx.select({ queue: queues.queue, settings: queues.settings }).from(queues)
      const before = all.find(({ queue }) => queue === name)
      if (!before && all.length >= QUEUES_MAX)
        throw invalid('too_many_queues', `There may be at most ${QUEUES_MAX} queues.`)
      await checkTargets(tx, settings, [...all.map(({ queue }) => queue), name])
      checkCircle(name, settings, all)
      const { queue: _name, ...stored } = settings
      const now = this.#now()
      await tx
        .insert(queues)
        .values({ queue: name, settings: stored, created_at: now, updated_at: now })
        .onConflictDoUpdate({ target: queues.queue, set: { settings: stored, updated_at: now } })
      const entry = { actor, action: 'queue.put', extension: '' }
      await note(tx, now, { ...entry, before: before?.settings ?? null, after: { queue: name, ...stored } })
      return settings
    })
  }

  /** Removes a queue and its agents; 409 while another overflows into it. */
  async deleteQueue(name: string, actor: Actor): Promise<void> {
    return this.#change(async (tx) => {
      const all = await tx.select({ queue: queues.queue, settings: queues.settings }).from(queues)
      const before = all.find(({ queue }) => queue === name)
      if (!before) throw queueUnknown(name)
      const from = all.find(({ settings }) => overflowsTo(settings) === name)
      if (from) throw inUse('queue_in_use', `Queue ${from.queue} overflows into ${name}. Change its overflow first.`)
      await tx.delete(queues).where(eq(queues.queue, name))
      await note(tx, this.#now(), {
        actor,
        action: 'queue.delete',
        extension: '',
        before: { queue: name, ...before.settings },
      })
    })
  }

  /** Stores what an agent can do and which queues it serves, both whole; what is left out stays. */
  async putAgent(extension: string, input: AgentInput, actor: Actor): Promise<AgentSettingsWire> {
    noDoubles(input.skills?.map(({ skill }) => skill) ?? [], 'skill')
    noDoubles(input.queues?.map(({ queue }) => queue) ?? [], 'queue')
    await this.#change(async (tx) => {
      if (!(await agentExists(tx as unknown as Db, extension))) {
        throw new Problem(404, 'agent_unknown', 'No such agent', `There is no agent ${extension}.`)
      }
      if (input.skills) await this.#putSkills(tx, extension, input.skills)
      if (input.queues) await this.#putMemberships(tx, extension, input.queues)
      const after = { skills: input.skills, queues: input.queues }
      await note(tx, this.#now(), { actor, action: 'agent.settings', extension, before: this.agent(extension), after })
    })
    return this.agent(extension)
  }

  async #putSkills(tx: Tx, extension: string, list: NonNullable<AgentInput['skills']>): Promise<void> {
    await needSkills(
      tx,
      list.map(({ skill }) => skill),
    )
    await tx.delete(agent_skills).where(eq(agent_skills.extension, extension))
    if (list.length > 0) {
      await tx.insert(agent_skills).values(list.map(({ skill, level }) => ({ extension, skill, level })))
    }
  }

  async #putMemberships(tx: Tx, extension: string, list: NonNullable<AgentInput['queues']>): Promise<void> {
    const there = (await tx.select({ queue: queues.queue }).from(queues)).map(({ queue }) => queue)
    for (const { queue } of list) if (!there.includes(queue)) throw queueUnknown(queue, 422)
    await tx.delete(queue_agents).where(eq(queue_agents.extension, extension))
    if (list.length === 0) return
    const rows = list.map(({ queue, penalty = 0, position = 1, weight = 1 }) => ({
      extension,
      queue,
      penalty,
      position,
      weight,
    }))
    await tx.insert(queue_agents).values(rows)
  }

  async listSkills(): Promise<{ name: string; description: string | null }[]> {
    return this.#db
      .select({ name: skills.name, description: skills.description })
      .from(skills)
      .orderBy(asc(skills.name))
  }

  async putSkill(name: string, description: string | null, actor: Actor) {
    return this.#change(async (tx) => {
      const row = { name, description, created_at: this.#now() }
      await tx.insert(skills).values(row).onConflictDoUpdate({ target: skills.name, set: { description } })
      await note(tx, this.#now(), { actor, action: 'skill.put', extension: '', after: { name, description } })
      return { name, description }
    })
  }

  /** Removes a skill, from the agents too; 409 while a queue asks for it. */
  async deleteSkill(name: string, actor: Actor): Promise<void> {
    return this.#change(async (tx) => {
      const [row] = await tx.select().from(skills).where(eq(skills.name, name))
      if (!row) throw skillUnknown(name)
      const from = this.#cache.queues.find((queue) => skillsOf(queue).includes(name))
      if (from) throw inUse('skill_in_use', `Queue ${from.queue} asks for ${name}. Change the queue first.`)
      await tx.delete(skills).where(eq(skills.name, name))
      await note(tx, this.#now(), { actor, action: 'skill.delete', extension: '', before: { name } })
    })
  }
}

async function readAll(db: Db): Promise<SettingsWire> {
  const rows = await db.select().from(queues).orderBy(asc(queues.queue))
  const members = await db
    .select({
      extension: queue_agents.extension,
      queue: queue_agents.queue,
      penalty: queue_agents.penalty,
      position: queue_agents.position,
      weight: queue_agents.weight,
    })
    .from(queue_agents)
    .innerJoin(agents, eq(agents.extension, queue_agents.extension))
    .orderBy(asc(queue_agents.extension), asc(queue_agents.queue))
  const levels = await db
    .select({ extension: agent_skills.extension, skill: agent_skills.skill, level: agent_skills.level })
    .from(agent_skills)
    .innerJoin(agents, eq(agents.extension, agent_skills.extension))
    .orderBy(asc(agent_skills.extension), asc(agent_skills.skill))
  const byExtension = new Map<string, AgentSettingsWire>()
  const of = (extension: string) => {
    const one = byExtension.get(extension) ?? { extension, skills: [], queues: [] }
    byExtension.set(extension, one)
    return one
  }
  for (const { extension, ...skill } of levels) of(extension).skills.push(skill)
  for (const { extension, ...queue } of members) of(extension).queues.push(queue)
  return {
    // A setting that a newer version adds has its default in a row of an older one.
    queues: rows.map(({ queue, settings }) => ({ queue, ...QUEUE_DEFAULTS, ...settings }) as QueueSettingsWire),
    agents: [...byExtension.values()].sort((a, b) => (a.extension < b.extension ? -1 : 1)),
  }
}

const known = (input: QueueInput): QueueInput =>
  Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== undefined && name in QUEUE_DEFAULTS),
  ) as QueueInput

const skillsOf = (queue: QueueSettingsWire): string[] =>
  [...queue.skills, ...queue.relaxation.flatMap((step) => step.skills)].map(({ skill }) => skill)

const overflowsTo = (settings: Record<string, unknown>): string | null => {
  const { kind, target } = (settings.overflow ?? {}) as { kind?: string; target?: string }
  return kind === 'queue' ? (target ?? null) : null
}

/** What one field of a queue says against another. */
function checkQueue({ queue, overflow, relaxation, skills: wanted, wrap_up }: QueueSettingsWire): void {
  if (['queue', 'external', 'announce'].includes(overflow.kind) && overflow.target === '') {
    throw invalid('overflow_target', `An overflow to ${overflow.kind} needs a target.`)
  }
  if (overflow.kind === 'external' && !/^(?=.{2,39}$)\+?[0-9]+$/.test(overflow.target)) {
    throw invalid('overflow_target', 'An overflow to an external number needs 2 to 39 digits, and may begin with +.')
  }
  if (overflowsTo({ overflow }) === queue) throw invalid('overflow_target', 'A queue cannot overflow into itself.')
  if (wrap_up.mode === 'timed' && wrap_up.ms === 0) throw invalid('wrap_up', 'A timed wrap-up needs a time above 0.')
  for (const [i, step] of relaxation.entries()) {
    const before = relaxation[i - 1]
    if (before && step.after_ms <= before.after_ms) {
      throw invalid('relaxation', 'The steps of the relaxation must come one after another: after_ms has to rise.')
    }
    noDoubles(
      step.skills.map(({ skill }) => skill),
      'skill',
    )
  }
  noDoubles(
    wanted.map(({ skill }) => skill),
    'skill',
  )
}

async function checkTargets(tx: Tx, settings: QueueSettingsWire, names: string[]): Promise<void> {
  const target = overflowsTo(settings)
  if (target !== null && !names.includes(target)) throw queueUnknown(target, 422)
  await needSkills(tx, skillsOf(settings))
}

/** A call may not overflow for ever. */
function checkCircle(
  name: string,
  settings: QueueSettingsWire,
  all: { queue: string; settings: Record<string, unknown> }[],
): void {
  const next = new Map(all.map((row) => [row.queue, overflowsTo(row.settings)]))
  next.set(name, overflowsTo(settings))
  const seen = [name]
  for (let at = next.get(name) ?? null; at !== null; at = next.get(at) ?? null) {
    if (seen.includes(at)) throw invalid('overflow_circle', `The overflows go round: ${[...seen, at].join(' → ')}.`)
    seen.push(at)
  }
}

async function needSkills(tx: Tx, names: string[]): Promise<void> {
  if (names.length === 0) return
  const rows = await tx.select({ name: skills.name }).from(skills).where(inArray(skills.name, names))
  const missing = names.find((name) => !rows.some((row) => row.name === name))
  if (missing !== undefined) throw skillUnknown(missing, 422)
}

function noDoubles(names: string[], what: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw invalid('named_twice', `The ${what} ${twice} is named twice.`)
}
