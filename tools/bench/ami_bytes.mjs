// The bytes that are compared: all recordings of tests/traces/ami one behind the other, again and again, each time with other
// Uniqueids of the same length, because a PBX never repeats one.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../processes.mjs'

const folder = join(root, 'tests/traces/ami')
const names = readdirSync(folder).filter((name) => name.endsWith('.ami.txt'))

/** As recorded. */
export function recorded() {
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))))
}

/** Gives the bytes other Uniqueids with each call, in place. They are seconds since 1970: 1795…, then 1796…. */
export function renewal(bytes) {
  const places = [...bytes.toString('latin1').matchAll(/\b1795(?=\d{6}\.\d)/g)].map(({ index }) => index)
  let pass = 1795
  return () => {
    pass = pass === 9999 ? 1000 : pass + 1
    const digits = Buffer.from(String(pass))
    for (const place of places) digits.copy(bytes, place)
  }
}

/** Events and responses in `bytes`, counted by name without any client. */
export function countEvents(bytes) {
  const found = new Map()
  for (const [, name] of bytes.toString('latin1').matchAll(/(?:^|\r\n\r\n)Event: (.*)\r\n/g)) {
    found.set(name, (found.get(name) ?? 0) + 1)
  }
  return found
}

/** `bytes` in chunks of at most `size`; 0: one message each, as a PBX with little to do sends them. */
export function chunked(bytes, size) {
  const chunks = []
  for (let from = 0; from < bytes.length; ) {
    const end = size > 0 ? Math.min(from + size, bytes.length) : bytes.indexOf('\r\n\r\n', from) + 4
    chunks.push(bytes.subarray(from, end < 4 ? bytes.length : end))
    from = end < 4 ? bytes.length : end
  }
  return chunks
}
