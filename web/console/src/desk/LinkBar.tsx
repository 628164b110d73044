// The three links a call depends on: server, phone, this tab.

import { useElapsed } from '../lib/clock.ts'
import { usePart } from '../lib/phone.ts'
import { useSettings } from '../lib/settings.ts'
import { registrationWords } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
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
  if (state === 'Follower' || state === 'Suspecting') {
    return (
      <span
        className={state === 'Follower' ? 'wide' : 'warn'}
        title="The phone is in another tab of this browser: it rings and talks there. What you do here is done there."
      >
        <Icon name="phone" />
        {state === 'Follower' ? 'Rings in another tab' : 'Other tab is silent'}
      </span>
    )
  }
  return (
    <span className="wide">
      <Icon name={ring ? 'ringing' : 'no'} />
      {ring ? 'This tab rings' : 'Ring sound off'}
    </span>
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
