// Run with --expose-gc by many.test.ts: 10,000 phones made and disposed of by the built package, then phones that are
// only forgotten. Prints one line of JSON: the memory after the first thousand and at the end, and who is still there.
import { createPhone } from '../../dist/index.js'
import { scripted, scriptedBackend, virtualClock } from '../../dist/testing.js'

const turns = async (n) => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve))
}
const options = (more) => ({
  session: { extension: '1001' },
  api: { baseUrl: 'http://crm/api', token: () => 't', fetch: scriptedBackend().fetch },
  softphone: scripted(),
  logger: {},
  ...more,
})
const memory = async () => {
  for (let i = 0; i < 3; i++) {
    await turns(3)
    globalThis.gc()
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage()
  return { heapUsed, external: external + arrayBuffers }
}

const count = Number(process.argv[2])
let early
for (let i = 1; i <= count; i++) {
  const phone = await createPhone(options({ clock: virtualClock() }))
  phone.dispose()
  if (i === count / 10) early = await memory()
}
const late = await memory()

// Nobody disposes of these: the page has lost sight of them.
const seen = []
for (let i = 0; i < 20; i++) seen.push(new WeakRef(await createPhone(options())))
await turns(20)
for (let i = 0; i < 10; i++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  globalThis.gc()
}
const left = seen.filter((one) => one.deref() !== undefined).length
process.stdout.write(`${JSON.stringify({ early, late, left })}\n`, () => process.exit(0))
