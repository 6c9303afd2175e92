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

export type SurvivorRule = 'BY_HAND' | 'VERIFIED' | 'SOURCE_PRIORITY' | 'NEWEST' | 'OLDEST' | 'MOST_FREQUENT' | 'LONGEST' | 'SOURCE_ID'

/** Rules whose order a field can choose. A value that a person set wins in every field. */
export const CHOSEN_RULES = [
  'VERIFIED',
  'SOURCE_PRIORITY',
  'NEWEST',
  'OLDEST',
  'MOST_FREQUENT',
  'LONGEST',
] as const satisfies SurvivorRule[]
/** Their order in a field that chooses none. `OLDEST` is a choice. */
const USUAL = CHOSEN_RULES.filter((rule) => rule !== 'OLDEST')

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
 * @param survivorship rules that the field names, the first to decide first; the others follow in their usual order
 */
export function survivorOf<S extends Stated>(
  stated: readonly S[],
  sourcePriority: readonly string[],
  survivorship: readonly string[] = [],
): Survived<S> {
  const rules = rulesFor(stated, sourcePriority, survivorship)
  const [survivor, ...rest] = stated.toSorted(
    (a, b) => decision(rules, a, b).order || order(a.profileId, b.profileId) || order(a.text ?? '', b.text ?? ''),
  ) as [S, ...S[]]
  const others = rest.filter(({ text }) => text !== survivor.text)
  const against = others[0] && decision(rules, survivor, others[0]).rule
  return { survivor, rule: survivor.isByHand ? 'BY_HAND' : (against ?? null), others }
}

/** A rule, and what it gives a statement; the greater wins. */
type Rule = readonly [SurvivorRule, (one: Stated) => number]

function rulesFor(stated: readonly Stated[], sourcePriority: readonly string[], survivorship: readonly string[]): Rule[] {
  const count = new Map<string | null, number>()
  for (const { text } of stated) count.set(text, (count.get(text) ?? 0) + 1)
  const rules: Record<(typeof CHOSEN_RULES)[number], Rule[1]> = {
    VERIFIED: ({ isVerified }) => Number(isVerified),
    SOURCE_PRIORITY: ({ source }) => -placeOf(source, sourcePriority),
    NEWEST: ({ observedAt }) => observedAt.getTime(),
    OLDEST: ({ observedAt }) => -observedAt.getTime(),
    MOST_FREQUENT: ({ text }) => count.get(text)!,
    LONGEST: ({ text }) => (text === null ? -1 : Array.from(text).length),
  }
  const chosen = CHOSEN_RULES.filter((rule) => survivorship.includes(rule)).toSorted(
    (a, b) => survivorship.indexOf(a) - survivorship.indexOf(b),
  )
  const usual = USUAL.filter((rule) => !survivorship.includes(rule))
  return [['BY_HAND', ({ isByHand }) => Number(isByHand)], ...[...chosen, ...usual].map((rule): Rule => [rule, rules[rule]])]
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
