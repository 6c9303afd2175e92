import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { customers } from '../customers/customer.table.ts'
import type { UsableClaim } from './check-claim.ts'
import { profiles } from './profile.table.ts'

/** The profile of a claim. */
export type Met = {
  readonly id: string
  readonly homeId: string
  readonly customerId: string
  readonly isNew: boolean
  readonly statementId: string
}

type Stated = Pick<UsableClaim, 'displayName' | 'attributes' | 'observedAt'> & { source: string; externalId: string }

const DAY = "interval '1 day'"

/**
 * Finds or creates the profile of each claim. A new one is a customer by itself at first. The caller holds the lock of the graph.
 * @returns one for each claim, in their order; two claims may be of one profile
 */
export async function storeProfiles(tx: Tx, ring: KeyRing, claims: readonly Stated[]): Promise<Met[]> {
  const known = await readKnown(tx, claims)
  const found = new Map<string, Omit<Met, 'statementId'>>()
  for (const claim of claims) {
    const key = keyOf(claim)
    if (found.has(key)) continue
    const row = known.get(key)
    const homeId = row?.homeId ?? newId()
    found.set(key, row ?? { id: newId(), homeId, customerId: homeId, isNew: true })
  }
  const rows = [...newestOf(claims)].map(([key, claim]) => ({ ...claim, ...found.get(key)! }))
  const born = rows.filter(({ isNew }) => isNew)
  await insertRows(
    tx,
    customers,
    born.map(({ homeId }) => ({ id: homeId })),
  )
  await insertRows(
    tx,
    profiles,
    rows.map(({ id, source, externalId, homeId, customerId, displayName, attributes, observedAt }) => ({
      id,
      source,
      externalId,
      customerId,
      homeCustomerId: homeId,
      nameIndex: indexOf(ring, tx, 'name', displayName),
      birthdayIndex: indexOf(ring, tx, 'birthday', attributes.find(({ key }) => key === 'birthday')?.value ?? ''),
      lastSeenAt: observedAt,
    })),
    {
      conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET name_index = coalesce(excluded.name_index, profiles.name_index),
        birthday_index = coalesce(excluded.birthday_index, profiles.birthday_index),
        last_seen_at = greatest(excluded.last_seen_at, profiles.last_seen_at)
        WHERE excluded.last_seen_at >= coalesce(profiles.last_seen_at, profiles.created_at) + ${DAY}
          OR (excluded.last_seen_at >= coalesce(profiles.last_seen_at, profiles.created_at)
            AND (excluded.name_index, excluded.birthday_index) IS DISTINCT FROM (profiles.name_index, profiles.birthday_index))`,
    },
  )
  return claims.map((claim) => ({ ...found.get(keyOf(claim))!, statementId: newId() }))
}

const keyOf = ({ source, externalId }: Pick<Stated, 'source' | 'externalId'>) => `${source}\u001f${externalId}`

/** One statement cannot insert a row twice: the newest claim of each profile stands for all. */
const newestOf = (claims: readonly Stated[]): Map<string, Stated> =>
  new Map(claims.toSorted((a, b) => a.observedAt.getTime() - b.observedAt.getTime()).map((claim) => [keyOf(claim), claim]))

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}]/gu, '')

function indexOf(ring: KeyRing, { tenantId }: Tx, field: 'name' | 'birthday', text: string): Buffer | null {
  const value = plain(text)
  return value === '' ? null : blindIndex(ring, tenantId, `compared.${field}`, value).subarray(0, 16)
}

async function readKnown(tx: Tx, claims: readonly Stated[]): Promise<Map<string, Omit<Met, 'statementId'>>> {
  const { rows } = await tx.client.query<{ source: string; externalId: string; id: string; customerId: string; homeId: string }>(
    `SELECT p.source, p.external_id AS "externalId", p.id, p.customer_id AS "customerId", coalesce(p.home_customer_id, p.customer_id) AS "homeId"
     FROM profiles p JOIN unnest($2::text[], $3::text[]) AS c (source, external_id) USING (source, external_id) WHERE p.tenant_id = $1`,
    [tx.tenantId, claims.map(({ source }) => source), claims.map(({ externalId }) => externalId)],
  )
  return new Map(rows.map(({ id, customerId, homeId, ...claim }) => [keyOf(claim), { id, customerId, homeId, isNew: false }]))
}
