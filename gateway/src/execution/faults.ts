import { meter } from '@renmai/platform/serve/meter'
import { type DocumentNode, GraphQLError } from 'graphql'
import type { Variables } from './collect-fields.ts'
import { locate } from './locate.ts'
import type { Run } from './step.ts'

/**
 * A value that the schema does not allow, found while an answer is shaped: null or nothing in a non-null position, a value of another
 * type, or a part of an object that its subgraph does not have.
 */
export type Fault = { kind: 'missing' | 'wrong' | 'absent'; field: string; path: (string | number)[] }

/** What shaping an answer counts. */
export type Tally = {
  /** The actual cost, in points. */
  points: number
  faults: Fault[]
}

/** The code of such an error, inside the gateway; clients see INTERNAL. */
export const INVALID_VALUE = 'INVALID_VALUE'

const counted = meter.createCounter('renmai_invalid_values', {
  description: 'Values of subgraphs that the schema does not allow, by field and kind',
})

/** @param field `Type.field` @returns null, which stands in the place of the value */
export function note(tally: Tally, kind: Fault['kind'], field: string): null {
  tally.faults.push({ kind, field, path: [] })
  return null
}

/** Adds the key of a field, or the index of an element, to the paths of the faults that were found below it. */
export function placeBelow(faults: Fault[], from: number, key: string | number): void {
  for (let at = from; at < faults.length; at++) faults[at]!.path.unshift(key)
}

/**
 * The errors of faults (specification 6.4.4), each with its path and its places in the document. A null that a subgraph has already
 * explained by an error is not reported again.
 * @param located the document with the places of its tokens
 */
export function faultErrors(
  faults: readonly Fault[],
  run: Run,
  operationName: string | undefined,
  located: () => DocumentNode,
): GraphQLError[] {
  if (faults.length === 0) return []
  const explained = [...run.explained, ...run.errors.flatMap(({ path }) => (path ? [path] : []))]
  const open = faults.filter(({ kind, path }) => kind !== 'missing' || !explained.some((one) => meets(one, path)))
  for (const { kind, field } of open) counted.add(1, { field, kind })
  const told = open.filter(({ kind }) => kind !== 'absent')
  if (told.length === 0) return []
  const document = located()
  return told.map((fault) => toError(fault, document, operationName, run.variables))
}

function toError({ kind, field, path }: Fault, document: DocumentNode, operationName: string | undefined, variables: Variables) {
  const message = kind === 'missing' ? `${field} is null where null is not allowed` : `${field} has a value that its type does not allow`
  const nodes = locate(document, operationName, path, field.slice(field.indexOf('.') + 1), variables)
  return new GraphQLError(message, { nodes, path, extensions: { code: INVALID_VALUE } })
}

/** Whether one of two paths leads to the other. In the first, `@` stands for every element of a list. */
function meets(explained: readonly (string | number)[], path: readonly (string | number)[]): boolean {
  for (let at = 0; at < explained.length && at < path.length; at++) {
    const [one, other] = [explained[at], path[at]]
    // An error of a subgraph that names none of the entities concerns all of them.
    if (one === '_entities') return true
    if (one !== other && !(one === '@' && typeof other === 'number')) return false
  }
  return true
}
