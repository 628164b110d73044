// Blind transfer: a colleague or a number, then one press. The call goes on
// here until the other side has taken it.

import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call, Presence } from '../lib/types.ts'
import { statusWords, whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Elapsed, Panel, Spinner } from '../ui/parts.tsx'
import { callName, firstName } from './names.ts'

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

export function TransferPanel({ call, onClose }: { call: Call; onClose: () => void }) {
  const phone = usePhone()
  const can = usePart((state) => state.can.blindTransfer)
  const known = usePart((state) => state.connection.events === 'Open')
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useId()
  const people = useColleagues(query)
  const picked = people[Math.min(at, people.length - 1)]
  const digits = query.replace(/[\s()-]/g, '')
  const target = /^\+?[0-9*#]{2,}$/.test(digits) ? digits : (picked?.extension ?? '')
  const busy = call.transfer === 'Requested' || call.transfer === 'Accepted'

  useEffect(() => field.current?.focus(), [])

  const transfer = (to: string) => {
    if (to !== '' && !busy) void run(phone, 'The call was not transferred.', phone.transfer.blind(call.id, to))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, people.length - 1))
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0))
    else if (event.key === 'Enter' && can.ok) transfer(target)
    else if (event.key === 'Escape') onClose()
    else return
    event.preventDefault()
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
            selected={agent === picked}
            onPick={() => transferPick(agent)}
          />
        ))}
      </div>
      {people.length === 0 && (
        <p className="aside-note">
          {query === '' ? 'No colleague has signed in yet. Type a number.' : 'No colleague of that name or extension.'}
        </p>
      )}
      <div className="go">
        <Action
          className="btn main primary"
          refused={busy ? '' : target === '' ? 'Choose a colleague or type a number first' : whyNot(can)}
          aria-busy={busy}
          onClick={() => transfer(target)}
        >
          {busy ? <Spinner /> : <Icon name="transfer" />}
          {busy ? `Transferring to ${call.transferTarget}…` : `Transfer${target === '' ? '' : ` to ${target}`}`}{' '}
          {!busy && <kbd>Enter</kbd>}
        </Action>
        <p className="dim">Blind: {firstName(call)} hears ringing at once. If it fails, you have the call back.</p>
      </div>
    </Panel>
  )

  function transferPick(agent: Presence) {
    setAt(people.indexOf(agent))
    field.current?.focus()
  }
}

function Colleague({
  id,
  agent,
  selected,
  onPick,
}: {
  id: string
  agent: Presence
  selected: boolean
  onPick: () => void
}) {
  const { word, icon, tone } = statusWords[agent.status]
  return (
    // The field keeps the focus and names the option by aria-activedescendant.
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div className="person" id={id} role="option" aria-selected={selected} onClick={onPick}>
      <span className={`st ${tone}`}>
        <Icon name={icon} className={agent.status === 'ON_CALL' ? 'pulse' : ''} />
      </span>
      <span className="grow">
        <b className="cut">{agent.name || agent.extension}</b>
        <small className="cut">
          {word} · <Elapsed since={agent.since} />
        </small>
      </span>
      <span className="num dim">{agent.extension}</span>
    </div>
  )
}
