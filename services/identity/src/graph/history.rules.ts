/** What changes for customers when profiles are grouped in another way. */
import type { GraphProfile } from './graph.rules.ts'

export type CustomerState = { readonly id: string; readonly mergedInto: string | null }

/** One customer became part of another, or is no longer. */
export type Change = {
  readonly kind: 'MERGE' | 'UNMERGE'
  readonly survivorId: string
  readonly absorbedId: string
  /** Profiles that the absorbed customer consists of, before a merge or after an unmerge. */
  readonly profileIds: readonly string[]
  readonly survivorProfileIds: readonly string[]
  /** The absorbed customer was never seen by itself: its profile was joined when it was first observed. */
  readonly isUnseen: boolean
}

export type Changes = {
  readonly changes: readonly Change[]
  /** Customers that lead to another one now, changed or not by `changes`. */
  readonly pointers: readonly { readonly id: string; readonly mergedInto: string | null }[]
}

/**
 * @param states the customers that the profiles are by themselves, as they are stored
 * @param customers customer of each profile after the change
 * @param born profiles that are observed for the first time
 */
export function changesOf(
  profiles: readonly GraphProfile[],
  states: readonly CustomerState[],
  customers: ReadonlyMap<string, string>,
  born: ReadonlySet<string>,
): Changes {
  const roots = new Set(customers.values())
  const atHome = new Map(profiles.map((profile) => [profile.homeId, profile]))
  const pointers = states
    .map(({ id, mergedInto }) => ({ id, before: mergedInto, mergedInto: roots.has(id) ? null : customers.get(atHome.get(id)!.id)! }))
    .filter(({ before, mergedInto }) => before !== mergedInto)
  const inCustomer = Map.groupBy(profiles, ({ id }) => customers.get(id)!)
  const changes = pointers.flatMap(({ id, before, mergedInto }): Change[] => {
    const home = atHome.get(id)!
    if (mergedInto === null) return [splitOf(id, before!, profiles, inCustomer)]
    // A customer that led to another one moves with it, or with one that is split off from it.
    const isFollowing =
      before !== null &&
      pointers.some(
        (one) =>
          (one.id === before && one.mergedInto === mergedInto) ||
          (one.id === mergedInto && one.mergedInto === null && one.before === before),
      )
    return isFollowing ? [] : [mergeOf(id, mergedInto, before === null, home, inCustomer, born)]
  })
  return { changes, pointers: pointers.map(({ id, mergedInto }) => ({ id, mergedInto })) }
}

type InCustomer = ReadonlyMap<string, readonly GraphProfile[]>
const idsOf = (profiles: readonly GraphProfile[]) => profiles.map(({ id }) => id).toSorted()

function mergeOf(
  id: string,
  into: string,
  wasRoot: boolean,
  home: GraphProfile,
  inCustomer: InCustomer,
  born: ReadonlySet<string>,
): Change {
  const all = inCustomer.get(into)!
  const isMine = (profile: GraphProfile) => (wasRoot ? profile.customerId === id : profile === home)
  return {
    kind: 'MERGE',
    survivorId: into,
    absorbedId: id,
    profileIds: idsOf(all.filter(isMine)),
    survivorProfileIds: idsOf(all.filter((profile) => !isMine(profile))),
    isUnseen: born.has(home.id),
  }
}

function splitOf(id: string, from: string, profiles: readonly GraphProfile[], inCustomer: InCustomer): Change {
  const mine = inCustomer.get(id)!
  const rest = profiles.filter((profile) => profile.customerId === from && !mine.includes(profile))
  return {
    kind: 'UNMERGE',
    survivorId: from,
    absorbedId: id,
    profileIds: idsOf(mine),
    survivorProfileIds: idsOf(rest),
    isUnseen: false,
  }
}
