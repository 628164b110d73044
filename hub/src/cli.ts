#!/usr/bin/env node
// The command `offhook-hub`: chooses the command, and says in plain words
// what went wrong and what to do. No logic of the hub.
import {
  agentOf,
  contactCentreOptions,
  extensionOf,
  HELP,
  hubOptions,
  lifetimeOf,
  pageOptions,
  pbxOptions,
  readArguments,
  roleOf,
  sipFileOf,
  UsageError,
} from './cli_args.js'
import { VERSION } from './version.js'

/** Loaded only when needed, so that --help and mistakes are answered at once. */
const commands = () => import('./cli_commands.js')

async function main(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args)
  if (values.help || values.version) {
    process.stdout.write(`${values.help ? HELP : VERSION}\n`)
    return
  }
  const command = positionals.join(' ')
  const options = hubOptions(values)
  switch (command) {
    case '':
    case 'start':
      return (await commands()).start(
        { ...options, ...pageOptions(values), ...pbxOptions(values), ...contactCentreOptions(values) },
        values.demo === true,
        sipFileOf(values),
      )
    case 'agent add': {
      const seed = agentOf(values)
      return (await commands()).addAgent(options, seed, values['password-stdin'] === true)
    }
    case 'agent list':
      return (await commands()).printAgents(options)
    case 'agent code': {
      const extension = extensionOf(values)
      return (await commands()).printCode(options, extension)
    }
    case 'token add': {
      const role = roleOf(values)
      const ttl_ms = lifetimeOf(values)
      return (await commands()).addToken(options, role, ttl_ms)
    }
    default:
      throw new UsageError(`There is no command "${command}". See offhook-hub --help.`)
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const { name, message, stack } = error as Error
  const expected = error instanceof UsageError || name === 'DatabaseError' || name === 'OptionError'
  process.stderr.write(`offhook-hub: ${expected ? message : (stack ?? error)}\n`)
  process.exit(expected ? 2 : 1)
})
