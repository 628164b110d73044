// All there is to know about one agent or extension, and what a supervisor may do: a status,
// a pause. Beside the board, not over it; Escape closes it and gives the focus back.

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { say } from '../lib/live.ts'
import type { AgentStatus } from '../lib/types.ts'
import { selectable, statusWords } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Banner, Spinner } from '../ui/parts.tsx'
import { mayAct, setPause, setStatus } from './actions.ts'
import type { AgentItem, ExtensionItem, MemberItem } from './items.ts'
import { believed, useHealth, useStaleSince, useWall } from './store.ts'
import { Today } from './Today.tsx'
import { since, useTicking } from './ticker.ts'
import { agentFace, extensionFace, type Face, nameOf, registrationOf, registrationText } from './view.ts'

interface DrawerProps {
  extension: string
  role: string
  onClose: () => void
}

export function Drawer({ extension, role, onClose }: DrawerProps) {
  const agent = useWall((wall) => wall.agents.get(extension))
  const item = useWall((wall) => wall.extensions.get(extension))
  const heading = useId()
  const close = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus comes here again for each other tile
  useEffect(() => close.current?.focus(), [extension])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    onClose()
  }
  const name = agent !== undefined ? nameOf(agent) : item !== undefined ? nameOf(item) : extension
  return (
    <section className="panel drawer" role="dialog" aria-labelledby={heading} onKeyDown={onKeyDown}>
      <header>
        <h2 className="grow cut" id={heading}>
          {name} <span className="num dim">{extension}</span>
        </h2>
        <button type="button" className="btn quiet icon" aria-label="Close details" ref={close} onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div className="drawer-body">
        <Stale />
        {agent !== undefined && <AgentPart agent={agent} item={item} />}
        {item !== undefined && <ExtensionPart item={item} />}
        {agent === undefined && item === undefined && <p className="aside-note">Nothing is known of it any more.</p>}
        {agent !== undefined && <Today extension={extension} since={agent.since} />}
        {mayAct(role) && <Actions key={extension} extension={extension} agent={agent} />}
      </div>
    </section>
  )
}

function Stale() {
  const stale = useStaleSince()
  if (stale === null) return null
  return <p className="warn-note">Not live: as of {timeOfDay(stale, true)}.</p>
}

function Since({ moment }: { moment: number | null }) {
  const skew = useWall((wall) => wall.skew)
  const own = moment === null ? null : moment - skew
  const text = useTicking<HTMLSpanElement>((now) => since(own, now))
  if (own === null) return null
  return (
    <>
      since {timeOfDay(own, true)}, <span className="num" ref={text} />
    </>
  )
}

function FaceLine({ face }: { face: Face }) {
  const tone = face.tone === 'none' ? '' : face.tone
  return (
    <p className={`st big ${tone}`}>
      <Icon name={face.icon} className={face.pulse ? 'pulse' : ''} />
      <b>{face.word}</b>
    </p>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function AgentPart({ agent, item }: { agent: AgentItem; item: ExtensionItem | undefined }) {
  const live = believed(useHealth())
  const registration = registrationOf(agent, item)
  return (
    <section aria-label="Agent">
      <h3>Agent</h3>
      <FaceLine face={agentFace(agent, item, live)} />
      <dl className="facts">
        <Fact term="Status">
          {statusWords[agent.status].word} <Since moment={agent.since} />
        </Fact>
        {agent.reason !== '' && <Fact term="Reason">{agent.reason}</Fact>}
        <Fact term="Set by">{agent.source || 'not told'}</Fact>
        {agent.stuck_at !== null && (
          <Fact term="Too long from">{timeOfDay(agent.stuck_at - useWall.getState().skew, true)}</Fact>
        )}
        <Fact term="Phone">
          {registrationText[registration]}
          {item !== undefined && item.registration !== 'unknown' && (
            <>
              {' '}
              <Since moment={item.registration_since} />
              {item.registration_reason !== '' && `, ${item.registration_reason}`}
            </>
          )}
        </Fact>
      </dl>
    </section>
  )
}

function ExtensionPart({ item }: { item: ExtensionItem }) {
  const live = believed(useHealth())
  return (
    <section aria-label="Extension">
      <h3>Extension</h3>
      <FaceLine face={extensionFace(item, live)} />
      <dl className="facts">
        <Fact term="Since">{item.since === null ? 'not known' : <Since moment={item.since} />}</Fact>
        <Fact term="Told by">
          {item.source || 'not told'}
          {item.event !== '' && <span className="dim"> ({item.event})</span>}
        </Fact>
        {item.peer !== '' && <Fact term="With">{item.peer}</Fact>}
        {item.call_id !== '' && (
          <Fact term="Call">
            <span className="mono">{item.call_id}</span>
          </Fact>
        )}
        {item.endpoint !== '' && (
          <Fact term="Endpoint">
            <span className="mono">{item.endpoint}</span>
          </Fact>
        )}
        {item.suspect && <Fact term="Doubtful">Call and AMI differ; the PBX is being asked</Fact>}
      </dl>
    </section>
  )
}

function useAction(done: string) {
  const [busy, setBusy] = useState('')
  const [failed, setFailed] = useState('')
  const go = async (name: string, act: () => Promise<string>) => {
    if (busy !== '') return
    setBusy(name)
    setFailed('')
    const problem = await act()
    setBusy('')
    setFailed(problem)
    if (problem === '') say(done)
  }
  return { busy, failed, go }
}

function Actions({ extension, agent }: { extension: string; agent: AgentItem | undefined }) {
  const members = useWall((wall) => wall.members.get(extension))
  const [reason, setReason] = useState('')
  const { busy, failed, go } = useAction('Stored.')
  const hub = useWall((wall) => wall.hub === 'open')
  const refused = hub ? '' : 'The hub is not reached'
  const status = (next: AgentStatus) => void go(next, () => setStatus(extension, next, reason.trim()))
  const pause = (queue: string, paused: boolean) =>
    void go(`pause ${queue}`, () => setPause(extension, queue, paused, reason.trim()))
  return (
    <section aria-label="Actions">
      <h3>Change</h3>
      {failed !== '' && (
        <Banner tone="bad" icon="alert" inline title="That was not done.">
          {failed}
        </Banner>
      )}
      <label className="field">
        <span>Reason, shown to the agent</span>
        <input className="in" value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
      </label>
      <fieldset className="status-set">
        <legend className="label">Status</legend>
        {selectable.map((one) => (
          <Action
            key={one}
            className="btn"
            aria-pressed={agent?.status === one}
            refused={refused}
            onClick={() => status(one)}
          >
            {busy === one ? <Spinner /> : <Icon name={statusWords[one].icon} />}
            {statusWords[one].word}
          </Action>
        ))}
      </fieldset>
      <h4>Queues</h4>
      <ul className="member-list">
        {[...(members?.values() ?? [])].map((member) => (
          <MemberRow key={member.queue} member={member} busy={busy} refused={refused} onPause={pause} />
        ))}
      </ul>
      {members === undefined && <p className="aside-note">The PBX shows no queue of this agent.</p>}
      <div className="all-queues">
        <Action className="btn" refused={refused} onClick={() => pause('', true)}>
          <Icon name="pause" />
          Pause in all queues
        </Action>
        <Action className="btn" refused={refused} onClick={() => pause('', false)}>
          <Icon name="play" />
          Unpause in all
        </Action>
      </div>
      <p className="dim">Who changes what is written down by the hub.</p>
    </section>
  )
}

const syncWords = {
  synced: { word: 'as wanted', tone: 'ok', icon: 'check' },
  pending: { word: 'not confirmed yet', tone: 'warn', icon: 'clock' },
  failed: { word: 'PBX refused', tone: 'bad', icon: 'alert' },
  untouched: { word: 'not ours', tone: '', icon: 'info' },
} as const

interface MemberRowProps {
  member: MemberItem
  busy: string
  refused: string
  onPause: (queue: string, paused: boolean) => void
}

function MemberRow({ member, busy, refused, onPause }: MemberRowProps) {
  const now = member.observed ?? member.wanted
  const paused = now?.paused === true
  const { word, tone, icon } = syncWords[member.state]
  return (
    <li>
      <span className="grow">
        <b>{member.queue}</b>
        <small>
          {paused ? `paused${now?.reason === '' ? '' : `: ${now?.reason}`}` : 'takes calls'}
          {member.in_call && ', in a call of it'}
          {member.error !== '' && <span className="bad-text"> · {member.error}</span>}
        </small>
      </span>
      <span className={`tag ${tone}`}>
        <Icon name={icon} />
        {word}
      </span>
      <Action
        className="btn"
        aria-label={`${paused ? 'Unpause' : 'Pause'} in ${member.queue}`}
        refused={refused}
        onClick={() => onPause(member.queue, !paused)}
      >
        {busy === `pause ${member.queue}` ? <Spinner /> : null}
        {paused ? 'Unpause' : 'Pause'}
      </Action>
    </li>
  )
}
