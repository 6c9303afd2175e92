import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { PROOF } from '../execution/ask-for-nodes.ts'

/** Limits of one request. */
export const LIMITS = {
  bodyBytes: 256 * 1024,
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  directives: 50,
  /** Fields of an operation; those of a fragment count as often as it is spread. */
  fields: 2_000,
  /** In points, see cost/compile-cost.ts. */
  cost: 10_000,
  rootFields: 20,
  mutations: 5,
  variableDepth: 32,
}

// Introspection has its own limit in graphql-js (MaxIntrospectionDepthRule); the standard introspection query is within it.
/** Rules of a request besides those of the specification; they run first, since validation itself costs time. */
export const limitRules: ValidationRule[] = [
  maxDepthRule({ n: LIMITS.depth, ignoreIntrospection: true, flattenFragments: true, exposeLimits: true }),
  maxAliasesRule({ n: LIMITS.aliases, allowList: [] }),
  maxDirectivesRule({ n: LIMITS.directives }),
  limitRootFields,
  refuseReserved,
].map(asRule)

// armor's rules return classes; graphql-js expects visitor objects, and the instances are such objects.
function asRule(rule: (context: ValidationContext) => unknown): ValidationRule {
  return (context) => rule(context) as ReturnType<ValidationRule>
}

/** The root fields of an operation; those of a fragment count as often as it is spread. */
export function rootFieldsOf(set: SelectionSetNode, fragmentOf: (name: string) => FragmentDefinitionNode | null | undefined): FieldNode[] {
  const collect = ({ selections }: SelectionSetNode, within: readonly string[]): FieldNode[] =>
    selections.flatMap((one) => {
      if (one.kind === Kind.FIELD) return [one]
      if (one.kind === Kind.INLINE_FRAGMENT) return collect(one.selectionSet, within)
      const name = one.name.value
      const fragment = within.includes(name) ? undefined : fragmentOf(name)
      return fragment ? collect(fragment.selectionSet, [...within, name]) : []
    })
  return collect(set, [])
}

function limitRootFields(context: ValidationContext): object {
  return {
    OperationDefinition(operation: OperationDefinitionNode) {
      const fields = rootFieldsOf(operation.selectionSet, (name) => context.getFragment(name))
      const most = operation.operation === 'mutation' ? LIMITS.mutations : LIMITS.rootFields
      const report = (message: string) => context.reportError(new GraphQLError(message, { nodes: operation }))
      if (fields.length > most) report(`An operation may have at most ${most} root fields`)
      // Writing the whole schema takes tens of milliseconds, and no client needs it twice.
      if (fields.filter(({ name }) => name.value === '__schema').length > 1) report('An operation may have __schema once')
    },
  }
}

/**
 * Fragments that spread each other twice double the work with each level: 30 levels fit into a kilobyte. Each fragment is counted
 * once here, so that this check itself is fast. It runs before every other rule, since other rules read the whole document.
 */
export function hasTooManyFields({ definitions }: DocumentNode): boolean {
  const fragments = new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])))
  const known = new Map<string, number>()
  const count = ({ selections }: SelectionSetNode): number => {
    let fields = 0
    for (const one of selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) fields += countFragment(one.name.value)
      else fields += (one.kind === Kind.FIELD ? 1 : 0) + (one.selectionSet ? count(one.selectionSet) : 0)
    }
    return fields
  }
  const countFragment = (name: string): number => {
    const fragment = fragments.get(name)
    if (!known.has(name) && fragment) {
      // A rule of the specification refuses a fragment that spreads itself.
      known.set(name, 0)
      known.set(name, count(fragment.selectionSet))
    }
    return known.get(name) ?? 0
  }
  return definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && count(one.selectionSet) > LIMITS.fields)
}

/** The planner identifies an object by these names: another field under such an alias would be mistaken for them. */
const KEYS = ['id', '__typename']

/** Answers are plain objects, in which `__proto__` is not a field. The other names are added to selections by the gateway. */
function refuseReserved(context: ValidationContext): object {
  return {
    Field({ alias, name }: FieldNode) {
      if (!alias || alias.value === name.value) return
      if (['__proto__', PROOF, ...KEYS].includes(alias.value))
        context.reportError(new GraphQLError(`${alias.value} cannot be an alias`, { nodes: alias }))
    },
  }
}

/** Whether variables are nested so deeply that processing them would exhaust the stack. */
export function isTooDeep(value: unknown, left: number = LIMITS.variableDepth): boolean {
  if (value === null || typeof value !== 'object') return false
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1))
}

/** Whether a text cannot be stored: it holds NUL, or half of a surrogate pair, as a text has that was cut within an emoji. */
export const isUnstorable = (text: string): boolean => text.includes('\u0000') || !text.isWellFormed()
