// Salesforce's side of Open CTI for Lightning Experience (API 38 and later):
// the methods that are used, what they answer, and a call_log as a Task.
import type { CallLog } from '../generated/state.js'

/** What every method answers its callback with. */
export interface CtiResponse<T = unknown> {
  success: boolean
  returnValue: T | null
  errors: readonly unknown[] | null
}

export type CtiCallback<T = unknown> = (response: CtiResponse<T>) => void

/** `sforce.opencti`. */
export interface OpenCti {
  readonly CALL_TYPE: { readonly INBOUND: string; readonly OUTBOUND: string; readonly INTERNAL: string }
  enableClickToDial(args: { callback?: CtiCallback }): void
  disableClickToDial(args: { callback?: CtiCallback }): void
  onClickToDial(args: { listener: (payload: ClickPayload) => void }): void
  searchAndScreenPop(args: { searchParams: string; callType: string; deferred: boolean; callback?: CtiCallback }): void
  saveLog(args: { value: TaskFields; callback?: CtiCallback<{ recordId?: string } | string> }): void
  setSoftphonePanelVisibility(args: { visible: boolean; callback?: CtiCallback }): void
}

/** Whom the clicked number belongs to. The guide calls `number` a number; what comes is text. */
export interface ClickPayload {
  number: string | number
  recordId?: string
  objectType?: string
  contactId?: string
  accountId?: string
  personAccount?: boolean
}

/** Fields of the Task that a call becomes, by their API names. */
export type TaskFields = Record<string, string | number>

/** A Task's two relations: a person (Contact or Lead), or what the call is about (Account, Case, …). */
export interface Relation {
  WhoId?: string
  WhatId?: string
}

/** Ids of people begin with 003 (Contact) or 00Q (Lead); all others are what a call is about. */
export function relationOf(recordId: string | undefined, objectType = ''): Relation {
  if (!recordId) return {}
  const person = /^(contact|lead)$/i.test(objectType) || (objectType === '' && /^(003|00Q)/.test(recordId))
  return person ? { WhoId: recordId } : { WhatId: recordId }
}

export function clickedRelation({ recordId, objectType, contactId, personAccount }: ClickPayload): Relation {
  // A person account is a contact too, and a call with a person belongs to the person.
  if (personAccount && contactId) return { WhoId: contactId }
  return relationOf(recordId, objectType)
}

/** The only record that a search has found; none when there were several. */
export function foundRelation(returnValue: unknown): Relation {
  if (returnValue === null || typeof returnValue !== 'object') return {}
  const records = Object.entries(returnValue).filter(([id]) => /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id))
  const [only] = records
  if (!only || records.length > 1) return {}
  const [id, record] = only
  const type = (record as { RecordType?: unknown } | null)?.RecordType
  return relationOf(id, typeof type === 'string' ? type : '')
}

export function taskOf(log: CallLog, notes: string, disposition: string | null): TaskFields {
  const inbound = log.type === 'inbound'
  const number = (inbound ? log.call_from : log.call_to) || 'anonymous'
  const talked = log.connected_at === null || log.ended_at === null ? 0 : log.ended_at - log.connected_at
  return {
    entityApiName: 'Task',
    TaskSubtype: 'Call',
    Subject: `Call ${inbound ? 'from' : 'to'} ${log.contact_name ?? number}`.slice(0, 255),
    Status: 'Completed',
    Priority: 'Normal',
    ActivityDate: dayOf(log.started_at ?? log.ended_at ?? 0),
    CallType: inbound ? 'Inbound' : 'Outbound',
    CallDurationInSeconds: Math.max(0, Math.round(talked / 1000)),
    CallDisposition: (disposition || log.status).slice(0, 255),
    CallObject: log.key,
    Description: notes,
  }
}

/** The agent's own day, as YYYY-MM-DD. */
function dayOf(at: number): string {
  const day = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** Errors come as texts or as objects with a description. */
export function wordsOf(errors: CtiResponse['errors']): string {
  const words = (errors ?? []).map((one) => {
    const { description, message } = (one ?? {}) as { description?: unknown; message?: unknown }
    return typeof one === 'string' ? one : String(description ?? message ?? JSON.stringify(one))
  })
  return words.join('; ') || 'without a reason'
}
