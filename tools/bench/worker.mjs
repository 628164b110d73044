// One process of the bench: `node worker.mjs BUNDLE WHAT ARGUMENT…` runs one exported function of the bundle and prints its
// answer as one line of JSON. Fresh each time, so that no variant meets what another has left in the compiler.

const [bundle, what, ...args] = process.argv.slice(2)
const bench = await import(bundle)
const answer = await bench[what](...args.map((text) => (/^\d+$/.test(text) ? Number(text) : text)))
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
