import { AppError } from '@renmai/platform/serve/errors'
import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  isInputObjectType,
  isInputType,
  isListType,
  typeFromAST,
} from 'graphql'
import { isUnstorable } from './limits.ts'

/** Variables of an operation, whose document may be any valid one. */
type Operation = { document: DocumentNode; operationName: string | undefined; variables: Record<string, unknown> }

/**
 * @param itemwise input fields, as `Input.field`, whose items are answered one by one: the subgraph rejects an item with such text alone
 * @throws AppError INVALID that names the first text in the variables that cannot be stored
 */
export function requireStorable(schema: GraphQLSchema, itemwise: ReadonlySet<string>, operation: Operation): void {
  const { document, operationName, variables } = operation
  if (placeIn(variables, '') === undefined) return
  const types = new Map(
    getOperationAST(document, operationName)?.variableDefinitions?.map(({ variable, type }) => [
      variable.name.value,
      typeFromAST(schema, type as never),
    ]),
  )
  for (const [name, value] of Object.entries(variables)) {
    const type = types.get(name)
    const place = isUnstorable(name) ? '' : placeIn(value, name, isInputType(type) ? { type, itemwise } : undefined)
    if (place === undefined) continue
    const [path, wrong] = [
      place === '' ? 'variables' : `variables.${place}`,
      'holds text that cannot be stored: NUL, or half of a character',
    ]
    throw new AppError('INVALID', `${path}: ${wrong}`, { [path]: wrong })
  }
}

type Typed = { type: GraphQLInputType; itemwise: ReadonlySet<string> } | undefined

/** @returns the place of the first text that cannot be stored, such as `input.name`; undefined when all can */
function placeIn(value: unknown, place: string, typed?: Typed): string | undefined {
  if (typeof value === 'string') return isUnstorable(value) ? place : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    const next = typed && typeBelow(typed, key)
    if (next === 'ITEMWISE') continue
    // A name that cannot be stored cannot be shown either.
    const found = isUnstorable(key) ? place : placeIn(inner, place === '' ? key : `${place}.${key}`, next)
    if (found !== undefined) return found
  }
  return undefined
}

function typeBelow({ type: given, itemwise }: NonNullable<Typed>, key: string): Typed | 'ITEMWISE' {
  const type = getNullableType(given)
  if (isListType(type)) return { type: type.ofType as GraphQLInputType, itemwise }
  const field = isInputObjectType(type) ? type.getFields()[key] : undefined
  if (!field || !isInputObjectType(type)) return undefined
  return itemwise.has(`${type.name}.${key}`) ? 'ITEMWISE' : { type: field.type, itemwise }
}
