// Where the engine enters the package: an esbuild plugin that gives the two
// modules `offhook:wasm` (phone.wasm as base64) and `offhook:cold` (emcc's glue of the cold face).
// vite.config and vitest use the same names through `engineAliases`.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const coldGluePath = join(root, 'build/wasm/phone_cold.cjs')
export const coldWasmPath = join(root, 'build/wasm/phone_cold.wasm')
export const wasmPath = join(root, 'build/wasm/phone.wasm')

export function engineIsBuilt() {
  return [wasmPath, coldGluePath, coldWasmPath].every((path) => existsSync(path))
}

/** For esbuild. */
export function engineModules() {
  return {
    name: 'offhook-engine',
    setup(build) {
      build.onResolve({ filter: /^offhook:cold$/ }, () => ({ path: coldGluePath }))
      build.onResolve({ filter: /^offhook:wasm$/ }, () => ({ path: wasmPath, namespace: 'offhook-wasm' }))
      build.onLoad({ filter: /.*/, namespace: 'offhook-wasm' }, ({ path }) => ({
        contents: base64Module(path),
        loader: 'js',
        watchFiles: [path],
      }))
    },
  }
}

/** For Vite and vitest. */
export function engineModulesForVite() {
  return {
    name: 'offhook-engine',
    enforce: 'pre',
    resolveId(id) {
      if (id === 'offhook:cold') return '\0offhook:cold'
      if (id === 'offhook:wasm') return '\0offhook:wasm'
      return null
    },
    load(id) {
      if (id === '\0offhook:wasm') return base64Module(wasmPath)
      if (id !== '\0offhook:cold') return null
      // CommonJS without a loader of its own: run it as a function of `module`.
      return `const module = { exports: {} }\n;(function (module, exports) {${readFileSync(coldGluePath, 'utf8')}\n})(module, module.exports)\nexport default module.exports`
    },
  }
}

function base64Module(path) {
  return `export default ${JSON.stringify(readFileSync(path).toString('base64'))}`
}
