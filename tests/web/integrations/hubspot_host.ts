// HubSpot's page around the real SDK: it plays the host's side of the postMessage
// protocol, and takes nothing that the SDK's own types do not allow.
import CallingExtensions, { Constants } from '@hubspot/calling-extensions-sdk'
import { vi } from 'vitest'

const HOST = 'https://app.hubspot.test'
const { thirdPartyToHostEvents } = Constants

export interface Message {
  type: string
  data: Record<string, unknown>
}

type Shape = Record<string, (value: unknown) => boolean>

const text = (value: unknown) => typeof value === 'string' && value !== ''
const number = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const flag = (value: unknown) => typeof value === 'boolean'
const maybe = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value)
const oneOf =
  (...words: string[]) =>
  (value: unknown) =>
    words.includes(value as string)
const size = (value: unknown) => number((value as { width: unknown }).width)
const call = { externalCallId: text, fromNumber: text, toNumber: text, callStartTime: number, createEngagement: flag }
const place = (value: unknown) => {
  const { portalId, objectId, objectTypeId } = value as Record<string, unknown>
  return number(portalId) && number(objectId) && oneOf('0-1', '0-2')(objectTypeId)
}
/** Every value is text; hs_timestamp must be there (RawEngagementProperties). */
const properties = (value: unknown) =>
  text((value as { hs_timestamp: unknown }).hs_timestamp) &&
  Object.entries(value as object).every(([name, one]) => name.startsWith('hs_') && typeof one === 'string')

/** What HubSpot takes: types.ts of the SDK 0.9.7, and the two fields its guide adds to `initialized`. */
const shapes: Record<string, Shape> = {
  INITIALIZED: { isLoggedIn: flag, isAvailable: maybe(flag), engagementId: maybe(number), sizeInfo: maybe(size) },
  LOGGED_IN: {},
  LOGGED_OUT: {},
  USER_AVAILABLE: {},
  USER_UNAVAILABLE: {},
  INCOMING_CALL: call,
  OUTGOING_CALL_STARTED: call,
  CALL_ANSWERED: { externalCallId: text },
  CALL_TRANSFERRED: { externalCallId: text },
  CALL_ENDED: {
    externalCallId: text,
    engagementId: maybe(number),
    callEndStatus: oneOf('COMPLETED', 'FAILED', 'CANCELED', 'BUSY', 'NO_ANSWER', 'REJECTED', 'MISSED'),
  },
  CALL_COMPLETED: {
    externalCallId: text,
    engagementId: maybe(number),
    hideWidget: flag,
    engagementProperties: properties,
  },
  NAVIGATE_TO_RECORD: {
    objectCoordinates: place,
    engagementId: maybe(number),
    openIn: oneOf('CURRENT_TAB', 'NEW_TAB'),
  },
  ERROR: { message: text },
}

function check({ type, data }: Message): void {
  const shape = shapes[type]
  if (!shape) throw new Error(`HubSpot knows no message ${type}`)
  for (const [name, allowed] of Object.entries(shape))
    if (!allowed(data[name])) throw new Error(`${type}.${name} is ${JSON.stringify(data[name])}`)
  for (const name of Object.keys(data)) if (!(name in shape)) throw new Error(`${type} has no ${name}`)
}

export interface HostOptions {
  /** Whether an engagement is made at once, when asked for. */
  engagements?: 'at once' | 'by hand' | 'never'
  ready?: Record<string, unknown>
}

export function hubspotHost({ engagements = 'at once', ready = {} }: HostOptions = {}) {
  const messages: Message[] = []
  const refused: string[] = []
  let made = 500
  let ids = 0
  const post = (message: unknown) => {
    const { type, messageId: _, ...rest } = message as { type: string; messageId?: string; data?: object }
    if (type === 'SYNC_ACK') return
    if (!(type in thirdPartyToHostEvents) && type !== 'ERROR') refused.push(`no message of a calling app: ${type}`)
    const told = { type, data: { ...(rest.data as Record<string, unknown>) } }
    try {
      check(told)
    } catch (error) {
      refused.push(String(error))
    }
    messages.push(told)
    if (told.data.createEngagement === true && engagements === 'at once') host.makeEngagement(told.data.externalCallId)
  }
  const spy = vi.spyOn(window.parent, 'postMessage').mockImplementation(post as never)
  // The SDK tells every message to the console.
  const quiet = vi.spyOn(console, 'debug').mockImplementation(() => {})
  const host = {
    messages,
    CallingExtensions,
    /** What was said, in short: type and, where there is one, the status. */
    said: () =>
      messages.map(({ type, data }) => (data.callEndStatus === undefined ? type : `${type} ${data.callEndStatus}`)),
    of: (type: string) => messages.filter((one) => one.type === type).map(({ data }) => data),
    send(type: string, data: Record<string, unknown> = {}) {
      ids += 1
      const message = { type, messageId: `host_${ids}`, data, ...data }
      window.dispatchEvent(new MessageEvent('message', { data: message, origin: HOST }))
    },
    /** The handshake: HubSpot sends SYNC until the frame acknowledges. */
    sync: (data: Record<string, unknown> = {}) =>
      host.send('SYNC', { hostUrl: HOST, portalId: 77, userId: 5, ownerId: 6, ...ready, ...data }),
    makeEngagement(externalCallId?: unknown) {
      made += 1
      host.send('CREATE_ENGAGEMENT_SUCCEEDED', { engagementId: made, ...(externalCallId ? { externalCallId } : {}) })
      return made
    },
    /** Throws when anything was said that HubSpot does not take. */
    close() {
      spy.mockRestore()
      quiet.mockRestore()
      if (refused.length > 0) throw new Error(refused.join('\n'))
    },
  }
  return host
}
