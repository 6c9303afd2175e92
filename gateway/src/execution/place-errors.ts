import { GraphQLError } from 'graphql'
import type { Cursor, Entity, Run, SubgraphError } from './step.ts'

type Path = (string | number)[]

/**
 * Turns the errors of a subgraph into errors of the whole result.
 * @param owners the entities of each representation; undefined when the fetch was not for entities
 */
export function placeErrors(
  errors: readonly SubgraphError[],
  service: string,
  run: Run,
  cursor: Cursor,
  owners?: readonly Entity[][],
): void {
  let paths: Map<Entity, Path> | undefined
  const find = (entity: Entity) => (paths ??= pathsOf(run.root, cursor.path)).get(entity) ?? []
  for (const error of errors) {
    if (!error.path) run.explained.push(cursor.path)
    const at = error.path?.[1]
    const places =
      owners && error.path && typeof at === 'number'
        ? (owners[at] ?? []).map((entity) => [...find(entity), ...error.path!.slice(2)])
        : [error.path && [...cursor.path, ...error.path]]
    for (const path of places) run.errors.push(toError(error, service, path))
  }
}

function toError({ message, extensions }: SubgraphError, service: string, path: Path | undefined): GraphQLError {
  return new GraphQLError(message || `${service} could not answer a part of this`, {
    path,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions, serviceName: service },
  })
}

/** The places of the entities at a path of the result, with the index of each list. */
function pathsOf(root: Entity, path: readonly string[]): Map<Entity, Path> {
  const found = new Map<Entity, Path>()
  const walk = (value: unknown, left: readonly string[], way: Path): void => {
    if (value === null || value === undefined) return
    if (Array.isArray(value)) {
      const rest = left[0] === '@' ? left.slice(1) : left
      for (const [at, element] of value.entries()) walk(element, rest, [...way, at])
    } else if (left.length === 0) found.set(value as Entity, way)
    else walk((value as Entity)[left[0]!], left.slice(1), [...way, left[0]!])
  }
  walk(root, path, [])
  return found
}
