import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { Clock } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { pastMoment } from '@renmai/platform/serve/moments'
import { isStorableText } from '@renmai/platform/serve/parse'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { IdentityService, type ProfileClaim } from '@renmai/proto/identity/v1/identity_service'
import { storeAttributes } from '../attributes/attribute.ts'
import { storeContactCards } from '../contact-cards/contact-card.ts'
import { customers, evidence, reviewCases } from '../customers/customer.table.ts'
import { absorb } from '../customers/customer.ts'
import { addTags } from '../tags/tag.ts'
import { normalise } from './identifier.rules.ts'
import { readKnown } from './profile.queries.ts'
import { identifiers, profiles } from './profile.table.ts'
import { type Claim, type Plan, planResolution } from './resolve.rules.ts'

const MAX_CLAIMS = 500

/** One claim after its check: either the claim to resolve, or the error. */
type Checked = { raw: ProfileClaim; claim: Claim; observedAt: Date } | { raw: ProfileClaim; error: AppError }
type Good = Extract<Checked, { claim: Claim }>

export const resolveProfiles = (db: Db, ring: KeyRing, now: Clock) =>
  answer(IdentityService.method.resolveProfiles, async ({ tenantId, claims }) => {
    if (claims.length > MAX_CLAIMS) throw new AppError('INVALID', `At most ${MAX_CLAIMS} claims in one call`)
    const checked = claims.map((raw) => check(raw, ring, tenantId, now()))
    const good = checked.filter((one): one is Good => 'claim' in one)
    const resolved = good.length > 0 ? await withTenant(db, tenantId, (tx) => resolve(tx, ring, good)) : []
    const results = new Map(resolved.map((result) => [result.claimId, result]))
    return {
      profiles: checked.map((one) =>
        'error' in one
          ? { claimId: one.raw.claimId, errorCode: one.error.code, errorMessage: one.error.message }
          : results.get(one.raw.claimId)!,
      ),
    }
  })

function check(raw: ProfileClaim, ring: KeyRing, tenantId: string, now: Date): Checked {
  try {
    for (const text of [raw.source, raw.externalId]) {
      if (text === '' || text.length > 256 || !isStorableText(text))
        throw new AppError('INVALID', 'source and external id need 1 to 256 characters')
    }
    const identifiers = raw.identifiers.map(({ namespace, value, verifiedAt }) => {
      const normal = normalise({ namespace, value, verifiedAt: verifiedAt && pastMoment(timestampDate(verifiedAt), now, 'verifiedAt') })
      return { ...normal, index: blindIndex(ring, tenantId, normal.namespace, normal.value).toString('hex') }
    })
    const claim = { claimId: raw.claimId, source: raw.source, externalId: raw.externalId, identifiers }
    // A claim without a time is older than all others. A time in the future would win over every later observation.
    return { raw, claim, observedAt: raw.observedAt ? pastMoment(timestampDate(raw.observedAt), now, 'observedAt') : new Date(0) }
  } catch (error) {
    if (error instanceof AppError) return { raw, error }
    throw error
  }
}

/** Resolves a batch in one transaction. One batch at a time per tenant: two could open two customers for one phone. */
async function resolve(tx: Tx, ring: KeyRing, good: Good[]): Promise<Plan['results']> {
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('resolve'), hashtext($1))", [tx.tenantId])
  const known = await readKnown(
    tx,
    good.map((one) => one.claim),
  )
  const plan = planResolution(
    good.map((one) => one.claim),
    known,
    newId,
  )
  await writePlan(tx, plan, good)
  const profileOf = new Map(plan.results.map((result) => [result.claimId, result]))
  const observed = good.map((one) => ({ ...one, ...profileOf.get(one.claim.claimId)! }))
  await storeContactCards(
    tx,
    ring,
    observed.map(({ profileId, claim, raw, observedAt }) => ({
      profileId,
      identifiers: claim.identifiers,
      displayName: raw.displayName,
      observedAt,
    })),
  )
  await storeAttributes(
    tx,
    ring,
    observed.flatMap(({ profileId, customerId, claim, raw, observedAt }) =>
      raw.attributes.map(({ key, value }) => ({ profileId, customerId, key, value, source: claim.source, observedAt })),
    ),
  )
  await addTags(
    tx,
    observed.flatMap(({ profileId, raw, observedAt }) => raw.tagIds.map((tagId) => ({ profileId, tagId, at: observedAt }))),
  )
  return plan.results
}

async function writePlan(tx: Tx, plan: Plan, good: Good[]): Promise<void> {
  await insertRows(
    tx,
    customers,
    plan.newCustomers.map((id) => ({ id })),
  )
  await insertRows(
    tx,
    profiles,
    plan.newProfiles.map(({ id, source, externalId, customerId }) => ({ id, source, externalId, customerId })),
  )
  await publish(tx, ProfileLinkedSchema, ...plan.newProfiles.map(({ id, customerId }) => ({ profileId: id, customerId, version: 1n })))
  await writeIdentifiers(tx, plan, good)
  const at = new Date()
  await insertRows(
    tx,
    evidence,
    plan.evidence.map(({ profileId, linkedProfileId, namespace, weight }) => ({
      id: newId(),
      profileId,
      linkedProfileId,
      namespace,
      weight,
      rule: 'T1_SHARED_IDENTIFIER',
      at,
    })),
  )
  for (const { survivorId, absorbedId, namespace } of plan.merges) {
    await absorb(tx, {
      survivorId,
      absorbedId,
      reason: `both hold the same verified ${namespace}`,
      decidedBy: 'rule:T1_SHARED_IDENTIFIER',
      at,
    })
  }
  await insertRows(
    tx,
    reviewCases,
    plan.reviews.map(({ customerA, customerB, reason }) => ({ id: newId(), customerA, customerB, reason })),
  )
}

async function writeIdentifiers(tx: Tx, plan: Plan, good: Good[]): Promise<void> {
  const profileOf = new Map(plan.results.map((result) => [result.claimId, result.profileId]))
  const rows = good.flatMap(({ claim }) => {
    const profileId = profileOf.get(claim.claimId)!
    return claim.identifiers.map(({ namespace, index, verifiedAt }) => {
      const row = { namespace, valueIndex: Buffer.from(index, 'hex'), profileId, verifiedAt: verifiedAt ?? null }
      return [`${namespace}|${index}|${profileId}`, row] as const
    })
  })
  // Two claims of one batch may be the same; one statement cannot update a row twice.
  await insertRows(tx, identifiers, [...new Map(rows).values()], {
    conflict: `ON CONFLICT (tenant_id, namespace, value_index, profile_id)
      DO UPDATE SET verified_at = coalesce(identifiers.verified_at, excluded.verified_at)`,
  })
}
