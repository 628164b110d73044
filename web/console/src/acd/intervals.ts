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

interface Row {
  from?: number
  counters?: Record<string, number>
  numbers?: Record<string, number | null>
}

function read(body: unknown): Today | null {
  const rows = (body as { rows?: unknown } | null)?.rows
  if (!Array.isArray(rows) || rows.length < 2) return null
  const points = (value: (row: Row) => number | null | undefined): Point[] =>
    (rows as Row[]).map((row) => ({ at: row.from ?? 0, value: value(row) ?? null }))
  return {
    sl: points(({ numbers }) => numbers?.service_level),
    offered: points(({ counters }) => counters?.offered),
    aht: points(({ numbers }) => numbers?.aht_ms),
  }
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
        interval: '15m',
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
