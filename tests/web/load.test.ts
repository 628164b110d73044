import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { coldWasmPath } from '../../tools/embed_wasm.mjs'
import { startCold } from '../../web/src/engine/cold.js'
import { compileInline, compileOnce, startEngine } from '../../web/src/engine/load.js'
import { makePhone } from '../../web/src/phone.js'
import { fakeEngine } from './fake_engine.js'
import { testOptions } from './harness.js'
import { realModule, wasmBytes } from './real_phone.js'

const create = fakeEngine(() => ({})).create
const refused = (promise: Promise<unknown>) => expect(promise).rejects

describe('where the engine comes from', () => {
  it('bytes, a view of bytes, a module and a response give a module', async () => {
    const bytes = wasmBytes()
    const module = await compileOnce(bytes)
    expect(module).toBeInstanceOf(WebAssembly.Module)
    expect(await compileOnce(bytes.buffer)).toBeInstanceOf(WebAssembly.Module)
    expect(await compileOnce(module)).toBe(module)
    const typed = new Response(bytes, { headers: { 'content-type': 'application/wasm' } })
    expect(await compileOnce(typed)).toBeInstanceOf(WebAssembly.Module)
    expect(await compileOnce(new Response(bytes))).toBeInstanceOf(WebAssembly.Module)
  })

  it('an address is fetched, and file: is read where there is a file system', async () => {
    const { wasmPath } = await import('../../tools/embed_wasm.mjs')
    expect(await compileOnce(new URL(`file://${wasmPath}`))).toBeInstanceOf(WebAssembly.Module)
  })

  it('the same source is compiled once, so that a second phone is cheap', async () => {
    const bytes = wasmBytes()
    expect(compileOnce(bytes)).toBe(compileOnce(bytes))
    let asked = 0
    const inside = () => {
      asked++
      return wasmBytes()
    }
    const [a, b] = await Promise.all([compileInline(inside), compileInline(inside)])
    expect(a).toBe(b)
    expect(asked).toBeLessThanOrEqual(1)
  })

  it('two phones have a memory each', async () => {
    const [a, b] = await Promise.all([realModule(), realModule()])
    expect(a.HEAPU8.buffer).not.toBe(b.HEAPU8.buffer)
  })
})

describe('what is not the engine', () => {
  const other = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])

  it.each<[string, () => Parameters<typeof compileOnce>[0]]>([
    ['no bytes', () => new Uint8Array()],
    ['text', () => new TextEncoder().encode('<html>not found</html>')],
    ['half of it', () => wasmBytes().slice(0, 2000)],
    ['a 404', () => new Response('no', { status: 404 })],
    ['HTML with status 200', () => new Response('<html>', { headers: { 'content-type': 'application/wasm' } })],
    ['an address where nobody is', () => 'http://127.0.0.1:9/phone.wasm'],
    ['a file that is not there', () => 'file:///nowhere/phone.wasm'],
  ])('%s rejects with bad_wasm', async (_, source) => {
    await refused(compileOnce(source())).toMatchObject({ name: 'PhoneError', code: 'bad_wasm', recoverable: false })
  })

  it('another module rejects too, although the cold face’s glue would wait for ever', async () => {
    await refused(startEngine(await compileOnce(other))).toMatchObject({ code: 'bad_wasm' })
    await refused(startEngine(await compileOnce(readFileSync(coldWasmPath)))).toMatchObject({ code: 'bad_wasm' })
    await refused(startCold(await compileOnce(other))).toMatchObject({ code: 'bad_wasm' })
    await refused(startCold(await compileOnce(wasmBytes()))).toMatchObject({ code: 'bad_wasm' })
  })

  it('a failure is not remembered', async () => {
    let good = false
    const inside = () => (good ? wasmBytes() : new Uint8Array([1]))
    const url = 'data:application/wasm;base64,AGFzbQ=='
    await refused(compileOnce(url)).toMatchObject({ code: 'bad_wasm' })
    good = true
    expect(await compileOnce(inside())).toBeInstanceOf(WebAssembly.Module)
  })

  it('createPhone rejects with it', async () => {
    const { options } = testOptions()
    const make = (wasm: ArrayBufferView) =>
      makePhone({ ...options, wasm }, create, () => Promise.reject(new Error('unused')))
    await refused(make(new Uint8Array([9]))).toMatchObject({ code: 'bad_wasm' })
  })
})
