import { setImmediate } from 'node:timers/promises'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { groupTenantWrites } from '@renmai/platform/db/group-tenant-writes'
import { together } from '@renmai/platform/db/together'
import { answer } from '@renmai/platform/events/ask'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { Clock } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'
import { IdentityService, type ProfileClaim } from '@renmai/proto/identity/v1/identity_service'
import { storeAttributes } from '../attributes/attribute.ts'
import { sealCards, storeContactCards } from '../contact-cards/contact-card.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteClaimed } from '../match-records/match-record.ts'
import { addTags } from '../tags/tag.ts'
import { checkClaim } from './check-claim.ts'
import { groupProfiles } from './group-profiles.ts'
import { meetProfiles } from './meet-profiles.ts'
import { type PreparedClaim, prepareClaim } from './prepare-claim.ts'

const MAX_CLAIMS = 500

/** One claim after its check: either what can be used of it, or the error. */
type Good = { raw: ProfileClaim; usable: PreparedClaim }
type Checked = Good | { raw: ProfileClaim; error: AppError }

/** Claims of one transaction. A larger one would hold the lock of the graph for so long that those who wait give up. */
const MAX_GROUPED = 1_000
/** How long engagement waits for the answer. */
const PATIENCE_MS = 5_000

/**
 * Answers which profiles claims are of. Requests of one tenant that arrive during a transaction are resolved together in the next
 * one: each transaction holds the lock of the graph, and costs as much for one claim as for many.
 */
export function resolveProfiles(db: Db, ring: KeyRing, now: Clock) {
  const resolveGrouped = groupTenantWrites<readonly Good[], readonly Resolved[]>(
    async (tenantId, requests) => {
      const claims = requests.flat().map(({ usable }) => usable)
      const resolved = await withTenant(db, tenantId, (tx) => resolve(tx, ring, claims, now()))
      let end = 0
      return requests.map(({ length }) => resolved.slice(end, (end += length)))
    },
    { sizeOf: ({ length }) => length, most: MAX_GROUPED, patienceMs: PATIENCE_MS },
  )
  return answer(IdentityService.method.resolveProfiles, async ({ tenantId, claims }) => {
    if (claims.length > MAX_CLAIMS) throw new AppError('INVALID', `At most ${MAX_CLAIMS} claims in one call`)
    const checked = claims.map((raw) => check(ring, tenantId, raw, now()))
    const good = checked.filter((one): one is Good => 'usable' in one)
    const resolved = good.length > 0 ? await resolveGrouped(tenantId, good) : []
    const results = new Map(good.map(({ raw }, index) => [raw, resolved[index]!]))
    return {
      profiles: checked.map((one) =>
        'error' in one
          ? { claimId: one.raw.claimId, errorCode: one.error.code, errorMessage: one.error.message }
          : { claimId: one.raw.claimId, ...results.get(one.raw)!, leftOut: one.usable.leftOut },
      ),
    }
  })
}

function check(ring: KeyRing, tenantId: string, raw: ProfileClaim, now: Date): Checked {
  try {
    return { raw, usable: prepareClaim(ring, tenantId, raw, checkClaim(raw, now)) }
  } catch (error) {
    if (error instanceof AppError) return { raw, error }
    throw error
  }
}

type Resolved = { profileId: string; customerId: string; isNew: boolean }

/** Resolves a batch in one transaction: what its claims state is stored, and the customers follow from all that is stored. */
async function resolve(tx: Tx, ring: KeyRing, prepared: readonly PreparedClaim[], now: Date): Promise<Resolved[]> {
  const foundAt = await lockGraph(tx)
  const met = await meetProfiles(tx, prepared)
  const claims = prepared.map((claim, index) => ({ ...claim, met: met[index]!, profileId: met[index]!.id }))
  const { customers, store } = await groupProfiles(tx, ring, claims, { at: now, foundAt })
  const observed = claims.map((claim) => ({ ...claim, customerId: customers.get(claim.profileId)! }))
  await together(tx, () => [store(), storeCards(tx, ring, claims), storeDetails(tx, ring, observed), noteClaimed(tx, ring, observed)])
  const seen = new Set<string>()
  return met.map(({ id, isNew }) => ({ profileId: id, customerId: customers.get(id)!, isNew: isNew && seen.size < seen.add(id).size }))
}

/** Cards are sealed while the database writes what is sent already. */
async function storeCards(tx: Tx, ring: KeyRing, claims: readonly (PreparedClaim & { profileId: string })[]): Promise<void> {
  await setImmediate()
  await storeContactCards(tx, sealCards(tx, ring, claims))
}

type Observed = PreparedClaim & { profileId: string; customerId: string }

async function storeDetails(tx: Tx, ring: KeyRing, observed: readonly Observed[]): Promise<void> {
  await storeAttributes(
    tx,
    ring,
    observed.flatMap(({ profileId, customerId, source, attributes, observedAt }) =>
      attributes.map((attribute) => ({ ...attribute, profileId, customerId, source, observedAt })),
    ),
  )
  await addTags(
    tx,
    observed.flatMap(({ profileId, tagIds, observedAt }) => tagIds.map((tagId) => ({ profileId, tagId, at: observedAt }))),
  )
}
