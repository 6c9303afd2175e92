import { type FieldNode, type FragmentDefinitionNode, type GraphQLSchema, isInputObjectType, Kind, type SelectionSetNode } from 'graphql'

/** Cost of an object of an introspection. This process writes it alone, so it costs less than an object from a database. */
const OBJECT = 0.1

/**
 * The cost of an introspection field. Its lists count with their length in this schema; lists of a type count with the average.
 * The cost is not refunded, since the objects are not counted while the answer is written.
 */
export function introspectionCost(schema: GraphQLSchema, field: FieldNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  const sizes = sizesOf(schema)
  const costOf = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, one) => {
      if (one.kind === Kind.FIELD) return sum + (one.selectionSet ? (sizes[one.name.value] ?? 1) * (OBJECT + costOf(one.selectionSet)) : 0)
      const fragment = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value) : one
      return sum + (fragment ? costOf(fragment.selectionSet) : 0)
    }, 0)
  return Math.ceil(field.selectionSet ? OBJECT + costOf(field.selectionSet) : 0)
}

const known = new WeakMap<GraphQLSchema, Readonly<Record<string, number>>>()

function sizesOf(schema: GraphQLSchema): Readonly<Record<string, number>> {
  const found = known.get(schema)
  if (found) return found
  const types = Object.values(schema.getTypeMap())
  const average = (lengths: number[]) => Math.max(1, lengths.reduce((sum, one) => sum + one, 0) / types.length)
  const fields = average(types.map((type) => ('getFields' in type && !isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)))
  const sizes = {
    types: types.length,
    directives: schema.getDirectives().length,
    fields,
    inputFields: average(types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))),
    enumValues: average(types.map((type) => ('getValues' in type ? type.getValues().length : 0))),
  }
  known.set(schema, sizes)
  return sizes
}
