import { type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { Place } from './places.ts'

/** The document that calls a field with the given variables, and selects the fields below it. */
export function documentOf(
  schema: GraphQLSchema,
  { operation, field }: Pick<Place, 'operation' | 'field'>,
  variables: object,
  /** The field below which the field stands, with its arguments; the root by default. */
  above?: string,
): string {
  const given = field.args.filter(({ name }) => name in variables)
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const isForward = field.args.some(({ name }) => name === 'first') && !('before' in variables)
  // The counts of all lists below each of twenty would cost more than an operation may.
  const passed = [...given.map(({ name }) => `${name}: $${name}`), ...(isForward ? ['first: 5'] : [])].join(', ')
  const { name } = getNamedType(field.type)
  const below = selectionOf(schema, name, operation === 'query' ? 3 : 2)
  const whole = `${field.name}${passed && `(${passed})`}${below && ` { ${below} }`}`
  return `${operation} W${declared && `(${declared})`} { ${above ? `${above} { ${whole} }` : whole} }`
}

/** Everything below a type that takes no required argument, a few levels deep. */
function selectionOf(schema: GraphQLSchema, name: string, depth: number): string {
  const type = schema.getType(name)
  if (isInterfaceType(type)) {
    const types = schema.getPossibleTypes(type)
    return `__typename ${types.map((one) => `... on ${one.name} { id }`).join(' ')}`
  }
  if (!isObjectType(type)) return ''
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type)
    if (field.name === 'userErrors' || field.args.some((arg) => String(arg.type).endsWith('!'))) return []
    if (!isObjectType(inner)) return [field.name]
    const below = depth > 1 ? selectionOf(schema, inner.name, depth - 1) : ''
    return below ? [`${field.name} { ${below} }`] : []
  })
  return ['__typename', ...parts].join(' ')
}
