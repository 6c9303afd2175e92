import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex, type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { nameOf, observedValues, textOf } from '../attributes/attribute.ts'
import { isPersonal } from '../profiles/identifier.rules.ts'
import { identifierIdOf } from '../profiles/profile.ts'
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
 * the requested profile comes first, then the newest address. The name is the customer's. Each reading is written to the audit log.
 */
export const readContactCards = (db: Db, ring: KeyRing, now: () => Date) =>
  answer(IdentityService.method.readContactCards, async ({ tenantId, profileIds, addressKind, purpose }) => {
    if (profileIds.length > MAX_PROFILES) throw new AppError('INVALID', `At most ${MAX_PROFILES} profiles in one call`)
    return withTenant(db, tenantId, async (tx) => {
      const kind = (IdentifierKind[addressKind] ?? '').toLowerCase()
      const rowsOfAll = await readSiblings(tx, profileIds)
      const siblings = Map.groupBy(rowsOfAll, (row) => row.asked)
      const names = await observedValues(tx, [...new Set(rowsOfAll.map((row) => row.customer_id))], true)
      const nameIn = (customerId: string) => {
        const name = nameOf(ring, tenantId, names.get(customerId))
        return name ? textOf(ring, tenantId, name) : ''
      }
      // An address that is not personal is not stored readably. It is found where a source uses it as the person's external id.
      const named = isPersonal(kind) ? undefined : await readNamed(tx, ring, profileIds, kind)
      const cards = profileIds.flatMap((id) => {
        const rows = siblings.get(id)
        if (!rows) return []
        const build = () => cardOf(id, rows[0]!.customer_id, named ? named.get(id) : keptOf(rows, kind, ring, tenantId), nameIn)
        return [readable(id, rows, build)]
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

type Found = { address: string; profileId: string; source: string; index: Buffer }

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
  if (!holder) return undefined
  const address = read(holder, ring, tenantId)
  return { address, profileId: holder.profile_id, source: holder.source, index: blindIndex(ring, tenantId, field, address) }
}

const read = (row: Sibling | undefined, ring: KeyRing, tenantId: string) =>
  row?.sealed && row.field ? open(ring, tenantId, placeOf(row.field, row.profile_id), row.sealed) : ''

/** A card that cannot be opened is returned as such: it must not keep the others of its batch from their messages. */
function readable(profileId: string, siblings: Sibling[], build: () => Card): Card {
  try {
    return build()
  } catch {
    return { ...NO_CARD, profileId, customerId: siblings[0]!.customer_id, isUnreadable: true }
  }
}

const NO_CARD = { address: '', addressIdentifierId: '', addressProfileId: '', addressSource: '', displayName: '' }

function cardOf(profileId: string, customerId: string, found: Found | undefined, nameIn: (customerId: string) => string): Card {
  return {
    profileId,
    customerId,
    address: found?.address ?? '',
    addressProfileId: found?.profileId ?? '',
    addressSource: found?.source ?? '',
    addressIdentifierId: found ? identifierIdOf(found.index) : '',
    displayName: nameIn(customerId),
    isUnreadable: false,
  }
}
