// An incoming call: who, and Answer or Decline. The look-up of the contact never
// delays it; the name takes the number's place when it comes.

import { useEffect, useRef } from 'react'
import type { AcdCall } from '../acd/items.ts'
import { focusLost, typing, wantFocus } from '../lib/focus.ts'
import { initials, phoneNumber } from '../lib/format.ts'
import { shownKey, useHotkey } from '../lib/hotkeys.ts'
import { usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed, Spinner } from '../ui/parts.tsx'
import { declineOffer, useOurs } from './centre.ts'
import { callName } from './names.ts'
import { OfferCountdown } from './QueueOffer.tsx'

/** Takes the focus unless somebody is typing, and gives it back when the offer ends. */
function useOfferFocus() {
  const answer = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (typing()) return
    const before = document.activeElement
    answer.current?.focus()
    return () => {
      // Only when the focus fell out with this card, and nothing has taken it since.
      requestAnimationFrame(() => {
        if (focusLost() && before instanceof HTMLElement && before.isConnected) before.focus()
      })
    }
  }, [])
  return answer
}

interface OfferCardProps {
  call: Call
  busy: boolean
  /** The queue's offer, where this call is one. */
  offer?: AcdCall | undefined
}

export function OfferCard({ call, busy, offer }: OfferCardProps) {
  const phone = usePhone()
  const answerButton = useOfferFocus()
  const answering = call.state === 'Answering'
  const name = callName(call)

  const answer = () => {
    if (answering) return
    wantFocus('hold')
    void run(phone, 'The call could not be answered.', phone.answer(call.id))
  }
  const refuse = () => run(phone, 'The call could not be declined.', phone.reject(call.id))
  // The hub takes the offer back and asks the next agent; a hub that does not answer must not keep it ringing.
  const decline = () =>
    void (offer === undefined ? refuse() : declineOffer(offer.call_id).then((taken) => taken || refuse()))
  const queue = offer?.queue ?? call.queueName
  const ours = useOurs()
  useHotkey('answer', answer)
  useHotkey('decline', decline)

  return (
    <section className="panel call offer" role="alertdialog" aria-labelledby="offer-title" aria-describedby="offer-who">
      <header className="ringbar">
        <Icon name="ringing" className="pulse fast" />
        <h2 className="grow" id="offer-title">
          Incoming call{queue !== null && ` · ${queue}`}
        </h2>
        <span>
          {offer === undefined ? 'rings ' : 'waited '}
          <Elapsed since={offer === undefined ? call.startedAt : ours(offer.enqueued_at)} />
        </span>
      </header>
      <div className="body">
        <div className="who" id="offer-who">
          <Avatar name={name} />
          <div className="grow">
            <h3 className="cut">{name}</h3>
            <p className="cut dim">
              <span className="num">{phoneNumber(call.number)}</span>
            </p>
            <p className="tags">
              <span className="tag">
                <Icon name="in" />
                Inbound
              </span>
              <ContactTag call={call} />
              {offer !== undefined && <span className="tag">{offer.queue}</span>}
              {offer !== undefined && offer.priority !== 0 && (
                <span className="tag sel">Priority {offer.priority}</span>
              )}
              {call.line !== null && <span className="tag">{call.line}</span>}
            </p>
          </div>
        </div>
        {busy && (
          <p className="hint">
            <Icon name="pause" />
            <span>Answering puts your present call on hold.</span>
          </p>
        )}
        <div className={offer === undefined || answering ? 'answer-row' : 'answer-row counted'}>
          <button type="button" className="btn main go" ref={answerButton} onClick={answer} aria-busy={answering}>
            {answering ? <Spinner /> : <Icon name="phone" className="lg" />}
            {answering ? 'Answering…' : 'Answer'} <kbd>{shownKey('answer')}</kbd>
          </button>
          <button type="button" className="btn main" onClick={decline}>
            <Icon name="phone-off" className="lg" />
            Decline <kbd>{shownKey('decline')}</kbd>
          </button>
          {offer !== undefined && !answering && <OfferCountdown offer={offer} />}
        </div>
      </div>
    </section>
  )
}

export function Avatar({ name }: { name: string }) {
  const letters = initials(name)
  return (
    <span className="ava" aria-hidden="true">
      {letters === '' ? <Icon name="user" className="lg" /> : letters}
    </span>
  )
}

/** What is known of the contact, and whether the question is still out. */
export function ContactTag({ call }: { call: Call }) {
  switch (call.contact) {
    case 'Looking':
      return (
        <span className="tag">
          <Spinner />
          Looking up
        </span>
      )
    case 'Failed':
      return (
        <span
          className="tag"
          title="The CRM did not answer the look-up. The call record is saved without the contact for now."
        >
          <Icon name="unknown" />
          Contact not known
        </span>
      )
    case 'Known':
      return call.contactName === null ? <span className="tag">New contact</span> : null
    case 'Skipped':
      return <span className="tag">Colleague</span>
    case 'Idle':
      return null
    default:
      return call.contact satisfies never
  }
}
