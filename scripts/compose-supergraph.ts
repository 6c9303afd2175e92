import { readFileSync, writeFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import { applyTagFilterOnSubgraphs } from '@theguild/federation-composition'
import { type DocumentNode, type GraphQLSchema, Kind, parse, print, printSchema, visit } from 'graphql'
import { deriveCode } from './sdl/derive-code.ts'
import { entitiesOf } from './sdl/entities.ts'
import { byUse, inOrder } from './sdl/in-order.ts'
import { parseSdl } from './sdl/read-sdl.ts'
import { ROOT } from './stack/paths.ts'
import { SERVICES } from './stack/services.ts'

const { markOneOf } = (await import(`${ROOT}gateway/src/supergraph/mark-one-of.ts`)) as {
  markOneOf: (schema: GraphQLSchema, sdl: string) => GraphQLSchema
}

export { SERVICES }

/** The tag that marks the public parts in the SDL of the services (a contract). */
const PUBLIC = 'public'

/**
 * Composes everything that the gateway serves from the SDL files, and derives the lists that code takes from them. No server runs.
 * @returns texts by their paths: the supergraphs of staff and of partners, the schema that partners see, and the lists
 * @throws Error that lists every composition error, such as a public part that uses one that is not public
 */
export async function composeSupergraphs(): Promise<Record<string, string>> {
  const { edgeSdlOf } = (await import(`${ROOT}gateway/src/supergraph/edge-sdl.ts`)) as {
    edgeSdlOf: (nodes: readonly string[], isPublic: (node: string) => boolean) => string
  }
  const nodes = Object.fromEntries(
    SERVICES.flatMap((name) => Object.entries(entitiesOf(parseSdl(`${ROOT}services/${name}`)))).sort(([a], [b]) => a.localeCompare(b)),
  )
  const fromServices = SERVICES.map((name) => {
    const sdl = readFileSync(new URL(`../services/${name}/src/gen/schema.graphql`, import.meta.url), 'utf8')
    return { name, url: `http://${name}:4000/graphql`, typeDefs: parse(sdl) }
  })
  const publicTypes = new Set(fromServices.flatMap(({ typeDefs }) => publicIn(typeDefs)))
  const edge = parse(edgeSdlOf(Object.keys(nodes), (node) => publicTypes.has(node)))
  const services = [...fromServices, { name: 'edge', url: 'http://localhost/edge', typeDefs: edge }]
  const tagged = services.map((service) => ({ ...service, typeDefs: tagArguments(service.typeDefs) }))
  const publicSupergraph = compose(applyTagFilterOnSubgraphs(tagged, { include: new Set([PUBLIC]), exclude: new Set() }))
  const supergraph = compose(services)
  return {
    'gateway/supergraph.graphql': supergraph,
    'gateway/supergraph.public.graphql': publicSupergraph,
    'gateway/public.graphql': printClientSchema(publicSupergraph),
    ...deriveCode(new Map(fromServices.map(({ name, typeDefs }) => [name, typeDefs])), nodes, supergraph),
  }
}

/** Names of the types that partners see. */
const publicIn = ({ definitions }: DocumentNode): string[] =>
  definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION && one.directives?.some((tag) => print(tag) === `@tag(name: "${PUBLIC}")`)
      ? [one.name.value]
      : [],
  )

/** The arguments of a public field are public too; the contract filter needs the tag on each of them. */
function tagArguments(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition: (field) => {
      const tags = (field.directives ?? []).filter(({ name }) => name.value === 'tag')
      return { ...field, arguments: field.arguments?.map((one) => ({ ...one, directives: [...(one.directives ?? []), ...tags] })) }
    },
  })
}

function compose(services: Parameters<typeof composeServices>[0]): string {
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw new Error(errors.map((error) => `  ${error.message}`).join('\n'))
  return supergraphSdl
}

/** The schema that clients of a supergraph see. */
export const clientSchemaOf = (supergraph: string) =>
  markOneOf(Supergraph.build(supergraph, { supportedFeatures: null }).apiSchema().toGraphQLJSSchema(), supergraph)

const printClientSchema = (supergraph: string) => {
  const written = byUse(SERVICES.map((name) => parseSdl(`${ROOT}services/${name}`)))
  return `${print(inOrder(parse(printSchema(clientSchemaOf(supergraph))), written))}\n`
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await composeSupergraphs())) {
    writeFileSync(`${ROOT}${path}`, text)
    process.stdout.write(`${path} is written\n`)
  }
}
