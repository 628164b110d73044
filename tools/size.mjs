#!/usr/bin/env node
// npm run size [-- --json]: what a page downloads, brotli 11, beside the library it would otherwise use, bundled in
// the same run by the same esbuild. Needs a built package (npm run build).

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'
import { doorNames } from './build_package.mjs'
import { coldWasmPath, root, wasmPath } from './embed_wasm.mjs'

const kilobyte = 1000
const dist = (name) => join(root, 'dist', name)

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  return brotliCompressSync(bytes, { params }).length
}

/** What esbuild makes of a few lines, for a page of today. */
async function bundle(contents, more = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'error',
    write: false,
    ...more,
  })
  return outputFiles[0].contents
}

const page = `export { createPhone } from '${dist('slim.js')}'; export { sipjs } from '${dist('sipjs.js')}'`

async function rows() {
  const wasm = readFileSync(wasmPath)
  const code = await bundle(page, { external: ['sip.js'] })
  const jssip = await bundle("export * from 'jssip'")
  /** Doors beside the main ones; machines is for documents and tools, testing for tests. */
  const inner = doorNames().filter((name) => !['index', 'slim', 'machines', 'testing'].includes(name))
  const whole = brotli(wasm) + brotli(code)
  const theirs = brotli(jssip)
  const row = (id, what, ours, against = '', other = null, target = null) => ({
    id,
    what,
    unit: 'kB brotli',
    ours: round(ours),
    against,
    theirs: other === null ? null : round(other),
    ratio: other === null ? null : Math.round((ours / other) * 100) / 100,
    target,
    met: target === null ? null : ours / kilobyte <= target,
  })
  return [
    row('size.wasm', 'phone.wasm, the engine', brotli(wasm)),
    row('size.slim', 'offhook/slim without the engine', brotli(readFileSync(dist('slim.js')))),
    row('size.index', 'offhook, engine inside (base64)', brotli(readFileSync(dist('index.js')))),
    ...inner.map((name) => row(`size.${name}`, `offhook/${name}`, brotli(readFileSync(dist(`${name}.js`))))),
    row('size.wasm_cold', 'phone_cold.wasm, for offhook/cold and offhook/replay', brotli(readFileSync(coldWasmPath))),
    row('size.script', 'web_phone.js, its three adapters', brotli(readFileSync(dist('web_phone.js')))),
    row('size.page', 'a page: slim + engine + SIP.js adapter', whole, 'JsSIP alone', theirs, 55),
  ]
}

const round = (bytes) => Math.round(bytes / 100) / 10

if (!existsSync(dist('slim.js'))) {
  console.error('dist is missing: npm run build')
  process.exit(1)
}
const found = await rows()
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows: found }))
else {
  for (const { what, ours, against, theirs, ratio, target, met } of found) {
    const beside = theirs === null ? '' : `   ${against} ${theirs} (×${ratio})`
    const goal = target === null ? '' : `   target ≤ ${target}: ${met ? 'met' : 'MISSED'}`
    console.log(`${what.padEnd(42)}${String(ours).padStart(8)} kB${beside}${goal}`)
  }
}
