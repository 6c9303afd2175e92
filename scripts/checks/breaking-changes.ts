import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { clientSchemaOf } from '../compose-supergraph.ts'

const NOTICE_DAYS = 180
const DAY_MS = 24 * 3600 * 1_000
const { Breaking, Dangerous } = CriticalityLevel

/** How often each `Type.field` was queried recently; without it nothing counts as unused. */
export type Usage = Readonly<Record<string, number>>

/** Changes that break clients of the old supergraph, from the schemas that clients see. */
export async function breakingChanges(oldSupergraph: string, newSupergraph: string): Promise<string[]> {
  return changesBetween(clientSchemaOf(oldSupergraph), clientSchemaOf(newSupergraph), Breaking)
}

export type PublicChanges = { breaking: string[]; dangerous: string[]; all: string[] }

/**
 * How the schema that partners see has changed. A part that was deprecated (`Deprecated YYYY-MM-DD` in the reason) 180
 * days ago and is not used any more may be removed.
 */
export async function publicChanges(oldSdl: string, newSdl: string, usage: Usage | undefined, today: Date): Promise<PublicChanges> {
  const [before, after] = [buildSchema(oldSdl), buildSchema(newSdl)]
  const changes = await diff(before, after)
  const messages = (level: CriticalityLevel) =>
    changes.filter((one) => one.criticality.level === level && !mayGo(before, one, usage, today)).map(({ message }) => message)
  return { breaking: messages(Breaking), dangerous: messages(Dangerous), all: worthTelling(changes).map(lineOf) }
}

/** Without the parts of what was added, which stand in the schema, and without descriptions, which change no contract. */
function worthTelling(changes: readonly Change[]): Change[] {
  const added = new Set(changes.filter(({ type }) => ['TYPE_ADDED', 'FIELD_ADDED'].includes(type)).map(({ path }) => path))
  const isPart = (path = '') => path.split('.').some((_, length, names) => length > 0 && added.has(names.slice(0, length).join('.')))
  return changes.filter(({ type, path }) => !isPart(path) && !type.includes('_DESCRIPTION_'))
}

async function changesBetween(before: GraphQLSchema, after: GraphQLSchema, level: CriticalityLevel): Promise<string[]> {
  return (await diff(before, after)).filter((change) => change.criticality.level === level).map((change) => change.message)
}

const lineOf = ({ criticality, message }: Change) =>
  `- ${criticality.level === Breaking ? '**Breaking** ' : criticality.level === Dangerous ? '**Dangerous** ' : ''}${message}`

function mayGo(before: GraphQLSchema, { type, path }: Change, usage: Usage | undefined, today: Date): boolean {
  if (!type.endsWith('_REMOVED') || !path || !usage || (usage[path] ?? 0) > 0) return false
  const since = /Deprecated (\d{4}-\d\d-\d\d)/.exec(deprecationOf(before, path) ?? '')?.[1]
  return since !== undefined && today.getTime() - new Date(since).getTime() >= NOTICE_DAYS * DAY_MS
}

/** @param path `Type.field`, `Enum.VALUE`, `Input.field` or `Type.field.argument` */
function deprecationOf(schema: GraphQLSchema, path: string): string | null | undefined {
  const [typeName = '', name = '', argument] = path.split('.')
  const type = schema.getType(typeName)
  if (!type) return undefined
  if ('getValues' in type) return type.getValue(name)?.deprecationReason
  const field = 'getFields' in type ? type.getFields()[name] : undefined
  return argument && field && 'args' in field
    ? field.args.find((one) => one.name === argument)?.deprecationReason
    : field?.deprecationReason
}
