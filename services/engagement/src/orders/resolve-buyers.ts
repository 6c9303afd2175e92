import type { Deps } from '../context.ts'
import { type Claim, hiddenId, resolveClaims } from '../touchpoints/touchpoint.ts'
import { type KnownBuyer, nameOf } from './buyer.rules.ts'

/** A buyer as a shop saw the person at a time. */
export type SeenBuyer = {
  /** The shop, such as youzan:<id>. */
  source: string
  /** Namespace of the shop's own ids; empty where they are no identifiers. */
  namespace: string
  buyer: KnownBuyer
  seenAt: Date
}

/** The profile of a buyer, undefined where identity knows none; and the problem that identity has with a part of the buyer. */
export type FoundBuyer = { profileId: string | undefined; problem: string | undefined }

/**
 * Finds the profiles of buyers. A phone or an address that identity refuses does not lose the buyer: the person is then known
 * by the shop's own id.
 * @returns one answer per buyer, in their order
 * @throws AppError UNAVAILABLE when identity does not answer
 */
export async function resolveBuyers(deps: Deps, tenantId: string, seen: readonly SeenBuyer[]): Promise<FoundBuyer[]> {
  const claims = seen.map((one) => claimOf(deps, tenantId, one))
  const found = await resolveClaims(deps, tenantId, claims)
  const answers = found.map(
    (one): FoundBuyer => ('profileId' in one ? { profileId: one.profileId, problem: undefined } : { profileId: undefined, ...one }),
  )
  const refused = claims.flatMap((claim, index) => (answers[index]!.problem && seen[index]!.buyer.externalId ? [{ claim, index }] : []))
  if (refused.length === 0) return answers
  const plain = refused.map(({ claim }) => ({
    ...claim,
    identifiers: claim.identifiers.filter(({ namespace }) => namespace.includes('@')),
  }))
  const again = await resolveClaims(deps, tenantId, plain)
  for (const [no, one] of again.entries()) if ('profileId' in one) answers[refused[no]!.index]!.profileId = one.profileId
  return answers
}

function claimOf({ keyRing }: Deps, tenantId: string, { source, namespace, buyer, seenAt }: SeenBuyer): Claim {
  const { externalId, phone, email, name } = buyer
  const own = namespace && externalId ? [{ namespace, value: externalId, isVerified: true }] : []
  const given = [
    { namespace: 'phone', value: phone },
    { namespace: 'email', value: email },
  ].flatMap((one) => (one.value ? [{ ...one, isVerified: true }] : []))
  return {
    source,
    externalId: hiddenId(keyRing, tenantId, nameOf(buyer)),
    identifiers: [...own, ...given],
    attributes: [],
    tagIds: [],
    displayName: name,
    observedAt: seenAt.toISOString(),
  }
}
