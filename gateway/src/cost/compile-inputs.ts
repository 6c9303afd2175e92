import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  valueFromASTUntyped,
} from 'graphql'
import type { Variables } from '../execution/collect-fields.ts'
import type { Weights } from './read-weights.ts'

/**
 * Compiles the weight of the arguments of an operation's root fields into a function of its variables. Each given field of an
 * input weighs its `@cost` (GraphQL Cost Directives specification, IBM), as often as it is given; without `@cost` it weighs nothing.
 */
export function compileInputs({ weights }: Weights, root: GraphQLObjectType, fields: FieldNode[]): (variables: Variables) => number {
  const given = fields.flatMap((field) =>
    (field.arguments ?? []).flatMap(({ name, value }) => {
      const type = root.getFields()[field.name.value]?.args.find((one) => one.name === name.value)?.type
      return type ? { type: getNamedType(type), value } : []
    }),
  )
  const weigh = (type: GraphQLNamedType, value: unknown): number => {
    if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + weigh(type, one), 0)
    if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return 0
    return Object.entries(value).reduce((sum, [name, inner]) => {
      const field = type.getFields()[name]
      return field ? sum + (weights.get(`${type.name}.${name}`) ?? 0) + weigh(getNamedType(field.type), inner) : sum
    }, 0)
  }
  return (variables) => given.reduce((sum, { type, value }) => sum + weigh(type, valueFromASTUntyped(value, variables)), 0)
}
