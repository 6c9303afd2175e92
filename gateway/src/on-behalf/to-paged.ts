import { AppError } from '@renmai/platform/serve/errors'
import {
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type SelectionSetNode,
} from 'graphql'
import { LIMITS } from '../documents/limits.ts'

/** Names in the query of one page. */
export const [PAGE, FIRST, AFTER] = ['bulkPage', 'bulkFirst', 'bulkAfter']

const PAGING = ['first', 'after', 'last', 'before']
const refuse = (message: string) => new AppError('INVALID', `query: ${message}`, { query: message })

/**
 * Turns a query of one list into the query of one of its pages; variables set the length and the beginning of the page.
 * @throws AppError INVALID for any query except one connection with its nodes selected
 */
export function toPaged(source: string, schema: GraphQLSchema): string {
  const document = read(source)
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  const [operation] = operations
  if (operations.length !== 1 || operation!.operation !== OperationTypeNode.QUERY) throw refuse('must be one query')
  if (operation!.variableDefinitions?.length) throw refuse('write values into it; variables are not taken')
  const field = onlyField(operation!.selectionSet, 'select one list and nothing else')
  requireConnection(schema, field)
  if (onlyField(field.selectionSet, 'select nodes of the list and nothing else').name.value !== 'nodes')
    throw refuse('select nodes of the list and nothing else')
  const definitions = document.definitions.map((one) => (one === operation ? withPage(operation!, field) : one))
  return print({ ...document, definitions })
}

function read(source: string) {
  try {
    return parse(source, { maxTokens: LIMITS.tokens, noLocation: true })
  } catch (error) {
    throw refuse(error instanceof GraphQLError ? error.message : 'cannot be parsed')
  }
}

function onlyField(set: SelectionSetNode | undefined, message: string): FieldNode {
  const [one, ...more] = set?.selections ?? []
  if (one?.kind !== Kind.FIELD || more.length > 0 || one.directives?.length) throw refuse(message)
  return one
}

function requireConnection(schema: GraphQLSchema, { name, arguments: given = [] }: FieldNode): void {
  const field = schema.getQueryType()?.getFields()[name.value]
  const type = field && getNamedType(field.type)
  const isConnection = ['first', 'after'].every((one) => field?.args.some((arg) => arg.name === one))
  if (!isConnection || !isObjectType(type) || !type.getFields().nodes) throw refuse(`${name.value} is no list with pages`)
  if (given.some((one) => PAGING.includes(one.name.value))) throw refuse('leave out first and after; all of it is read')
}

const nameOf = (value: string) => ({ kind: Kind.NAME, value }) as const
const variableOf = (name: string) => ({ kind: Kind.VARIABLE, name: nameOf(name) }) as const
const fieldOf = (name: string, ...selections: FieldNode[]): FieldNode => ({
  kind: Kind.FIELD,
  name: nameOf(name),
  ...(selections.length > 0 ? { selectionSet: { kind: Kind.SELECTION_SET, selections } } : {}),
})

function withPage(operation: OperationDefinitionNode, field: FieldNode): OperationDefinitionNode {
  const paging = [
    ['first', FIRST, 'Int'],
    ['after', AFTER, 'String'],
  ] as const
  const args = paging.map(([name, variable]) => ({ kind: Kind.ARGUMENT, name: nameOf(name), value: variableOf(variable!) }) as const)
  const variableDefinitions = paging.map(([, variable, type]) => ({
    kind: Kind.VARIABLE_DEFINITION as const,
    variable: variableOf(variable!),
    type: { kind: Kind.NAMED_TYPE as const, name: nameOf(type) },
  }))
  const selections = [...field.selectionSet!.selections, fieldOf('pageInfo', fieldOf('hasNextPage'), fieldOf('endCursor'))]
  const page: FieldNode = {
    ...field,
    alias: nameOf(PAGE!),
    arguments: [...(field.arguments ?? []), ...args],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
  return { ...operation, variableDefinitions, selectionSet: { kind: Kind.SELECTION_SET, selections: [page] } }
}
