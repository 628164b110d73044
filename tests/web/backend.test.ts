// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
import { describe, expect, it } from 'vitest'
import type { ApiOptions } from '../../web/src/runtime/options.js'
import { fakePhone, never, type Sent, settle, testBackend } from './harness.js'

type Answer = (sent: Sent, times: number) => Response | Promise<Response>

/** One http.send at the start; what the engine hears of it. */
async function exchange(effect: Record<string, unknown>, answer: Answer, api: Partial<ApiOptions> = {}) {
  const backend = testBackend(answer)
  const set = await fakePhone(
    (event) => (event.type === 'Started' ? { effects: [{ type: 'http.send', timeout_ms: 10_000, ...effect }] } : {}),
    { api: { baseUrl: 'http://crm/api/', token: () => 'T1', fetch: backend.fetch, ...api } },
  )
  await settle()
  const heard = () => set.engine.seen.slice(1)
  return { ...set, sent: backend.sent, heard }
}

const create = {
  request: 'call_log_create',
  record: 'log-1',
  idempotency_key: 'key-1',
  body: '{"key":"log-1","status":"ringing"}',
}

describe('what is sent', () => {
  it.each([
    ['contact_find_or_create', 'POST', '/contacts/find-or-create'],
    ['call_log_create', 'POST', '/call-logs'],
    ['call_log_update', 'PATCH', '/call-logs/a%2F7'],
    ['agent_status_get', 'GET', '/agents/1001/status'],
    ['agent_status_put', 'PUT', '/agents/1001/status'],
    ['queue_pause', 'POST', '/members/1001/pause'],
    ['wrap_up_extend', 'POST', '/agents/1001/extend-wrap-up'],
  ])('%s is %s %s', async (request, method, path) => {
    const { sent } = await exchange({ ...create, request, record: 'a/7' }, () => Response.json({}))
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ method, url: `http://crm/api${path}` })
    expect(sent[0]!.body).toEqual(method === 'GET' ? null : { key: 'log-1', status: 'ringing' })
  })

  it('carries the token and the idempotency key', async () => {
    const { sent } = await exchange(create, () => Response.json({}))
    expect(sent[0]!.headers).toMatchObject({
      authorization: 'Bearer T1',
      'idempotency-key': 'key-1',
      'content-type': 'application/json',
    })
  })

  it('goes to the paths and through the transformations of the host, both ways', async () => {
    const { sent, heard } = await exchange(
      { ...create, request: 'call_log_update', record: '42' },
      () => Response.json({ Id: 42 }, { status: 200 }),
      {
        paths: { call_log_update: 'POST /crm/{extension}/calls/{record}' },
        transform: {
          request: (_, body) => ({ wrapped: body }),
          answer: (_, body) => ({ id: String((body as { Id: number }).Id) }),
        },
      },
    )
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://crm/api/crm/1001/calls/42',
      body: { wrapped: { key: 'log-1', status: 'ringing' } },
    })
    expect(heard()).toMatchObject([{ type: 'HttpAnswered', status_code: 200, body: '{"id":"42"}' }])
  })

  it('a path alone keeps the method; a function may compute it', async () => {
    const { sent } = await exchange(create, () => Response.json({}), {
      paths: { call_log_create: (record, session) => `/v2/${session.extensionId}/${record}` },
    })
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'http://crm/api/v2/e-17/log-1' })
  })
})

describe('what comes back', () => {
  it.each([200, 201, 400, 404, 409, 422, 500, 503])('an answer %i is told with its body', async (status) => {
    const { heard } = await exchange(create, () => Response.json({ code: 'x' }, { status }))
    expect(heard()).toMatchObject([{ type: 'HttpAnswered', request: 1, status_code: status, body: '{"code":"x"}' }])
  })

  it('the server’s clock and its wish to be left alone are told, both forms of Retry-After', async () => {
    const date = 'Sat, 21 Nov 2026 15:00:00 GMT'
    const told = async (headers: Record<string, string>) =>
      (await exchange(create, () => new Response('{}', { status: 503, headers }))).heard()[0]
    const at = Date.UTC(2026, 10, 21, 15)
    expect(await told({ date, 'retry-after': '120' })).toMatchObject({ server_time: at, retry_after_ms: 120_000 })
    expect(await told({ date, 'retry-after': 'Sat, 21 Nov 2026 15:00:30 GMT' })).toMatchObject({
      retry_after_ms: 30_000,
    })
    expect(await told({ date, 'retry-after': 'Sat, 21 Nov 2026 14:00:00 GMT' })).toMatchObject({ retry_after_ms: 0 })
    expect(await told({ date: 'yesterday', 'retry-after': 'soon' })).toMatchObject({
      server_time: 0,
      retry_after_ms: 0,
    })
    expect(await told({})).toMatchObject({ server_time: 0, retry_after_ms: 0 })
  })

  it('an answer without a body is an empty text', async () => {
    const { heard } = await exchange(create, () => new Response(null, { status: 204 }))
    expect(heard()).toMatchObject([{ type: 'HttpAnswered', status_code: 204, body: '' }])
  })

  it('HTML is told as it is, also past an answer transformation', async () => {
    const { heard } = await exchange(create, () => new Response('<html>login</html>'), {
      transform: { answer: () => 'never called' },
    })
    expect(heard()).toMatchObject([{ type: 'HttpAnswered', status_code: 200, body: '<html>login</html>' }])
  })

  it('an answer of more than 256 KiB is a bad answer', async () => {
    const { heard } = await exchange(create, () => new Response('x'.repeat(300 * 1024)))
    expect(heard()).toMatchObject([{ type: 'HttpFailed', failure: 'bad_answer' }])
  })

  it('an answer that never ends is a bad answer, and its reading stops', async () => {
    let chunks = 0
    const endless = new ReadableStream({
      pull(controller) {
        chunks++
        controller.enqueue(new Uint8Array(16 * 1024))
      },
    })
    const { heard } = await exchange(create, () => new Response(endless))
    await settle()
    expect(heard()).toMatchObject([{ type: 'HttpFailed', failure: 'bad_answer' }])
    expect(chunks).toBeLessThan(30)
  })

  it('no connection is network', async () => {
    const { heard } = await exchange(create, () => Promise.reject(new TypeError('fetch failed')))
    expect(heard()).toMatchObject([{ type: 'HttpFailed', request: 1, failure: 'network' }])
  })

  it('nothing at all is a timeout after the limit, and an answer after it is not told', async () => {
    let late: (response: Response) => void = () => {}
    const { heard, clock } = await exchange(create, () => new Promise((resolve) => (late = resolve)))
    expect(heard()).toEqual([])
    clock.advance(9_999)
    await settle()
    expect(heard()).toEqual([])
    clock.advance(1)
    await settle()
    expect(heard()).toMatchObject([{ type: 'HttpFailed', failure: 'timeout' }])
    late(Response.json({}))
    await settle()
    expect(heard()).toHaveLength(1)
  })

  it('a host’s own time limit counts, a token that never comes included', async () => {
    const { heard, clock } = await exchange(create, never, { timeoutMs: 500, token: () => new Promise(() => {}) })
    clock.advance(500)
    await settle()
    expect(heard()).toMatchObject([{ type: 'HttpFailed', failure: 'timeout' }])
  })

  it('a transformation that throws ends the request and not the phone', async () => {
    const boom = () => {
      throw new Error('boom')
    }
    const out = await exchange(create, () => Response.json({}), { transform: { request: boom } })
    expect(out.sent).toEqual([])
    expect(out.heard()).toMatchObject([{ type: 'HttpFailed', failure: 'aborted' }])
    const back = await exchange(create, () => Response.json({}), { transform: { answer: boom } })
    expect(back.heard()).toMatchObject([{ type: 'HttpFailed', failure: 'bad_answer' }])
  })
})

describe('401', () => {
  it('asks for a fresh token once and sends the request again', async () => {
    const asked: boolean[] = []
    const { sent, heard } = await exchange(
      create,
      (_, times) => (times === 1 ? new Response(null, { status: 401 }) : Response.json({ id: '1' }, { status: 201 })),
      {
        token: ({ refresh }) => {
          asked.push(refresh)
          return refresh ? 'T2' : 'T1'
        },
      },
    )
    expect(asked).toEqual([false, true])
    expect(sent.map((one) => one.headers.authorization)).toEqual(['Bearer T1', 'Bearer T2'])
    expect(sent.map((one) => one.headers['idempotency-key'])).toEqual(['key-1', 'key-1'])
    expect(heard()).toMatchObject([{ type: 'HttpAnswered', status_code: 201 }])
  })

  it('is told when the fresh token is refused too, and when there is no other token', async () => {
    const unauthorized = () => new Response('{}', { status: 401 })
    const fresh = await exchange(create, unauthorized, { token: ({ refresh }) => (refresh ? 'T2' : 'T1') })
    expect([fresh.sent.length, fresh.heard()[0]]).toMatchObject([2, { type: 'HttpAnswered', status_code: 401 }])
    const same = await exchange(create, unauthorized)
    expect([same.sent.length, same.heard()[0]]).toMatchObject([1, { type: 'HttpAnswered', status_code: 401 }])
  })

  it('a token that cannot be had is network, and is in no log', async () => {
    const { sent, heard, logged } = await exchange(create, never, {
      token: () => Promise.reject(new Error('signed out')),
    })
    expect(sent).toEqual([])
    expect(heard()).toMatchObject([{ type: 'HttpFailed', failure: 'network' }])
    expect(logged.join()).not.toContain('T1')
  })
})

describe('after dispose', () => {
  it('reads are given up, writes go to their end, and nothing is told', async () => {
    const signals: AbortSignal[] = []
    const fetch = ((_: string, init: RequestInit) => {
      signals.push(init.signal!)
      return never()
    }) as typeof globalThis.fetch
    const { phone, engine } = await fakePhone(
      (event) =>
        event.type === 'Started'
          ? {
              effects: [
                { type: 'http.send', timeout_ms: 9e3, request: 'agent_status_get' },
                { type: 'http.send', timeout_ms: 9e3, ...create },
              ],
            }
          : {},
      { api: { baseUrl: 'http://crm', token: () => 'T', fetch } },
    )
    await settle()
    phone.dispose()
    await settle()
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false])
    expect(engine.seen.map((event) => event.type)).toEqual(['Started', 'Disposed'])
  })
})
