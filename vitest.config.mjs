import { defineConfig } from 'vitest/config'
import { engineModulesForVite } from './tools/embed_wasm.mjs'

export default defineConfig({
  plugins: [engineModulesForVite()],
  test: {
    include: ['tests/**/*.test.{ts,tsx,mjs}'],
    // Two cores, shared: more workers only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
  },
})
