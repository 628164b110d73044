// Contacts: find one by its number or make it. Two requests that cross get
// the same contact, because the database's unique index decides and not we.
import { eq } from 'drizzle-orm'
import type { Db } from './database.js'
import { normaliseNumber } from './numbers.js'
import { contacts } from './schema.js'

export interface ContactsOptions {
  db: Db
  now: () => number
  /** A number of this shape is an internal extension. */
  internalPattern: RegExp
}

/** Finds the contact of a number, or makes it; throws a 422 Problem when the number is none. */
export async function findOrCreateContact(o: ContactsOptions, raw: string, name: string | null) {
  const number = normaliseNumber(raw, (digits) => o.internalPattern.test(digits))
  const find = () => o.db.select().from(contacts).where(eq(contacts.number, number))
  const [known] = await find()
  if (known) return answer(known, false)
  const row = { number, name: name?.trim() || null, company: null, created_at: o.now() }
  const [made] = await o.db.insert(contacts).values(row).onConflictDoNothing().returning()
  if (made) return answer(made, true)
  const [crossed] = await find()
  if (!crossed) throw new Error('a contact vanished between two statements')
  return answer(crossed, false)
}

function answer(row: typeof contacts.$inferSelect, created: boolean) {
  return { id: String(row.id), number: row.number, name: row.name, company: row.company, created }
}
