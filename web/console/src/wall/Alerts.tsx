// What a supervisor must know before any tile: the link is gone, or an alarm stands. What
// happened, what still works, what to do; no running number inside, as each change of an
// alert is read out.

import { useEffect, useRef } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { alert, say } from '../lib/live.ts'
import { Banner } from '../ui/parts.tsx'
import { readAgain } from './actions.ts'
import type { Alarm } from './items.ts'
import { type Health, healthOf, useHealth, useStaleSince, useWall } from './store.ts'

export function Alerts() {
  useAnnounced()
  return (
    <>
      <LinkAlert />
      <Alarms />
    </>
  )
}

/** Coming back is said once; going away is an alert by itself. */
function useAnnounced() {
  const health = useHealth()
  const before = useRef<Health>(health)
  useEffect(() => {
    const was = before.current
    before.current = health
    const wasGone =
      was === 'hub_lost' || was === 'down' || was === 'silent' || was === 'catching_up' || was === 'resyncing'
    if (wasGone && health === 'live') say('The wallboard is live again.')
  }, [health])
}

function LinkAlert() {
  const health = useHealth()
  const stale = useStaleSince()
  const reason = useWall((wall) => wall.link?.reason ?? '')
  const detail = useWall((wall) => wall.link?.detail ?? '')
  const state = useWall((wall) => (healthOf(wall) === 'down' ? (wall.link?.state ?? '') : ''))
  const at = timeOfDay(stale, true)
  switch (health) {
    case 'live':
    case 'no_pbx':
    case 'starting':
    case 'catching_up':
      return null
    case 'hub_lost':
      return (
        <Banner tone="bad" icon="wifi-off" title={`The hub is lost. What stands here is from ${at}.`}>
          Calls go on, and nobody is set offline by this. This page tries again by itself. If it lasts for two minutes,
          check the network, then the hub.
        </Banner>
      )
    case 'resyncing':
      return (
        <Banner tone="warn" icon="server" title="The PBX is being read anew.">
          What stands here is from {at}. It becomes live by itself within seconds.
        </Banner>
      )
    case 'silent':
      return (
        <Banner tone="warn" icon="server" title="The PBX is silent.">
          Nothing has come since {at}; it has been asked whether it is there. Calls go on.
        </Banner>
      )
    case 'down':
      if (state === 'refused')
        return (
          <Banner tone="bad" icon="wifi-off" title="The PBX refuses the hub." {...coded(reason)}>
            What stands here is from {at}. The hub’s user or secret for the AMI is wrong, or lacks permissions: tell the
            administrator.
          </Banner>
        )
      return (
        <Banner tone="bad" icon="wifi-off" title={`PBX link lost. What stands here is from ${at}.`} {...coded(reason)}>
          {sentence(detail)}Calls go on, and nobody is set offline by this. The hub tries again by itself. Still so
          after two minutes? Call telephony.
        </Banner>
      )
    default:
      return health satisfies never
  }
}

/** Words of the hub as a sentence of ours. */
const sentence = (text: string) =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'} `

const coded = (reason: string) => (reason === '' ? {} : { code: reason })

const alarmWords: Record<string, { title: string; text: string }> = {
  mass_drop: {
    title: 'Many phones dropped at once. Nobody has been set offline yet.',
    text: 'That looks like a network, not like people: check the phones’ network first.',
  },
  pause_failed: {
    title: 'The PBX did not take a pause.',
    text: 'The status in the CRM stands, but queue calls may still ring. Open the agent and pause again.',
  },
  no_permission: {
    title: 'The PBX lets the hub see less than it needs.',
    text: 'What it may not see is missing here. Tell the administrator.',
  },
  queue_wrapup_long: {
    title: 'A queue’s own wrap-up time is longer than the CRM’s.',
    text: 'Agents look free here while the PBX gives them no calls. Shorten wrapuptime in queues.conf.',
  },
}

/** Whether they are back is seen at once, not with the next pass. */
function ReadAgain() {
  const ask = async () => {
    const problem = await readAgain()
    if (problem === '') say('The PBX is being read anew.')
    else alert(problem)
  }
  return (
    <button type="button" className="btn" onClick={() => void ask()}>
      Look again now
    </button>
  )
}

/** No more than this many of one kind are spelled out. */
const mostDetails = 3

function Alarms() {
  const alarms = useWall((wall) => wall.alarms)
  const kinds = new Map<string, Alarm[]>()
  for (const alarm of alarms) kinds.set(alarm.code, [...(kinds.get(alarm.code) ?? []), alarm])
  return [...kinds].map(([code, same]) => {
    const { title, text } = alarmWords[code] ?? { title: 'The hub raises an alarm.', text: '' }
    const details = same.map((alarm) => alarm.detail).filter((detail) => detail !== '')
    const more = details.length - mostDetails
    const first = Math.min(...same.map((alarm) => alarm.since ?? Number.POSITIVE_INFINITY))
    return (
      <Banner
        key={code}
        tone={code === 'queue_wrapup_long' ? 'warn' : 'bad'}
        icon="alert"
        title={title}
        code={code}
        actions={code === 'mass_drop' && <ReadAgain />}
      >
        {details.length > 0 && (
          <>
            {details.slice(0, mostDetails).join('; ')}
            {more > 0 ? ` and ${more} more` : ''}.{' '}
          </>
        )}
        {text}
        {Number.isFinite(first) && <> Since {timeOfDay(first, true)}.</>}
      </Banner>
    )
  })
}
