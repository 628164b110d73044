// Which addresses a webhook may reach: none of this machine, none of a private
// network, unless the operator allows it. Asked when the URL is registered, and
// again with the address that the name resolves to when the connection is made:
// a name may point elsewhere by then.
import { type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { Problem } from '../problem.js'

const blocked = new BlockList()
// IANA's special-purpose registries: whatever is not a host of the public Internet.
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  blocked.addSubnet(net, bits, 'ipv4')
}
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
// Of these, what carries an IPv4 address inside, or is for examples.
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const) {
  blocked.addSubnet(net, bits, 'ipv6')
}

/** True for an address of the public Internet. */
export function isPublic(address: string): boolean {
  const kind = isIP(address)
  if (kind === 4) return !blocked.check(address, 'ipv4')
  return kind === 6 && global.check(address, 'ipv6') && !blocked.check(address, 'ipv6')
}

const refused = (detail: string) => new Problem(422, 'webhook_url', 'Not a URL for a webhook', detail)

/** The URL as it is kept; throws a Problem that says what is wrong with it. */
export function checkWebhookUrl(text: string, allowPrivate: boolean): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refused('Expected https://host/path.')
  }
  const plain = url.protocol === 'http:' && allowPrivate
  if (url.protocol !== 'https:' && !plain) throw refused('Expected https: others could read and change what is sent.')
  if (url.username !== '' || url.password !== '') throw refused('A URL may hold no user or password.')
  if (url.hostname === '') throw refused('The URL names no host.')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!allowPrivate && (/(^|\.)localhost\.?$/i.test(host) || (isIP(host) !== 0 && !isPublic(host)))) {
    throw refused('The address is of this machine or of a private network; the operator can allow that.')
  }
  url.hash = ''
  return url.href
}

/** The name resolves to no address that may be reached. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
}

/** Resolves as `lookup` does, and leaves out what may not be reached. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...(options as LookupOptions), all: true }, (error, found) => {
    if (error) return callback(error, '', 0)
    const list = found.filter(({ address }) => isPublic(address))
    const [first] = list
    if (!first) {
      const at = found.map(({ address }) => address).join(', ')
      return callback(new AddressRefused(`${hostname} is ${at}: of this machine or a private network`), '', 0)
    }
    if ((options as LookupOptions).all) (callback as unknown as (e: null, all: typeof list) => void)(null, list)
    else callback(null, first.address, first.family)
  })
}

const CONNECT_MS = 5_000
/** An answer is looked at for its status only. */
const HEADER_BYTES = 16 * 1024

/** What webhooks are sent with. Redirects are not followed: a target cannot send us elsewhere. */
export function webhookAgent(allowPrivate: boolean): Agent {
  return new Agent({
    connect: { timeout: CONNECT_MS, ...(allowPrivate ? {} : { lookup: publicLookup }) },
    maxHeaderSize: HEADER_BYTES,
    connections: 4,
    pipelining: 1,
    keepAliveTimeout: 10_000,
  })
}
