// The same bundle in Chromium: a fresh browser for each variant and pass, a page that is cross-origin isolated, so that its
// clock reads in steps of 5 µs.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { bundlePath } from './bundle.mjs'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions', '--mute-audio']

/** Runs exported functions of the bundle in a page: `runIn(what, ...args)`. */
export async function createBrowser() {
  const { chromium } = await import('playwright-core')
  const { chromiumPath } = await import('../../tests/pbx/chromium.mjs')
  const executablePath = chromiumPath()
  const server = createServer((request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    const isScript = request.url === '/bench.mjs'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? readFileSync(bundlePath) : '<!doctype html><title>bench</title>')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = `http://127.0.0.1:${server.address().port}/`
  let open = null
  let version = ''
  return {
    version: () => version,
    async runIn(what, ...args) {
      open = await chromium.launch({ executablePath, args: flags })
      version = open.version()
      try {
        const page = await open.newPage()
        await page.goto(address)
        return await page.evaluate(
          async ([name, given]) => {
            const bench = await import('/bench.mjs')
            return bench[name](...given)
          },
          [what, args],
        )
      } finally {
        await open.close()
        open = null
      }
    },
    async end() {
      await open?.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
