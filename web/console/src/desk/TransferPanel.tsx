// Transfer: a colleague or a number, blind or after asking first. The call goes
// on here until the other side has taken it.

import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { create } from 'zustand'
import { wantFocus } from '../lib/focus.ts'
import { phoneNumber } from '../lib/format.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call, Presence } from '../lib/types.ts'
import { statusWords, whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Elapsed, Panel, Spinner } from '../ui/parts.tsx'
import type { Face } from '../wall/view.ts'
import { callName, firstName } from './names.ts'
import { type FaceOf, useFaces } from './useFaces.ts'

type Kind = 'blind' | 'consult'

/** The kind that was chosen last, for as long as the page lives. */
const useKind = create<{ kind: Kind }>(() => ({ kind: 'consult' }))

/** Free first, then by name; others follow in the same order. */
function order(left: Presence, right: Presence): number {
  const free = Number(right.status === 'ONLINE') - Number(left.status === 'ONLINE')
  return free || (left.name || left.extension).localeCompare(right.name || right.extension)
}

function useColleagues(query: string): readonly Presence[] {
  const { account } = useLine()
  const agents = usePart((state) => state.agents)
  return useMemo(() => {
    const wanted = query.trim().toLowerCase()
    return agents
      .toArray()
      .filter((agent) => agent.extension !== account.session.extension)
      .filter((agent) => agent.extension.startsWith(wanted) || (agent.name ?? '').toLowerCase().includes(wanted))
      .sort(order)
      .slice(0, 8)
  }, [agents, query, account])
}

/** Who is meant: the number that was typed, else the colleague who is picked. */
function useTarget(query: string, picked: Presence | undefined, faceOf: FaceOf) {
  const agents = usePart((state) => state.agents)
  const known = usePart((state) => state.connection.events === 'Open')
  const digits = query.replace(/[\s()-]/g, '')
  const number = /^\+?[0-9*#]{2,}$/.test(digits) ? digits : (picked?.extension ?? '')
  const colleague = number === '' ? undefined : agents.get(number)
  const name = colleague?.name || phoneNumber(number)
  const who = number === '' ? '' : firstName({ name, contactName: null }, phoneNumber(number))
  const away = known && colleague !== undefined && colleague.status !== 'ONLINE'
  const face = known && !away && colleague !== undefined ? faceOf(colleague) : null
  return {
    number,
    who,
    warning: face === null ? '' : lineWarning(who, face),
    unchecked: number !== '' && (colleague === undefined || !known),
    refused: away ? `${who} does not take calls now (${statusWords[colleague.status].word}): choose somebody else` : '',
  }
}

/** What the colleague's telephone does, where that stands in the way. The status alone refuses. */
function lineWarning(who: string, face: Face): string {
  if (face.group === 'on_call' || face.group === 'hold') return `${who} is on a call and may not answer.`
  if (face.group === 'ringing') return `Another call rings at ${who}.`
  if (face.word === 'No phone') return `${who} has no phone just now: nobody would answer.`
  return ''
}

export function TransferPanel({ call, onClose }: { call: Call; onClose: () => void }) {
  const phone = usePhone()
  const { kind } = useKind()
  const can = usePart((state) => state.can)
  const known = usePart((state) => state.connection.events === 'Open')
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const [checking, setChecking] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const list = useId()
  const people = useColleagues(query)
  const picked = people[Math.min(at, people.length - 1)]
  const faceOf = useFaces()
  const target = useTarget(query, picked, faceOf)
  const busy = checking || call.transfer === 'Requested' || call.transfer === 'Accepted'
  const verdict = kind === 'blind' ? can.blindTransfer : can.attendedTransfer
  const nobody = target.number === '' ? 'Choose a colleague or type a number first' : ''
  const refused = nobody || whyNot(verdict) || target.refused

  useEffect(() => field.current?.focus(), [])

  const go = async () => {
    if (busy || refused !== '') return
    setChecking(true)
    if (kind === 'consult') wantFocus('consult')
    const done =
      kind === 'blind'
        ? await run(phone, 'The call was not transferred.', phone.transfer.blind(call.id, target.number))
        : await run(phone, `${target.who} was not called.`, phone.transfer.attended(call.id, target.number))
    setChecking(false)
    if (done) onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, people.length - 1))
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0))
    else if (event.key === 'Enter') void go()
    else if (event.key === 'Escape') onClose()
    else return
    event.preventDefault()
  }
  const pick = (agent: Presence) => {
    setAt(people.indexOf(agent))
    field.current?.focus()
  }

  return (
    <Panel
      icon="transfer"
      className="xfer"
      title={`Transfer ${callName(call)}`}
      aside={
        <button type="button" className="btn quiet icon" aria-label="Close transfer" onClick={onClose}>
          <Icon name="x" />
        </button>
      }
    >
      <div className="body">
        <KindChoice kind={kind} />
        <div className="search">
          <Icon name="search" />
          <input
            className="in"
            ref={field}
            role="combobox"
            aria-label="Transfer to"
            aria-expanded={people.length > 0}
            aria-controls={list}
            aria-activedescendant={picked === undefined ? undefined : `${list}-${picked.extension}`}
            placeholder="Name, extension or number"
            autoComplete="off"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              setAt(0)
            }}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      {!known && <p className="aside-note">Last known; the server is away, so this may have changed.</p>}
      <div className="people" role="listbox" id={list} aria-label="Colleagues">
        {people.map((agent) => (
          <Colleague
            key={agent.extension}
            id={`${list}-${agent.extension}`}
            agent={agent}
            face={faceOf(agent)}
            selected={agent === picked}
            onPick={() => pick(agent)}
          />
        ))}
      </div>
      {people.length === 0 && (
        <p className="aside-note">
          {query === '' ? 'No colleague has signed in yet. Type a number.' : 'No colleague of that name or extension.'}
        </p>
      )}
      <div className="go">
        <Action className="btn main primary" refused={busy ? '' : refused} aria-busy={busy} onClick={() => void go()}>
          {busy ? <Spinner /> : <Icon name={kind === 'blind' ? 'transfer' : 'phone'} />}
          {goWord(kind, target.who, busy)} {!busy && <kbd>Enter</kbd>}
        </Action>
        {target.refused !== '' && !busy ? (
          <p className="warn-note">
            <Icon name="no" />
            {target.refused}.
          </p>
        ) : target.unchecked ? (
          <p className="warn-note">
            <Icon name="unknown" />
            Nobody can tell whether somebody answers at {target.who}.
          </p>
        ) : target.warning !== '' && !busy ? (
          <p className="warn-note">
            <Icon name="alert" />
            {target.warning}
          </p>
        ) : (
          <p className="dim">
            {kind === 'blind'
              ? `${sentence(firstName(call))} hears ringing at once. If it fails, you have the call back.`
              : `${sentence(firstName(call))} waits on hold until you complete.`}
          </p>
        )}
      </div>
    </Panel>
  )
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function goWord(kind: Kind, who: string, busy: boolean): string {
  if (kind === 'blind') return busy ? `Transferring to ${who}…` : who === '' ? 'Transfer' : `Transfer to ${who}`
  return busy ? `Calling ${who}…` : who === '' ? 'Call first' : `Call ${who} first`
}

function KindChoice({ kind }: { kind: Kind }) {
  const set = (next: Kind) => useKind.setState({ kind: next })
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(event.key)) return
    event.preventDefault()
    set(kind === 'blind' ? 'consult' : 'blind')
    const other = event.currentTarget.querySelector<HTMLButtonElement>('[aria-checked="false"]')
    other?.focus()
  }
  const one = (value: Kind, word: string) => (
    // biome-ignore lint/a11y/useSemanticElements: two big halves, not bare dots
    <button
      type="button"
      role="radio"
      aria-checked={kind === value}
      tabIndex={kind === value ? 0 : -1}
      onClick={() => set(value)}
    >
      {word}
    </button>
  )
  return (
    <div className="seg full" role="radiogroup" aria-label="Kind of transfer" onKeyDown={onKeyDown}>
      {one('blind', 'Blind')}
      {one('consult', 'Consult first')}
    </div>
  )
}

function Colleague({
  id,
  agent,
  face: { word, icon, tone, pulse, since },
  selected,
  onPick,
}: {
  id: string
  agent: Presence
  face: Face
  selected: boolean
  onPick: () => void
}) {
  return (
    // The field keeps the focus and names the option by aria-activedescendant.
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div className="person" id={id} role="option" aria-selected={selected} onClick={onPick}>
      <span className={`st ${tone}`}>
        <Icon name={icon} className={pulse ? 'pulse' : ''} />
      </span>
      <span className="grow">
        <b className="cut">{agent.name || agent.extension}</b>
        <small className="cut">
          {word} · <Elapsed since={since} />
        </small>
      </span>
      <span className="num dim">{agent.extension}</span>
    </div>
  )
}
