import type { Graph, GraphRuling } from './graph.rules.ts'

/** One person so far. */
export type Group = {
  readonly members: string[]
  /** Values that one person has one of, such as the unionid of a subject, by namespace; undefined while there are none, as for most. */
  exclusive: Map<string, Set<string>> | undefined
  /** Sides of the cannot-links that members stand on: the number of the link, negative for side B; undefined while there are none. */
  sides: Set<number> | undefined
}

/** Profiles by the person that they belong to. Groups only grow. */
export class Groups {
  private readonly groups = new Map<string, Group>()

  constructor({ profiles, edges, cannotLinks }: Graph) {
    for (const { id } of profiles) this.groups.set(id, { members: [id], exclusive: undefined, sides: undefined })
    for (const { profileId, namespace, identifierId } of edges) {
      if (!namespace.startsWith('unionid@')) continue
      const group = this.of(profileId)
      const exclusive = (group.exclusive ??= new Map())
      exclusive.set(namespace, (exclusive.get(namespace) ?? new Set()).add(identifierId))
    }
    for (const [index, { sideA, sideB }] of cannotLinks.entries()) {
      for (const id of sideA) this.standOn(id, index + 1)
      for (const id of sideB) this.standOn(id, -index - 1)
    }
  }

  private standOn(profileId: string, side: number): void {
    const group = this.groups.get(profileId)
    if (group) group.sides = (group.sides ?? new Set()).add(side)
  }

  of(profileId: string): Group {
    return this.groups.get(profileId)!
  }

  all(): Group[] {
    return [...new Set(this.groups.values())]
  }

  isOne(a: string, b: string): boolean {
    return this.of(a) === this.of(b)
  }

  join(a: string, b: string): void {
    const [into, from] = [this.of(a), this.of(b)]
    if (into === from) return
    into.members.push(...from.members)
    if (from.sides) into.sides = new Set([...(into.sides ?? []), ...from.sides])
    if (from.exclusive) {
      const exclusive = (into.exclusive ??= new Map())
      for (const [namespace, values] of from.exclusive) exclusive.set(namespace, new Set([...values, ...(exclusive.get(namespace) ?? [])]))
    }
    for (const id of from.members) this.groups.set(id, into)
  }

  /** Why rules may not join the persons of two profiles. */
  conflict(a: string, b: string): 'SPLIT_BY_A_PERSON' | 'DIFFERENT_UNIONIDS' | undefined {
    const [one, other] = [this.of(a), this.of(b)]
    if (one.sides && other.sides && [...one.sides].some((side) => other.sides!.has(-side))) return 'SPLIT_BY_A_PERSON'
    if (!one.exclusive || !other.exclusive) return undefined
    return [...one.exclusive].some(([namespace, values]) => differ(values, other.exclusive!.get(namespace)))
      ? 'DIFFERENT_UNIONIDS'
      : undefined
  }
}

/** A person whom people joined from several unionids may have all of them. */
export const differ = (a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): boolean =>
  !!b && [...a].some((value) => !b.has(value)) && [...b].some((value) => !a.has(value))

/**
 * The customer that a group of profiles is: the oldest of theirs, unless a link states that another one stays.
 * @param homes customer of each profile by itself; version 7 ids, so the least is the oldest
 * @param links active ones
 */
export function rootOf(members: readonly string[], homes: ReadonlyMap<string, string>, links: readonly GraphRuling[]): string {
  const own = new Set(members.map((id) => homes.get(id)!))
  const staying = new Map(
    links
      .map(({ sideA, sideB }) => [homes.get(sideB[0]!), homes.get(sideA[0]!)])
      .filter(([from, to]) => own.has(from!) && own.has(to!)) as [string, string][],
  )
  let root = [...own].reduce((a, b) => (a < b ? a : b))
  for (const seen = new Set<string>(); staying.has(root) && !seen.has(root); root = staying.get(root)!) seen.add(root)
  return root
}
