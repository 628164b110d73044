// Before the tests: builds hub/dist (not under npm test), because the tests of the command line run
// what is shipped, and makes one empty migrated PGlite, because making it anew
// for each hub would take most of the time.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** File of the dump; empty on PostgreSQL. */
    template: string
  }
}

export default async function build(project: TestProject): Promise<() => void> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
  // npm test has built it, and other suites are reading it.
  if (process.env.OFFHOOK_BUILT !== '1') {
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'hub'], { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(`tsc -p hub failed:\n${stdout}${stderr}`)
  }
  if (process.env.OFFHOOK_TEST_DB === 'postgres') {
    project.provide('template', '')
    return () => {}
  }
  const dir = mkdtempSync(join(tmpdir(), 'hub-template-'))
  const file = join(dir, 'pglite.tar')
  const { openDatabase } = await import('../../../hub/src/database.js')
  const database = await openDatabase({ data: 'memory' })
  const dump = await (database.db as unknown as { $client: PGlite }).$client.dumpDataDir('none')
  await database.close()
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()))
  project.provide('template', file)
  return () => rmSync(dir, { recursive: true, force: true })
}
