// An attended transfer: the customer waits, the colleague is asked. Complete,
// swap, three-way, or back to the customer; if completing fails both calls stay.

import { useRef } from 'react'
import { useWantedFocus, wantFocus } from '../lib/focus.ts'
import { phoneNumber } from '../lib/format.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call, Consult } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'
import { CallAction } from './CallAction.tsx'
import { LineTags } from './LineTags.tsx'
import { CallNotice } from './Notices.tsx'
import { callName, firstName, useColleagueName } from './names.ts'
import { type Party, ThreeStrip, waitingNote } from './ThreeStrip.tsx'

type Scene = 'calling' | 'ready' | 'swapped' | 'threeWay' | 'completing' | 'leaving'

/** On one leg at the PBX nobody tells who of the two is talked to: `ready` then. */
function sceneOf(consult: Consult, customer: Call): Scene {
  switch (consult.state) {
    case 'Conference':
      return 'threeWay'
    case 'Completing':
      return 'completing'
    case 'Cancelling':
      return 'leaving'
    case 'Ready':
      return consult.route === 'softphone' && !customer.holdWanted ? 'swapped' : 'ready'
    default:
      return consult.route === 'softphone' && !customer.holdWanted ? 'swapped' : 'calling'
  }
}

interface Names {
  customer: string
  /** The customer's first name, or "the caller". */
  who: string
  colleague: string
  /** The colleague's first name, or number. */
  whom: string
}

export function ConsultCard({ customer, colleague }: { customer: Call; colleague: Call | undefined }) {
  const consult = usePart((state) => state.consult)
  const name = useColleagueName(consult.target ?? '')
  const names: Names = {
    customer: callName(customer),
    who: firstName(customer),
    colleague: name || (colleague === undefined ? (consult.target ?? '') : callName(colleague)),
    whom: firstName({ name: name || colleague?.name || '', contactName: null }, phoneNumber(consult.target ?? '')),
  }
  const scene = sceneOf(consult, customer)
  const ringing = consult.state === 'Consulting'
  return (
    <section className="panel call consult" aria-label="Consult call">
      <ConsultHeader scene={scene} names={names} since={colleague?.connectedAt ?? (ringing ? null : consult.since)} />
      <div className="body">
        <ThreeStrip label="Who talks with whom" parties={parties(scene, names, customer, consult, ringing)} />
        <ConsultControls scene={scene} names={names} customer={customer} colleague={colleague} />
        <p className="dim">{hint(scene, names, ringing)}</p>
        <LineTags call={scene === 'swapped' || colleague === undefined ? customer : colleague} />
        <CallNotice call={customer} bothKept />
        {colleague !== undefined && <CallNotice call={colleague} />}
      </div>
    </section>
  )
}

const headlines: Record<Scene, [word: (names: Names) => string, note: string, pulse: boolean]> = {
  calling: [({ colleague }) => `Calling ${colleague}`, 'before the transfer', true],
  ready: [({ colleague }) => `Talking to ${colleague}`, 'before the transfer', true],
  swapped: [({ customer }) => `Talking to ${customer}`, 'the colleague waits', true],
  threeWay: [() => 'Three-way call', 'all three hear each other', true],
  completing: [({ who, whom }) => `Transferring ${who} to ${whom}`, '', false],
  leaving: [({ who }) => `Going back to ${who}`, '', false],
}

function ConsultHeader({ scene, names, since }: { scene: Scene; names: Names; since: number | null }) {
  const [word, note, pulse] = headlines[scene]
  return (
    <header>
      <span className="st busy" role="status">
        <Icon name={scene === 'threeWay' ? 'barge' : 'phone'} className={pulse ? 'pulse' : ''} />
        <b>{word(names)}</b>
      </span>
      <span className="dim wide">{note}</span>
      <span className="grow" />
      {since !== null && <Elapsed since={since} label="Consult time" className="dur-s" />}
    </header>
  )
}

function parties(scene: Scene, names: Names, customer: Call, consult: Consult, ringing: boolean): readonly Party[] {
  const both = scene === 'threeWay'
  const toCustomer = both || scene === 'swapped'
  const toColleague = both || scene === 'ready' || ((scene === 'completing' || scene === 'leaving') && !ringing)
  const atPbx = consult.route === 'pbx'
  const number = phoneNumber(consult.target ?? '')
  // Who has no name is called by the number: it is not said twice.
  const also = (what: string) => (names.colleague === number ? what : `${number}, ${what}`)
  const you = both
    ? 'talking to both'
    : toCustomer
      ? `talking to ${names.who}`
      : toColleague
        ? `talking to ${names.whom}`
        : 'waiting'
  const theirs = ringing
    ? also('rings')
    : both
      ? also('hears both')
      : scene === 'swapped'
        ? also('on hold')
        : names.colleague === number
          ? 'in the call'
          : number
  return [
    {
      name: names.customer,
      note: both ? 'hears both' : toCustomer ? 'in the call' : atPbx ? 'waits, hears music' : waitingNote(customer),
      on: toCustomer,
      icon: toCustomer ? 'user' : 'pause',
    },
    { name: 'You', note: you, on: toCustomer || toColleague, icon: 'user' },
    {
      name: names.colleague,
      note: theirs,
      on: toColleague,
      icon: ringing ? 'ringing' : toColleague ? 'user' : 'pause',
    },
  ]
}

function hint(scene: Scene, { who, whom }: Names, ringing: boolean): string {
  const pronoun = who === 'the caller' ? 'The caller' : who
  if (ringing && scene !== 'leaving')
    return `${pronoun} waits until ${whom} has answered. Back to ${who} ends the ringing.`
  switch (scene) {
    case 'swapped':
      return `${whom} waits. Swap again to talk to ${whom}, or complete: ${who} then talks to ${whom}.`
    case 'threeWay':
      return `Complete: you leave, and the two go on talking. Three-way again parts the calls.`
    case 'completing':
      return 'Waiting for the PBX to confirm. If it fails, you keep both calls.'
    case 'leaving':
      return `Hanging up on ${whom}; ${who} is taken from hold.`
    default:
      return `Complete: ${who} talks to ${whom} and your wrap-up starts once the PBX confirms. If it fails, you keep both calls.`
  }
}

function ConsultControls({
  scene,
  names,
  customer,
  colleague,
}: {
  scene: Scene
  names: Names
  customer: Call
  colleague: Call | undefined
}) {
  const phone = usePhone()
  const can = usePart((state) => state.can)
  const joining = usePart((state) => state.conference.state)
  const first = useRef<HTMLButtonElement>(null)
  useWantedFocus('consult', first)
  const joined = joining === 'Merged' || joining === 'Splitting'
  const waits = scene === 'completing' || scene === 'leaving'

  const complete = () => {
    wantFocus('disposition')
    void run(phone, 'The transfer was not completed.', phone.transfer.current()?.complete() ?? Promise.resolve())
  }
  const swap = () => void run(phone, 'The calls were not swapped.', phone.swap())
  const threeWay = () =>
    void (joined
      ? run(phone, 'The calls were not parted.', phone.split())
      : run(phone, 'The calls were not joined.', phone.merge(customer.id, colleague?.id)))
  const back = () => {
    wantFocus('hold')
    void run(phone, `You are not back with ${names.who} yet.`, phone.transfer.current()?.cancel() ?? Promise.resolve())
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div className="ctls" role="group" aria-label="Transfer">
      <CallAction
        ref={first}
        hotkey="complete"
        icon="transfer"
        word={scene === 'completing' ? 'Completing…' : 'Complete'}
        tone="primary"
        asked={scene === 'completing'}
        refused={whyNot(can.completeTransfer)}
        onPress={complete}
      />
      <CallAction
        hotkey="swap"
        icon="swap"
        word="Swap"
        refused={waits ? whyNot(can.completeTransfer) : whyNot(can.swap)}
        onPress={swap}
      />
      <CallAction
        hotkey="threeWay"
        icon="barge"
        word={joining === 'Merging' ? 'Joining…' : joining === 'Splitting' ? 'Parting…' : 'Three-way'}
        pressed={joined}
        asked={joining === 'Merging' || joining === 'Splitting'}
        refused={joined ? whyNot(can.split) : scene === 'calling' ? whyNot(can.completeTransfer) : whyNot(can.merge)}
        onPress={threeWay}
      />
      <MuteAll
        calls={
          colleague === undefined || scene === 'swapped' ? [customer] : joined ? [customer, colleague] : [colleague]
        }
      />
      <CallAction
        hotkey="back"
        icon="hangup"
        word={scene === 'leaving' ? 'Going back…' : `Back to ${names.who}`}
        asked={scene === 'leaving'}
        refused={whyNot(can.cancelTransfer)}
        onPress={back}
      />
    </div>
  )
}

/** Mutes the agent towards everybody he talks to. */
export function MuteAll({ calls }: { calls: readonly Call[] }) {
  const phone = usePhone()
  const can = usePart((state) => state.can.mute)
  const wanted = calls.every((call) => call.muteWanted)
  const asked = calls.some((call) => call.mute === 'TurningOn' || call.mute === 'TurningOff')
  const icon: IconName = wanted ? 'mic-off' : 'mic'
  const press = () => {
    for (const call of calls)
      if (call.muteWanted === wanted)
        void run(phone, wanted ? 'Unmute did not work.' : 'Mute did not work.', phone.mute(call.id, !wanted))
  }
  return (
    <CallAction
      hotkey="mute"
      icon={icon}
      word={wanted ? (asked ? 'Muting…' : 'Muted') : asked ? 'Unmuting…' : 'Mute'}
      pressed={wanted && !asked}
      asked={asked}
      refused={calls.every((call) => call.state === 'Active') ? whyNot(can) : 'Only once the call is connected'}
      onPress={press}
    />
  )
}
