// The measured code as one file, the same for Node and Chromium, in build/bench. Libraries in production mode.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { engineModules } from '../embed_wasm.mjs'
import { root } from '../processes.mjs'

export const folder = join(root, 'build/bench')
export const bundlePath = join(folder, 'bench.mjs')

/** What has to be built beforehand and is not. */
export function missing() {
  const needed = ['dist/index.js', 'build/wasm/phone.wasm', 'build/native/libengine.a', 'hub/dist/pbx/engine.js']
  return needed.filter((path) => !existsSync(join(root, path)))
}

export async function bundle() {
  await build({
    entryPoints: [join(root, 'tools/bench/variants/index.mjs')],
    outfile: bundlePath,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [engineModules()],
  })
}

export function versionOf(library) {
  return JSON.parse(readFileSync(join(root, 'node_modules', library, 'package.json'), 'utf8')).version
}
