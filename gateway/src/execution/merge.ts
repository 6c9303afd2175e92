import type { Entity } from './step.ts'

const isObject = (value: unknown): value is Entity => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Merges the answer of a subgraph into the known result; lists of the same length are merged element by element. */
export function merge(target: Entity, source: Entity): void {
  for (const key of Object.keys(source)) {
    const [known, given] = [target[key], source[key]]
    if (isObject(known) && isObject(given)) merge(known, given)
    else if (Array.isArray(known) && Array.isArray(given) && known.length === given.length) mergeLists(known, given)
    else if (given !== undefined) target[key] = given
  }
}

function mergeLists(target: unknown[], source: unknown[]): void {
  for (const [at, given] of source.entries()) {
    const known = target[at]
    if (isObject(known) && isObject(given)) merge(known, given)
    else target[at] = given
  }
}
