// The quarter hours of today from the hub's intervals report, for the lines of the wallboard. Asked for when the
// board opens and each five minutes. A hub without reports, or one that fails, gives
// null: then the board draws what it has seen itself.

import { useEffect, useState } from 'react'
import { ask } from './rest.ts'
import type { Point } from './trend.ts'

export interface Today {
  sl: readonly Point[]
  offered: readonly Point[]
  aht: readonly Point[]
}

const everyMs = 300_000
const intervalMs = 900_000

type Fields = Record<string, unknown>

const numberOf = (row: Fields, ...names: string[]): number | null => {
  for (const name of names) {
    const value = row[name]
    if (typeof value === 'number' && Number.isFinite(value)) return value
    // A number beside its formula's name.
    const inner = typeof value === 'object' && value !== null ? (value as Fields).value : undefined
    if (typeof inner === 'number') return inner
  }
  return null
}

function read(body: unknown): Today | null {
  const rows = (body as { items?: unknown } | null)?.items
  if (!Array.isArray(rows) || rows.length < 2) return null
  const today = { sl: [] as Point[], offered: [] as Point[], aht: [] as Point[] }
  for (const row of rows as Fields[]) {
    const at = numberOf(row, 'from', 'at', 'start')
    if (at === null) return null
    today.sl.push({ at, value: numberOf(row, 'service_level', 'sl') })
    today.offered.push({ at, value: numberOf(row, 'offered') })
    today.aht.push({ at, value: numberOf(row, 'aht_ms', 'average_handle_ms', 'aht') })
  }
  return today
}

export function useToday(): Today | null {
  const [today, setToday] = useState<Today | null>(null)
  useEffect(() => {
    let open = true
    const fetchIt = async () => {
      const midnight = new Date().setHours(0, 0, 0, 0)
      const query = new URLSearchParams({
        from: String(midnight),
        until: String(Date.now()),
        interval: String(intervalMs),
      })
      const { body } = await ask(`/contact-centre/reports/intervals?${query}`)
      if (open) setToday(read(body))
    }
    void fetchIt()
    const timer = setInterval(() => void fetchIt(), everyMs)
    return () => {
      open = false
      clearInterval(timer)
    }
  }, [])
  return today
}
