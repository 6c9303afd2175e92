import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { answer } from '@renmai/platform/ask'
import { type KeyRing, open } from '@renmai/platform/crypto'
import { type Db, type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { publish } from '@renmai/platform/outbox'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { placeOf } from './store-contact-cards.ts'

const MAX_PROFILES = 500
const FIELD_OF: Record<string, string> = { EMAIL: 'email', SMS: 'phone' }

type Sibling = {
  asked: string
  customer_id: string
  profile_id: string
  source: string
  external_id: string
  field: string | null
  sealed: Buffer | null
  observed_at: Date | null
}

/**
 * Answers with the address and the name that a message needs. The address may hang on another profile of the same
 * customer; the asked one wins, then the newest. Reading is written to the audit log.
 */
export const answerReadContactCards = (db: Db, ring: KeyRing, now: () => Date) =>
  answer(IdentityService.method.readContactCards, async ({ tenantId, profileIds, channel, purpose }) => {
    if (profileIds.length > MAX_PROFILES) throw new AppError('INVALID', `At most ${MAX_PROFILES} profiles at once`)
    return withTenant(db, tenantId, async (tx) => {
      const siblings = Map.groupBy(await readSiblings(tx, profileIds), (row) => row.asked)
      const cards = profileIds.filter((id) => siblings.has(id)).map((id) => cardOf(id, siblings.get(id)!, channel, ring, tenantId))
      await publish(tx, ActionRecordedSchema, {
        action: 'readContactCards',
        actorKind: 'SERVICE',
        actorId: `engagement:${purpose}`,
        targetId: profileIds.join(' ').slice(0, 1_000),
        at: timestampFromDate(now()),
      })
      return { cards }
    })
  })

async function readSiblings(tx: Tx, profileIds: string[]): Promise<Sibling[]> {
  const { rows } = await tx.client.query<Sibling>(
    `SELECT p.id AS asked, p.customer_id, s.id AS profile_id, s.source, s.external_id, c.field, c.sealed, c.observed_at
     FROM profiles p JOIN profiles s ON s.tenant_id = p.tenant_id AND s.customer_id = p.customer_id
     LEFT JOIN contact_cards c ON c.tenant_id = s.tenant_id AND c.profile_id = s.id
     WHERE p.tenant_id = $1 AND p.id = ANY($2) ORDER BY p.id, (s.id = p.id) DESC, c.observed_at DESC NULLS LAST, s.id`,
    [tx.tenantId, profileIds],
  )
  return rows
}

function cardOf(profileId: string, siblings: Sibling[], channel: string, ring: KeyRing, tenantId: string): Omit<ContactCard, '$typeName'> {
  const read = (row: Sibling | undefined) =>
    row?.sealed && row.field ? open(ring, tenantId, placeOf(row.field, row.profile_id), row.sealed) : ''
  const holder = siblings.find((row) => (channel === 'WECOM' ? row.source.startsWith('wecom:') : row.field === FIELD_OF[channel]))
  return {
    profileId,
    customerId: siblings[0]!.customer_id,
    address: channel === 'WECOM' ? (holder?.external_id ?? '') : read(holder),
    addressProfileId: holder?.profile_id ?? '',
    addressSource: holder?.source ?? '',
    displayName: read(siblings.find((row) => row.field === 'display_name')),
  }
}
