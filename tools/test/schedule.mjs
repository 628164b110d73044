// In which order suites run, and how many at once. Two beside each other (`atOnce`): many of them mostly wait, for a
// browser or a clock. What they need of the C++ compiler is built behind their backs, preset after preset, at a lower
// priority: a suite starts as soon as its own preset is there. A suite that measures (`alone`) has the machine for itself.

/**
 * `prepare(preset, targets)`: builds, gives {why, output}, `why` empty when all went well; called for one preset at a
 * time. `play(suite)`: runs one suite that is built, never rejects. `ended(suite, result)`: called as each one ends.
 * Suites start in the order they stand in; one whose preset is not built yet lets others pass. `alone` ones come last.
 */
export async function playAll(suites, { atOnce, prepare, play, ended, failed }) {
  const builds = new Map()
  for (const { preset, targets } of suites) if (preset) builds.set(preset, [...(builds.get(preset) ?? []), ...targets])
  const built = new Map()
  const building = (async () => {
    for (const [preset, targets] of builds) {
      built.set(preset, await prepare(preset, targets))
      wake()
    }
  })()

  const waiting = [...suites.filter(({ alone }) => !alone), ...suites.filter(({ alone }) => alone)]
  const running = new Set()
  let wake = () => {}
  const startable = (suite) => {
    if (suite.alone) return running.size === 0 && waiting.every(({ alone }) => alone) && built.size === builds.size
    return running.size < atOnce && (!suite.preset || built.has(suite.preset))
  }
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.find(startable)
    if (!next) {
      await new Promise((resolve) => (wake = resolve))
      continue
    }
    waiting.splice(waiting.indexOf(next), 1)
    running.add(next)
    const problem = next.preset ? built.get(next.preset) : { why: '' }
    const began = Date.now()
    const playing = problem.why ? Promise.resolve(failed(next, problem)) : play(next)
    playing.then((result) => {
      running.delete(next)
      ended(next, { ...result, seconds: (Date.now() - began) / 1000 })
      wake()
    })
  }
  await building
}
