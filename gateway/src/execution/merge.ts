import type { Entity } from './step.ts'

/** Whether a `__typename` names the type of an object itself, and not an interface that it implements. */
export type IsConcrete = (typename: unknown) => boolean

const isObject = (value: unknown): value is Entity => typeof value === 'object' && value !== null && !Array.isArray(value)
const always = () => true

/**
 * Merges the answer of a subgraph into the known result; lists of the same length are merged element by element. The known type of an
 * object stays: a subgraph that has its interface as an object (`@interfaceObject`) answers the name of the interface.
 */
export function merge(target: Entity, source: Entity, isConcrete: IsConcrete = always): void {
  for (const key of Object.keys(source)) {
    const [known, given] = [target[key], source[key]]
    if (isObject(known) && isObject(given)) merge(known, given, isConcrete)
    else if (Array.isArray(known) && Array.isArray(given) && known.length === given.length) mergeLists(known, given, isConcrete)
    else if (given !== undefined && !(key === '__typename' && known !== undefined && isConcrete(known))) target[key] = given
  }
}

function mergeLists(target: unknown[], source: unknown[], isConcrete: IsConcrete): void {
  for (const [at, given] of source.entries()) {
    const known = target[at]
    if (isObject(known) && isObject(given)) merge(known, given, isConcrete)
    else target[at] = given
  }
}
