// Names of agents by extension; the extension where nobody is known by it.

import { useCallback } from 'react'
import { nameIn, useWall, type Wall } from '../wall/store.ts'

/** The names alone: renders when one of them changes, not with each status. */
const namesOf = (wall: Wall) => {
  let text = ''
  for (const extension of new Set([...wall.agents.keys(), ...wall.acdAgents.keys()]))
    text += `${extension}\t${nameIn(wall, extension)}\n`
  return text
}

let cached: { text: string; names: ReadonlyMap<string, string> } = { text: '', names: new Map() }

export function useNames(): (extension: string) => string {
  const text = useWall(namesOf)
  return useCallback(
    (extension) => {
      if (cached.text !== text) {
        const pairs = text.split('\n').map((line) => line.split('\t') as [string, string])
        cached = { text, names: new Map(pairs) }
      }
      return cached.names.get(extension) || extension
    },
    [text],
  )
}
