// The OpenAPI document, the console's files and the headers around them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHub, type TestHub } from './support/harness.js'

const CSP =
  "default-src 'self';script-src 'self' 'wasm-unsafe-eval';connect-src 'self' ws: wss:;style-src 'self';img-src 'self' data:;object-src 'none';base-uri 'none';frame-ancestors 'none'"

const dir = mkdtempSync(join(tmpdir(), 'console-test-'))
let t: TestHub
beforeAll(async () => {
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(dir, 'assets', 'phone-a1b2c3d4.wasm'), Buffer.from([0, 97, 115, 109]))
  t = await startHub({ console: dir })
})
afterAll(async () => {
  await t.stop()
  rmSync(dir, { recursive: true })
})

/** Every row of the REST table, as docs/wire.md writes it. */
const wire = readFileSync(new URL('../../docs/wire.md', import.meta.url), 'utf8')
const rows = [...wire.matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) (\/[^`?]*)/gm)].map(([, method, path]) => ({
  method: method?.toLowerCase() ?? '',
  path: `/api${path}`,
}))

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
type Any = any

describe('the OpenAPI document', () => {
  let document: Any
  beforeAll(async () => {
    document = (await t.anonymous.get('/docs/json')).body
  })

  it('is OpenAPI 3.1 with a title, a version and a token scheme', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.info).toMatchObject({ title: 'Offhook hub', version: expect.stringMatching(/^\d/) })
    expect(document.components.securitySchemes.token).toEqual({ type: 'http', scheme: 'bearer' })
  })

  it('names every row of docs/wire.md and docs/queues.md, and nothing that is not there', () => {
    expect(rows).toHaveLength(37)
    const named = Object.entries<object>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    )
    const queues = readFileSync(new URL('../../docs/queues.md', import.meta.url), 'utf8')
    const centre = [...queues.matchAll(/`(GET|PUT|POST|PATCH|DELETE) (\/[a-z][^`\s]*)`/g)].map(
      ([, method, path]) => `${method?.toLowerCase()} /api${path}`,
    )
    const expected = new Set([...rows.map((r) => `${r.method} ${r.path}`), ...centre, 'get /api/ws'])
    expect(named.sort()).toEqual([...expected].sort())
  })

  it('is valid: parameters of the path are described, answers too, references resolve', () => {
    for (const [path, item] of Object.entries<Any>(document.paths)) {
      for (const operation of Object.values<Any>(item)) {
        const described = (operation.parameters ?? []).filter((p: Any) => p.in === 'path').map((p: Any) => p.name)
        expect(described.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort())
        expect(operation.summary).toBeTruthy()
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
        for (const answer of Object.values<Any>(operation.responses))
          expect(answer.description).toEqual(expect.any(String))
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1])
    expect(references).toEqual([])
  })

  it('asks for a token wherever the hub does', async () => {
    for (const { method, path } of rows) {
      const open = ['/api/sign-in', '/api/health'].includes(path)
      expect(document.paths[path][method].security, path).toEqual(open ? undefined : [{ token: [] }])
    }
  })

  it('is shown at /docs with a policy of its own', async () => {
    const { status, body, headers } = await t.anonymous.get('/docs/')
    expect([status, body.includes('swagger-ui')]).toEqual([200, true])
    expect(headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self' 'unsafe-inline'")
    expect((await t.anonymous.get('/docs/static/swagger-ui-bundle.js')).status).toBe(200)
  })
})

describe('the console', () => {
  it('is served at / with the security headers', async () => {
    const { status, body, headers } = await t.anonymous.get('/')
    expect([status, body]).toEqual([200, '<!doctype html><title>Console</title>'])
    expect(headers.get('content-security-policy')).toBe(CSP)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-cache')
  })

  it('has wasm with its media type, kept by the browser because its name has a hash', async () => {
    const { headers } = await t.anonymous.get('/assets/phone-a1b2c3d4.wasm')
    expect(headers.get('content-type')).toBe('application/wasm')
    expect(headers.get('cache-control')).toContain('immutable')
  })

  it('gives no file outside its directory', async () => {
    for (const path of ['/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../x']) {
      expect((await t.anonymous.get(path)).status).toBeGreaterThanOrEqual(400)
    }
  })

  it('without one, / says what to do', async () => {
    const bare = await startHub({ console: false })
    const { status, body } = await bare.anonymous.get('/')
    expect([status, body.includes('--console DIR')]).toEqual([200, true])
    await bare.stop()
  })
})

it('the API carries the same headers, also with errors', async () => {
  for (const path of ['/api/health', '/api/nothing', '/api/me']) {
    expect((await t.anonymous.get(path)).headers.get('content-security-policy')).toBe(CSP)
  }
})
