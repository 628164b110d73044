// One registry of codes: every word that can be met has an entry, a number of
// its own, and a remedy; and an error says all of it without telling secrets.
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { anomalyCodes, eventErrors, hostCodes, noticeCodes, reasonCodes } from '../../web/src/codes.js'
import { PhoneError, type PhoneErrorCode } from '../../web/src/errors.js'
import { anomalyWords, noticeCodeWords, reasonWords } from '../../web/src/generated/words.js'
import { version } from '../../web/src/version.js'

const all = { hostCodes, reasonCodes, noticeCodes, anomalyCodes, eventErrors }

describe('the registry of codes', () => {
  it.each([
    ['reason', reasonWords, reasonCodes],
    ['notice', noticeCodeWords, noticeCodes],
    ['anomaly', anomalyWords, anomalyCodes],
  ])('has every %s that the engine can say, and no other', (_, words, codes) => {
    // The first word of each list is "nothing": ok, none.
    expect(Object.keys(codes).sort()).toEqual([...words.slice(1)].sort())
  })

  it('gives each code a number of its own, in the hundred of its kind', () => {
    const numbers = Object.values(all).flatMap((codes) => Object.values(codes).map(([number]) => number))
    expect(new Set(numbers).size).toBe(numbers.length)
    for (const [index, codes] of Object.values(all).entries())
      for (const [number] of Object.values(codes)) expect(Math.floor(number / 100)).toBe(index + 1)
  })

  it('says for each what it means and what to do, in one sentence each', () => {
    for (const codes of Object.values(all)) {
      for (const [code, [, means, remedy]] of Object.entries(codes)) {
        expect(means, code).toMatch(/^.{6,}\.$/)
        expect(remedy, code).toMatch(/^.{3,}\.$/)
      }
    }
  })
})

describe('a PhoneError', () => {
  it('carries number, remedy, and whether it is worth trying again', () => {
    expect(new PhoneError('backend_unreachable')).toMatchObject({ number: 214, fatal: false, recoverable: true })
    expect(new PhoneError('bad_number')).toMatchObject({ number: 209, fatal: false, recoverable: false })
    expect(new PhoneError('engine_aborted')).toMatchObject({ number: 107, fatal: true, recoverable: false })
  })

  it('is never both fatal and worth trying again, and always has a remedy', () => {
    for (const code of Object.keys({ ...hostCodes, ...reasonCodes })) {
      const { fatal, recoverable, remedy } = new PhoneError(code as PhoneErrorCode)
      expect(fatal && recoverable, code).toBe(false)
      expect(remedy, code).not.toBe('')
    }
  })

  it('as JSON has no stack and no cause, which may hold what must not leave the page', () => {
    const error = new PhoneError('bad_wasm', 'not ours', new Error('token=hunter2'))
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'PhoneError',
      code: 'bad_wasm',
      number: 102,
      message: 'not ours',
      fatal: true,
      recoverable: false,
      remedy: hostCodes.bad_wasm[2],
    })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })
})

it('the package says the version that its package.json has', () => {
  expect(version).toBe(packageJson.version)
})
