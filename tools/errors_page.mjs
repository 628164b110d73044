// The tables of docs/errors.md, from the registry web/src/codes.ts. The text around them is written by people.
import { join } from 'node:path'
import { build } from 'esbuild'

/** The registry as the package has it. */
export async function loadCodes(root) {
  const { outputFiles } = await build({
    stdin: { contents: "export * from './codes.ts'; export * from './errors.ts'", resolveDir: join(root, 'web/src') },
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)
}

const row = (...cells) => `| ${cells.join(' | ')} |`
const table = (heads, rows) => [row(...heads), row(...heads.map(() => '---')), ...rows].join('\n')

/** Name of a marked place → its table. */
export function errorTables({ hostCodes, reasonCodes, noticeCodes, anomalyCodes, eventErrors, PhoneError }) {
  const errors = (codes) =>
    table(
      ['number', 'code', 'means', 'what to do', 'try again', 'fatal'],
      Object.entries(codes).map(([code, [number, means, remedy]]) => {
        const { recoverable, fatal } = new PhoneError(code)
        return row(number, `\`${code}\``, means, remedy, recoverable ? 'may help' : 'no', fatal ? 'yes' : 'no')
      }),
    )
  const plain = (codes, last) =>
    table(
      ['number', 'code', 'means', last],
      Object.entries(codes).map(([code, [number, means, remedy]]) => row(number, `\`${code}\``, means, remedy)),
    )
  return {
    host: errors(hostCodes),
    reasons: errors(reasonCodes),
    notices: plain(noticeCodes, 'say'),
    anomalies: plain(anomalyCodes, 'look at'),
    events: plain(eventErrors, 'what to do'),
  }
}

export function errorsPage(text, tables) {
  const left = new Set(Object.keys(tables))
  const page = text.replace(/(<!-- codes:(\w+) -->\n)[\s\S]*?(<!-- \/codes -->)/g, (_, open, name, close) => {
    if (!tables[name]) throw new Error(`docs/errors.md asks for the table ${name}: there is none`)
    left.delete(name)
    return `${open}${tables[name]}\n${close}`
  })
  if (left.size > 0) throw new Error(`docs/errors.md has no place for the table ${[...left].join(', ')}`)
  return page
}
