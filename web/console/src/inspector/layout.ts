// Where the states stand: each one column after the latest state that leads to
// it, counting only ways that follow the table's order. Small and
// deterministic; a machine of a phone has ten states, not a thousand.

import type { Edge, Machine } from './tables.ts'

export interface Node {
  state: string
  x: number
  y: number
  width: number
  column: number
}

export interface Drawing {
  width: number
  height: number
  nodes: ReadonlyMap<string, Node>
}

export interface Way {
  path: string
  /** Where the label stands. */
  x: number
  y: number
}

export const nodeHeight = 40
const gapX = 62
const gapY = 62
const margin = 10
const letter = 7.4
/** Room above and below for the ways around. */
const lane = 64

function columnsOf(machine: Machine, edges: readonly Edge[]): Map<string, number> {
  const column = new Map<string, number>()
  for (const [at, state] of machine.states.entries()) {
    const before = edges
      .filter((edge) => edge.to === state && machine.states.indexOf(edge.from) < at)
      .map((edge) => column.get(edge.from) ?? 0)
    column.set(state, before.length === 0 ? 0 : Math.max(...before) + 1)
  }
  return column
}

export function layout(machine: Machine, edges: readonly Edge[]): Drawing {
  const column = columnsOf(machine, edges)
  const columns: string[][] = []
  for (const state of machine.states) {
    const at = column.get(state) ?? 0
    columns[at] = [...(columns[at] ?? []), state]
  }
  const tallest = Math.max(1, ...columns.map((states) => states.length))
  const height = tallest * (nodeHeight + gapY) - gapY + lane * 2
  const nodes = new Map<string, Node>()
  let x = margin
  for (const [at, states] of columns.entries()) {
    const width = Math.max(...states.map((state) => Math.round(state.length * letter) + 22))
    let y = (height - (states.length * (nodeHeight + gapY) - gapY)) / 2
    for (const state of states) {
      nodes.set(state, { state, x, y, width, column: at })
      y += nodeHeight + gapY
    }
    x += width + gapX
  }
  return { width: x - gapX + margin, height, nodes }
}

/** A curve between two nodes: straight to the next column, around by a lane else. */
export function way(from: Node, to: Node, height: number): Way {
  if (from.column === to.column) return beside(from, to)
  if (to.column === from.column + 1) return onward(from, to)
  return around(from, to, height)
}

function onward(from: Node, to: Node): Way {
  const x1 = from.x + from.width
  const y1 = from.y + nodeHeight / 2
  const x2 = to.x - 2
  const y2 = to.y + nodeHeight / 2
  const bend = (x2 - x1) / 2
  return {
    path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 2 - 7,
  }
}

/** Forward ways of the upper half go above, all others below; the longer, the further out. */
function around(from: Node, to: Node, height: number): Way {
  const forward = to.column > from.column
  const above = forward && from.y + nodeHeight / 2 <= height / 2 + 1
  const shift = forward ? 9 : -9
  const x1 = from.x + from.width / 2 + shift
  const x2 = to.x + to.width / 2 - shift
  const y1 = above ? from.y : from.y + nodeHeight
  const y2 = above ? to.y - 2 : to.y + nodeHeight + 2
  const reach = Math.min(lane - 12, 24 + Math.abs(to.column - from.column) * 9) * (above ? -1 : 1)
  // Ways back run below everything, so that they cross no node.
  const level = forward
    ? (above ? Math.min(y1, y2) : Math.max(y1, y2)) + reach * 1.33
    : (height - 22 - (y1 + y2) / 8) / 0.75
  return {
    path: `M${x1} ${y1}C${x1} ${level} ${x2} ${level} ${x2} ${y2}`,
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 8 + level * 0.75 + (above ? -6 : 14),
  }
}

function beside(from: Node, to: Node): Way {
  const down = to.y > from.y
  const x = from.x + from.width / 2 + (down ? 8 : -8)
  const y1 = down ? from.y + nodeHeight : from.y
  const y2 = down ? to.y - 2 : to.y + nodeHeight + 2
  if (Math.abs(to.y - from.y) <= nodeHeight + gapY + 1) return { path: `M${x} ${y1}V${y2}`, x, y: (y1 + y2) / 2 + 4 }
  const edge = from.x + from.width
  const out = edge + 30
  const a = from.y + nodeHeight / 2
  const b = to.y + nodeHeight / 2
  return { path: `M${edge} ${a}C${out} ${a} ${out} ${b} ${edge + 2} ${b}`, x: out, y: (a + b) / 2 }
}
