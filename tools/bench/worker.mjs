// One process of the bench: `node worker.mjs BUNDLE WHAT ARGUMENT…` runs one exported function of the bundle and prints its
// answer as one line of JSON. Fresh each time, so that no variant meets what another has left in the compiler. With `--cpu`
// first, its clock is what the process has worked, garbage collection and compilers included.

const given = process.argv.slice(2)
const [bundle, what, ...args] = given[0] === '--cpu' ? given.slice(1) : given
const bench = await import(bundle)
if (given[0] === '--cpu') {
  performance.now = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}
const answer = await bench[what](...args.map((text) => (/^\d+$/.test(text) ? Number(text) : text)))
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
