import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { seal } from '@renmai/platform/secrets/crypto'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { ContactAddedSchema, ContactLostSchema, LostBy } from '@renmai/proto/engagement/v1/events'
import { sql } from 'drizzle-orm'
import { connectors } from '../connectors/connectors.ts'
import type { ContactAdded, ContactLost } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import type { LiveCode } from '../live-codes/live-code.table.ts'
import { findLiveCode } from '../live-codes/live-code.ts'
import { type Contact, contacts, welcomes } from './contact.table.ts'
import { type ContactSource, recordTouchpoint } from './record-touchpoint.ts'

export const welcomePlace = (id: string) => `welcomes.code|${id}`

/** Records a new contact: the customer and the member of staff, the live code, the touchpoint and the welcome. */
export async function recordContact(tx: Tx, deps: Deps, event: ContactAdded, source: ContactSource): Promise<void> {
  const { account, profileId } = source
  const { channel, at, staffUserId, externalUserId } = event
  const code = event.state ? await findLiveCode(tx, account.id, event.state) : undefined
  tx.work.add('contacts').add('welcomes')
  const contact = await upsertContact(tx, event, source, code)
  if (!contact) return
  const isNew = await recordTouchpoint(tx, source, {
    type: code ? 'live_code_scan' : 'contact_added',
    channel,
    at,
    referenceId: code?.id ?? null,
    messageId: `add:${staffUserId}:${externalUserId}:${at.getTime()}`,
  })
  if (!isNew) return
  await publish(tx, ContactAddedSchema, { profileId, accountId: account.id, liveCodeId: code?.id ?? '', at: timestampFromDate(at) })
  if (code?.welcomeText && event.welcomeCode) await planWelcome(tx, deps, source, { code, contact, welcomeCode: event.welcomeCode })
}

async function planWelcome(
  tx: Tx,
  { keyRing }: Deps,
  { account, receivedAt }: ContactSource,
  { code, contact, welcomeCode }: { code: LiveCode; contact: Contact; welcomeCode: string },
): Promise<void> {
  const { welcome } = connectors[account.kind]
  if (!welcome) return
  const id = idFrom('welcome', account.id, welcomeCode)
  const row = {
    tenantId: tx.tenantId,
    id,
    accountId: account.id,
    contactId: contact.id,
    liveCodeId: code.id,
    deadline: new Date(receivedAt.getTime() + welcome.withinMs),
    code: seal(keyRing, tx.tenantId, welcomePlace(id), welcomeCode),
  }
  await tx.insert(welcomes).values(row).onConflictDoNothing()
}

/** The time of the event decides: an addition that arrives after a later loss changes nothing. */
async function upsertContact(
  tx: Tx,
  { staffUserId, externalUserId, at }: ContactAdded,
  { account, profileId }: ContactSource,
  code: LiveCode | undefined,
): Promise<Contact | undefined> {
  const pair = { tenantId: tx.tenantId, id: newId(), accountId: account.id, staffUserId, externalUserId, profileId }
  const [contact] = await tx
    .insert(contacts)
    .values({ ...pair, liveCodeId: code?.id ?? null, addedAt: at, changedAt: at })
    .onConflictDoUpdate({
      target: [contacts.tenantId, contacts.accountId, contacts.staffUserId, contacts.externalUserId],
      // A half-add is followed by the add itself: the first code stays.
      set: { lostAt: null, lostBy: null, changedAt: at, liveCodeId: sql`coalesce(${contacts.liveCodeId}, excluded.live_code_id)` },
      setWhere: sql`${contacts.changedAt} <= excluded.changed_at`,
    })
    .returning()
  return contact
}

export async function recordLoss(tx: Tx, event: ContactLost, { account, profileId }: ContactSource): Promise<void> {
  const { staffUserId, externalUserId, lostBy, at } = event
  const pair = { tenantId: tx.tenantId, id: newId(), accountId: account.id, staffUserId, externalUserId, profileId }
  const rows = await tx
    .insert(contacts)
    // A loss may overtake its addition. The row then starts as lost, and the addition, which is older, changes nothing.
    .values({ ...pair, addedAt: at, lostAt: at, lostBy, changedAt: at })
    .onConflictDoUpdate({
      target: [contacts.tenantId, contacts.accountId, contacts.staffUserId, contacts.externalUserId],
      set: { lostAt: at, lostBy, changedAt: at },
      setWhere: sql`${contacts.changedAt} < excluded.changed_at`,
    })
    .returning()
  if (rows.length > 0)
    await publish(tx, ContactLostSchema, { profileId, accountId: account.id, lostBy: LostBy[lostBy], at: timestampFromDate(at) })
}
