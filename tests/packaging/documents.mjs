// The examples of docs/*.md as a customer would copy them: a block whose first line is a comment with a file's name
// becomes that file beside the installed package. Scripts are run, TypeScript is compiled.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const documents = ['docs/bindings.md', 'docs/integrations.md']
/** What the examples import besides the package. */
const libraries = ['vue', 'svelte', '@reduxjs/toolkit', 'zustand', '@hubspot/calling-extensions-sdk']

export function examples(text) {
  const blocks = text.matchAll(/^```(?:js|tsx?)\n\/\/ (\S+\.(?:js|tsx?))\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, name, code]) => ({ name, code }))
}

/** Into the customer's folder `home`; gives the names of the files. */
export function writeExamples({ root, home, tool }) {
  for (const library of libraries) {
    const link = join(home, 'node_modules', library)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(tool(library), link)
  }
  const found = documents.flatMap((file) => examples(readFileSync(join(root, file), 'utf8')))
  for (const { name, code } of found) writeFileSync(join(home, name), code)
  return found.map(({ name }) => name)
}
