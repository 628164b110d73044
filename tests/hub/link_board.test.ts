// The alarms that stand, as onlookers are told them: one of a kind, but one for each queue member whose pause failed.
import { afterEach, describe, expect, it } from 'vitest'
import { LinkBoard } from '../../hub/src/pbx/link_board.js'

let now = 1000
const board = new LinkBoard(() => now, 'ami://pbx.test:5038')
const alarms = () => (JSON.parse(board.frame(true)) as { alarms: object[] }).alarms

afterEach(() => board.close())

describe('alarms', () => {
  it('of a pause stand for each member until that one is synced; others are one of a kind', () => {
    board.alarm('pause_failed', 'sales PJSIP/1001: Interface not found', true)
    now = 2000
    board.alarm('pause_failed', 'sales PJSIP/1002: Interface not found', true)
    board.alarm('mass_drop', '5 of 8 endpoints vanished at once', true)
    now = 3000
    board.alarm('pause_failed', 'sales PJSIP/1001: Permission denied', true)
    expect(alarms()).toEqual([
      { code: 'pause_failed', detail: 'sales PJSIP/1001: Permission denied', since: 1000 },
      { code: 'pause_failed', detail: 'sales PJSIP/1002: Interface not found', since: 2000 },
      { code: 'mass_drop', detail: '5 of 8 endpoints vanished at once', since: 2000 },
    ])
    board.alarm('pause_failed', 'sales PJSIP/1001', false)
    board.alarm('mass_drop', '', false)
    expect(alarms()).toEqual([{ code: 'pause_failed', detail: 'sales PJSIP/1002: Interface not found', since: 2000 }])
  })

  it('are not told to agents', () => {
    board.alarm('mass_drop', 'x', true)
    expect(JSON.parse(board.frame(false)).alarms).toEqual([])
  })
})
