// One machine as a picture: not yet (dashed), visited (solid), now (filled), the
// last way taken in the accent. Only ways out of the present state are named;
// the table below names them all.

import { useId, useMemo } from 'react'
import { layout, nodeHeight, way } from './layout.ts'
import { type Edge, edges, type Machine } from './tables.ts'

interface Props {
  machine: Machine
  state: string
  visited: ReadonlySet<string>
  taken: { from: string | null; to: string } | null
}

const labelsMost = 2

export function Diagram({ machine, state, visited, taken }: Props) {
  const id = useId()
  const ways = useMemo(() => edges(machine), [machine])
  const drawing = useMemo(() => layout(machine, ways), [machine, ways])
  const isTaken = (edge: Edge) => taken !== null && edge.from === taken.from && edge.to === taken.to
  const kind = (edge: Edge) => (isTaken(edge) ? 'taken' : edge.from === state ? 'seen' : '')
  const wayOf = (edge: Edge) => {
    const from = drawing.nodes.get(edge.from)
    const to = drawing.nodes.get(edge.to)
    return from === undefined || to === undefined ? null : way(from, to, drawing.height)
  }
  // What matters most is drawn last, on top.
  const sorted = [...ways].sort((left, right) => kind(left).length - kind(right).length)

  return (
    <svg
      className="dia"
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      role="img"
      aria-label={`State machine ${machine.name}. Present state: ${state}.`}
      width={drawing.width}
      height={drawing.height}
    >
      <defs>
        <Arrow id={`${id}a`} className="ahd" />
        <Arrow id={`${id}t`} className="ahl" />
      </defs>
      {sorted.map((edge) => {
        const drawn = wayOf(edge)
        if (drawn === null) return null
        const look = kind(edge)
        return (
          <path
            key={`${edge.from}→${edge.to}`}
            className={`edge ${look}`}
            d={drawn.path}
            markerEnd={`url(#${look === 'taken' ? `${id}t` : `${id}a`})`}
          >
            <title>{`${edge.from} → ${edge.to}: ${edge.events.join(', ')}`}</title>
          </path>
        )
      })}
      {[...drawing.nodes.values()].map((node) => (
        <g key={node.state} className={`node ${node.state === state ? 'now' : visited.has(node.state) ? 'was' : ''}`}>
          <rect x={node.x} y={node.y} width={node.width} height={nodeHeight} rx="8" />
          <text x={node.x + node.width / 2} y={node.y + nodeHeight / 2 + 4}>
            {node.state}
          </text>
        </g>
      ))}
      {sorted.map((edge) => {
        const drawn = wayOf(edge)
        const look = kind(edge)
        return drawn === null || look === '' ? null : (
          <Label key={`${edge.from}→${edge.to}`} edge={edge} look={look} x={drawn.x} y={drawn.y} />
        )
      })}
    </svg>
  )
}

function Label({ edge, look, x, y }: { edge: Edge; look: string; x: number; y: number }) {
  const names = edge.events.map((event) => event.replace(/ \[.*/, ''))
  const unique = [...new Set(names)]
  const text =
    unique.length > labelsMost
      ? `${unique.slice(0, labelsMost - 1).join(', ')} +${unique.length - labelsMost + 1}`
      : unique.join(', ')
  return (
    <text className={`lb ${look}`} x={x} y={y} textAnchor="middle">
      {text}
    </text>
  )
}

function Arrow({ id, className }: { id: string; className: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="9"
      markerHeight="9"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 0 8 4 0 8z" className={className} />
    </marker>
  )
}
