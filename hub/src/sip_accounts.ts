// The SIP accounts that agents' pages register with, read from a file of the
// operator's. They stay in memory and go to the agent itself; nothing here
// stores or logs them.
import { readFileSync } from 'node:fs'
import { OptionError } from './options.js'

/** What a page registers with: the fields of a Phone's `session.sip`. */
export interface SipAccount extends Record<string, unknown> {
  server: string
  uri: string
  username: string
  password: string
}

const SHAPE =
  'Expected {"server": "wss://pbx.example/ws", "domain": "pbx.example", "agents": {"1001": {"password": "…"}}}; an agent may name its own server, domain and username.'
const EXTENSION = /^[A-Za-z0-9_.+-]{1,40}$/

/** Reads the accounts, by extension. Throws OptionError, which names the file and the extension but no password. */
export function readSipFile(file: string): Record<string, SipAccount> {
  const shared = objectOf(parsed(file), `${file} is not as described.`)
  const agents = objectOf(shared.agents, `${file} has no "agents".`)
  return Object.fromEntries(
    Object.entries(agents).map(([extension, own]) => {
      if (!EXTENSION.test(extension)) throw wrong(`${file}: "${extension.slice(0, 40)}" is not an extension.`)
      const all = {
        username: extension,
        ...shared,
        ...objectOf(own, `${file}: the account of ${extension} is not an object.`),
      }
      const text = (name: string): string => {
        const value = (all as Record<string, unknown>)[name]
        if (typeof value === 'string' && value !== '') return value
        throw wrong(`${file}: the account of ${extension} has no "${name}".`)
      }
      const [server, domain, username, password] = ['server', 'domain', 'username', 'password'].map(text) as [
        string,
        string,
        string,
        string,
      ]
      if (!/^wss?:\/\/\S+$/.test(server)) {
        throw wrong(`${file}: the server of ${extension} is not a WebSocket address, ws:// or wss://.`)
      }
      return [extension, { server, uri: `sip:${username}@${domain}`, username, password }]
    }),
  )
}

function parsed(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OptionError(
      `The file of SIP accounts ${file} cannot be read (${code}). Give the path of a readable file.`,
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message may show what stands there.
    throw wrong(`${file} is not JSON.`)
  }
}

function objectOf(value: unknown, problem: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw wrong(problem)
}

const wrong = (problem: string) => new OptionError(`${problem} ${SHAPE}`)
