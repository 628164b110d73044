// What a queue adds to a call that rings: how long the caller has waited, how long the offer stands by the hub's
// clock, and what happens then. And after it: missed or declined, and when calls come again.

import { useEffect, useRef } from 'react'
import type { AcdCall } from '../acd/items.ts'
import { useSecondsUntil } from '../lib/clock.ts'
import { phoneNumber } from '../lib/format.ts'
import { say } from '../lib/live.ts'
import { Icon } from '../ui/icons.tsx'
import { Countdown } from '../ui/parts.tsx'
import { useOurs, useOwnAgent, useOwnOffer, useTaken } from './centre.ts'

const radius = 20
const round = 2 * Math.PI * radius

/** The ring that empties, and what happens at its end. */
export function OfferCountdown({ offer }: { offer: AcdCall }) {
  const ours = useOurs()
  const until = ours(offer.offer_until)
  const begun = ours(offer.since)
  const whole = until === null || begun === null ? 15 : Math.max(1, (until - begun) / 1000)
  // The page's clock ticks four times a second: not more than the whole is ever shown.
  const seconds = Math.min(useSecondsUntil(until), Math.ceil(whole))
  useEffect(() => {
    if (seconds === 10 || seconds === 5) say(`${seconds} seconds left to answer.`)
  }, [seconds])
  if (until === null) return null
  return (
    <>
      <span className="count" role="timer" aria-label={`${seconds} seconds left to answer`}>
        <svg viewBox="0 0 44 44" aria-hidden="true">
          <circle cx="22" cy="22" r={radius} />
          <circle
            className="left"
            cx="22"
            cy="22"
            r={radius}
            strokeDasharray={round}
            strokeDashoffset={round * (1 - Math.min(1, seconds / whole))}
          />
        </svg>
        <b className="num" aria-hidden="true">
          {seconds}
        </b>
      </span>
      <p className="dim">seconds left. Then the next agent gets it, and you get a short pause.</p>
    </>
  )
}

/** Remembers the offer, so that its end can be told. */
export function useRememberedOffer() {
  const offer = useOwnOffer()
  useEffect(() => {
    if (offer !== undefined) useTaken.setState({ last: offer })
  }, [offer])
  // The same caller may come again: what was declined is the offer, not the call.
  const offered = offer !== undefined
  useEffect(() => {
    if (offered) useTaken.setState({ declined: '' })
  }, [offered])
}

/** After an offer that was not taken, for as long as the short pause lasts. */
export function CoolDown() {
  const agent = useOwnAgent()
  const ours = useOurs()
  const { last, declined } = useTaken()
  const until = agent?.why === 'cool_down' ? ours(agent.until) : null
  const seconds = useSecondsUntil(until)
  const shown = until !== null && seconds > 0
  const mine = declined !== '' && last?.call_id === declined
  const title = mine ? 'You declined the call.' : 'You missed a call.'
  // Said once, when it begins, and not each second.
  const sentence = useRef('')
  sentence.current = `${title} Calls come again in ${seconds} seconds.`
  useEffect(() => {
    if (shown) say(sentence.current)
  }, [shown])
  if (!shown) return null
  return (
    <section className="panel cool-down" aria-label="Short pause">
      <Icon name={mine ? 'phone-off' : 'missed'} />
      <p className="grow">
        <strong>{title}</strong>
        <span className="dim">
          {last === null
            ? 'The caller keeps the place in the queue.'
            : `${phoneNumber(last.from)}, ${last.queue}: the next agent gets it, the caller keeps the place.`}
        </span>
      </p>
      <p className="rt">
        <Countdown until={until} label="Until calls come again" />
        <small>then calls come again</small>
      </p>
    </section>
  )
}
