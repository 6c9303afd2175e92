import { DisjointSets } from './disjoint-sets.rules.ts'
import { IdNumbers } from './id-numbers.rules.ts'

/**
 * Groups profiles that share an identifier, directly or through others.
 * @param profiles,identifiers ids of the two ends of each edge: this profile carries this identifier
 * @returns the group of each edge's profile; groups are named by arbitrary numbers
 */
export const groupByIdentifiers = (profiles: readonly string[], identifiers: readonly string[]): Int32Array =>
  groupByNumbers(numbersOf(profiles), numbersOf(identifiers))

/** Dense numbers of ids, in their order. @param numbers those of ids that have one already */
export function numbersOf(ids: readonly string[], numbers = new IdNumbers(ids.length / 2)): Int32Array {
  const found = new Int32Array(ids.length)
  for (let at = 0; at < ids.length; at++) found[at] = numbers.of(ids[at]!)
  return found
}

/** The same for dense numbers from 0. */
export function groupByNumbers(profiles: Int32Array, identifiers: Int32Array): Int32Array {
  const sets = new DisjointSets(greatest(profiles) + 1)
  joinHolders(sets, profiles, identifiers)
  const groups = new Int32Array(profiles.length)
  for (let edge = 0; edge < profiles.length; edge++) groups[edge] = sets.find(profiles[edge]!)
  return groups
}

/** Joins the profiles that carry one identifier. Two profiles are never compared: the work grows with the edges, however large a group is. */
export function joinHolders(sets: DisjointSets, profiles: Int32Array, identifiers: Int32Array): void {
  // Zero is nobody.
  const holders = new Int32Array(greatest(identifiers) + 1)
  for (let edge = 0; edge < profiles.length; edge++) {
    const identifier = identifiers[edge]!
    const holder = holders[identifier]!
    if (holder === 0) holders[identifier] = profiles[edge]! + 1
    else sets.join(holder - 1, profiles[edge]!)
  }
}

function greatest(numbers: Int32Array): number {
  let most = -1
  for (let at = 0; at < numbers.length; at++) if (numbers[at]! > most) most = numbers[at]!
  return most
}
