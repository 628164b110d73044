// One process: the package imported, a phone made, until the store says that it is ready. Prints the milliseconds.

const begun = performance.now()
const { createPhone } = await import('../../dist/index.js')
const phone = await createPhone({
  session: { extension: '1001' },
  api: { baseUrl: '', token: () => 't', fetch: () => new Promise(() => {}) },
  logger: {},
  softphone: {
    name: 'silent',
    start: ({ emit }) => {
      emit({ type: 'SoftphoneReady' })
      emit({ type: 'Registered' })
    },
    stop() {},
  },
})
if (phone.store.getState().phase !== 'ready') {
  await new Promise((resolve) => {
    const stop = phone.store.subscribe(({ phase }) => {
      if (phase !== 'ready') return
      stop()
      resolve()
    })
  })
}
const spent = performance.now() - begun
process.stdout.write(`${JSON.stringify(spent)}\n`, () => process.exit(0))
