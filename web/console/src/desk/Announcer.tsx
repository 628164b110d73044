// Tells a screen reader what happened, once, and rings. One region for each
// politeness, filled from the store.

import { useEffect, useRef } from 'react'
import { phoneNumber } from '../lib/format.ts'
import { alert, say, useLive } from '../lib/live.ts'
import { usePart } from '../lib/phone.ts'
import { ringer } from '../lib/ring.ts'
import { useSettings } from '../lib/settings.ts'
import type { Call } from '../lib/types.ts'
import { endText, registrationWords, statusWords } from '../lib/words.ts'
import { callName, firstName, inTalk, offered, useColleagueName } from './names.ts'
import { useLinkLost } from './useLinkLost.ts'

export function LiveRegions() {
  const { polite, assertive } = useLive()
  return (
    <>
      <div className="sr" aria-live="polite" data-live="polite">
        {polite}
      </div>
      <div className="sr" aria-live="assertive" data-live="assertive">
        {assertive}
      </div>
    </>
  )
}

export function Announcer() {
  useOfferAnnouncement()
  useRing()
  useEndAnnouncement()
  useStateAnnouncements()
  useConsultAnnouncement()
  useUnlock()
  return null
}

/** Waits a moment for the contact's name, then says the number: an offer is announced once. */
const nameWaitMs = 700

function useOfferAnnouncement() {
  const call = usePart((state) => Object.values(state.calls).find((one) => one.state === 'Offered'))
  const said = useRef('')
  const latest = useRef<Call | undefined>(undefined)
  latest.current = call
  const id = call?.id
  const known =
    call !== undefined && (call.contact === 'Known' || call.contact === 'Failed' || call.contact === 'Skipped')

  useEffect(() => {
    if (id === undefined || said.current === id) return
    const tell = () => {
      const now = latest.current
      if (now === undefined || said.current === id) return
      said.current = id
      alert(['Incoming call', callName(now), now.queueName ?? ''].filter((part) => part !== '').join(', '))
    }
    if (known) tell()
    const timer = setTimeout(tell, nameWaitMs)
    return () => clearTimeout(timer)
  }, [id, known])

  useEffect(() => {
    if (id === undefined) return
    const before = document.title
    document.title = `Incoming call ${latest.current === undefined ? '' : phoneNumber(latest.current.number)}`
    return () => {
      document.title = before
    }
  }, [id])
}

function useRing() {
  const rings = usePart((state) => {
    // One ring, however many tabs: where the telephone is.
    if (state.tab.state !== 'Leader' && state.tab.state !== 'Alone') return false
    const calls = Object.values(state.calls)
    return calls.some((call) => call.state === 'Offered') && !calls.some((call) => inTalk(call) && call.hold === 'Off')
  })
  const sound = useSettings((settings) => settings.ring)
  useEffect(() => {
    if (!rings || !sound) return
    ringer.start()
    return ringer.stop
  }, [rings, sound])
}

function useEndAnnouncement() {
  const ended = usePart((state) => Object.values(state.calls).findLast((call) => call.state === 'Ended'))
  const id = ended?.id
  const latest = useRef<Call | undefined>(undefined)
  latest.current = ended
  useEffect(() => {
    if (id === undefined || latest.current === undefined) return
    say(`${endText(latest.current.endReason)}: ${callName(latest.current)}.`)
  }, [id])
}

/** Says a text when it changes, not when the page opens. */
function useSaid(text: string) {
  const before = useRef(text)
  useEffect(() => {
    if (before.current === text) return
    before.current = text
    if (text !== '') say(text)
  }, [text])
}

function useStateAnnouncements() {
  const lost = useLinkLost() !== null
  const ringing = usePart((state) => Object.values(state.calls).some(offered))
  useSaid(lost ? 'The server is away. Calls go on.' : 'Connected to the server.')
  useSaid(usePart((state) => `${registrationWords[state.registration.state].word}.`))
  const status = usePart((state) => `Your status: ${statusWords[state.agent.status].word}.`)
  useSaid(ringing ? '' : status)
  useSaid(
    usePart((state) =>
      state.agent.nextStatus === '' ? '' : `${statusWords[state.agent.nextStatus].word} comes after this call.`,
    ),
  )
}

/** How a consultation stands and ended; failures are alerts of their own. */
function useConsultAnnouncement() {
  const colleague = useColleagueName(usePart((state) => state.consult.target ?? ''))
  const whom = usePart(({ consult }) => colleague || phoneNumber(consult.target ?? ''))
  const customer = usePart(({ consult, calls }) => (consult.callId === null ? undefined : calls[consult.callId]))
  const who = firstName(customer)
  useSaid(
    usePart(({ consult, conference }) => {
      if (consult.state === 'Consulting') return `Calling ${whom}.`
      if (consult.state === 'Ready') return `Talking to ${whom} before the transfer.`
      if (consult.state === 'Conference' || conference.state === 'Merged') return 'All three hear each other.'
      if (consult.state !== 'Idle') return ''
      if (consult.result === 'transferred') return `Transferred to ${whom}.`
      if (consult.result === 'customer_left') return 'The customer has hung up.'
      return consult.result === 'cancelled' ? `You are back with ${who}.` : ''
    }),
  )
}

/** The first click or key in the page allows the ring sound. */
function useUnlock() {
  useEffect(() => {
    const unlock = () => ringer.unlock()
    addEventListener('pointerdown', unlock, { once: true })
    addEventListener('keydown', unlock, { once: true })
    return () => {
      removeEventListener('pointerdown', unlock)
      removeEventListener('keydown', unlock)
    }
  }, [])
}
