// Builds hub/dist once before the tests, because the tests of the command
// line run what is shipped.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default function build(): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'hub'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`tsc -p hub failed:\n${stdout}${stderr}`)
}
