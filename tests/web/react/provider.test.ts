// @vitest-environment happy-dom
// <PhoneProvider>: exactly one phone, disposed exactly once, whatever React does with the tree.
import { createElement, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PhoneError } from '../../../web/src/errors.js'
import type { Phone } from '../../../web/src/phone.js'
import { PhoneProvider, usePhone, usePhoneState } from '../../../web/src/react/index.js'
import { KEEP_MS } from '../../../web/src/react/registry.js'
import type { PhoneOptions } from '../../../web/src/runtime/options.js'
import { scriptedBackend } from '../../../web/src/testing/backend.js'
import { scripted, virtualClock } from '../../../web/src/testing/index.js'
import { type Desk, desk, happens, page, shows } from './page.js'

const Status = () => usePhone().status
const child = createElement(Status)

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(KEEP_MS)
  vi.useRealTimers()
})

/** A `create` that opens real phones and remembers them. */
function opener() {
  const desks: Desk[] = []
  const create = async (): Promise<Phone> => {
    const made = await desk()
    desks.push(made)
    return made.phone
  }
  return { desks, create }
}

const until = (holds: () => boolean) => happens(() => vi.waitFor(() => expect(holds()).toBe(true), { interval: 1 }))

describe('one phone', () => {
  it('is opened after mounting and disposed once, a moment after unmounting', async () => {
    const { desks, create } = opener()
    const site = page()
    await site.show(createElement(PhoneProvider, { create }, child))
    await until(() => site.text === 'ready')
    await site.close()
    expect(desks[0]?.disposed).toBe(0)
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([1])
  })

  it('is one in StrictMode, which mounts everything twice', async () => {
    const { desks, create } = opener()
    const site = page({ strict: true })
    await site.show(createElement(PhoneProvider, { create: () => create() }, child))
    await until(() => site.text === 'ready')
    await site.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([1])
  })

  it('stays while the tree is replaced, as hot module replacement does', async () => {
    const { desks, create } = opener()
    const site = page()
    await site.show(createElement(PhoneProvider, { create, key: 'before' }, child))
    await until(() => site.text === 'ready')
    await site.show(createElement(PhoneProvider, { create, key: 'after' }, child))
    expect(site.text).toBe('ready')
    await vi.advanceTimersByTimeAsync(KEEP_MS * 2)
    expect(desks.map((one) => one.disposed)).toEqual([0])
    await site.close()
  })

  it('is shared by two providers of one name, and disposed when both are gone', async () => {
    const { desks, create } = opener()
    const [left, right] = [page(), page()]
    const node = () => createElement(PhoneProvider, { name: '1001', create: () => create() }, child)
    await left.show(node())
    await right.show(node())
    await until(() => left.text === 'ready' && right.text === 'ready')
    await left.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([0])
    await right.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([1])
  })

  it('gives way at once when another is asked for', async () => {
    const { desks, create } = opener()
    const site = page()
    await site.show(createElement(PhoneProvider, { name: '1001', create }, child))
    await until(() => site.text === 'ready')
    await site.show(createElement(PhoneProvider, { name: '1002', create }, child))
    expect(desks[0]?.disposed).toBe(1)
    await until(() => site.text === 'ready')
    await site.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([1, 1])
  })

  it('that comes after everybody has left is disposed as it comes', async () => {
    const made = await desk()
    let come = (_: Phone) => {}
    const late = new Promise<Phone>((resolve) => {
      come = resolve
    })
    const site = page()
    await site.show(createElement(PhoneProvider, { create: () => late }, child))
    expect(site.text).toBe('loading')
    await site.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(made.disposed).toBe(0)
    come(made.phone)
    await vi.advanceTimersByTimeAsync(0)
    expect(made.disposed).toBe(1)
  })

  it('made elsewhere is lent: never disposed, and null means not yet', async () => {
    const made = await desk()
    const site = page({ strict: true })
    await site.show(createElement(PhoneProvider, { phone: null }, child))
    expect(site.text).toBe('loading')
    await site.show(createElement(PhoneProvider, { phone: made.phone }, child))
    expect(site.text).toBe('ready')
    await site.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(made.disposed).toBe(0)
    made.phone.dispose()
  })
})

describe('options', () => {
  const optionsFor = (extension: string, token: () => string, backend = scriptedBackend()): PhoneOptions => ({
    session: { extension },
    api: { baseUrl: 'http://crm/api', token, fetch: backend.fetch },
    softphone: scripted(),
    clock: virtualClock(),
    seed: 7,
  })

  it('written in the component open one phone, which asks the newest of them for a token', async () => {
    const backend = scriptedBackend()
    const phones = new Set<unknown>()
    const site = page({ strict: true })
    const seen = shows(() => {
      const { phone, status } = usePhone()
      if (phone) phones.add(phone)
      return status
    })
    const node = (token: string) =>
      createElement(PhoneProvider, { options: optionsFor('1001', () => token, backend) }, createElement(seen.component))
    await site.show(node('first'))
    await until(() => site.text === 'ready')
    await site.show(node('second'))
    await happens(() => [...phones].map((phone) => (phone as Phone).setStatus('BREAK', 'lunch').catch(() => {})))
    expect(phones.size).toBe(1)
    expect(backend.requests.at(-1)?.authorization).toBe('Bearer second')
    await site.close()
  })

  it('of another extension open another phone, and end the one before', async () => {
    const phones: Phone[] = []
    const site = page()
    const seen = shows(() => {
      const { phone, status } = usePhone()
      if (phone && !phones.includes(phone)) phones.push(phone)
      return status
    })
    const node = (extension: string) =>
      createElement(PhoneProvider, { options: optionsFor(extension, () => 't') }, createElement(seen.component))
    await site.show(node('1001'))
    await until(() => site.text === 'ready')
    await site.show(node('1002'))
    await until(() => phones.length === 2)
    expect(phones.map((phone) => phone.store.getState().phase)).toEqual(['disposed', 'ready'])
    await site.close()
  })

  it('that are wrong are said as an error, and a second try is possible', async () => {
    const { desks, create } = opener()
    let works = false
    const site = page()
    let retry = () => {}
    const seen = shows(() => {
      const opened = usePhone()
      if (opened.status !== 'failed') return opened.status
      retry = opened.retry
      return `failed: ${(opened.error as PhoneError).code}`
    })
    const attempt = () => (works ? create() : Promise.reject(new PhoneError('bad_config', 'no softphone')))
    await site.show(createElement(PhoneProvider, { create: attempt }, createElement(seen.component)))
    expect(site.text).toBe('failed: bad_config')
    works = true
    await happens(() => retry())
    await until(() => site.text === 'ready')
    await site.close()
    await vi.advanceTimersByTimeAsync(KEEP_MS)
    expect(desks.map((one) => one.disposed)).toEqual([1])
  })

  it('that throw at once fail like those that reject', async () => {
    const site = page()
    const create = (): Promise<Phone> => {
      throw new Error('no such module')
    }
    await site.show(createElement(PhoneProvider, { create }, child))
    expect(site.text).toBe('failed')
    await site.close()
  })
})

describe('a server', () => {
  it('draws how every phone begins, and opens none', () => {
    const create = vi.fn(() => Promise.reject(new Error('not on a server')))
    const seen = shows(() => {
      const { status } = usePhone()
      const phase = usePhoneState((state) => state.phase)
      const may = usePhoneState((state) => state.can.call.reason)
      return [status, phase, may].join(' ')
    })
    const node = createElement(PhoneProvider, { create }, createElement(seen.component))
    expect(renderToString(createElement(StrictMode, null, node))).toBe('loading loading not_ready')
    expect(create).not.toHaveBeenCalled()
  })

  it('draws the same for a phone that is lent, so that the page can be taken over', async () => {
    const { phone } = await desk()
    const seen = shows(() => usePhoneState((state) => state.phase))
    expect(phone.store.getState().phase).toBe('ready')
    expect(renderToString(createElement(PhoneProvider, { phone }, createElement(seen.component)))).toBe('loading')
    phone.dispose()
  })
})

it('a hook outside a provider says what is missing', () => {
  expect(() => renderToString(child)).toThrow('not inside a <PhoneProvider>')
})
