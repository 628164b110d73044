// HubSpot's side of @hubspot/calling-extensions-sdk 0.9: the part of the SDK
// that is used, the events that come back, and our words in HubSpot's.
import type { CallLog } from '../generated/state.js'

export type EndStatus = 'COMPLETED' | 'FAILED' | 'CANCELED' | 'BUSY' | 'NO_ANSWER' | 'REJECTED' | 'MISSED'

export interface ObjectCoordinates {
  portalId: number
  objectId: number
  objectTypeId: string
}

interface CallStarted {
  externalCallId: string
  fromNumber: string
  toNumber: string
  callStartTime: number
  createEngagement: boolean
}

/** A `CallingExtensions` of the SDK. */
export interface HubSpotSdk {
  initialized(data: { isLoggedIn: boolean; isAvailable?: boolean; engagementId?: number; sizeInfo?: Size }): void
  userAvailable(): void
  userUnavailable(): void
  userLoggedIn(): void
  userLoggedOut(): void
  incomingCall(data: CallStarted): void
  outgoingCall(data: CallStarted): void
  callAnswered(data: { externalCallId: string }): void
  callTransferred?(data: { externalCallId: string }): void
  callEnded(data: { externalCallId: string; engagementId: number; callEndStatus: EndStatus }): void
  callCompleted(data: {
    externalCallId: string
    engagementId?: number
    hideWidget: boolean
    engagementProperties: EngagementProperties & { hs_timestamp: string }
  }): void
  navigateToRecord(data: { objectCoordinates: never; engagementId?: number; openIn?: 'CURRENT_TAB' | 'NEW_TAB' }): void
  sendError(data: { message: string }): void
}

export interface Size {
  width: number
  height: number
}

/** HubSpot's call properties, hs_call_…; every value is text. */
export type EngagementProperties = Record<string, string>

export type Handler = (data: unknown, event?: unknown) => void
export type Handlers = Record<string, Handler>

/** What a SYNC of HubSpot's page brings. */
export interface ReadyData {
  engagementId?: number
  portalId?: number
  iframeLocation?: string
  usesCallingWindow?: boolean
}

export interface DialData {
  phoneNumber?: string
  calleeInfo?: { calleeId?: number | string; calleeObjectTypeId?: string }
}

export interface EngagementData {
  engagementId?: number
  externalCallId?: string
}

export interface MatchData {
  externalCallId?: string
  callerIdMatches?: { objectCoordinates: ObjectCoordinates }[]
}

/** "Answered elsewhere" is nobody's missed call: the PBX took it away, as a caller who gives up does not. */
export function endStatus({ status, end_reason }: Pick<CallLog, 'status' | 'end_reason'>): EndStatus {
  if (status === 'answered') return 'COMPLETED'
  if (end_reason === 'rejected') return 'REJECTED'
  if (end_reason === 'busy') return 'BUSY'
  if (end_reason === 'failed' || end_reason === 'lost') return 'FAILED'
  if (end_reason === 'answered_elsewhere' || end_reason === 'cancelled' || end_reason === 'agent_hangup')
    return 'CANCELED'
  return status === 'missed' ? 'MISSED' : 'NO_ANSWER'
}

/** `hs_call_status` has fewer words than `callEndStatus`. */
const callStatus: Record<EndStatus, string> = {
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  BUSY: 'BUSY',
  NO_ANSWER: 'NO_ANSWER',
  REJECTED: 'BUSY',
  MISSED: 'NO_ANSWER',
}

export function engagementOf(
  log: CallLog,
  notes: string,
  disposition: string | undefined,
): EngagementProperties & { hs_timestamp: string } {
  return {
    hs_timestamp: String(log.started_at ?? 0),
    hs_call_direction: log.type === 'inbound' ? 'INBOUND' : 'OUTBOUND',
    hs_call_status: callStatus[endStatus(log)],
    hs_call_duration: String(durationOf(log)),
    hs_call_from_number: log.call_from,
    hs_call_to_number: log.call_to,
    hs_call_body: notes,
    ...(disposition === undefined ? {} : { hs_call_disposition: disposition }),
  }
}

/** Milliseconds of talk. */
function durationOf({ connected_at, ended_at }: CallLog): number {
  return connected_at === null || ended_at === null ? 0 : Math.max(0, ended_at - connected_at)
}
