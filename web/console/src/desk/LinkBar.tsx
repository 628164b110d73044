// The three links a call depends on: server, phone, this tab.

import { useEffect, useRef, useState } from 'react'
import { useElapsed } from '../lib/clock.ts'
import { say } from '../lib/live.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import { useSettings } from '../lib/settings.ts'
import { registrationWords, whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Spinner } from '../ui/parts.tsx'
import { useLinkLost } from './useLinkLost.ts'

export function LinkBar() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div className="links" role="group" aria-label="Connection">
      <ServerLink />
      <PhoneLink />
      <TabLink />
      <HostLinks />
    </div>
  )
}

function ServerLink() {
  const state = usePart((all) => all.connection.events)
  const lostSince = useLinkLost()
  const age = useElapsed(lostSince)
  if (state === 'Open') {
    return (
      <span className="ok">
        <Icon name="wifi" />
        Connected
      </span>
    )
  }
  if (state === 'Silent') {
    return (
      <span
        className="warn"
        title="The connection stands but nothing comes. The server has been asked whether it is there."
      >
        <Icon name="wifi" />
        Server silent
      </span>
    )
  }
  if (lostSince === null) {
    return (
      <span className="warn">
        <Icon name="wifi" />
        Connecting
      </span>
    )
  }
  return (
    <span className="bad">
      <Icon name="wifi-off" />
      <span>
        Server away <span className="num">{age}</span>
      </span>
    </span>
  )
}

function PhoneLink() {
  const state = usePart((all) => all.registration.state)
  const failed = usePart((all) => all.phase === 'failed')
  const { word, tone } = failed ? ({ word: 'Phone failed', tone: 'bad' } as const) : registrationWords[state]
  return (
    <span className={tone === 'ok' ? 'ok wide' : tone}>
      <Icon name={tone === 'bad' ? 'phone-off' : 'phone'} />
      {word}
    </span>
  )
}

function TabLink() {
  const state = usePart((all) => all.tab.state)
  const ring = useSettings((settings) => settings.ring)
  const { taking, take, here } = useTakeOver()
  if (taking || state === 'Follower' || state === 'Suspecting') {
    return (
      <>
        <span
          className={state === 'Suspecting' ? 'warn' : 'wide'}
          title="The phone is in another tab of this browser: it rings and talks there. What you do here is done there."
        >
          <Icon name="phone" />
          {state === 'Suspecting' ? 'Other tab is silent' : 'Rings in another tab'}
        </span>
        <TakeOver taking={taking} onTake={take} />
      </>
    )
  }
  return (
    <span className="wide" ref={here} tabIndex={-1}>
      <Icon name={ring ? 'ringing' : 'no'} />
      {ring ? 'This tab rings' : 'Ring sound off'}
    </span>
  )
}

/** The button goes when this tab has the phone: what takes its place gets the focus. */
function useTakeOver() {
  const phone = usePhone()
  const [step, setStep] = useState<'none' | 'taking' | 'taken'>('none')
  const here = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (step !== 'taken' || here.current === null) return
    setStep('none')
    here.current.focus()
  })
  const take = async () => {
    setStep('taking')
    const done = await run(phone, 'The phone is still in the other tab.', phone.takeOver())
    setStep(done ? 'taken' : 'none')
    if (done) say('The phone is in this tab now.')
  }
  return { taking: step === 'taking', take, here }
}

function TakeOver({ taking, onTake }: { taking: boolean; onTake: () => void }) {
  const verdict = usePart((all) => all.can.takeOver)
  return (
    <Action
      className="btn take-over"
      title="Take over: the phone rings and talks in this tab from now on"
      refused={taking ? '' : whyNot(verdict)}
      aria-busy={taking}
      onClick={taking ? undefined : onTake}
    >
      {taking ? <Spinner /> : <Icon name="phone" className="narrow" />}
      <span className="word">{taking ? 'Taking over…' : 'Take over'}</span>
    </Action>
  )
}

/** What is wrong with this browser or computer, if anything. */
function HostLinks() {
  const failing = usePart((all) => all.blockers.some(({ reason }) => reason === 'storage_failing'))
  const wrong = usePart((all) => all.blockers.some(({ reason }) => reason === 'clock_wrong'))
  return (
    <>
      {failing && (
        <span
          className="warn"
          title="This browser keeps nothing over a reload. Unsent records are lost with this tab: free some disk space, or leave private browsing."
        >
          <Icon name="file" />
          Not kept
        </span>
      )}
      {wrong && (
        <span className="warn" title="The clock of this computer is wrong. Records get the server’s time.">
          <Icon name="clock" />
          Clock wrong
        </span>
      )}
    </>
  )
}
