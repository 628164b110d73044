// A state as a tree; of the live phone with numbers, names and notes hidden.

import type { State } from '../lib/types.ts'
import { Panel } from '../ui/parts.tsx'

const hidden =
  /^(number|name|call_from|call_to|contactName|contact_name|transferTarget|dtmfDigits|notes|peername|queue_number|queueNumber)$/

const mask = (text: string) => (text.length <= 3 ? '•••' : `•••${text.slice(-3)}`)

export function StateTree({ state, hide = true }: { state: State; hide?: boolean }) {
  const { version, ...parts } = state
  return (
    <Panel title="State" aside={<span className="dim num">version {version}</span>}>
      <div className="tree">
        {Object.entries(parts).map(([name, value]) => (
          <Branch key={name} name={name} value={plain(value)} hide={hide} />
        ))}
      </div>
    </Panel>
  )
}

function plain(value: unknown): unknown {
  const list = value as { toArray?: () => unknown[] } | null
  return typeof list?.toArray === 'function' ? list.toArray().slice(0, 50) : value
}

function Branch({ name, value, hide }: { name: string; value: unknown; hide: boolean }) {
  if (typeof value !== 'object' || value === null) {
    return (
      <p className="leaf">
        <span className="dim">{name}</span> <Value hide={hide && hidden.test(name)} value={value} />
      </p>
    )
  }
  const entries = Object.entries(value)
  return (
    <details>
      <summary>
        {name}{' '}
        <span className="dim">
          {entries.length === 0 ? 'empty' : Array.isArray(value) ? `${entries.length} entries` : `{${entries.length}}`}
        </span>
      </summary>
      {entries.map(([key, inner]) => (
        <Branch key={key} name={key} value={inner} hide={hide} />
      ))}
    </details>
  )
}

function Value({ hide, value }: { hide: boolean; value: unknown }) {
  if (value === null || value === '') return <span className="dim">–</span>
  if (typeof value === 'string') return <span className="mono">{hide ? mask(value) : value}</span>
  return <b className="num">{String(value)}</b>
}
