// Runs the hub's tests once more on a real PostgreSQL 15: starts a server of
// its own in a temporary directory, on the loopback, and stops it afterwards.
// Arguments are passed on to vitest: node tests/hub/run-postgres.mjs socket.
// Without a name of a test all run but those for which the database is only a
// place to put an agent (`ELSEWHERE`).
import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = process.env.OFFHOOK_PG_BIN ?? '/usr/lib/postgresql/15/bin'
const root = fileURLToPath(new URL('../..', import.meta.url))

function fail(message) {
  process.stderr.write(`run-postgres: ${message}\n`)
  process.exit(2)
}

if (!existsSync(join(BIN, 'postgres'))) {
  fail(`there is no PostgreSQL in ${BIN}. Install Debian's postgresql-15, or name its directory in OFFHOOK_PG_BIN.`)
}

/** PostgreSQL refuses to run as root; then it runs as Debian's own user for it. */
function identity() {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.startsWith('postgres:'))
  if (!line) fail('this runs as root and there is no user postgres for the server. Run it as another user.')
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

const who = identity()
const dir = mkdtempSync(join(tmpdir(), 'hub-pg-'))
if (who.uid !== undefined) chownSync(dir, who.uid, who.gid)
const data = join(dir, 'data')
const log = join(dir, 'log')

function postgres(program, ...args) {
  const { status, stderr, error } = spawnSync(join(BIN, program), args, {
    ...who,
    cwd: dir,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return status === 0 ? null : `${program} failed: ${error?.message ?? stderr}`
}

let running = false
function stop() {
  if (running) postgres('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop')
  running = false
  rmSync(dir, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stop()
    process.exit(1)
  })
}

const port = await freePort()
const trouble =
  postgres('initdb', '-D', data, '-U', 'hub', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync') ??
  // Not synced to disk: these records live for a minute.
  postgres(
    'pg_ctl',
    '-D',
    data,
    '-l',
    log,
    '-w',
    '-o',
    `-p ${port} -c listen_addresses=127.0.0.1 -k ${dir} -F`,
    'start',
  )
if (trouble) {
  const why = existsSync(log) ? readFileSync(log, 'utf8') : ''
  stop()
  fail(`${trouble}\n${why}`)
}
running = true

/** What these ask is answered before, or beside, any row: the suite `hub` has asked it. A test file that is not named here runs on both. */
const ELSEWHERE = {
  acd_client: 'types and topics of the typed client',
  acd_grpc: 'messages, statuses and TLS of gRPC, by the functions that acd_calls calls here',
  cli: 'arguments, help and messages; the same commands store nothing that agents and sign_in do not',
  limits: 'rates, counted in memory',
  link_board: 'pure functions',
  operate: 'a page of docs',
  pages: 'the console’s files',
  pbx: 'a scripted AMI: links, lists, topics in memory; what it stores of agents is in agents and acd_killed',
  pbx_config: 'options',
  rules: 'pure functions',
}
const folder = fileURLToPath(new URL('.', import.meta.url))
const all = readdirSync(folder).flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? [])
const strange = Object.keys(ELSEWHERE).find((name) => !all.includes(name))
if (strange) {
  stop()
  fail(`there is no ${strange}.test.ts any more: take it out of ELSEWHERE`)
}
const given = process.argv.slice(2)
const wanted = given.some((word) => !word.startsWith('-'))
  ? []
  : all.filter((name) => !(name in ELSEWHERE)).map((name) => join(folder, `${name}.test.ts`))

const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', join(root, 'tests/hub/vitest.config.ts'), ...wanted, ...given],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      OFFHOOK_TEST_DB: 'postgres',
      OFFHOOK_TEST_PG_URL: `postgresql://hub@127.0.0.1:${port}/postgres`,
    },
  },
)
stop()
process.exit(status ?? 1)
