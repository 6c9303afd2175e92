import { type GraphQLSchema, isInputObjectType, Kind, parse } from 'graphql'

/**
 * Marks inputs that accept exactly one field: federation's API schema loses `@oneOf`, which the supergraph still has.
 * Validation, introspection and printing follow the mark.
 * @param schema made from the supergraph; it is changed
 */
export function markOneOf(schema: GraphQLSchema, supergraphSdl: string): GraphQLSchema {
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue
    const type = schema.getType(definition.name.value)
    if (isInputObjectType(type)) type.isOneOf = (definition.directives ?? []).some(({ name }) => name.value === 'oneOf')
  }
  return schema
}
