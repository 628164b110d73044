// dist/: every door of the package, from web/src and the built engine. ESM and
// CJS by esbuild, declarations by tsc, each declaration a second time as .d.cts.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { coldGluePath, coldWasmPath, engineIsBuilt, engineModules, root, wasmPath } from './embed_wasm.mjs'

const source = join(root, 'web/src')
const dist = join(root, 'dist')
const stamp = join(dist, '.built')

/**
 * Door → its source. Each is one file: a door that is not opened costs nothing. A new door is a line here; package.json
 * has its `exports` by `node tools/build_package.mjs --exports`, and tests/packaging looks at all of them.
 */
export const doors = {
  index: 'index.ts',
  slim: 'slim.ts',
  sipjs: 'adapters/sipjs/index.ts',
  jssip: 'adapters/jssip/index.ts',
  mizu: 'adapters/mizu/index.ts',
  react: 'react/index.ts',
  hubspot: 'integrations/hubspot.ts',
  salesforce: 'integrations/salesforce.ts',
  replay: 'replay/index.ts',
  cold: 'cold.ts',
  testing: 'testing/index.ts',
  node: 'node.ts',
  machines: 'generated/machines.ts',
}

/** Doors that load their WebAssembly from beside their own file. */
const besideWasm = ['slim', 'replay', 'cold']

/** What package.json has to say of the doors: types first, for each of the two module systems its own. */
export function exportsOf(names) {
  const way = (name, types, code) => ({ types: `./dist/${name}.d.${types}`, default: `./dist/${name}.${code}` })
  const entry = (name) => ({ import: way(name, 'ts', 'js'), require: way(name, 'cts', 'cjs') })
  return {
    ...Object.fromEntries(names.map((name) => [name === 'index' ? '.' : `./${name}`, entry(name)])),
    './phone.wasm': './dist/phone.wasm',
    './phone_cold.wasm': './dist/phone_cold.wasm',
    './web_phone.js': './dist/web_phone.js',
    './package.json': './package.json',
  }
}

const common = {
  bundle: true,
  minify: true,
  target: 'es2022',
  platform: 'neutral',
  legalComments: 'none',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  external: ['node:*', 'sip.js', 'sip.js/*', 'jssip', 'react'],
}

/** A door that opens a phone by itself (react) asks the main door for it: the engine is in the package once. */
const mainDoor = (file) => ({
  name: 'offhook-main-door',
  setup(build) {
    const main = join(source, 'index.ts')
    build.onResolve({ filter: /\/index\.js$/ }, ({ path, importer, kind }) => {
      if (kind !== 'dynamic-import' || join(dirname(importer), path).replace(/js$/, 'ts') !== main) return undefined
      return { path: file, external: true }
    })
  },
})

export async function buildPackage({ force = false } = {}) {
  if (!engineIsBuilt()) throw new Error('build/wasm/phone*.wasm are missing: npm run build -- --only wasm')
  if (!force && fresh()) return false
  mkdirSync(dist, { recursive: true })
  await Promise.all([...bundles(), declarations()])
  copyFileSync(wasmPath, join(dist, 'phone.wasm'))
  copyFileSync(coldWasmPath, join(dist, 'phone_cold.wasm'))
  writeFileSync(stamp, new Date().toISOString())
  return true
}

function bundles() {
  const plugins = [engineModules(), mainDoor('./index.js')]
  const entries = Object.fromEntries(present(doors).map(([door, file]) => [door, join(source, file)]))
  const pick = (wanted) => Object.fromEntries(Object.entries(entries).filter(([door]) => wanted(door)))
  return [
    build({ ...common, plugins, entryPoints: entries, outdir: dist, format: 'esm' }),
    commonJs(pick((door) => !besideWasm.includes(door))),
    // CommonJS has no import.meta; these doors look beside their own file all the same.
    commonJs(
      pick((door) => besideWasm.includes(door)),
      {
        define: { 'import.meta.url': '__offhookUrl' },
        banner: {
          js: "const __offhookUrl=typeof __filename==='string'?'file://'+__filename:typeof document!=='undefined'?document.baseURI:'file:///';",
        },
      },
    ),
    build({
      ...common,
      plugins,
      entryPoints: [join(source, 'script_tag.ts')],
      outfile: join(dist, 'web_phone.js'),
      format: 'iife',
      globalName: 'Offhook',
    }),
  ]
}

function commonJs(entryPoints, more = {}) {
  return build({
    ...common,
    plugins: [engineModules(), mainDoor('./index.cjs')],
    entryPoints,
    outdir: dist,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // It stays within CommonJS: import() becomes a require.
    supported: { 'dynamic-import': false },
    ...more,
  })
}

const present = (all) => Object.entries(all).filter(([, file]) => existsSync(join(source, file)))

/** The doors there are, in their order. */
export const doorNames = () => present(doors).map(([door]) => door)

function declarations() {
  for (const file of walk(dist)) if (/\.d\.c?ts$/.test(file)) rmSync(file)
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'web')], {
    stdio: 'inherit',
  })
  for (const [door, file] of present(doors)) {
    const at = file.replace(/\.ts$/, '.js')
    if (at !== `${door}.js`) writeFileSync(join(dist, `${door}.d.ts`), `export * from './${at}'\n`)
  }
  for (const file of walk(dist)) {
    if (!file.endsWith('.d.ts')) continue
    const text = readFileSync(file, 'utf8').replaceAll(
      /(from\s*|import\()(['"])(\.{1,2}\/[^'"]+)\.js\2/g,
      '$1$2$3.cjs$2',
    )
    writeFileSync(file.replace(/\.d\.ts$/, '.d.cts'), text)
  }
}

function fresh() {
  if (!existsSync(stamp)) return false
  const built = statSync(stamp).mtimeMs
  const inputs = [
    ...walk(source),
    coldGluePath,
    coldWasmPath,
    wasmPath,
    join(root, 'web/tsconfig.json'),
    fileURLToPath(import.meta.url),
  ]
  return inputs.every((file) => statSync(file).mtimeMs < built)
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}

/** The same for a TypeScript that does not read `exports` (moduleResolution node10): types only. */
export function typesVersionsOf(names) {
  const inner = names.filter((name) => name !== 'index')
  return { '*': Object.fromEntries(inner.map((name) => [name, [`./dist/${name}.d.cts`]])) }
}

function writeExports() {
  const file = join(root, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.exports = exportsOf(doorNames())
  manifest.typesVersions = typesVersionsOf(doorNames())
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  if (process.argv.includes('--exports')) writeExports()
  const did = await buildPackage({ force: process.argv.includes('--force') })
  console.log(did ? `package: ${dirname(stamp)}` : 'package: fresh')
}
