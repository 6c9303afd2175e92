import { type DocumentNode, defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema, isObjectType, Kind } from 'graphql'
import { AppError } from './errors.ts'
import { grantsOf, policyKey, type Viewer } from './viewer.ts'

/** Scopes and policies that a field needs. Each condition needs all entries of any one of its inner lists. */
type Need = { text: string; anyOf: string[][] }
type Needs = readonly Need[]

/**
 * Enforces @requiresScopes and @policy on the resolvers of a subgraph: on a field, or on a type for each field that
 * returns it and for each entity that is requested by its key. Access is declared in the SDL only. A subgraph does not
 * rely on the checks of the gateway.
 */
export function enforceScopes(schema: GraphQLSchema, modules: readonly DocumentNode[]): GraphQLSchema {
  const { ofType, ofField } = readNeeds(modules)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    const onType = ofType.get(type.name)
    if (onType) guardReferences(type, onType)
    for (const field of Object.values(type.getFields())) {
      const needs = [...(ofField.get(`${type.name}.${field.name}`) ?? []), ...(ofType.get(baseName(field.type.toString())) ?? [])]
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
/** Key under which @apollo/subgraph keeps the function that finds an entity by its key. */
type Kept = { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }

function guardReferences(type: GraphQLObjectType, needs: Needs): void {
  const kept = (type.extensions as Kept).apollo?.subgraph
  const resolve = kept?.resolveReference
  if (!kept || !resolve) return
  kept.resolveReference = (reference, context, info) => {
    for (const need of needs) requireAny(context.viewer, need)
    return resolve(reference, context, info)
  }
}

function requireAny(viewer: Viewer, { anyOf, text }: Need): void {
  const grants = grantsOf(viewer)
  if (anyOf.some((all) => all.every((one) => grants.has(one)))) return
  throw new AppError('FORBIDDEN', `This needs ${text}`)
}

const baseName = (type: string) => type.replace(/[[\]!]/g, '')

function readNeeds(modules: readonly DocumentNode[]): { ofType: Map<string, Needs>; ofField: Map<string, Needs> } {
  const ofType = new Map<string, Needs>()
  const ofField = new Map<string, Needs>()
  for (const definition of modules.flatMap((module) => module.definitions)) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue
    const { name, fields = [] } = definition
    // A type may be declared in several modules.
    ofType.set(name.value, [...(ofType.get(name.value) ?? []), ...needsIn(definition)])
    for (const field of fields) ofField.set(`${name.value}.${field.name.value}`, needsIn(field))
  }
  return { ofType, ofField }
}

type Directive = { name: { value: string }; arguments?: readonly { value: unknown }[] }
type Lists = { values?: { values?: { value: string }[] }[] }

function needsIn({ directives = [] }: { directives?: readonly Directive[] }): Need[] {
  return directives.flatMap(({ name, arguments: given }) => {
    const isPolicy = name.value === 'policy'
    if (!isPolicy && name.value !== 'requiresScopes') return []
    const lists = ((given?.[0]?.value as Lists | undefined)?.values ?? []).map((all) => (all.values ?? []).map(({ value }) => value))
    const anyOf = isPolicy ? lists.map((all) => all.map(policyKey)) : lists
    return [{ text: anyOf.map((all) => all.join(' and ')).join(' or '), anyOf }]
  })
}
