// Where the states stand: columns by their distance from the first state, rows
// within a column in the table's order. Deterministic and small; a state
// machine of a phone has ten states, not a thousand.

import type { Edge, Machine } from './tables.ts'

export interface Node {
  state: string
  x: number
  y: number
  width: number
}

export interface Drawing {
  width: number
  height: number
  nodes: ReadonlyMap<string, Node>
}

export const nodeHeight = 46
const gapX = 76
const gapY = 74
const margin = 14
const letter = 7.6

function distances(machine: Machine, edges: readonly Edge[]): Map<string, number> {
  const distance = new Map<string, number>()
  const first = machine.states[0]
  if (first === undefined) return distance
  distance.set(first, 0)
  const queue = [first]
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (const edge of edges) {
      if (edge.from !== state || distance.has(edge.to)) continue
      distance.set(edge.to, (distance.get(state) ?? 0) + 1)
      queue.push(edge.to)
    }
  }
  return distance
}

export function layout(machine: Machine, edges: readonly Edge[]): Drawing {
  const distance = distances(machine, edges)
  const columns: string[][] = []
  for (const state of machine.states) {
    const column = distance.get(state) ?? 0
    columns[column] ??= []
    columns[column]?.push(state)
  }
  const tallest = Math.max(1, ...columns.map((column) => column.length))
  const height = tallest * (nodeHeight + gapY) - gapY + margin * 2 + 76
  const nodes = new Map<string, Node>()
  let x = margin
  for (const column of columns) {
    const width = Math.max(...column.map((state) => Math.round(state.length * letter) + 30))
    const used = column.length * (nodeHeight + gapY) - gapY
    let y = (height - used) / 2
    for (const state of column) {
      nodes.set(state, { state, x, y, width })
      y += nodeHeight + gapY
    }
    x += width + gapX
  }
  return { width: x - gapX + margin, height, nodes }
}

/** A curve from the border of one node to that of another, and where its label stands. */
export function curve(from: Node, to: Node): { path: string; x: number; y: number } {
  const middle = nodeHeight / 2
  if (Math.abs(from.x - to.x) < 1) return vertical(from, to)
  const forward = to.x > from.x
  const near = forward ? to.x - (from.x + from.width) <= gapX + 80 : false
  if (near) {
    const x1 = from.x + from.width
    const y1 = from.y + middle - 5
    const x2 = to.x - 2
    const y2 = to.y + middle - 5
    const bend = (x2 - x1) / 2
    return {
      path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      x: (x1 + x2) / 2,
      y: (y1 + y2) / 2 - 7,
    }
  }
  // Long ways and ways back leave by the top (forward) or the bottom (back), so that they do not cross the nodes.
  const side = forward ? -1 : 1
  const x1 = from.x + from.width / 2 + (forward ? 8 : -8)
  const x2 = to.x + to.width / 2 + (forward ? -8 : 8)
  const y1 = forward ? from.y : from.y + nodeHeight
  const y2 = forward ? to.y - 2 : to.y + nodeHeight + 2
  const lift = Math.min(60, 26 + Math.abs(x2 - x1) / 12) * side
  const top = forward ? Math.min(y1, y2) : Math.max(y1, y2)
  const control = top + lift
  return {
    path: `M${x1} ${y1}C${x1} ${control} ${x2} ${control} ${x2} ${y2}`,
    x: (x1 + x2) / 2,
    y: top + lift * 0.75 + (forward ? -5 : 12),
  }
}

function vertical(from: Node, to: Node): { path: string; x: number; y: number } {
  const down = to.y > from.y
  const x = from.x + from.width / 2 + (down ? 8 : -8)
  const y1 = down ? from.y + nodeHeight : from.y
  const y2 = down ? to.y - 2 : to.y + nodeHeight + 2
  const skips = Math.abs(to.y - from.y) > nodeHeight + gapY + 1
  if (!skips) return { path: `M${x} ${y1}V${y2}`, x: x + (down ? 6 : -6), y: (y1 + y2) / 2 }
  const out = from.x + from.width + 34
  const a = from.y + nodeHeight / 2
  const b = to.y + nodeHeight / 2
  const edge = from.x + from.width
  return { path: `M${edge} ${a}C${out} ${a} ${out} ${b} ${edge + 2} ${b}`, x: out, y: (a + b) / 2 }
}
