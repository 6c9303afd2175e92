import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { ContactAddedSchema, ContactLostSchema, LostBy } from '@renmai/proto/engagement/v1/events'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { ContactAdded, ContactLost } from '../connectors/incoming.ts'
import { project, unpublished } from './contact.rules.ts'
import { type Contact, type ContactEventRow, contactEvents, contacts } from './contact.table.ts'
import { type ContactSource, recordTouchpoint } from './record-touchpoint.ts'

type NewFact = Pick<ContactEventRow, 'kind' | 'at' | 'state' | 'liveCodeId' | 'lostBy'>

/** Stores an addition or a loss once, and the contact as it is after it. @returns undefined when it was stored before */
export async function storeFact(
  tx: Tx,
  event: ContactAdded | ContactLost,
  source: ContactSource,
  fact: NewFact,
): Promise<Contact | undefined> {
  const pair = await lockPair(tx, event, source)
  const key = { tenantId: tx.tenantId, accountId: pair.accountId, contactId: pair.id }
  const stored = await tx
    .insert(contactEvents)
    .values({ ...key, id: newId(), ...fact })
    .onConflictDoNothing()
    .returning({ id: contactEvents.id })
  if (stored.length === 0) return undefined
  const facts = (await readFacts(tx, pair)) as [ContactEventRow, ...ContactEventRow[]]
  const wanted = project(facts)
  // A contact that begins again has new details.
  const isNew = !wanted.lostAt && wanted.addedAt.getTime() !== pair.addedAt.getTime()
  await tx
    .update(contacts)
    .set({ ...wanted, ...(isNew ? { nextAt: sql`now()`, attemptId: null, attempts: 0, parkedAt: null, detailsAt: null } : {}) })
    .where(mine(tx, contacts, pair.id))
  tx.work.add('contacts')
  await tellChanges(tx, event, source, facts)
  return { ...pair, ...wanted }
}

/** Locks the contact of a customer and a member of staff; a new one begins with the event. */
async function lockPair(tx: Tx, { staffUserId, externalUserId, at }: ContactAdded | ContactLost, source: ContactSource): Promise<Contact> {
  const pair = { tenantId: tx.tenantId, accountId: source.account.id, staffUserId, externalUserId }
  const row = { ...pair, id: newId(), profileId: source.profileId, addedAt: at, changedAt: at }
  const [made] = await tx.insert(contacts).values(row).onConflictDoNothing().returning()
  if (made) return made
  const [known] = await tx
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.tenantId, tx.tenantId),
        eq(contacts.accountId, pair.accountId),
        eq(contacts.staffUserId, staffUserId),
        eq(contacts.externalUserId, externalUserId),
      ),
    )
    .for('update')
  await keepEarlier(tx, known!)
  return known!
}

/** A contact that an earlier release stored has no facts: what its row states becomes its first ones. */
async function keepEarlier(tx: Tx, { id: contactId, accountId, addedAt, lostAt, lostBy, liveCodeId }: Contact): Promise<void> {
  const [fact] = await tx
    .select({ id: contactEvents.id })
    .from(contactEvents)
    .where(and(eq(contactEvents.tenantId, tx.tenantId), eq(contactEvents.contactId, contactId)))
    .limit(1)
  if (fact) return
  const head = { tenantId: tx.tenantId, accountId, contactId, isPublished: true }
  const isOnlyLost = lostAt?.getTime() === addedAt.getTime()
  const rows = [
    ...(isOnlyLost ? [] : [{ ...head, id: newId(), kind: 'ADDED' as const, at: addedAt, liveCodeId }]),
    ...(lostAt ? [{ ...head, id: newId(), kind: 'LOST' as const, at: lostAt, lostBy }] : []),
  ]
  await tx.insert(contactEvents).values(rows)
}

/** Newest facts of a contact that are read: one changes a few times. */
const MAX_FACTS = 200

const readFacts = (tx: Tx, { id }: Contact): Promise<ContactEventRow[]> =>
  tx
    .select()
    .from(contactEvents)
    .where(and(eq(contactEvents.tenantId, tx.tenantId), eq(contactEvents.contactId, id)))
    .orderBy(desc(contactEvents.at))
    .limit(MAX_FACTS)

/** Publishes the additions and losses that were not published, each addition with its touchpoint. */
async function tellChanges(tx: Tx, event: ContactAdded | ContactLost, source: ContactSource, facts: readonly ContactEventRow[]) {
  const { account, profileId } = source
  for (const { id, kind, at, liveCodeId, lostBy } of unpublished(facts)) {
    await tx
      .update(contactEvents)
      .set({ isPublished: true })
      .where(mine(tx, contactEvents, id))
    const told = { profileId, accountId: account.id, at: timestampFromDate(at) }
    if (kind === 'LOST') {
      await publish(tx, ContactLostSchema, { ...told, lostBy: LostBy[lostBy!] })
      continue
    }
    const isNew = await recordTouchpoint(tx, source, {
      type: liveCodeId ? 'live_code_scan' : 'contact_added',
      channel: event.channel,
      at,
      referenceId: liveCodeId,
      messageId: `add:${event.staffUserId}:${event.externalUserId}:${at.getTime()}`,
    })
    if (isNew) await publish(tx, ContactAddedSchema, { ...told, liveCodeId: liveCodeId ?? '' })
  }
}
