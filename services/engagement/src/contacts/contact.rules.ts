/** A contact follows from its additions and losses, in the order of their times, whatever the order in which they arrived. */
import type { Contact, ContactEventRow } from './contact.table.ts'

export type ContactFact = Pick<ContactEventRow, 'kind' | 'at' | 'liveCodeId' | 'lostBy' | 'isPublished'>
export type Projected = Pick<Contact, 'addedAt' | 'lostAt' | 'lostBy' | 'liveCodeId' | 'changedAt'>

/** Of one second: platforms state no order within it, and a person who is a contact is not lost by a guess. */
const RANK = { LOST: 0, HALF_ADDED: 1, ADDED: 2 } as const

export function inOrder<F extends ContactFact>(facts: readonly F[]): F[] {
  return facts.toSorted((a, b) => a.at.getTime() - b.at.getTime() || RANK[a.kind] - RANK[b.kind])
}

/**
 * The state after all facts. A half addition and the addition that follows it are one; the first code of an addition stays. A loss
 * without an addition is of a contact that began before the account was connected, or whose addition is still to come.
 */
export function project(facts: readonly [ContactFact, ...ContactFact[]]): Projected {
  const [first] = inOrder(facts) as [ContactFact, ...ContactFact[]]
  const start: Projected = { addedAt: first.at, lostAt: first.at, lostBy: first.lostBy, liveCodeId: null, changedAt: first.at }
  return inOrder(facts).reduce((pair, fact) => ({ ...step(pair, fact, fact === first), changedAt: fact.at }), start)
}

function step(pair: Projected, { kind, at, liveCodeId, lostBy }: ContactFact, isFirst: boolean): Projected {
  if (kind === 'LOST') return pair.lostAt ? pair : { ...pair, lostAt: at, lostBy }
  if (pair.lostAt || isFirst) return { ...pair, addedAt: at, lostAt: null, lostBy: null, liveCodeId: liveCodeId ?? pair.liveCodeId }
  return { ...pair, liveCodeId: pair.liveCodeId ?? liveCodeId }
}

/** The facts to publish: the first of each run of additions or of losses of which none was published. */
export function unpublished<F extends ContactFact>(facts: readonly F[]): F[] {
  const runs: F[][] = []
  for (const fact of inOrder(facts)) {
    const run = runs.at(-1)
    if (run && (run[0]!.kind === 'LOST') === (fact.kind === 'LOST')) run.push(fact)
    else runs.push([fact])
  }
  return runs.filter((run) => !run.some(({ isPublished }) => isPublished)).map(([first]) => first!)
}
