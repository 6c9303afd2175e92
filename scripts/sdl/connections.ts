import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, parse, type TypeNode } from 'graphql'

const CONNECTION = /^(\w+)Connection$/
/** Names of types in descriptions, where the type's own name in words does not fit. */
const NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  ApiClient: ['API client', 'API clients'],
  Staff: ['member of staff', 'members of staff'],
}

/**
 * A document with `XConnection` and `XEdge` for each field of the type `XConnection`. They are public where one of those
 * fields is. The type of the items decides the access to them.
 */
export function withConnections(document: DocumentNode): DocumentNode {
  const used = new Map<string, boolean>()
  for (const { node, isPublic } of connectionsUsed(document)) used.set(node, isPublic || used.get(node) === true)
  const generated = [...used].map(([node, isPublic]) => connectionOf(node, isPublic))
  return { ...document, definitions: [...document.definitions, ...generated.flatMap((sdl) => parse(sdl).definitions)] }
}

function connectionsUsed({ definitions }: DocumentNode): { node: string; isPublic: boolean }[] {
  return definitions.flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.OBJECT_TYPE_EXTENSION) return []
    return (type.fields ?? []).flatMap((field) => {
      const [, node] = CONNECTION.exec(nameOf(field)) ?? []
      return node ? [{ node, isPublic: isTagged(type.directives) || isTagged(field.directives) }] : []
    })
  })
}

const isTagged = (directives: readonly ConstDirectiveNode[] = []) =>
  directives.some(
    ({ name, arguments: [tag] = [] }) => name.value === 'tag' && tag?.value.kind === Kind.STRING && tag.value.value === 'public',
  )

function nameOf(field: FieldDefinitionNode): string {
  let type: TypeNode = field.type
  while (type.kind !== Kind.NAMED_TYPE) type = type.type
  return type.name.value
}

function connectionOf(node: string, isPublic: boolean): string {
  const [one, many] = NAMES[node] ?? namesOf(node)
  const tag = isPublic ? '@tag(name: "public")' : ''
  return `
"A page of ${many}."
type ${node}Connection @shareable ${tag} {
  "The ${many} of the page, each with its cursor."
  edges: [${node}Edge!]!
  "The ${many} of the page, without cursors."
  nodes: [${node}!]!
  "Cursors of the page's first and last item, and whether there are more before and after."
  pageInfo: PageInfo!
  "Number of ${many} on all pages; counted only when it is selected."
  totalCount: Int @cost(weight: 20)
  "True when there are more than 10,000: \`totalCount\` is then an estimate, and at least 10,000."
  isTotalEstimate: Boolean @cost(weight: 20)
}

"One ${one} of a page, with its cursor."
type ${node}Edge @shareable ${tag} {
  "Place in the list: a value for \`after\` or \`before\`."
  cursor: String!
  "The ${one}."
  node: ${node}!
}`
}

/** `AuditEntry` → audit entry, audit entries. */
function namesOf(type: string): readonly [one: string, many: string] {
  const one = type.replace(/\B[A-Z]/g, ' $&').toLowerCase()
  return [one, /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`]
}
