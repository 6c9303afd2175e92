/**
 * Survivorship: which of the values that the profiles of one customer have for a field is the customer's. Each rule decides
 * between those that the rules before it leave. No rule reads the order of a list, or the date of anything but the value itself.
 */

/** One value of a field, as one profile has it. */
export type Stated = {
  readonly profileId: string
  readonly source: string
  readonly observedAt: Date
  readonly isVerified: boolean
  readonly isByHand: boolean
  /** The value, decrypted for every viewer, so that the survivor is the same for all. Null when it cannot be decrypted. */
  readonly text: string | null
}

export type SurvivorRule = 'BY_HAND' | 'VERIFIED' | 'SOURCE_PRIORITY' | 'NEWEST' | 'MOST_FREQUENT' | 'LONGEST' | 'SOURCE_ID'

export type Survived<S> = {
  readonly survivor: S
  /** The rule by which it wins over the best of the others; BY_HAND where a person set it, null where there is no other value. */
  readonly rule: SurvivorRule | null
  /** The statements of other values, best first. */
  readonly others: S[]
}

/**
 * The survivor of a field, the same in whatever order the values are given.
 * @param stated at least one
 * @param sourcePriority prefixes of sources, the best first; a source without any comes after them
 */
export function survivorOf<S extends Stated>(stated: readonly S[], sourcePriority: readonly string[]): Survived<S> {
  const rules = rulesFor(stated, sourcePriority)
  const [survivor, ...rest] = stated.toSorted(
    (a, b) => decision(rules, a, b).order || order(a.profileId, b.profileId) || order(a.text ?? '', b.text ?? ''),
  ) as [S, ...S[]]
  const others = rest.filter(({ text }) => text !== survivor.text)
  const against = others[0] && decision(rules, survivor, others[0]).rule
  return { survivor, rule: survivor.isByHand ? 'BY_HAND' : (against ?? null), others }
}

/** A rule, and what it gives a statement; the greater wins. */
type Rule = readonly [SurvivorRule, (one: Stated) => number]

function rulesFor(stated: readonly Stated[], sourcePriority: readonly string[]): Rule[] {
  const count = new Map<string | null, number>()
  for (const { text } of stated) count.set(text, (count.get(text) ?? 0) + 1)
  return [
    ['BY_HAND', ({ isByHand }) => Number(isByHand)],
    ['VERIFIED', ({ isVerified }) => Number(isVerified)],
    ['SOURCE_PRIORITY', ({ source }) => -placeOf(source, sourcePriority)],
    ['NEWEST', ({ observedAt }) => observedAt.getTime()],
    ['MOST_FREQUENT', ({ text }) => count.get(text)!],
    ['LONGEST', ({ text }) => (text === null ? -1 : Array.from(text).length)],
  ]
}

const placeOf = (source: string, prefixes: readonly string[]) => {
  const place = prefixes.findIndex((prefix) => source.startsWith(prefix))
  return place === -1 ? prefixes.length : place
}

/** Which of two comes first, negative for the first one, and the rule that states it. */
function decision(rules: readonly Rule[], a: Stated, b: Stated): { order: number; rule: SurvivorRule } {
  for (const [rule, of] of rules) {
    const difference = of(b) - of(a)
    if (difference !== 0) return { order: difference, rule }
  }
  return { order: order(a.source, b.source), rule: 'SOURCE_ID' }
}

const order = (a: string, b: string) => Number(a > b) - Number(a < b)
