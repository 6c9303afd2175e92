/**
 * Deterministic identity resolution: a claim belongs to the customer of every profile that shares a T1 identifier with
 * it. Customers that a claim connects become one, unless a person has split them or they hold two unionids of one
 * subject; such pairs are left to a person. An identifier held by too many customers is a shared one and joins nobody.
 */
import type { NormalIdentifier } from './identifier.rules.ts'

export const MAX_CUSTOMERS_PER_IDENTIFIER = 3

export type Claim = { claimId: string; source: string; externalId: string; identifiers: (NormalIdentifier & { index: string })[] }
export type Holder = { profileId: string; customerId: string }

/** State of the database before the batch. */
export type Known = {
  /** Holders, by profileKey. */
  profiles: Map<string, Holder>
  /** Holders, by identifierKey; T1 identifiers only. */
  holders: Map<string, Holder[]>
  /** Pairs of customers, by pairKey, that a person has split. */
  split: Set<string>
  /** Unionid indexes of customers: customer -> namespace -> index. */
  unionids: Map<string, Map<string, string>>
}

export type Plan = {
  results: { claimId: string; profileId: string; customerId: string; isNew: boolean }[]
  newCustomers: string[]
  newProfiles: { id: string; source: string; externalId: string; customerId: string }[]
  evidence: { profileId: string; linkedProfileId: string; namespace: string; weight: number }[]
  merges: { survivorId: string; absorbedId: string; namespace: string }[]
  reviews: { customerA: string; customerB: string; reason: string }[]
}

export const profileKey = (source: string, externalId: string) => `${source}\u001f${externalId}`
export const identifierKey = (namespace: string, index: string) => `${namespace}\u001f${index}`
export const pairKey = (a: string, b: string) => (a < b ? `${a}|${b}` : `${b}|${a}`)

export function planResolution(claims: Claim[], known: Known, newId: () => string): Plan {
  const plan: Plan = { results: [], newCustomers: [], newProfiles: [], evidence: [], merges: [], reviews: [] }
  const survivors = new Map<string, string>()
  const current = (customerId: string): string => {
    const next = survivors.get(customerId)
    return next ? current(next) : customerId
  }
  for (const claim of claims) resolveClaim(claim, known, plan, newId, current, survivors)
  for (const result of plan.results) result.customerId = current(result.customerId)
  return plan
}

function resolveClaim(
  claim: Claim,
  known: Known,
  plan: Plan,
  newId: () => string,
  current: (id: string) => string,
  survivors: Map<string, string>,
): void {
  const key = profileKey(claim.source, claim.externalId)
  const existing = known.profiles.get(key)
  const profileId = existing?.profileId ?? newId()
  const links = linksOf(claim, known, profileId, current)
  let customerId = existing ? current(existing.customerId) : undefined
  for (const link of links) {
    const other = current(link.holder.customerId)
    if (customerId === undefined) {
      if (hasOtherUnionid(claim, known.unionids.get(other))) {
        customerId = openCustomer(plan, newId)
        plan.reviews.push({ customerA: other, customerB: customerId, reason: 'DIFFERENT_UNIONIDS' })
      } else customerId = other
    } else if (other !== customerId) {
      customerId = join(customerId, other, link.namespace, known, plan, survivors)
    }
  }
  customerId ??= openCustomer(plan, newId)
  for (const { holder, namespace, weight } of links) plan.evidence.push({ profileId, linkedProfileId: holder.profileId, namespace, weight })
  if (!existing) plan.newProfiles.push({ id: profileId, source: claim.source, externalId: claim.externalId, customerId })
  plan.results.push({ claimId: claim.claimId, profileId, customerId, isNew: !existing })
  remember(claim, known, { profileId, customerId }, key)
}

type Link = { holder: Holder; namespace: string; weight: number }

function linksOf(claim: Claim, known: Known, profileId: string, current: (id: string) => string): Link[] {
  return claim.identifiers
    .filter(({ tier }) => tier === 1)
    .flatMap(({ namespace, index, weight }) => {
      const holders = (known.holders.get(identifierKey(namespace, index)) ?? []).filter((holder) => holder.profileId !== profileId)
      const customers = new Set(holders.map((holder) => current(holder.customerId)))
      return customers.size > MAX_CUSTOMERS_PER_IDENTIFIER ? [] : holders.map((holder) => ({ holder, namespace, weight }))
    })
}

function openCustomer(plan: Plan, newId: () => string): string {
  const id = newId()
  plan.newCustomers.push(id)
  return id
}

/** Ids sort by their time, so the lesser id is the older customer. It survives. */
function join(a: string, b: string, namespace: string, known: Known, plan: Plan, survivors: Map<string, string>): string {
  const reason = known.split.has(pairKey(a, b))
    ? 'SPLIT_BY_A_PERSON'
    : clash(known.unionids.get(a), known.unionids.get(b))
      ? 'DIFFERENT_UNIONIDS'
      : undefined
  if (reason) {
    plan.reviews.push({ customerA: a, customerB: b, reason })
    return a
  }
  const [survivorId, absorbedId] = a < b ? [a, b] : [b, a]
  survivors.set(absorbedId, survivorId)
  plan.merges.push({ survivorId, absorbedId, namespace })
  const union = new Map([...(known.unionids.get(absorbedId) ?? []), ...(known.unionids.get(survivorId) ?? [])])
  known.unionids.set(survivorId, union)
  return survivorId
}

function clash(a: Map<string, string> | undefined, b: Map<string, string> | undefined): boolean {
  return [...(a ?? [])].some(([namespace, index]) => b?.has(namespace) && b.get(namespace) !== index)
}

function hasOtherUnionid(claim: Claim, theirs: Map<string, string> | undefined): boolean {
  return clash(new Map(claim.identifiers.filter(isUnionid).map(({ namespace, index }) => [namespace, index])), theirs)
}

const isUnionid = ({ namespace }: { namespace: string }) => namespace.startsWith('unionid@')

/** Adds this claim's identifiers, so that later claims in the batch find them. */
function remember(claim: Claim, known: Known, holder: Holder, key: string): void {
  known.profiles.set(key, holder)
  const unionids = known.unionids.get(holder.customerId) ?? new Map<string, string>()
  for (const { namespace, index, tier } of claim.identifiers) {
    if (isUnionid({ namespace })) unionids.set(namespace, index)
    if (tier !== 1) continue
    const id = identifierKey(namespace, index)
    const holders = known.holders.get(id) ?? []
    if (!holders.some(({ profileId }) => profileId === holder.profileId)) known.holders.set(id, [...holders, holder])
  }
  known.unionids.set(holder.customerId, unionids)
}
