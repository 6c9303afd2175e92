import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { seal } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { idFrom, newId } from '@renmai/platform/ids'
import { publish } from '@renmai/platform/outbox'
import { ContactAddedSchema, ContactLostSchema, LostBy, MessageReceivedSchema } from '@renmai/proto/engagement/v1/events'
import { and, eq, sql } from 'drizzle-orm'
import type { OpenAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { tellTouchpoints } from '../touchpoints/tell-touchpoints.ts'
import { touchpoints } from '../touchpoints/touchpoint.table.ts'
import type { WecomEvent } from '../wecom/wecom-event.rules.ts'
import { type Contact, contacts, inboundMessages, welcomes } from './contact.table.ts'

/** The platform takes a welcome for 20 seconds after its callback; we stop a second early. */
const WELCOME_BUDGET_MS = 19_000

type Account = OpenAccount<'WECOM'>
type Source = { account: Account; profileId: string; identityKey: Buffer; receivedAt: Date }

/** What the text of a message is bound to, so that it opens nowhere else. */
export const inboundPlace = (id: string) => `inbound_messages.body|${id}`

export const welcomePlace = (id: string) => `welcomes.code|${id}`

/** A customer and a member of staff became contacts: the pair, where it came from, its touchpoint and its welcome. */
export async function recordAdded(
  tx: Tx,
  { keyRing }: Worker,
  event: Extract<WecomEvent, { kind: 'ADDED' }>,
  source: Source,
): Promise<void> {
  const { account, profileId, identityKey, receivedAt } = source
  const [code] = event.state
    ? await tx
        .select()
        .from(liveCodes)
        .where(and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.accountId, account.id), eq(liveCodes.state, event.state)))
    : []
  tx.work.add('contacts').add('welcomes')
  const contact = await upsertContact(tx, event, { account, profileId, liveCodeId: code?.id ?? null })
  if (!contact) return
  const touchpoint = {
    id: newId(),
    profileId,
    type: code ? 'live_code_scan' : 'contact_added',
    channel: 'WECOM',
    occurredAt: event.at,
    referenceId: code?.id ?? null,
  }
  const messageId = `add:${event.staffUserId}:${event.externalUserId}:${event.at.getTime()}`
  const [stored] = await tx
    .insert(touchpoints)
    .values({ ...touchpoint, tenantId: tx.tenantId, sourceId: account.id, messageId, identityKey })
    .onConflictDoNothing()
    .returning()
  if (!stored) return
  await tellTouchpoints(tx, [touchpoint])
  await publish(tx, ContactAddedSchema, { profileId, accountId: account.id, liveCodeId: code?.id ?? '', at: timestampFromDate(event.at) })
  if (code?.welcomeText && event.welcomeCode) {
    const id = idFrom('welcome', account.id, event.welcomeCode)
    const row = {
      tenantId: tx.tenantId,
      id,
      accountId: account.id,
      contactId: contact.id,
      liveCodeId: code.id,
      deadline: new Date(receivedAt.getTime() + WELCOME_BUDGET_MS),
    }
    await tx
      .insert(welcomes)
      .values({ ...row, code: seal(keyRing, tx.tenantId, welcomePlace(id), event.welcomeCode) })
      .onConflictDoNothing()
  }
}

/** By the time of the event: an addition that comes after a later loss changes nothing. */
async function upsertContact(
  tx: Tx,
  event: Extract<WecomEvent, { kind: 'ADDED' }>,
  { account, profileId, liveCodeId }: { account: Account; profileId: string; liveCodeId: string | null },
): Promise<Contact | undefined> {
  const { staffUserId, externalUserId, at } = event
  const [contact] = await tx
    .insert(contacts)
    .values({
      tenantId: tx.tenantId,
      id: newId(),
      accountId: account.id,
      staffUserId,
      externalUserId,
      profileId,
      liveCodeId,
      addedAt: at,
      changedAt: at,
    })
    .onConflictDoUpdate({
      target: [contacts.tenantId, contacts.accountId, contacts.staffUserId, contacts.externalUserId],
      // A half-add is followed by the add itself: the first code stays.
      set: { lostAt: null, lostBy: null, changedAt: at, liveCodeId: sql`coalesce(${contacts.liveCodeId}, excluded.live_code_id)` },
      setWhere: sql`${contacts.changedAt} <= excluded.changed_at`,
    })
    .returning()
  return contact
}

export async function recordLost(tx: Tx, event: Extract<WecomEvent, { kind: 'LOST' }>, { account, profileId }: Source): Promise<void> {
  const { staffUserId, externalUserId, lostBy, at } = event
  const rows = await tx
    .insert(contacts)
    // A loss may overtake its addition; the row then starts as lost and the addition, being older, changes nothing.
    .values({
      tenantId: tx.tenantId,
      id: newId(),
      accountId: account.id,
      staffUserId,
      externalUserId,
      profileId,
      addedAt: at,
      lostAt: at,
      lostBy,
      changedAt: at,
    })
    .onConflictDoUpdate({
      target: [contacts.tenantId, contacts.accountId, contacts.staffUserId, contacts.externalUserId],
      set: { lostAt: at, lostBy, changedAt: at },
      setWhere: sql`${contacts.changedAt} < excluded.changed_at`,
    })
    .returning()
  if (rows.length > 0)
    await publish(tx, ContactLostSchema, { profileId, accountId: account.id, lostBy: LostBy[lostBy], at: timestampFromDate(at) })
}

/** What a customer wrote: sealed here, told to others as a fact without its text. */
export async function recordMessage(
  tx: Tx,
  { keyRing }: Worker,
  event: Extract<WecomEvent, { kind: 'MESSAGE' }>,
  { account, profileId }: Source,
): Promise<void> {
  const id = newId()
  const body = seal(keyRing, tx.tenantId, inboundPlace(id), event.text)
  const row = {
    tenantId: tx.tenantId,
    id,
    accountId: account.id,
    externalMessageId: event.messageId,
    profileId,
    type: event.type,
    body,
    receivedAt: event.at,
  }
  const stored = await tx.insert(inboundMessages).values(row).onConflictDoNothing().returning()
  if (stored.length > 0)
    await publish(tx, MessageReceivedSchema, { messageId: id, profileId, channel: 'WECOM', at: timestampFromDate(event.at) })
}
