/**
 * Deterministic identity resolution: a claim belongs to the customer of every profile that shares a T1 identifier with
 * it. Customers that a claim connects become one, unless a person has split them or they hold two unionids of one
 * subject; such pairs are left to a person. An identifier held by too many customers is a shared one and joins nobody.
 */
import type { NormalIdentifier } from './identifier.rules.ts'
export declare const MAX_CUSTOMERS_PER_IDENTIFIER = 3
export type Claim = {
  claimId: string
  source: string
  externalId: string
  identifiers: (NormalIdentifier & {
    index: string
  })[]
}
export type Holder = {
  profileId: string
  customerId: string
}
/** What the database knew before the batch. */
export type Known = {
  /** By profileKey. */
  profiles: Map<string, Holder>
  /** By identifierKey; T1 identifiers only. */
  holders: Map<string, Holder[]>
  /** Pairs of customers, by pairKey, that a person has split. */
  split: Set<string>
  /** Unionid indexes of customers: customer -> namespace -> index. */
  unionids: Map<string, Map<string, string>>
}
export type Plan = {
  results: {
    claimId: string
    profileId: string
    customerId: string
    isNew: boolean
  }[]
  newCustomers: string[]
  newProfiles: {
    id: string
    source: string
    externalId: string
    customerId: string
  }[]
  evidence: {
    profileId: string
    linkedProfileId: string
    namespace: string
    weight: number
  }[]
  merges: {
    survivorId: string
    absorbedId: string
    namespace: string
  }[]
  reviews: {
    customerA: string
    customerB: string
    reason: string
  }[]
}
export declare const profileKey: (source: string, externalId: string) => string
export declare const identifierKey: (namespace: string, index: string) => string
export declare const pairKey: (a: string, b: string) => string
export declare function planResolution(claims: Claim[], known: Known, newId: () => string): Plan
