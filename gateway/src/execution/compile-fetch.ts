import { applyRewrites } from '@apollo/gateway/dist/dataRewrites.js'
import type { FetchNode } from '@apollo/query-planner'
import { type GraphQLSchema, isObjectType } from 'graphql'
import { compileRepresentation, type Represent } from './compile-representation.ts'
import { type IsConcrete, merge } from './merge.ts'
import { placeErrors } from './place-errors.ts'
import { ABSENT, type AskSubgraph, type Cursor, type Entity, type Run, type Step } from './step.ts'

export type Compiling = { schema: GraphQLSchema; subgraphs: ReadonlyMap<string, AskSubgraph> }

/** The most representations that a subgraph accepts in one request. */
const MAX_REPRESENTATIONS = 500

/** Compiles one request to a subgraph: for entities that were found before, or for fields at the cursor. */
export function compileFetch(node: FetchNode, compiling: Compiling): Step {
  const ask = compileAsk(node, compiling)
  const isConcrete: IsConcrete = (name) => isObjectType(compiling.schema.getType(String(name)))
  if (!node.requires) {
    return async (run, cursor) => {
      const data = await ask(run, cursor, {})
      if (!data) return
      applyRewrites(compiling.schema, node.outputRewrites, data)
      for (const [at, entity] of cursor.entities.entries()) merge(entity, at === 0 ? data : structuredClone(data), isConcrete)
    }
  }
  const represent = compileRepresentation(compiling.schema, node.requires)
  return async (run, cursor) => {
    const found = representAll(cursor.entities, represent, (one) => applyRewrites(compiling.schema, node.inputRewrites, one))
    const chunks: Represented[] = []
    for (let at = 0; at < found.representations.length; at += MAX_REPRESENTATIONS) {
      const [from, to] = [at, at + MAX_REPRESENTATIONS]
      chunks.push({ representations: found.representations.slice(from, to), owners: found.owners.slice(from, to) })
    }
    await Promise.all(
      chunks.map(async ({ representations, owners }) => {
        const data = await ask(run, cursor, { representations }, owners)
        if (data) spread(node, compiling.schema, isConcrete, data._entities, owners)
      }),
    )
  }
}

type Ask = (run: Run, cursor: Cursor, more: object, owners?: Entity[][]) => Promise<Entity | null | undefined>

function compileAsk(node: FetchNode, { subgraphs }: Compiling): Ask {
  const subgraph = subgraphs.get(node.serviceName)!
  const kind = node.operationKind === 'mutation' ? 'mutation' : 'query'
  const name = node.operationName ? `,"operationName":${JSON.stringify(node.operationName)}` : ''
  const head = `{"query":${JSON.stringify(node.operation)}${name},"variables":`
  const usages = node.variableUsages ?? []
  return async (run, cursor, more, owners) => {
    const variables: Record<string, unknown> = { ...more }
    for (const usage of usages) variables[usage] = run.rawVariables[usage]
    const event = run.event && node.operationKind === 'subscription' ? `,"event":${JSON.stringify(run.event)}` : ''
    const { data, errors, extensions } = await subgraph(run.viewer, `${head}${JSON.stringify(variables)}${event}}`, kind)
    if (extensions?.idempotentReplay) run.isReplay = true
    if (errors) placeErrors(errors, node.serviceName, run, cursor, owners)
    return data
  }
}

type Represented = { representations: Entity[]; owners: Entity[][] }

/** Lists each different entity once, with every place where it stands. */
function representAll(entities: readonly Entity[], represent: Represent, rewrite: (one: Entity) => void): Represented {
  const found: Represented = { representations: [], owners: [] }
  const known = new Map<string, Entity[]>()
  for (const entity of entities) {
    const representation = represent(entity)
    if (!representation?.__typename) continue
    rewrite(representation)
    const key = JSON.stringify(representation)
    const owners = known.get(key)
    if (owners) owners.push(entity)
    else {
      known.set(key, [entity])
      found.representations.push(representation)
      found.owners.push(known.get(key)!)
    }
  }
  return found
}

function spread(node: FetchNode, schema: GraphQLSchema, isConcrete: IsConcrete, answers: unknown, owners: readonly Entity[][]): void {
  if (!Array.isArray(answers) || answers.length !== owners.length) throw new Error(`${node.serviceName} did not answer for each entity`)
  for (const [at, places] of owners.entries()) {
    const answer = answers[at] as Entity | null
    if (!answer) {
      for (const place of places) place[ABSENT] = true
      continue
    }
    const known = places[0]!.__typename
    if (answer.__typename === undefined || isConcrete(known)) answer.__typename = known
    applyRewrites(schema, node.outputRewrites, answer)
    for (const [no, place] of places.entries()) merge(place, no === 0 ? answer : structuredClone(answer), isConcrete)
  }
}
