// The contact centre as the desk sees it: the own agent as routing sees him, the call that is offered to him, and his
// queues. A line of its own to the hub: the phone's carries the phone's own matters, and its recording would be
// full of queues. A hub without a contact centre tells nothing, and the desk shows nothing of it.

import { useEffect } from 'react'
import { create } from 'zustand'
import type { AcdAgent, AcdCall, AcdQueue } from '../acd/items.ts'
import { ask, part, refusalText } from '../acd/rest.ts'
import { say } from '../lib/live.ts'
import { useLine } from '../lib/phone.ts'
import { currentToken } from '../lib/session.ts'
import type { Call } from '../lib/types.ts'
import { Feed } from '../wall/feed.ts'
import { emptyWall, healthOf, type Wall } from '../wall/store.ts'
import { socketUrl } from '../wall/useFeed.ts'

export const useOwn = create<Wall>(() => emptyWall)

/** Open as long as the desk is. */
export function useCentreFeed() {
  useEffect(() => {
    const feed = new Feed({
      url: socketUrl(),
      token: currentToken,
      store: useOwn,
      topics: ['queues', 'acd_agents', 'acd_calls'],
      // The phone's own socket learns the same, and ends the sign-in.
      onRefused: () => undefined,
    })
    return () => {
      feed.close()
      useOwn.setState(emptyWall, true)
      useTaken.setState({ last: null, declined: '', problem: '' })
    }
  }, [])
}

const useExtension = () => useLine().account.session.extension

/** Undefined where the hub has no contact centre, or he serves no queue. */
export function useOwnAgent(): AcdAgent | undefined {
  const extension = useExtension()
  return useOwn((own) => own.acdAgents.get(extension))
}

/** The hub's moment in this computer's time. */
export const useOurs = () => {
  const skew = useOwn((own) => own.skew)
  return (moment: number | null) => (moment === null ? null : moment - skew)
}

function ownCall(own: Wall, extension: string, state: AcdCall['state']): AcdCall | undefined {
  for (const call of own.acdCalls.values()) if (call.state === state && call.agents.includes(extension)) return call
  return undefined
}

/** The queue call that is offered to this agent now. */
export function useOwnOffer(): AcdCall | undefined {
  const extension = useExtension()
  return useOwn((own) => ownCall(own, extension, 'AgentRinging'))
}

/** The queue call in which he talks. */
export function useOwnTalk(): AcdCall | undefined {
  const extension = useExtension()
  return useOwn((own) => ownCall(own, extension, 'Active'))
}

/** His queues in the order of their names; those whose numbers are not told are left out. */
export function ownQueues(own: Wall, names: readonly string[]): readonly AcdQueue[] {
  return names
    .flatMap((name) => own.acdQueues.get(name) ?? [])
    .sort((left, right) => (left.queue < right.queue ? -1 : 1))
}

export const useCentreHealth = () => useOwn(healthOf)

const digits = (number: string) => number.replace(/\D/g, '').slice(-9)

/** Whether a call that rings here is the one that the queue offers: one decision is open for an agent at a time. */
export function isOffer(call: Call, offer: AcdCall | undefined, rings: number): offer is AcdCall {
  if (offer === undefined) return false
  const same = digits(call.number) !== '' && digits(call.number) === digits(offer.from)
  return same || rings === 1
}

interface Taken {
  /** The last offer that was seen, for what to say when it is over. */
  last: AcdCall | null
  /** The call that was declined here. */
  declined: string
  problem: string
}

export const useTaken = create<Taken>(() => ({ last: null, declined: '', problem: '' }))

/** Declines the offer through the hub, which gives the caller to the next agent at once. False: it did not take it. */
export async function declineOffer(call_id: string): Promise<boolean> {
  useTaken.setState({ declined: call_id, problem: '' })
  const answer = await ask(`/contact-centre/offers/${part(call_id)}/reject`, 'POST', {})
  if (!answer.ok) useTaken.setState({ declined: '' })
  return answer.ok
}

async function wrapUp(extension: string, what: 'complete' | 'extend', body: object): Promise<boolean> {
  const answer = await ask(`/agents/${part(extension)}/${what}-wrap-up`, 'POST', body)
  // Over already: nothing is left to end.
  const fine = answer.ok || (what === 'complete' && (answer.status === 404 || answer.status === 409))
  useTaken.setState({ problem: fine ? '' : refusalText(answer) })
  return fine
}

export const completeWrapUp = (extension: string) => wrapUp(extension, 'complete', {})

export async function extendWrapUp(extension: string, ms: number): Promise<boolean> {
  const done = await wrapUp(extension, 'extend', { ms })
  if (done) say(`${Math.round(ms / 1000)} seconds more.`)
  return done
}
