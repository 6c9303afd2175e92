import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
  OperationTypeNode,
} from 'graphql'

/** The place where an operation takes the name of an object: the field and the path through its arguments. */
export type Place = {
  operation: OperationTypeNode
  /** The type whose field it is, where it stands below a root field. */
  below?: typeof BELOW
  field: GraphQLField<unknown, unknown>
  path: readonly string[]
  type: GraphQLInputType
}

/** The type below whose own object the walk enters fields too. */
export const BELOW = 'Customer'

/** Names of fields that name an object without being an ID, such as the code of a coupon; matched at the end. */
const NAMES = /(ids?|keys?|codes?|hash|hashes|orderNo|after|before)$/i

/** Fields that take a word like a name, with the reason that they name no object of a tenant. */
const NO_NAMES: Record<string, string> = {
  idempotencyKey: 'the walk sends a new one with each call; two tenants with one are in attack rows',
  encodingAesKey: 'a secret that the caller sets',
  identifierId: 'a keyed hash of the tenant: another tenant has no such identifier',
  batchId: 'drawn for each call, and returned to its caller only',
}

const isName = (name: string, type: GraphQLInputType) => {
  const named = getNamedType(type).name
  return named === 'ID' || (named === 'String' && !(name in NO_NAMES) && NAMES.test(name)) || (named === 'String' && name === 'value')
}

/** Every place of the schema; recursive input objects are entered once. */
export function placesOf(schema: GraphQLSchema): Place[] {
  const roots = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].flatMap((operation) =>
    Object.values(schema.getRootType(operation)!.getFields()).flatMap((field) =>
      waysOf(field.args, []).map(({ path, type }): Place => ({ operation, field, path, type })),
    ),
  )
  const below = schema.getType(BELOW)
  const fields = isObjectType(below) ? Object.values(below.getFields()) : []
  const further = fields.flatMap((field) =>
    namesIn(field.args).map(({ path, type }): Place => ({ operation: OperationTypeNode.QUERY, below: BELOW, field, path, type })),
  )
  return [...roots, ...further]
}

/** Without cursors, which each list has. */
const namesIn = (inputs: Parameters<typeof waysOf>[0]) => waysOf(inputs, []).filter(({ path }) => !['after', 'before'].includes(path[0]!))

type Way = { path: string[]; type: GraphQLInputType }

function waysOf(inputs: readonly { name: string; type: GraphQLInputType }[], above: readonly string[]): Way[] {
  return inputs.flatMap(({ name, type }): Way[] => {
    const inner = getNamedType(type)
    if (isName(name, type)) return [{ path: [name], type }]
    if (!isInputObjectType(inner) || above.includes(inner.name)) return []
    return waysOf(Object.values(inner.getFields()), [...above, inner.name]).map((way) => ({ ...way, path: [name, ...way.path] }))
  })
}

/** Names that lead to nothing beyond the object whose field they are in. */
const WITHIN = ['Product.skus.filter.code']

/** Fields that take a name and that the walk does not enter: those below the roots, but those of one type. It must be empty. */
export function placesBelow(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const below = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !roots.includes(type) && type.name !== BELOW && !type.name.startsWith('__')
      ? Object.values(type.getFields()).flatMap(({ name, args }) =>
          namesIn(args).map(({ path }) => `${type.name}.${name}.${path.join('.')}`),
        )
      : [],
  )
  return below.filter((place) => !WITHIN.includes(place))
}

/** `mutation createTag input.groupId` */
export const titleOf = ({ operation, below, field, path }: Place) =>
  `${operation} ${[below, field.name].filter(Boolean).join('.')} ${path.join('.')}`

/** The types of objects that a place can mean, by its name; all types where its name gives none. */
export function typesAt({ field, path }: Pick<Place, 'field' | 'path'>, known: readonly string[]): string[] {
  const name = path.at(-1)!.replace(/Ids?$|^ids?$/, '')
  const word = name === '' ? getNamedType(field.type).name : (SYNONYMS[name] ?? name)
  const exact = known.filter((type) => type.toLowerCase() === word.toLowerCase())
  const found = known.filter((type) => type.toLowerCase().endsWith(word.toLowerCase()))
  // Of a verb and a noun, such as replayAnalyticsQuarantinedItems.
  const named = known.filter((type) => field.name.toLowerCase().includes(type.toLowerCase()))
  const both = found.filter((type) => named.includes(type))
  // Of two nouns with one end, such as RfmModel and MatchModel, the one whose beginning the field names.
  const near = found.filter((type) => field.name.toLowerCase().includes(type.toLowerCase().slice(0, -word.length)))
  return [exact, both, near, found, name === '' ? longest(named) : []].find((types) => types.length > 0) ?? [...known]
}

const longest = (types: readonly string[]) => types.toSorted((a, b) => b.length - a.length).slice(0, 1)

const SYNONYMS: Record<string, string> = {
  survivor: 'Customer',
  absorbed: 'Customer',
  account: 'ChannelAccount',
  guardianProfile: 'Profile',
  customerA: 'Customer',
  customerB: 'Customer',
  assignee: 'Staff',
  parent: 'Category',
  belowCategory: 'Category',
}
