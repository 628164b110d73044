// The examples of docs/*.md as a customer would copy them: a block whose first line is a comment with a file's name
// becomes that file beside the installed package. Scripts are run, TypeScript is compiled.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const documents = ['docs/bindings.md', 'docs/integrations.md']
/** What the README's examples leave to the reader, and the softphone of the one that is drawn in a call. */
const readers = `declare const password: string
declare function getToken(): string
declare const scriptedSoftphone: import('offhook').SoftphoneAdapter
`
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

/**
 * The README's own examples. React: as it stands, and once more with a scripted softphone in the place of SIP.js, because nobody
 * answers there; both export what they draw. Node: as it stands, and what its last comment says that it prints.
 */
export function writeReadme({ root, home }) {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = (kind) =>
    [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code)
  const [react, ...more] = blocks('tsx')
  const node = blocks('js').find((code) => code.includes("from 'offhook'"))
  if (!react || more.length > 0 || !node)
    throw new Error('README.md has other React or Node examples than are looked for')
  const softphone = 'softphone: sipjs({ sip: SIP }),'
  if (!react.includes(softphone)) throw new Error(`the React example has no "${softphone}"`)
  const shown = `${react}\nexport { App }\n`
  writeFileSync(join(home, 'readme_react.tsx'), shown)
  writeFileSync(join(home, 'readme_react_scripted.tsx'), shown.replace(softphone, 'softphone: scriptedSoftphone,'))
  writeFileSync(join(home, 'readme_reader.d.ts'), readers)
  writeFileSync(join(home, 'readme_node.mjs'), node)
  return { prints: /console\.log\(.*\) \/\/ (.+)$/m.exec(node)?.[1] ?? '' }
}
