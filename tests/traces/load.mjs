// The package as built in dist/: what customers get is what the recordings are played into.

import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

export async function load() {
  if (!existsSync(`${dist}index.js`)) throw new Error('dist/ is not built: npm run build')
  const door = (name) => import(pathToFileURL(`${dist}${name}.js`).href)
  const names = ['index', 'sipjs', 'jssip', 'mizu', 'testing']
  const [offhook, { sipjs }, { jssip }, { mizu }, testing] = await Promise.all(names.map(door))
  return { offhook, sipjs, jssip, mizu, testing }
}
