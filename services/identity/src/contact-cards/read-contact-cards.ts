import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex, type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { isPersonal } from '../profiles/identifier.rules.ts'
import { placeOf } from './store-contact-cards.ts'

const MAX_PROFILES = 500

type Card = Omit<ContactCard, '$typeName'>
type Sibling = {
  asked: string
  customer_id: string
  profile_id: string
  source: string
  field: string | null
  sealed: Buffer | null
  observed_at: Date | null
}

/**
 * Returns the address and the name that a message needs. The address may belong to another profile of the same customer:
 * the requested profile comes first, then the newest address. Each reading is written to the audit log.
 */
export const readContactCards = (db: Db, ring: KeyRing, now: () => Date) =>
  answer(IdentityService.method.readContactCards, async ({ tenantId, profileIds, addressKind, purpose }) => {
    if (profileIds.length > MAX_PROFILES) throw new AppError('INVALID', `At most ${MAX_PROFILES} profiles in one call`)
    return withTenant(db, tenantId, async (tx) => {
      const kind = (IdentifierKind[addressKind] ?? '').toLowerCase()
      const siblings = Map.groupBy(await readSiblings(tx, profileIds), (row) => row.asked)
      // An address that is not personal is not stored readably. It is found where a source uses it as the person's external id.
      const named = isPersonal(kind) ? undefined : await readNamed(tx, ring, profileIds, kind)
      const cards = profileIds.flatMap((id) => {
        const rows = siblings.get(id)
        return rows ? [cardOf(id, rows, named ? named.get(id) : keptOf(rows, kind, ring, tenantId), ring, tenantId)] : []
      })
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
    `SELECT p.id AS asked, p.customer_id, s.id AS profile_id, s.source, c.field, c.sealed, c.observed_at
     FROM profiles p JOIN profiles s ON s.tenant_id = p.tenant_id AND s.customer_id = p.customer_id
     LEFT JOIN contact_cards c ON c.tenant_id = s.tenant_id AND c.profile_id = s.id
     WHERE p.tenant_id = $1 AND p.id = ANY($2) ORDER BY p.id, (s.id = p.id) DESC, c.observed_at DESC NULLS LAST, s.id`,
    [tx.tenantId, profileIds],
  )
  return rows
}

type Found = { address: string; profileId: string; source: string }

/**
 * Addresses that sources use as external ids of their people. Identity stores such an identifier only as a blind index.
 * The index proves that a source's external id is the identifier itself.
 */
async function readNamed(tx: Tx, ring: KeyRing, profileIds: string[], kind: string): Promise<Map<string, Found>> {
  type Row = { asked: string; profileId: string; source: string; address: string; namespace: string; index: Buffer }
  const { rows } = await tx.client.query<Row>(
    `SELECT p.id AS asked, s.id AS "profileId", s.source, s.external_id AS address, i.namespace, i.value_index AS index
     FROM profiles p JOIN profiles s ON s.tenant_id = p.tenant_id AND s.customer_id = p.customer_id
     JOIN identifiers i ON i.tenant_id = s.tenant_id AND i.profile_id = s.id AND split_part(i.namespace, '@', 1) = $3
     WHERE p.tenant_id = $1 AND p.id = ANY($2) ORDER BY p.id, (s.id = p.id), i.created_at, s.id DESC`,
    [tx.tenantId, profileIds, kind],
  )
  const good = rows.filter(({ address, namespace, index }) => blindIndex(ring, tx.tenantId, namespace, address).equals(index))
  return new Map(good.map((row) => [row.asked, row]))
}

function keptOf(siblings: Sibling[], field: string, ring: KeyRing, tenantId: string): Found | undefined {
  const holder = siblings.find((row) => row.field === field)
  return holder && { address: read(holder, ring, tenantId), profileId: holder.profile_id, source: holder.source }
}

const read = (row: Sibling | undefined, ring: KeyRing, tenantId: string) =>
  row?.sealed && row.field ? open(ring, tenantId, placeOf(row.field, row.profile_id), row.sealed) : ''

function cardOf(profileId: string, siblings: Sibling[], found: Found | undefined, ring: KeyRing, tenantId: string): Card {
  return {
    profileId,
    customerId: siblings[0]!.customer_id,
    address: found?.address ?? '',
    addressProfileId: found?.profileId ?? '',
    addressSource: found?.source ?? '',
    displayName: read(
      siblings.find((row) => row.field === 'display_name'),
      ring,
      tenantId,
    ),
  }
}
