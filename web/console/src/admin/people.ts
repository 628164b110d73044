// Who may sign in: an entry of the hub's directory (docs/wire.md) as the form has it, and what must be so before it is
// sent. A password is only ever written. Pure.

export const roles = ['agent', 'supervisor', 'admin'] as const
export type PersonRole = (typeof roles)[number]

export interface Person {
  extension: string
  name: string
  role: PersonRole
  number: string
  extension_id: string
  endpoint: string
  time_zone: string
  has_password: boolean
  /** What was typed; empty leaves the stored one. */
  password: string
}

export const newPerson: Person = {
  extension: '',
  name: '',
  role: 'agent',
  number: '',
  extension_id: '',
  endpoint: '',
  time_zone: '',
  has_password: false,
  password: '',
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

export function readPerson(item: unknown): Person {
  const fields = (item ?? {}) as Record<string, unknown>
  return {
    extension: text(fields.extension),
    name: text(fields.name),
    role: roles.find((role) => role === fields.role) ?? 'agent',
    number: text(fields.number),
    extension_id: text(fields.extension_id),
    endpoint: text(fields.endpoint),
    time_zone: text(fields.time_zone),
    has_password: fields.has_password === true,
    password: '',
  }
}

/** What is wrong, by field; the hub checks all of it again. */
export function personErrors(person: Person, taken: readonly string[], isNew: boolean): Record<string, string> {
  const errors: Record<string, string> = {}
  const { extension, name, endpoint, password } = person
  if (!/^[A-Za-z0-9_.+-]{1,40}$/.test(extension))
    errors.extension = 'The number of the telephone at the PBX, e.g. 1001.'
  else if (isNew && taken.includes(extension)) errors.extension = 'This extension has somebody already.'
  if (name.trim() === '') errors.name = 'A name is needed.'
  if (endpoint !== '' && !/^[A-Za-z0-9]+\/[\x21-\x7e]{1,120}$/.test(endpoint))
    errors.endpoint = 'As the PBX names it, e.g. PJSIP/1001.'
  if (password !== '' && password.length < 8) errors.password = 'At least 8 characters.'
  return errors
}
