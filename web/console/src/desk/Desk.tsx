// The agent's page. The call comes first: the middle column is the call, and
// in a side panel it is the first card under the status.

import { useEffect, useRef, useState } from 'react'
import { useLine, usePart } from '../lib/phone.ts'
import type { Call, State } from '../lib/types.ts'
import { CallCard } from './CallCard.tsx'
import { BareWrapUp, useCentreWrapUp } from './CentreWrapUp.tsx'
import { ConferenceCard } from './ConferenceCard.tsx'
import { ConsultCard } from './ConsultCard.tsx'
import { isOffer, useCentreFeed, useOwnAgent, useOwnOffer } from './centre.ts'
import { DialPad } from './DialPad.tsx'
import { HeldCall } from './HeldCall.tsx'
import { MyQueues } from './MyQueues.tsx'
import { CallNotes } from './Notes.tsx'
import { Banners } from './Notices.tsx'
import { inTalk, offered } from './names.ts'
import { OfferCard } from './OfferCard.tsx'
import { OutboxPanel } from './Outbox.tsx'
import { CoolDown, useRememberedOffer } from './QueueOffer.tsx'
import { RecentCalls } from './RecentCalls.tsx'
import { SimulationPanel } from './SimulationPanel.tsx'
import { StatusMenu } from './StatusMenu.tsx'
import { TransferPanel } from './TransferPanel.tsx'
import { Unfinished } from './Unfinished.tsx'
import { WhyPanel } from './WhyPanel.tsx'
import { WrapUp } from './WrapUp.tsx'

export function Desk() {
  const { simulation } = useLine()
  // Its customers call the tab that has the telephone.
  const here = usePart((state) => state.tab.state === 'Leader' || state.tab.state === 'Alone')
  useCentreFeed()
  useRememberedOffer()
  const scene = useScene()
  const transfer = useTransferPanel(scene.together ? undefined : scene.active)
  return (
    <main>
      <h1 className="sr">Desk</h1>
      <Banners />
      <div className="cols">
        <div className="left">
          <StatusMenu />
        </div>
        <Middle scene={scene} transfer={transfer} />
        <div className="right">
          {transfer.open && scene.active !== undefined && scene.together === null && (
            <TransferPanel call={scene.active} onClose={transfer.close} />
          )}
          <OutboxPanel />
          <RecentCalls />
          {simulation !== null && here && <SimulationPanel simulation={simulation} />}
        </div>
        <div className="left2">
          <WhyPanel />
          <MyQueues />
        </div>
      </div>
    </main>
  )
}

interface Scene {
  offers: readonly Call[]
  active: Call | undefined
  held: readonly Call[]
  /** A consultation, or a conference that is none: one card for both calls. */
  together: { kind: 'consult' | 'conference'; first: Call; second: Call | undefined } | null
  /** A call that has just ended without an answer, shown for the moment it lingers. */
  ended: Call | undefined
}

function useScene(): Scene {
  const calls = usePart((state) => state.calls)
  const activeId = usePart((state) => state.activeCallId)
  const consult = usePart((state) => state.consult)
  const conference = usePart((state) => state.conference)
  const all = Object.values(calls)
  const talk = (id: string | null) => {
    const call = id === null ? undefined : calls[id]
    return call !== undefined && inTalk(call) ? call : undefined
  }
  const customer = consult.state === 'Idle' ? undefined : talk(consult.callId)
  const [first, second] =
    conference.state === 'Merged' || conference.state === 'Splitting'
      ? [talk(conference.callId), talk(conference.otherCallId)]
      : []
  const together: Scene['together'] =
    customer !== undefined
      ? { kind: 'consult', first: customer, second: talk(consult.consultCallId) }
      : first !== undefined && second !== undefined
        ? { kind: 'conference', first, second }
        : null
  const shown = (call: Call) => call === together?.first || call === together?.second
  const active =
    together?.first ??
    all.find((call) => call.id === activeId && inTalk(call)) ??
    all.find((call) => inTalk(call) && call.hold === 'Off')
  const held = all.filter((call) => inTalk(call) && call !== active && !shown(call))
  const ended = all.filter((call) => call.state === 'Ended' && call.connectedAt === null).at(-1)
  return { offers: all.filter(offered), active, held, together, ended }
}

/** The panel closes with its call, and gives the focus back to its opener. */
function useTransferPanel(active: Call | undefined) {
  const [openFor, setOpenFor] = useState('')
  const opener = useRef<Element | null>(null)
  const open = active !== undefined && active.id === openFor
  const close = () => {
    setOpenFor('')
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus()
  }
  const toggle = () => {
    if (open) return close()
    opener.current = document.activeElement
    setOpenFor(active?.id ?? '')
  }
  return { open, close, toggle }
}

function Middle({ scene, transfer }: { scene: Scene; transfer: ReturnType<typeof useTransferPanel> }) {
  const { offers, active, held, together, ended } = scene
  const drafts = usePart((state) => state.drafts)
  const wrapUpId = usePart(wrapUpOf)
  const offer = useOwnOffer()
  const centreWrapUp = useCentreWrapUp()
  // How a queue's offer ended is told by the short pause after it.
  const cooling = useOwnAgent()?.why === 'cool_down'
  const [continued, setContinued] = useState('')
  const talking = active !== undefined || offers.length > 0
  const shownId = wrapUpId || continued
  const shown = active === undefined ? drafts.find((draft) => draft.call_log_id === shownId) : undefined

  useEffect(() => {
    if (continued !== '' && !drafts.some((draft) => draft.call_log_id === continued)) setContinued('')
  }, [drafts, continued])

  return (
    <div className="mid">
      {offers.map((call) => (
        <OfferCard
          key={call.id}
          call={call}
          offer={isOffer(call, offer, offers.length) ? offer : undefined}
          busy={together !== null || (active !== undefined && active.hold === 'Off')}
        />
      ))}
      {together?.kind === 'consult' && <ConsultCard customer={together.first} colleague={together.second} />}
      {together?.kind === 'conference' && together.second !== undefined && (
        <ConferenceCard first={together.first} second={together.second} />
      )}
      {active !== undefined && together === null && (
        <CallCard key={active.id} call={active} transferOpen={transfer.open} onTransfer={transfer.toggle} />
      )}
      {held.map((call) => (
        <HeldCall
          key={call.id}
          call={call}
          swaps={active !== undefined && active.hold === 'Off'}
          pair={together === null && held.length === 1 && active?.state === 'Active'}
        />
      ))}
      {active?.state === 'Active' && active.callLogId !== null && <CallNotes call={active} />}
      {!talking && <CoolDown />}
      {shown === undefined && !talking && centreWrapUp !== null && <BareWrapUp wrapUp={centreWrapUp} />}
      {shown !== undefined && <WrapUp key={shown.call_log_id} draft={shown} />}
      {!talking && shown === undefined && ended !== undefined && !cooling && (
        <CallCard key={ended.id} call={ended} transferOpen={false} onTransfer={transfer.close} />
      )}
      {(active === undefined || (active.hold === 'On' && together === null)) && (
        <DialPad quiet={talking || shown !== undefined || held.length > 0 || ended !== undefined} />
      )}
      {!talking && <Unfinished drafts={drafts.filter((draft) => draft !== shown)} onContinue={setContinued} />}
    </div>
  )
}

/** The record the wrap-up is about. After a reload only the CRM knows of the wrap-up: then the latest draft is meant. */
function wrapUpOf({ agent, drafts }: State): string | null {
  if (agent.activity === 'WrapUp') return agent.wrapUpCallLogId
  return agent.status === 'WRAP_UP' ? (drafts.at(-1)?.call_log_id ?? null) : null
}
