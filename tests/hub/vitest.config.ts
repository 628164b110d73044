// The hub's tests. One file at a time: each opens real databases, and the
// machine may be small. All in one process that has read the hub's modules
// once: nothing of the hub is kept between two hubs but in their database.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('.', import.meta.url).pathname,
    include: ['**/*.test.ts'],
    globalSetup: ['./support/build.ts'],
    fileParallelism: false,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
