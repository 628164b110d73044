// Set-up: queues, agents' skills and queues, skills, and who may sign in. A list on the left, one form on the right; what is not saved is
// asked about before anything else takes its place.

import { type ReactNode, useEffect, useState } from 'react'
import { useSubpage } from '../lib/route.ts'
import { Ask } from '../ui/Ask.tsx'
import { Icon } from '../ui/icons.tsx'
import { Banner, Spinner } from '../ui/parts.tsx'
import { useWall } from '../wall/store.ts'
import { useFeed } from '../wall/useFeed.ts'
import { AgentForm } from './AgentForm.tsx'
import { PersonForm } from './PersonForm.tsx'
import { newPerson } from './people.ts'
import { QueueForm } from './QueueForm.tsx'
import { SkillForm } from './Skills.tsx'
import { newQueue } from './settings.ts'
import { readSetup, useSetup, useUnsaved, watchLeaving } from './store.ts'

const tabs = [
  ['queues', 'Queues', 'a queue'],
  ['agents', 'Agents', 'an agent'],
  ['skills', 'Skills', 'a skill'],
  ['people', 'People', 'a person'],
] as const
type Tab = (typeof tabs)[number][0]

/** The place of a form that has no name yet. */
const fresh = '+'

const addressOf = (tab: Tab, name = '') => `#/admin/${tab}${name === '' ? '' : `/${encodeURIComponent(name)}`}`

export function Admin() {
  useFeed()
  useEffect(() => {
    void readSetup()
    return watchLeaving()
  }, [])
  const [place = '', ...rest] = useSubpage().split('/')
  const tab = tabs.find(([name]) => name === place)?.[0] ?? 'queues'
  const chosen = rest.join('/')
  const phase = useSetup((setup) => setup.phase)
  const { go, question } = useLeaving()
  return (
    <main>
      <h1 className="sr">Set-up</h1>
      <Failure />
      <nav className="seg tabs" aria-label="Set-up">
        {tabs.map(([name, word]) => (
          <a
            key={name}
            href={addressOf(name)}
            onClick={(event) => {
              event.preventDefault()
              go(addressOf(name))
            }}
            {...(name === tab ? { 'aria-current': 'page' as const } : {})}
          >
            {word}
          </a>
        ))}
      </nav>
      {phase === 'reading' ? (
        <p className="starting">
          <Spinner />
          Reading what is set up…
        </p>
      ) : (
        <div className="two">
          <List tab={tab} chosen={chosen} go={go} />
          <Form key={`${tab} ${chosen}`} tab={tab} chosen={chosen} />
        </div>
      )}
      {question}
    </main>
  )
}

function Failure() {
  const { phase, problem, code } = useSetup()
  if (phase !== 'failed') return null
  return (
    <Banner
      tone="bad"
      icon="alert"
      title="What is set up could not be read."
      code={code}
      actions={
        <button type="button" className="btn" onClick={() => void readSetup()}>
          Try again
        </button>
      }
    >
      {problem}
    </Banner>
  )
}

/** To another form, after a question when this one has changes. */
function useLeaving(): { go: (address: string) => void; question: ReactNode } {
  const [wanted, setWanted] = useState('')
  const what = useUnsaved((unsaved) => unsaved.what)
  const leave = (address: string) => {
    location.hash = address
    setWanted('')
  }
  const go = (address: string) => {
    if (location.hash === address) return
    if (useUnsaved.getState().what === '') leave(address)
    else setWanted(address)
  }
  const question = wanted !== '' && (
    <Ask
      title="Discard the changes?"
      yes="Discard"
      danger
      onYes={() => {
        useUnsaved.setState({ what: '' })
        leave(wanted)
      }}
      onClose={() => setWanted('')}
    >
      <p>The changes of {what} are not saved.</p>
    </Ask>
  )
  return { go, question }
}

/** No more than this many are listed; the others are found by typing. */
const most = 250

function List({ tab, chosen, go }: { tab: Tab; chosen: string; go: (address: string) => void }) {
  const [search, setSearch] = useState('')
  const rows = useRows(tab)
  const wanted = search.trim().toLowerCase()
  const found = rows.filter(({ key, word }) => `${key} ${word}`.toLowerCase().includes(wanted))
  const [, title, one] = tabs.find(([name]) => name === tab) ?? tabs[0]
  return (
    <section className="panel list" aria-label={title}>
      <header>
        <h2 className="grow">
          {title} · {rows.length}
        </h2>
        {tab !== 'agents' && (
          <button type="button" className="btn" onClick={() => go(addressOf(tab, fresh))}>
            <Icon name="plus" />
            Add
          </button>
        )}
      </header>
      <div className="search">
        <Icon name="search" />
        <input
          className="in"
          type="search"
          aria-label={`Find ${one}`}
          placeholder="Find…"
          autoComplete="off"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {found.length === 0 ? (
        <p className="aside-note">{rows.length === 0 ? nothingYet[tab] : 'Nothing like that.'}</p>
      ) : (
        <ul>
          {found.slice(0, most).map(({ key, word, note }) => (
            <li key={key}>
              <button
                type="button"
                {...(key === chosen ? { 'aria-current': true } : {})}
                onClick={() => go(addressOf(tab, key))}
              >
                <b className="cut">{word}</b>
                <small className="cut">{note}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {found.length > most && <p className="foot">{found.length - most} more: type to find them.</p>}
    </section>
  )
}

const nothingYet: Record<Tab, string> = {
  queues: 'No queue is set up yet. Add the first one.',
  agents: 'The hub knows no agent yet. Add somebody under People.',
  skills: 'No skill yet. Add one, then ask for it in a queue.',
  people: 'Nobody may sign in yet. Add the first person.',
}

interface Row {
  key: string
  word: string
  note: string
}

function useRows(tab: Tab): readonly Row[] {
  const { queues, agents, skills, people: directory } = useSetup()
  const people = useWall((wall) => wall.agents)
  if (tab === 'people')
    return directory.map(({ extension, name, role }) => ({
      key: extension,
      word: name,
      note: `${extension} · ${role}`,
    }))
  if (tab === 'queues')
    return queues.map((queue) => ({
      key: queue.queue,
      word: queue.queue,
      note: `${queue.open ? 'open' : 'closed'} · ${queue.mode === 'offhook' ? 'Offhook routes' : 'Asterisk routes'}`,
    }))
  if (tab === 'skills') return skills.map(({ name, description }) => ({ key: name, word: name, note: description }))
  const known = new Map(agents.map((agent) => [agent.extension, agent]))
  const names = new Map(directory.map(({ extension, name }) => [extension, name]))
  const all = new Set([...known.keys(), ...people.keys(), ...names.keys()])
  return [...all].sort().map((extension) => {
    const served = known.get(extension)?.queues.map(({ queue }) => queue) ?? []
    return {
      key: extension,
      word: people.get(extension)?.name || names.get(extension) || extension,
      note: `${extension} · ${served.join(', ') || 'no queue'}`,
    }
  })
}

function Form({ tab, chosen }: { tab: Tab; chosen: string }) {
  const { queues, agents, skills, people } = useSetup()
  const person = people.find(({ extension }) => extension === chosen)
  const name = useWall((wall) => wall.agents.get(chosen)?.name ?? '') || (person?.name ?? '')
  const known = useWall((wall) => wall.agents.has(chosen)) || person !== undefined
  const done = (next: string) => {
    useUnsaved.setState({ what: '' })
    location.hash = addressOf(tab, next)
  }
  const isNew = chosen === fresh
  if (tab === 'queues') {
    const stored = isNew ? newQueue : queues.find(({ queue }) => queue === chosen)
    if (stored !== undefined)
      return <QueueForm key={JSON.stringify(stored)} stored={stored} isNew={isNew} onDone={done} />
  }
  if (tab === 'skills') {
    const stored = isNew ? { name: '', description: '' } : skills.find((skill) => skill.name === chosen)
    if (stored !== undefined)
      return <SkillForm key={JSON.stringify(stored)} stored={stored} isNew={isNew} onDone={done} />
  }
  if (tab === 'people') {
    const stored = isNew ? newPerson : people.find(({ extension }) => extension === chosen)
    if (stored !== undefined)
      return <PersonForm key={JSON.stringify(stored)} stored={stored} isNew={isNew} onDone={done} />
  }
  if (tab === 'agents') {
    const stored = agents.find(({ extension }) => extension === chosen)
    if (stored !== undefined || known) {
      const agent = stored ?? { extension: chosen, skills: [], queues: [] }
      return <AgentForm key={JSON.stringify(agent)} stored={agent} name={name || chosen} />
    }
  }
  return (
    <section className="panel form">
      <div className="empty">
        <Icon name="list" />
        <strong>{chosen === '' ? 'Choose on the left' : 'It is not there any more'}</strong>
        <p>
          {chosen === '' ? 'Its settings appear here, each with what it means and its default.' : 'Choose another.'}
        </p>
      </div>
    </section>
  )
}
