// The command offhook-hub as it is shipped: hub/dist/cli.js in a process of
// its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Client, emptyStorage, onPostgres, seedDirectory } from './support/harness.js'
import { connect } from './support/phone_socket.js'

const CLI = fileURLToPath(new URL('../../hub/dist/cli.js', import.meta.url))

let data: string
let env: NodeJS.ProcessEnv
let cleanups: (() => unknown)[] = []
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'hub-cli-'))
  const { DATABASE_URL: _none, ...rest } = process.env
  env = rest
  cleanups = [() => rmSync(data, { recursive: true, force: true })]
  if (onPostgres) {
    const storage = await emptyStorage()
    env.DATABASE_URL = storage.options.databaseUrl
    cleanups.unshift(storage.remove)
  }
})
afterEach(async () => {
  for (const cleanup of cleanups) await cleanup()
})

interface Ended {
  code: number | null
  out: string
  err: string
}

function launch(args: string[], extra: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { env: { ...env, ...extra }, cwd: data })
}

function collect(child: ChildProcess): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout?.on('data', (text) => (out += text))
  child.stderr?.on('data', (text) => (err += text))
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
}

function run(args: string[], input = '', extra: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = launch(args, extra)
  const ended = collect(child)
  child.stdin?.end(input)
  return ended
}

/** What the command finds in the directory: everything but the agents. `--demo` begins with nothing at all. */
const seeded = (name = 'records') => {
  if (!onPostgres) seedDirectory(join(data, name))
}

/** Starts a hub and resolves when its output has a line that matches. */
function started(args: string[], ready: RegExp): Promise<{ child: ChildProcess; out: string; ended: Promise<Ended> }> {
  const child = launch(['--data', join(data, 'records'), '--port', '0', ...args])
  const ended = collect(child)
  cleanups.unshift(() => child.kill('SIGKILL'))
  return new Promise((done, failed) => {
    let out = ''
    child.stdout?.on('data', (text) => {
      out += text
      if (ready.test(out)) done({ child, out, ended })
    })
    void ended.then(({ err }) => failed(new Error(`ended before it was ready: ${err}`)))
  })
}

describe('help and mistakes', () => {
  it('--help names every command, option and default', async () => {
    const { code, out, err } = await run(['--help'])
    expect([code, err]).toEqual([0, ''])
    for (const word of [
      '--port',
      '8460',
      '--host',
      '127.0.0.1',
      '--data',
      './hub-data',
      '--console',
      '--demo',
      'DATABASE_URL',
      'agent add',
      '--password-stdin',
      'token add',
      '--grpc-port',
      '--grpc-cert',
      'OFFHOOK_KEEP_RECORDS_DAYS',
      'OFFHOOK_WEBHOOKS_PRIVATE',
      '--sip-file',
      '--trust-proxy',
      '--simulate',
    ]) {
      expect(out).toContain(word)
    }
  })

  it('--version is the version of the package', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['fly'], /no command "fly"/],
    [['--grpc-port', 'x'], /--grpc-port x is not a port\. Expected/],
    [['--grpc-cert', 'a', '--grpc-key', 'b'], /the certificate a cannot be read \(ENOENT\)/],
    [['--grpc-port', '0', '--grpc-key', 'b'], /belong together/],
    [['--grpc-port', '0', '--grpc-cert', '/dev/null', '--grpc-key', '/dev/null'], /certificate is none\. Expected PEM/],
    [['--trust-proxy', 'proxy.example'], /--trust-proxy proxy\.example is no address/],
    [['--trust-proxy', '10.0.0.0/8,10.0.0.1/33'], /10\.0\.0\.1\/33 is no address/],
    [['--sip-file', '/nowhere/at/all'], /cannot be read \(ENOENT\)/],
    [['--port', 'x'], /--port x is not a port\. Expected/],
    [['--port', '70000'], /Expected a number from 0 to 65535/],
    [['--console', '/nowhere/at/all'], /does not exist\. Build the console first/],
    [['--log-level', 'loud'], /Expected trace, debug/],
    [['agent', 'add', '--name', 'A'], /--extension is missing/],
    [['agent', 'add', '--extension', '10 01', '--name', 'A'], /is not an extension/],
    [['agent', 'add', '--extension', '1001'], /--name is missing/],
    [['agent', 'add', '--extension', '1001', '--name', 'A', '--role', 'king'], /Expected agent, supervisor, admin/],
    [['agent', 'code', '--extension', '1001'], /There is no agent 1001\. Make it with/],
    [['token', 'add', '--role', 'admin', '--days', '0'], /--days 0 is not a number from 1/],
  ])('%j ends with 2 and says what to do', async (args, message) => {
    if (args[1] === 'code') seeded('hub-data')
    const { code, err, out } = await run(args)
    expect(err).toMatch(message)
    expect([code, out]).toEqual([2, ''])
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['nonsense', /DATABASE_URL is not a URL/],
    ['mysql://localhost/x', /speaks only PostgreSQL/],
    ['postgresql://u:hidden-word@127.0.0.1:1/x', /127\.0\.0\.1:1\/x cannot be used/],
  ])('DATABASE_URL=%s ends with 2 and says what to do', async (url, message) => {
    const { code, err } = await run([], '', { DATABASE_URL: url })
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(err).not.toContain('hidden-word')
  })

  it.each([
    [{ OFFHOOK_AMI_URL: 'http://pbx:5038' }, /Expected ami:\/\/host:5038/],
    [{ OFFHOOK_AMI_URL: 'ami://pbx', OFFHOOK_AMI_SECRET: 'hidden-word' }, /OFFHOOK_AMI_USER is missing/],
    [{ OFFHOOK_AMI_URL: 'ami://pbx', OFFHOOK_AMI_USER: 'hub' }, /OFFHOOK_AMI_SECRET_FILE\) is missing/],
    [{ OFFHOOK_AMI_USER: 'hub', OFFHOOK_AMI_SECRET: 'hidden-word' }, /no OFFHOOK_AMI_URL/],
  ])('%j ends with 2 and says what to do', async (extra, message) => {
    const { code, err } = await run([], '', extra)
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(err).not.toContain('hidden-word')
  })

  it('a port in use is said, with what to do', async () => {
    const busy = await new Promise<Server>((done) => {
      const server = createServer().listen(0, '127.0.0.1', () => done(server))
    })
    const { port } = busy.address() as { port: number }
    seeded()
    const { code, err } = await run(['--data', join(data, 'records'), '--port', String(port), '--log-level', 'silent'])
    busy.close()
    expect(err).toContain(`Port ${port} on 127.0.0.1 is in use. Stop the other program or give another --port.`)
    expect(code).toBe(2)
  })
})

describe('a hub from the command line', () => {
  it('with --demo prints a link for each agent; the links sign in; SIGTERM ends it well', async () => {
    const { child, out, ended } = await started(['--demo'], /sign in {2}1003 .*#code=\w+\n/)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? ''
    const code = /1001 Alice Agent: http:\S+\/#code=(\w+)/.exec(out)?.[1]
    const { status, body } = await new Client(url).post('/api/sign-in', { code })
    expect([status, body.session.extension]).toEqual([200, '1001'])
    const phone = await connect(url, body.token)
    child.kill('SIGTERM')
    expect((await phone.closed).code).toBe(1001)
    const { code: exit, err } = await ended
    expect(exit).toBe(0)
    expect(err).not.toContain(body.token)
    expect(err).not.toContain('Warning')
  })

  it('without agents says how to make one', async () => {
    seeded()
    const { child, out, ended } = await started([], /agent add --extension/)
    expect(out).toContain('There are no agents yet')
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
  })
})

it('agents are made with a password, listed, changed, and sign in by link and by password', async () => {
  const at = ['--data', join(data, 'records')]
  seeded()
  const password = 'a long secret word'
  const add = ['agent', 'add', '--extension', '1001', '--name', 'Alice', '--role', 'admin', ...at]
  expect(await run([...add, '--password-stdin'], `${password}\n`)).toMatchObject({
    code: 0,
    out: 'Agent 1001 Alice (admin) is stored.\n',
  })
  expect((await run([...add, '--password-stdin'], 'short\n')).err).toContain('shorter than 8 characters')
  expect((await run(['agent', 'list', ...at])).out).toBe('1001\tadmin\tAlice\n')
  expect((await run(['agent', 'code', '--extension', '1001', ...at])).out).toMatch(/^\w{24}\n$/)
  const token = (await run(['token', 'add', '--role', 'supervisor', ...at])).out.trim()

  // On PostgreSQL the output of a service holds no way in; the command gives one beside the running hub.
  const { child, out, ended } = await started([], onPostgres ? /agent code --extension 1001/ : /#code=\w+/)
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? ''
  const client = new Client(url)
  const code = onPostgres
    ? (await run(['agent', 'code', '--extension', '1001', ...at])).out.trim()
    : /#code=(\w+)/.exec(out)?.[1]
  expect((await client.post('/api/sign-in', { code })).body.role).toBe('admin')
  expect((await client.post('/api/sign-in', { extension: '1001', password })).body.role).toBe('admin')
  expect((await new Client(url, token).get('/api/me')).body.role).toBe('supervisor')
  if (!onPostgres)
    expect((await run(['agent', 'list', ...at])).err).toMatch(/in use by process \d+\. Stop that hub first/)
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})
