// The places of the wallboard that tests look at, and how it is opened on a hub that says what a test wants.

import { openPage } from './harness.mjs'

export const places = (page) => ({
  agent: (extension) => page.locator(`.agents [data-key="${extension}"]`),
  phone: (extension) => page.locator(`.extensions [data-key="${extension}"]`),
  search: page.getByLabel('Search'),
  status: page.getByLabel('Status', { exact: true }),
  queue: page.getByLabel('Queue', { exact: true }),
  registration: page.getByLabel('Registration', { exact: true }),
  order: page.getByLabel('Order', { exact: true }),
  drawer: page.getByRole('dialog'),
  keys: (board) => page.locator(`.${board} [data-key]`).evaluateAll((tiles) => tiles.map((tile) => tile.dataset.key)),
})

export async function open(browser, hub, options) {
  const page = await openPage(browser, { width: 1440, height: 900, ...options })
  await page.goto(`${hub.url}/#code=ONE-TIME-CODE`)
  await page.locator('.tile').first().waitFor()
  await page.getByText('Hub connected').waitFor()
  return page
}
