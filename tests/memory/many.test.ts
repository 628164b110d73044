// What only a process of its own can show: with a garbage collector that is called by hand.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const MiB = 1024 * 1024
const program = new URL('./many.mjs', import.meta.url).pathname

it('10,000 phones made and disposed of leave nothing behind, and a forgotten phone is collected', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, '10000'])
  const { early, late, left } = JSON.parse(stdout)
  expect(late.heapUsed - early.heapUsed, 'heap since the first thousand').toBeLessThan(4 * MiB)
  expect(late.external - early.external, 'WebAssembly memory since the first thousand').toBeLessThan(8 * MiB)
  expect(left, 'phones that nobody holds any more').toBe(0)
}, 240_000)
