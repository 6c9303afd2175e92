import type { Tx } from '@renmai/platform/db/db'
import { together } from '@renmai/platform/db/together'
import { publish } from '@renmai/platform/events/outbox'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { applyPlan, planGroups } from '../graph/graph.ts'
import { whileReading } from '../while-reading.ts'
import type { Met } from './meet-profiles.ts'
import type { PreparedClaim } from './prepare-claim.ts'
import { sharingProfiles } from './profile.queries.ts'
import { edgeOf, identifierRows, sealIdentifiers, storeFirstIdentifiers, storeIdentifiers } from './store-identifiers.ts'
import { newcomerOf, profileRows, storeNewcomers, updateProfiles } from './store-newcomers.ts'

/** The time of the decisions, and the time at which the lock of the graph was granted. */
type Times = { at: Date; foundAt: Date }
type Claimed = PreparedClaim & { met: Met }

/** The customer of each profile, and what stores what is not stored yet. */
type Grouped = { readonly customers: ReadonlyMap<string, string>; readonly store: () => Promise<void> }

/**
 * Groups the profiles of claims with those that they share an identifier with. Newcomers are grouped before they are stored: each of
 * their rows is written once.
 */
export async function groupProfiles(tx: Tx, ring: KeyRing, claims: readonly Claimed[], { at, foundAt }: Times): Promise<Grouped> {
  const born = new Set(claims.flatMap(({ met }) => (met.isNew ? [met.id] : [])))
  const [newcomers, known] = divide(profileRows(claims), ({ id }) => born.has(id))
  const rows = identifierRows(
    claims.flatMap(({ met: { id: profileId, statementId }, observedAt, identifiers }) =>
      identifiers.map((one) => ({ ...one, profileId, statementId, observedAt })),
    ),
    foundAt,
  )
  const [first, further] = divide(rows, ({ profileId }) => born.has(profileId))
  await updateProfiles(tx, known)
  await storeIdentifiers(tx, ring, further)
  // Also those whose claims name no identifier: a name or a later observation can change what their identifiers prove.
  const sharing = await sharingProfiles(
    tx,
    known.map(({ id }) => id),
  )
  const planning = planGroups(tx, sharing, { profiles: newcomers.map(newcomerOf), edges: first.map(edgeOf) })
  const [plan, sealed] = await whileReading(planning, () => sealIdentifiers(tx, ring, first))
  const customers = new Map(claims.map(({ met: { id, customerId } }) => [id, plan.customers.get(id) ?? customerId]))
  const linked = newcomers.map(({ id }) => ({ profileId: id, customerId: customers.get(id)!, version: 1n }))
  const store = async () => {
    // In the order in which rows refer to each other.
    await together(tx, () => [
      storeNewcomers(tx, newcomers, plan.customers),
      storeFirstIdentifiers(tx, sealed),
      applyPlan(tx, plan, { at }),
      publish(tx, ProfileLinkedSchema, ...linked),
    ])
  }
  return { customers, store }
}

function divide<T>(list: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const { first = [], second = [] } = Object.groupBy(list, (one) => (isFirst(one) ? 'first' : 'second'))
  return [first, second]
}
