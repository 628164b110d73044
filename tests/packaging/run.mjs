#!/usr/bin/env node
// The package as a customer gets it: packed, installed offline into an empty folder, and loaded in every way there is.
// Last line: `N passed, N failed`.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { doorNames, exportsOf, typesVersionsOf } from '../../tools/build_package.mjs'
import { expected } from './consumer/use.mjs'
import { writeExamples, writeReadme } from './documents.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const here = join(root, 'tests/packaging/consumer')
const home = mkdtempSync(join(tmpdir(), 'offhook-package-'))
const installed = join(home, 'node_modules/offhook')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'"
/** What a door needs installed beside it to be imported at all; the adapters ask for their library when they are used. */
const besides = ['react', 'react-dom']
const importable = doorNames().map((name) => (name === 'index' ? 'offhook' : `offhook/${name}`))
let tarball = ''
let passed = 0
let failed = 0

async function check(title, run) {
  try {
    await run()
    passed++
    console.log(`ok    ${title}`)
  } catch (error) {
    failed++
    console.log(
      `FAIL  ${title}\n      ${String(error.stack ?? error)
        .slice(0, 1500)
        .replaceAll('\n', '\n      ')}`,
    )
  }
}

function same(found, wanted) {
  if (found !== wanted) throw new Error(`expected ${wanted}\n     found ${found}`)
}

/** A program in the customer's folder; its output, or an error that has it. */
function program(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: home,
    encoding: 'utf8',
    timeout: 180_000,
    ...options,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} gave ${status}\n${stdout}${stderr}`)
  return stdout
}

function node(name, text) {
  writeFileSync(join(home, name), text)
  return program(process.execPath, [name]).trim()
}

const tool = (path) => join(root, 'node_modules', path)

// Pack and install --------------------------------------------------------------

function install() {
  const pack = execFileSync('npm', ['pack', '--json', '--pack-destination', home], { cwd: root, encoding: 'utf8' })
  const [{ filename, files }] = JSON.parse(pack)
  tarball = join(home, filename)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'customer', private: true, type: 'module' }))
  program('npm', ['install', `./${filename}`, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'])
  for (const name of readdirSync(here)) copyFileSync(join(here, name), join(home, name))
  return files.map(({ path }) => path)
}

function* targets(entry) {
  if (typeof entry === 'string') yield entry
  else for (const inner of Object.values(entry)) yield* targets(inner)
}

async function checkContents(files) {
  await check('the package has dist, its description and nothing else', () => {
    const odd = files.filter(
      (path) => !/^(dist\/|package\.json$|README|LICENSE|CHANGELOG)/.test(path) || path.includes('.built'),
    )
    same(odd.join(), '')
  })
  await check('every door of exports leads to a file', () => {
    const missing = [...targets(manifest.exports)].filter((path) => !existsSync(join(installed, path)))
    same(missing.join(), '')
  })
  await check('exports and typesVersions are what tools/build_package.mjs makes of its doors', () => {
    same(JSON.stringify(manifest.exports), JSON.stringify(exportsOf(doorNames())))
    same(JSON.stringify(manifest.typesVersions), JSON.stringify(typesVersionsOf(doorNames())))
  })
  await check('publint finds nothing, suggestions included', () => {
    const text = program(process.execPath, [tool('publint/src/cli.js'), 'run', tarball, '--strict'])
    if (!/All good/.test(text)) throw new Error(text)
  })
  await check('are-the-types-wrong finds nothing, in any way of resolving', () => {
    // Two exports are no modules to import: a file to fetch, and a script to load by its tag.
    const assets = ['--exclude-entrypoints', 'phone.wasm', 'phone_cold.wasm', 'web_phone.js']
    const attw = tool('@arethetypeswrong/cli/dist/index.js')
    const text = program(process.execPath, [attw, tarball, '--no-emoji', '--no-color', '--format', 'json', ...assets])
    const { analysis, problems } = JSON.parse(text)
    same(JSON.stringify(problems ?? {}), '{}')
    same(
      Object.keys(analysis.entrypoints).filter((door) => !/wasm|web_phone|package/.test(door)).length,
      importable.length,
    )
  })
  await check('no file holds a path of the machine that built it', () => {
    const text = (path) => readFileSync(join(installed, path), 'latin1')
    same(files.filter((path) => text(path).includes(root) || text(path).includes(home)).join(), '')
  })
  await check('it depends on nothing, and optionally on its peers', () => {
    same(JSON.stringify(manifest.dependencies ?? {}), '{}')
    same(
      Object.keys(manifest.peerDependencies).every((name) => manifest.peerDependenciesMeta[name].optional),
      true,
    )
    same(
      readdirSync(join(home, 'node_modules'))
        .filter((name) => !name.startsWith('.'))
        .join(),
      'offhook',
    )
  })
}

// Node ----------------------------------------------------------------------------

async function checkNode() {
  const print = 'use(door).then((text) => console.log(text))'
  const bytes = "{ wasm: readFileSync('node_modules/offhook/dist/phone.wasm') }"
  const ways = [
    ['Node, ESM', 'a.mjs', `import { use } from './use.mjs'\nimport * as door from 'offhook'\n${print}`],
    ['Node, CommonJS', 'b.cjs', `const door = require('offhook')\nimport('./use.mjs').then(({ use }) => ${print})`],
    [
      'Node, slim, its own file',
      'c.mjs',
      `import { use } from './use.mjs'\nimport * as door from 'offhook/slim'\n${print}`,
    ],
    [
      'Node, slim, CommonJS',
      'd.cjs',
      `const door = require('offhook/slim')\nimport('./use.mjs').then(({ use }) => ${print})`,
    ],
    [
      'Node, slim, bytes',
      'e.mjs',
      `import { readFileSync } from 'node:fs'\nimport { use } from './use.mjs'\nimport * as door from 'offhook/slim'\n${print.replace('(door)', `(door, ${bytes})`)}`,
    ],
    [
      'Node, slim, a compiled module',
      'f.mjs',
      `import { readFileSync } from 'node:fs'\nimport { use } from './use.mjs'\nimport * as door from 'offhook/slim'\nconst wasm = new WebAssembly.Module(readFileSync('node_modules/offhook/dist/phone.wasm'))\n${print.replace('(door)', '(door, { wasm })')}`,
    ],
  ]
  for (const [title, name, text] of ways) await check(title, () => same(node(name, text), expected))
  for (const [kind, name, text] of [
    ['ESM', 'cold.mjs', "import { openEngine } from 'offhook/cold'\n"],
    ['CommonJS', 'cold.cjs', "const { openEngine } = require('offhook/cold')\n"],
  ])
    await check(`the engine with JSON both ways, ${kind}`, () => {
      const use = `const phone = new PhoneEngine('{"extension":"1001"}')
        console.log(JSON.parse(phone.dispatch('{"type":"Started","at":1,"mono":1}')).version, JSON.parse(PhoneEngine.schema()).events.length > 50)`
      same(node(name, `${text}openEngine().then((PhoneEngine) => {\n${use}\n})`), '1 true')
    })
  await check('importing every door in bare Node changes nothing', () => {
    for (const name of besides) symlinkSync(tool(name), join(home, 'node_modules', name))
    same(
      program(process.execPath, ['bare.mjs', ...importable]),
      JSON.stringify({ added: [], heard: 0, compiled: 0, handles: [] }),
    )
  })
  await check('every door is there for CommonJS too', () => {
    const text = `for (const door of process.argv.slice(2)) if (Object.keys(require(door)).length === 0) throw new Error(door)`
    writeFileSync(join(home, 'doors.cjs'), text)
    program(process.execPath, ['doors.cjs', ...importable])
  })
  for (const [kind, name, text] of [
    [
      'ESM',
      'react.mjs',
      "import { drawn } from './react_use.mjs'\nimport * as door from 'offhook/react'\nconsole.log(drawn(door))",
    ],
    [
      'CommonJS',
      'react.cjs',
      "const door = require('offhook/react')\nimport('./react_use.mjs').then(({ drawn }) => console.log(drawn(door)))",
    ],
  ])
    await check(`React, ${kind}, drawn on a server`, () => same(node(name, text), 'loading loading'))
  await check('bad bytes reject, and nothing hangs', () => {
    const text = `import { use } from './use.mjs'\nimport * as door from 'offhook/slim'\nuse(door, { wasm: new Uint8Array([1, 2, 3]) }).catch((error) => console.log(error.name, error.code))`
    same(node('g.mjs', text), 'PhoneError bad_wasm')
  })
}

async function checkTypes() {
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--types', '']
  for (const [title, file, module, resolution, library] of [
    ['types, ESM', 'types.mts', 'nodenext', 'nodenext'],
    ['types, CommonJS', 'types.cts', 'nodenext', 'nodenext'],
    ['types, bundler', 'types.mts', 'esnext', 'bundler'],
    ['types, with SIP.js installed', 'sipjs.mts', 'nodenext', 'nodenext', 'sip.js'],
    ['types, with JsSIP installed', 'jssip.mts', 'nodenext', 'nodenext', 'jssip'],
    ['types, with React installed', 'react.mts', 'nodenext', 'nodenext', '@types/react'],
  ]) {
    if (library) {
      mkdirSync(join(home, 'node_modules/@types'), { recursive: true })
      symlinkSync(tool(library), join(home, 'node_modules', library))
    }
    // JsSIP's own declarations want @types/debug, which it does not bring.
    const theirs = library === 'jssip' ? ['--skipLibCheck'] : []
    await check(title, () => {
      program(process.execPath, [
        tool('typescript/bin/tsc'),
        file,
        ...options,
        ...theirs,
        '--module',
        module,
        '--moduleResolution',
        resolution,
        '--ignoreConfig',
      ])
    })
  }
}

async function checkDocuments() {
  const names = writeExamples({ root, home, tool })
  await check('the examples for Vue, Svelte, Redux and no library follow the phone', () =>
    same(program(process.execPath, ['examples_use.mjs']).trim(), 'Answering Active'),
  )
  await check('the examples in TypeScript compile, against React, Zustand and HubSpot’s SDK', () => {
    const files = names.filter((name) => /tsx?$/.test(name))
    const options = '--noEmit --strict --skipLibCheck --target es2022 --lib es2023,dom --jsx react-jsx'.split(' ')
    const module = '--module esnext --moduleResolution bundler --ignoreConfig --types'.split(' ')
    same(files.length, 4)
    program(process.execPath, [tool('typescript/bin/tsc'), ...files, ...options, ...module, ''])
  })
}

async function checkReadme() {
  for (const library of ['happy-dom']) symlinkSync(tool(library), join(home, 'node_modules', library))
  const { prints } = writeReadme({ root, home })
  await check('the README’s React example compiles', () => {
    const options = '--outDir drawn --strict --skipLibCheck --target es2022 --lib es2023,dom --jsx react-jsx'.split(' ')
    const module = '--module esnext --moduleResolution bundler --ignoreConfig --types'.split(' ')
    const files = ['readme_react.tsx', 'readme_react_scripted.tsx', 'readme_reader.d.ts']
    program(process.execPath, [tool('typescript/bin/tsc'), ...files, ...options, ...module, ''])
  })
  const draws = (name) => program(process.execPath, ['readme_react_use.mjs', name]).trim().split('\n').join(' | ')
  await check('the README’s React example draws its button', () => same(draws('readme_react'), 'Call'))
  await check('and, with a telephone that answers, the call that it makes', () =>
    same(draws('readme_react_scripted'), 'Call | +442079460123 Active 0 sHoldHang up | Call'),
  )
  await check('the README’s Node example prints what it says', () => {
    const printed = program(process.execPath, ['readme_node.mjs']).trim()
    same([...printed.matchAll(/'([^']+)'/g)].map(([, word]) => word).join(', '), prints)
  })
}

// Bundlers and the browser ----------------------------------------------------------

const page = (script) => `<!doctype html><meta charset="utf-8"><title>…</title>${script}`
const show =
  "use(door).then((text) => { document.title = text }, (error) => { document.title = 'failed: ' + (error.code ?? '') + ' ' + error })"

async function checkBundlers() {
  const uses = (door) => `import * as door from '${door}'\nimport { use } from '../use.mjs'\n${show}`
  const mains = {
    offhook: uses('offhook'),
    'offhook/slim': uses('offhook/slim'),
    'offhook/react': "import { show } from '../react_use.mjs'\nimport * as door from 'offhook/react'\nshow(door)",
  }
  for (const [door, main] of Object.entries(mains)) {
    const name = door.replace('/', '-')
    const folder = join(home, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'main.js'), main)
    writeFileSync(join(folder, 'index.html'), page('<script type="module" src="./main.js"></script>'))
    await check(`Vite builds ${door} without a warning`, () => {
      const text = program(process.execPath, [
        tool('vite/bin/vite.js'),
        'build',
        name,
        '--outDir',
        `../site/vite-${name}`,
        '--base',
        './',
        '--logLevel',
        'warn',
      ])
      same(text.trim(), '')
    })
    await check(`webpack builds ${door} without a warning`, () => {
      const out = join(home, 'site', `webpack-${name}`)
      const config = {
        mode: 'production',
        target: 'web',
        context: folder,
        entry: './main.js',
        output: { path: out },
        performance: { hints: false },
      }
      writeFileSync(join(folder, 'webpack.config.cjs'), `module.exports = ${JSON.stringify(config)}`)
      const text = program(
        process.execPath,
        [tool('webpack/bin/webpack.js'), '-c', join(folder, 'webpack.config.cjs'), '--stats', 'errors-warnings'],
        {
          env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
        },
      )
      if (/warning/i.test(text)) throw new Error(text)
      writeFileSync(join(out, 'index.html'), page('<script defer src="main.js"></script>'))
    })
  }
}

function scriptTag() {
  const folder = join(home, 'site/script-tag')
  mkdirSync(folder, { recursive: true })
  cpSync(join(installed, 'dist/web_phone.js'), join(folder, 'web_phone.js'))
  writeFileSync(
    join(folder, 'use.js'),
    `${readFileSync(join(here, 'use.mjs'), 'utf8').replaceAll('export ', '')}\nconst door = window.Offhook\n${show}`,
  )
  writeFileSync(
    join(folder, 'index.html'),
    page('<script src="web_phone.js"></script><script defer src="use.js"></script>'),
  )
}

const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/** The built pages under the strictest policy that lets WebAssembly compile; `/strict/…` is one step stricter. */
function serve() {
  const server = createServer((request, response) => {
    const strict = request.url.startsWith('/strict/')
    const path = normalize(request.url.replace('/strict/', '/').replace(/\/$/, '/index.html'))
    if (request.url === '/favicon.ico') return response.writeHead(204).end()
    const file = join(home, 'site', path)
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': kinds[extname(file)] ?? 'text/plain',
      'content-security-policy': strict ? policy.replace(" 'wasm-unsafe-eval'", '') : policy,
    })
    response.end(readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function checkBrowser() {
  scriptTag()
  const server = await serve()
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const title = async (path) => {
    const tab = await browser.newPage()
    const said = []
    tab.on('console', (message) => said.push(message.text()))
    tab.on('pageerror', (error) => said.push(String(error)))
    await tab.goto(`http://127.0.0.1:${server.address().port}/${path}/`)
    await tab.waitForFunction(() => document.title !== '…', null, { timeout: 15_000 }).catch(() => {})
    const found = await tab.title()
    await tab.close()
    return { found, said }
  }
  try {
    const bundles = ['vite', 'webpack'].flatMap((maker) =>
      ['offhook', 'offhook-slim', 'offhook-react'].map((name) => `${maker}-${name}`),
    )
    for (const path of ['script-tag', ...bundles]) {
      await check(`Chromium, ${path}, script-src 'self' 'wasm-unsafe-eval'`, async () => {
        const { found, said } = await title(path)
        same(`${found} ${said.join(' | ')}`.trim(), path.endsWith('react') ? 'loading, ready, Alice calls' : expected)
      })
    }
    await check('Chromium without wasm-unsafe-eval says no_wasm, and nothing hangs', async () => {
      same((await title('strict/script-tag')).found.slice(0, 15), 'failed: no_wasm')
    })
  } finally {
    await browser.close()
    server.close()
  }
}

try {
  const files = install()
  await checkContents(files)
  await checkNode()
  await checkTypes()
  await checkDocuments()
  await checkReadme()
  await checkBundlers()
  await checkBrowser()
} catch (error) {
  failed++
  console.log(`FAIL  ${error.stack ?? error}`)
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
