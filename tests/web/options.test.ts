import { describe, expect, it } from 'vitest'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { checkOptions } from '../../web/src/runtime/options.js'
import { createPhone, options } from './doors.js'

const config = (more: Partial<PhoneOptions>) => JSON.parse(checkOptions(options(more)).configJson)

describe('options', () => {
  it('become what the engine is told, without secrets', () => {
    const told = config({
      session: { extension: '1001', sip: { password: 'hunter2' } },
      wrapUp: { mode: 'optional', seconds: 12 },
      internalPattern: '^\\d{4}$',
      login: true,
      callsMax: 3,
    })
    expect(told).toEqual({
      seed: 7,
      extension: '1001',
      extension_id: '1001',
      number: '1001',
      name: '',
      wrap_up: { mode: 'optional', seconds: 12 },
      internal_min_digits: 4,
      internal_max_digits: 4,
      login: true,
      has_events_socket: false,
      probe: true,
      has_storage: false,
      has_tabs: false,
      tab: '',
      transfer_route: 'auto',
      calls_max: 3,
      auto_hold: true,
    })
    expect(JSON.stringify(told)).not.toContain('hunter2')
  })

  it('a seed is made when none is given', () => {
    const { seed: _, ...rest } = options()
    const seeds = [1, 2, 3].map(() => JSON.parse(checkOptions(rest).configJson).seed)
    expect(new Set(seeds).size).toBe(3)
    for (const seed of seeds) expect(Number.isSafeInteger(seed) && seed > 0).toBe(true)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no session', { session: undefined }],
    ['an empty extension', { session: { extension: '' } }],
    ['no backend', { api: undefined }],
    ['a token that is no function', { api: { baseUrl: '/api', token: 'text' } }],
    ['no softphone', { softphone: undefined }],
    ['an http address as socket', { sockets: { events: 'https://crm/ws' } }],
    ['an unknown wrap-up', { wrapUp: { mode: 'sometimes' } }],
    ['a pattern that is none', { internalPattern: '[0-9]' }],
    ['a seed below one', { seed: 0 }],
    ['too many calls', { callsMax: 99 }],
  ])('%s is bad_config, with a sentence that helps', async (_, wrong) => {
    const given = wrong === undefined ? undefined : options(wrong as Partial<PhoneOptions>)
    await expect(createPhone(given as PhoneOptions)).rejects.toMatchObject({
      name: 'PhoneError',
      code: 'bad_config',
      recoverable: false,
    })
  })
})
