import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { LRUCache } from 'lru-cache'
import { hiddenId, identityKey, type Naming } from './claim.ts'
import { readProfileKeys } from './profile-key.queries.ts'

/** The person of an event: the names by which identity knows the person, and the profile as soon as it is known. */
export type Person = { readonly externalId: string; readonly key: Buffer; profileId: string | null }

/**
 * Active people send many events; keyed hashes and the look-up of their profile were a fifth of the CPU of intake. A
 * profile never changes; the limit of age is for people who are erased.
 */
export const createPeople = () => new LRUCache<string, Person>({ max: 50_000, ttl: 60_000, ttlResolution: 1_000 })
export type People = ReturnType<typeof createPeople>

/** A person by the hidden id of their profile. The external id is one of the identifiers. */
export function personOf(
  { keyRing, people }: { keyRing: KeyRing; people: People },
  tenantId: string,
  { source, externalId, identifiers }: Naming,
): Person {
  // With lengths, so that the text of one identifier cannot be read as two.
  let name = `${tenantId}|${source}|${externalId.length}:${externalId}`
  for (const { namespace, value, isVerified } of identifiers)
    name += `|${namespace.length}:${namespace}${value.length}:${value}${isVerified ? '+' : '-'}`
  const known = people.get(name)
  if (known) return known
  const hidden = hiddenId(keyRing, tenantId, externalId)
  const person = { externalId: hidden, key: identityKey(keyRing, tenantId, { source, externalId: hidden, identifiers }), profileId: null }
  people.set(name, person)
  return person
}

/** Fills in the profiles of people who have one now. */
export async function findProfiles(tx: Tx, asked: Person[]): Promise<void> {
  const unknown = [...new Set(asked)].filter((person) => person.profileId === null)
  if (unknown.length === 0) return
  const profiles = await readProfileKeys(
    tx,
    unknown.map((person) => person.key),
  )
  for (const person of unknown) person.profileId ??= profiles.get(person.key.toString('hex')) ?? null
}
