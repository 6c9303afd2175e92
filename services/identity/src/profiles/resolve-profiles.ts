import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { Clock } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'
import { IdentityService, type ProfileClaim } from '@renmai/proto/identity/v1/identity_service'
import { storeAttributes } from '../attributes/attribute.ts'
import { storeContactCards } from '../contact-cards/contact-card.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteClaimed } from '../match-records/match-record.ts'
import { addTags } from '../tags/tag.ts'
import { checkClaim, type UsableClaim } from './check-claim.ts'
import { groupProfiles } from './group-profiles.ts'
import { storeProfiles } from './store-profiles.ts'

const MAX_CLAIMS = 500

/** One claim after its check: either what can be used of it, or the error. */
type Good = { raw: ProfileClaim; usable: UsableClaim }
type Checked = Good | { raw: ProfileClaim; error: AppError }

export const resolveProfiles = (db: Db, ring: KeyRing, now: Clock) =>
  answer(IdentityService.method.resolveProfiles, async ({ tenantId, claims }) => {
    if (claims.length > MAX_CLAIMS) throw new AppError('INVALID', `At most ${MAX_CLAIMS} claims in one call`)
    const checked = claims.map((raw) => check(raw, now()))
    const good = checked.filter((one): one is Good => 'usable' in one)
    const resolved = good.length > 0 ? await withTenant(db, tenantId, (tx) => resolve(tx, ring, good, now())) : []
    const results = new Map(good.map(({ raw }, index) => [raw, resolved[index]!]))
    return {
      profiles: checked.map((one) =>
        'error' in one
          ? { claimId: one.raw.claimId, errorCode: one.error.code, errorMessage: one.error.message }
          : { claimId: one.raw.claimId, ...results.get(one.raw)!, leftOut: one.usable.leftOut },
      ),
    }
  })

function check(raw: ProfileClaim, now: Date): Checked {
  try {
    return { raw, usable: checkClaim(raw, now) }
  } catch (error) {
    if (error instanceof AppError) return { raw, error }
    throw error
  }
}

type Resolved = { profileId: string; customerId: string; isNew: boolean }

/** Resolves a batch in one transaction: what its claims state is stored, and the customers follow from all that is stored. */
async function resolve(tx: Tx, ring: KeyRing, good: Good[], at: Date): Promise<Resolved[]> {
  await lockGraph(tx)
  const met = await storeProfiles(
    tx,
    ring,
    good.map(({ raw, usable }) => ({ ...usable, source: raw.source, externalId: raw.externalId })),
  )
  const carried = good.flatMap(({ usable }, index) => {
    const statementId = met[index]!.statementId
    return usable.identifiers.map((one) => ({
      ...one,
      profileId: met[index]!.id,
      index: blindIndex(ring, tx.tenantId, one.namespace, one.value).toString('hex'),
      statementId,
      observedAt: usable.observedAt,
    }))
  })
  const customers = await groupProfiles(tx, ring, met, carried, at)
  const observed = good.map(({ raw, usable }, index) => ({
    ...usable,
    source: raw.source,
    profileId: met[index]!.id,
    customerId: customers.get(met[index]!.id)!,
  }))
  await storeDetails(tx, ring, observed)
  await noteClaimed(tx, ring, observed)
  const seen = new Set<string>()
  return met.map(({ id, isNew }) => ({ profileId: id, customerId: customers.get(id)!, isNew: isNew && seen.size < seen.add(id).size }))
}

type Observed = UsableClaim & { source: string; profileId: string; customerId: string }

async function storeDetails(tx: Tx, ring: KeyRing, observed: readonly Observed[]): Promise<void> {
  await storeContactCards(tx, ring, [...observed])
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
