// sforce.opencti of Lightning Experience, as its developer guide describes it:
// one argument object a method, answers by callback and later, and nothing
// taken that the guide does not name.
import type { CtiResponse, OpenCti, TaskFields } from '../../../web/src/integrations/salesforce.js'

type Args = Record<string, unknown>
type Answer = CtiResponse<never>

interface Method {
  required: Record<string, string>
  optional: Record<string, string>
}

const callback = { callback: 'function' }
const methods: Record<string, Method> = {
  enableClickToDial: { required: {}, optional: callback },
  disableClickToDial: { required: {}, optional: callback },
  onClickToDial: { required: { listener: 'function' }, optional: {} },
  searchAndScreenPop: {
    required: { callType: 'string' },
    optional: {
      searchParams: 'string',
      queryParams: 'string',
      defaultFieldValues: 'object',
      deferred: 'boolean',
      ...callback,
    },
  },
  saveLog: { required: { value: 'object' }, optional: callback },
  setSoftphonePanelVisibility: { required: { visible: 'boolean' }, optional: callback },
}

/** The fields of a Task that are written, with their types (object reference of Task). */
const task: Record<string, RegExp> = {
  entityApiName: /^Task$/,
  TaskSubtype: /^Call$/,
  Subject: /^.{1,255}$/,
  Status: /^(Not Started|In Progress|Completed|Waiting on someone else|Deferred)$/,
  Priority: /^(High|Normal|Low)$/,
  ActivityDate: /^\d{4}-\d\d-\d\d$/,
  CallType: /^(Inbound|Outbound|Internal)$/,
  CallDurationInSeconds: /^\d+$/,
  CallDisposition: /^.{1,255}$/,
  CallObject: /^.{1,255}$/,
  Description: /^[\s\S]{0,32000}$/,
  WhoId: /^(003|00Q)\w{12,15}$/,
  WhatId: /^(?!003|00Q)\w{15,18}$/,
  Id: /^00T\w{12,15}$/,
}

function checkArgs(name: string, args: unknown[]): Args {
  const method = methods[name]
  const [given] = args
  if (!method || args.length !== 1 || typeof given !== 'object' || given === null)
    throw new Error(`${name} takes one object`)
  const { required, optional } = method
  for (const key of Object.keys(required)) if (!(key in given)) throw new Error(`${name} needs ${key}`)
  for (const [key, value] of Object.entries(given)) {
    const type = required[key] ?? optional[key]
    if (type === undefined) throw new Error(`${name} has no ${key}`)
    if (typeof value !== type) throw new Error(`${name}.${key} is ${typeof value}`)
  }
  return given as Args
}

function checkTask(value: TaskFields): void {
  if (!('Id' in value) && value.entityApiName === undefined) throw new Error('saveLog needs Id or entityApiName')
  if ('Id' in value && value.entityApiName !== undefined) throw new Error('saveLog takes Id or entityApiName')
  for (const [key, field] of Object.entries(value))
    if (!task[key]?.test(String(field))) throw new Error(`Task.${key} is ${JSON.stringify(field)}`)
}

/** What the script lets Salesforce do next, instead of success. */
export type Fault = 'fails' | 'throws' | 'stays silent'

export function openCti() {
  const said: [name: string, args: Args][] = []
  const refused: string[] = []
  const tasks = new Map<string, TaskFields>()
  const faults: Fault[] = []
  let found: Record<string, unknown> = {}
  let listener: ((payload: never) => void) | undefined
  let listeners = 0
  let ids = 0

  const carryOut = (name: string, args: Args): unknown => {
    if (name === 'onClickToDial') {
      listeners += 1
      listener = args.listener as typeof listener
    }
    if (name === 'searchAndScreenPop') return found
    if (name !== 'saveLog') return null
    const value = args.value as TaskFields
    checkTask(value)
    const id = 'Id' in value ? String(value.Id) : `00T0000000000${String(100 + ids++)}AAA`.slice(0, 18)
    if ('Id' in value && !tasks.has(id)) throw new Error(`no Task ${id}`)
    tasks.set(id, { ...tasks.get(id), ...value })
    return { recordId: id }
  }
  const method =
    (name: string) =>
    (...given: unknown[]) => {
      let args: Args
      try {
        args = checkArgs(name, given)
        if (name === 'saveLog') checkTask(args.value as TaskFields)
      } catch (error) {
        refused.push(String(error))
        return
      }
      said.push([name, args])
      const fault = name === 'saveLog' ? faults.shift() : undefined
      if (fault === 'throws') throw new Error('no frame')
      if (fault === 'stays silent') return
      const answer: Answer =
        fault === 'fails'
          ? { success: false, returnValue: null, errors: [{ description: 'UNABLE_TO_LOCK_ROW' }] }
          : { success: true, returnValue: carryOut(name, args) as never, errors: null }
      const { callback: told } = args as { callback?: (response: Answer) => void }
      queueMicrotask(() => told?.(answer))
    }

  return {
    said,
    tasks,
    faults,
    opencti: {
      CALL_TYPE: { INBOUND: 'inbound', OUTBOUND: 'outbound', INTERNAL: 'internal' },
      ...Object.fromEntries(Object.keys(methods).map((name) => [name, method(name)])),
    } as unknown as OpenCti,
    of: (name: string) => said.filter(([one]) => one === name).map(([, args]) => args),
    values: () => said.filter(([name]) => name === 'saveLog').map(([, args]) => args.value as TaskFields),
    /** What a search finds: fields by record id. */
    finds: (records: Record<string, unknown>) => {
      found = records
    },
    click: (payload: Record<string, unknown>) => listener?.(payload as never),
    get listeners() {
      return listeners
    },
    /** Throws when a method was called in a way that the guide does not know. */
    close() {
      if (refused.length > 0) throw new Error(refused.join('\n'))
    },
  }
}
