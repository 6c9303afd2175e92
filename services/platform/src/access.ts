import { type DocumentNode, defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema, isObjectType, Kind } from 'graphql'
import { AppError } from './errors.ts'
import type { Viewer } from './viewer.ts'

/** Scopes that a field needs: any one of the inner lists, whole. */
type Needs = string[][]

/**
 * Enforces @requiresScopes on the resolvers of a subgraph: on a field, or on a type for each field that returns it and for
 * each that is asked for by its key. The SDL is the only place where access is declared; the gateway is not trusted to have
 * checked.
 */
export function enforceScopes(schema: GraphQLSchema, modules: readonly DocumentNode[]): GraphQLSchema {
  const { ofType, ofField } = readNeeds(modules)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    const onType = ofType.get(type.name)
    if (onType) guardReferences(type, onType)
    for (const field of Object.values(type.getFields())) {
      const needs = [ofField.get(`${type.name}.${field.name}`), ofType.get(baseName(field.type.toString()))].filter((n) => n !== undefined)
      if (needs.length === 0) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source, args, context: { viewer: Viewer }, info) => {
        for (const need of needs) requireAny(context.viewer, need)
        return resolve(source, args, context, info)
      }
    }
  }
  return schema
}

type ResolveReference = (reference: unknown, context: { viewer: Viewer }, info: unknown) => unknown
/** Where @apollo/subgraph keeps what finds an entity by its key. */
type Kept = { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }

function guardReferences(type: GraphQLObjectType, need: Needs): void {
  const kept = (type.extensions as Kept).apollo?.subgraph
  const resolve = kept?.resolveReference
  if (!kept || !resolve) return
  kept.resolveReference = (reference, context, info) => {
    requireAny(context.viewer, need)
    return resolve(reference, context, info)
  }
}

function requireAny(viewer: Viewer, needs: Needs): void {
  if (needs.some((all) => all.every((scope) => viewer.scopes.has(scope)))) return
  throw new AppError('FORBIDDEN', `This needs ${needs.map((all) => all.join(' and ')).join(' or ')}`)
}

const baseName = (type: string) => type.replace(/[[\]!]/g, '')

function readNeeds(modules: readonly DocumentNode[]): { ofType: Map<string, Needs>; ofField: Map<string, Needs> } {
  const ofType = new Map<string, Needs>()
  const ofField = new Map<string, Needs>()
  for (const definition of modules.flatMap((module) => module.definitions)) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue
    const onType = scopesIn(definition)
    if (onType) ofType.set(definition.name.value, onType)
    for (const field of definition.fields ?? []) {
      const onField = scopesIn(field)
      if (onField) ofField.set(`${definition.name.value}.${field.name.value}`, onField)
    }
  }
  return { ofType, ofField }
}

function scopesIn(node: {
  directives?: readonly { name: { value: string }; arguments?: readonly { value: unknown }[] }[]
}): Needs | undefined {
  const directive = node.directives?.find((one) => one.name.value === 'requiresScopes')
  const value = directive?.arguments?.[0]?.value as { values?: { values?: { value: string }[] }[] } | undefined
  return value?.values?.map((all) => (all.values ?? []).map((scope) => scope.value))
}
