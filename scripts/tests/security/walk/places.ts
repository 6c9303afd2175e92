import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
  OperationTypeNode,
} from 'graphql'

/** The place where an operation takes the name of an object: the root field and the path through its arguments. */
export type Place = {
  operation: OperationTypeNode
  field: GraphQLField<unknown, unknown>
  path: readonly string[]
  type: GraphQLInputType
}

/** Names of fields that name an object without being an ID, such as the code of a coupon; matched at the end. */
const NAMES = /(ids?|keys?|codes?|hash|hashes|orderNo|after|before)$/i

/** Fields that take a word like a name, with the reason that they name no object of a tenant. */
const NO_NAMES: Record<string, string> = {
  idempotencyKey: 'the walk sends a new one with each call; two tenants with one are in attack rows',
  encodingAesKey: 'a secret that the caller sets',
}

const isName = (name: string, type: GraphQLInputType) => {
  const named = getNamedType(type).name
  return named === 'ID' || (named === 'String' && !(name in NO_NAMES) && NAMES.test(name)) || (named === 'String' && name === 'value')
}

/** Every place of the schema; recursive input objects are entered once. */
export function placesOf(schema: GraphQLSchema): Place[] {
  return [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].flatMap((operation) =>
    Object.values(schema.getRootType(operation)!.getFields()).flatMap((field) =>
      waysOf(field.args, []).map(({ path, type }) => ({ operation, field, path, type })),
    ),
  )
}

type Way = { path: string[]; type: GraphQLInputType }

function waysOf(inputs: readonly { name: string; type: GraphQLInputType }[], above: readonly string[]): Way[] {
  return inputs.flatMap(({ name, type }): Way[] => {
    const inner = getNamedType(type)
    if (isName(name, type)) return [{ path: [name], type }]
    if (!isInputObjectType(inner) || above.includes(inner.name)) return []
    return waysOf(Object.values(inner.getFields()), [...above, inner.name]).map((way) => ({ ...way, path: [name, ...way.path] }))
  })
}

/** Fields below the roots that take a name; must be empty, since the walk covers the roots only. */
export function placesBelow(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !roots.includes(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).flatMap(({ name, args }) =>
          waysOf(args, [])
            .filter(({ path }) => !['after', 'before'].includes(path[0]!))
            .map(({ path }) => `${type.name}.${name}.${path.join('.')}`),
        )
      : [],
  )
}

/** `mutation createTag input.groupId` */
export const titleOf = ({ operation, field, path }: Place) => `${operation} ${field.name} ${path.join('.')}`

/** The types of objects that a place can mean, by its name; all types where its name gives none. */
export function typesAt({ field, path }: Pick<Place, 'field' | 'path'>, known: readonly string[]): string[] {
  const name = path.at(-1)!.replace(/Ids?$|^ids?$/, '')
  const word = name === '' ? getNamedType(field.type).name : (SYNONYMS[name] ?? name)
  const found = known.filter((type) => type.toLowerCase().endsWith(word.toLowerCase()))
  return found.length > 0 ? found : [...known]
}

const SYNONYMS: Record<string, string> = { survivor: 'Customer', absorbed: 'Customer', account: 'ChannelAccount' }
