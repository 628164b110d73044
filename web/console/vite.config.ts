// Builds the console against the built package at the repository's root. The
// workspace cannot refer to its own root by name, so the doors are aliased.

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const packageRoot = process.env.OFFHOOK_PACKAGE ?? fileURLToPath(new URL('../../dist', import.meta.url))
const hub = process.env.OFFHOOK_HUB ?? 'http://127.0.0.1:8460'

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^offhook$/, replacement: `${packageRoot}/index.js` },
      { find: /^offhook\/(.+)$/, replacement: `${packageRoot}/$1.js` },
    ],
  },
  build: {
    target: 'es2022',
    // Nothing inlined: the page's policy allows files of its own origin only.
    assetsInlineLimit: 0,
    outDir: process.env.OFFHOOK_CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
  },
  server: {
    proxy: { '/api': { target: hub, ws: true } },
  },
})
