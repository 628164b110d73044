#!/usr/bin/env node
// The house rules a compiler does not know: who may include whom (docs/ARCHITECTURE.md), what a pure engine must not
// touch, and what no file may hold. Prints file:line: what is wrong; exit code 1 if anything is.
// Long files are listed as a warning only.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { root } from './processes.mjs'

const longFile = 450
const machineFolder = /^engine\/(?!(?:fsm|core|wire|phone|tools|ami|pbx|centre)\/)([^/]+)\//

/** What a file in `room` of the engine may include besides its own folder. The first match decides. */
const rooms = [
  { room: /^engine\/fsm\//, may: [] },
  { room: /^engine\/core\//, may: ['engine/fsm/'] },
  { room: /^engine\/wire\//, may: ['engine/core/', 'engine/fsm/'] },
  { room: /^engine\/phone\//, may: ['engine/'] },
  // Programs over the engine, not part of it: they read files and print.
  { room: /^engine\/tools\//, may: ['engine/'] },
  { room: /^engine\/ami\//, may: ['engine/core/', 'engine/fsm/'] },
  { room: /^engine\/pbx\//, may: ['engine/ami/', 'engine/core/', 'engine/fsm/'] },
  { room: /^engine\/centre\//, may: ['engine/'] },
  { room: /^engine\/reports\//, may: ['engine/core/', 'engine/fsm/', 'engine/wire/'] },
  // The contact centre, composed: it knows no telephony.
  {
    room: /^engine\/acd\//,
    may: ['matcher', 'queue_call', 'centre_agent', 'reports', 'wire', 'core', 'fsm'].map((room) => `engine/${room}/`),
  },
  { room: machineFolder, may: ['engine/fsm/', 'engine/core/'] },
  { room: /^wasm_glue\/centre_/, may: ['engine/centre/centre.h', 'engine/acd/replay.h', 'engine/reports/report.h'] },
  { room: /^wasm_glue\//, may: ['engine/phone/phone.h', 'engine/phone/machine_names.h'] },
]

const bannedHeaders =
  /^(chrono|ctime|time\.h|thread|mutex|shared_mutex|condition_variable|atomic|future|random|iostream|fstream|ostream|istream|sstream|filesystem|cstdio|stdio\.h|sys\/.*|unistd\.h|emscripten.*)$/
const bannedWords = [
  [/emscripten/i, 'the engine knows no host: emscripten belongs in wasm_glue'],
  [/\bstd::(rand|srand|time|clock|getenv|cout|cerr|printf|thread)\b/, 'time, randomness and output are the host’s'],
  [/(?<![\w.>:])(time|rand|srand|printf|getenv)\s*\(/, 'time, randomness and output are the host’s'],
  [/\b(throw|dynamic_cast|typeid)\b/, 'no exceptions and no RTTI in the engine'],
  [/\bnlohmann\b/, 'JSON is read and written in engine/wire only', /^engine\/wire\//],
]

const anywhere = [
  [/\b(TO[D]O|FI[X]ME|X[X]X)\b/, 'do it now, or open an issue'],
  [/(?<![\w.])\/(home|Users)\/\w+\//, 'a path of one machine'],
  [/(?<![\w.~])\/(root|work)\/[\w.]/, 'a path of one machine'],
]

const problems = []
const complain = (file, line, what) => problems.push(`${file}:${line}: ${what}`)

/** Blanks comments and, unless `strings` are kept, string literals; line numbers stay. */
function code(text, { strings = false } = {}) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g
  return text.replace(token, (found) => (found.startsWith('/') || !strings ? found.replace(/[^\n]/g, ' ') : found))
}

function checkCpp(file, text) {
  const engine = file.startsWith('engine/') && !file.startsWith('engine/tools/')
  const { may } = rooms.find(({ room }) => room.test(file)) ?? { may: [] }
  const own = file.startsWith('engine/') ? `${file.split('/').slice(0, 2).join('/')}/` : 'wasm_glue/'
  for (const [index, line] of code(text, { strings: true }).split('\n').entries()) {
    const [, quoted, angled] = line.match(/^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/) ?? []
    if (engine && angled && bannedHeaders.test(angled)) {
      complain(file, index + 1, `<${angled}>: time, threads, files and output are the host’s`)
    }
    const path = quoted ?? (/^(engine|wasm_glue|hub|web|tests|tools)\//.test(angled ?? '') ? angled : undefined)
    if (!path || path.startsWith(own) || may.some((folder) => path.startsWith(folder))) continue
    if (!/^(engine|wasm_glue|hub|web|tests|tools)\//.test(path)) {
      if (quoted && existsSync(`${root}/${path}`) === false)
        complain(file, index + 1, `"${path}": write it from the root`)
      continue
    }
    const from =
      machineFolder.test(file) && machineFolder.test(path)
        ? 'a machine never includes another'
        : `${own} may not include it`
    complain(file, index + 1, `"${path}": ${from}`)
  }
  if (!engine) return
  for (const [index, line] of code(text).split('\n').entries()) {
    if (/^\s*#\s*include/.test(line)) continue
    for (const [word, why, except] of bannedWords) {
      if (word.test(line) && !except?.test(file)) complain(file, index + 1, `${line.match(word)[0].trim()}: ${why}`)
    }
  }
}

const importing =
  /(?:^|[\s;}])(?:import|export)\s+(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/g
const libraryOf = { sipjs: 'sip.js', jssip: 'jssip' }

/** What a file may import by a relative path, by the folder it is in; and what an adapter may by name. */
function checkImports(file, text) {
  for (const found of code(text, { strings: true }).matchAll(importing)) {
    const name = found[1] ?? found[2]
    const line = text.slice(0, found.index + found[0].search(/\S/)).split('\n').length
    const target = name.startsWith('.') ? posix.join(posix.dirname(file), name) : undefined
    const wrong = (why) => complain(file, line, `'${name}': ${why}`)
    if (/(^|\/)(tests|tools)\//.test(target ?? '')) wrong('nothing includes tests or tools')
    const room = ['web/src/', 'web/console/', 'hub/'].find((folder) => file.startsWith(folder))
    if (target && room && !target.startsWith(room) && target !== `${room}package.json`)
      wrong(`${room} stays within its room`)
    if (file.startsWith('hub/') && /^offhook(\/|$)/.test(name)) wrong('the hub takes nothing from the Phone’s package')
    if (!file.startsWith('web/src/adapters/')) continue
    if (target && !target.startsWith('web/src/adapters/') && !/^web\/src\/ports(\.[jt]s)?$/.test(target)) {
      wrong('an adapter knows ports.ts and its library, nothing else')
    }
    if (
      !target &&
      !Object.entries(libraryOf).some(([key, library]) => file.includes(key) && name.split('/')[0] === library)
    ) {
      wrong('an adapter knows ports.ts and its library, nothing else')
    }
  }
}

function files() {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  return [...new Set(list.split('\0'))].filter((file) => file && existsSync(`${root}/${file}`)).sort()
}

const text =
  /(\.(h|cpp|c|ts|tsx|mjs|cjs|js|json|md|txt|css|html|sh|conf|in|cmake|sql|yml|yaml)|\/run|\/setup|^CMakeLists\.txt)$/
const exempt = /(^|\/)(generated|fixtures|corpus|node_modules|dist)\/|package-lock\.json$/
const long = []
let seen = 0
for (const file of files()) {
  if (!text.test(file) || exempt.test(file)) continue
  seen += 1
  const content = readFileSync(`${root}/${file}`, 'utf8')
  const lines = content.split('\n')
  if (lines.length > longFile && /\.(h|cpp|ts|tsx|mjs)$/.test(file)) long.push(`${file} (${lines.length} lines)`)
  for (const [index, line] of lines.entries()) {
    for (const [what, why] of anywhere) if (what.test(line)) complain(file, index + 1, `${line.match(what)[0]}: ${why}`)
  }
  if (/^(engine|wasm_glue)\/.*\.(h|cpp)$/.test(file)) checkCpp(file, content)
  if (/^(web|hub)\/.*\.(ts|tsx|mjs|js)$/.test(file)) checkImports(file, content)
}

if (long.length > 0) console.log(`Longer than ${longFile} lines, to be divided when next touched: ${long.join(', ')}`)
for (const problem of problems) console.log(problem)
console.log(`${seen} files, ${problems.length === 0 ? 'no problem' : `${problems.length} problem(s)`}`)
process.exitCode = problems.length > 0 ? 1 : 0
