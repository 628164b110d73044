// Importing is free of effects: nothing global, no listener, no timer, nothing printed, nothing compiled.
const before = new Set(Object.getOwnPropertyNames(globalThis))
const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
const heard = listeners()
let compiled = 0
for (const name of ['compile', 'instantiate']) {
  const real = WebAssembly[name]
  WebAssembly[name] = (...args) => {
    compiled++
    return real(...args)
  }
}
for (const door of process.argv.slice(2)) await import(door)
await new Promise((resolve) => setTimeout(resolve, 20))
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))
const handles = process.getActiveResourcesInfo().filter((name) => name !== 'FSReqPromise' && !/TTY|Pipe/.test(name))
process.stdout.write(JSON.stringify({ added, heard: listeners() - heard, compiled, handles }))
