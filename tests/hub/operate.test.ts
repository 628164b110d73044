// docs/operate.md prints the dialplan that the package ships, word for word: what an operator copies is what the tests ran.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it('the page prints hub_queue.conf as it is shipped', () => {
  const shipped = read('hub/asterisk/hub_queue.conf')
  expect(read('docs/operate.md')).toContain(`\`\`\`ini\n${shipped}\`\`\`\n`)
})
