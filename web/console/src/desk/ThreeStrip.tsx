// Who talks with whom: customer, you, colleague. The ones who hear each other are lit.

import type { ReactNode } from 'react'
import type { Call } from '../lib/types.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'

export interface Party {
  name: string
  note: ReactNode
  /** Heard by the others who are lit. */
  on: boolean
  icon: IconName
}

export function ThreeStrip({ parties, label }: { parties: readonly Party[]; label: string }) {
  return (
    <ol className="three" aria-label={label}>
      {parties.map((party, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three fixed places; two people may bear one name
        <li key={index} className={party.on ? 'on' : ''}>
          <Icon name={party.icon} />
          <span>
            <b>{party.name}</b>
            <small>{party.note}</small>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** "on hold 00:52, hears music", or what goes on instead. */
export function waitingNote(call: Call): ReactNode {
  if (call.hold === 'On')
    return (
      <>
        on hold <Elapsed since={call.heldSince} />, hears music
      </>
    )
  return call.holdWanted ? 'going on hold…' : 'in the call'
}
