import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit'
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { type FieldNode, GraphQLError, Kind, type OperationDefinitionNode, type ValidationContext, type ValidationRule } from 'graphql'

/** What one request may ask for. */
export const LIMITS = {
  bodyBytes: 256 * 1024,
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  directives: 50,
  cost: 20_000,
  rootFields: 20,
  mutations: 5,
  variableDepth: 32,
}

// Introspection has a limit of its own in graphql-js (MaxIntrospectionDepthRule), which its standard query keeps.
/** Rules of a request besides those of the specification; they run first, since validation itself costs time. */
export const limitRules: ValidationRule[] = [
  maxDepthRule({ n: LIMITS.depth, ignoreIntrospection: true, flattenFragments: true, exposeLimits: true }),
  maxAliasesRule({ n: LIMITS.aliases, allowList: [] }),
  maxDirectivesRule({ n: LIMITS.directives }),
  costLimitRule({
    maxCost: LIMITS.cost,
    objectCost: 2,
    scalarCost: 1,
    depthCostFactor: 1.5,
    flattenFragments: true,
    ignoreIntrospection: true,
  }),
  limitRootFields,
  refuseProto,
].map(asRule)

// armor's visitors are classes; graphql-js wants a visitor object, which they are.
function asRule(rule: (context: ValidationContext) => unknown): ValidationRule {
  return (context) => rule(context) as ReturnType<ValidationRule>
}

function limitRootFields(context: ValidationContext): object {
  return {
    OperationDefinition(operation: OperationDefinitionNode) {
      const fields = operation.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD).length
      const most = operation.operation === 'mutation' ? LIMITS.mutations : LIMITS.rootFields
      if (fields > most) context.reportError(new GraphQLError(`An operation may have at most ${most} root fields`, { nodes: operation }))
    },
  }
}

/** Answers are plain objects, of which `__proto__` is no field. */
function refuseProto(context: ValidationContext): object {
  return {
    Field({ alias }: FieldNode) {
      if (alias?.value === '__proto__') context.reportError(new GraphQLError('__proto__ cannot be an alias', { nodes: alias }))
    },
  }
}

/** Whether variables are nested so deeply that working on them would exhaust the stack. */
export function isTooDeep(value: unknown, left: number = LIMITS.variableDepth): boolean {
  if (value === null || typeof value !== 'object') return false
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1))
}

/** Whether a text in the variables cannot be stored: NUL, or half of a surrogate pair. */
export function hasUnstorableText(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000') || !value.isWellFormed()
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, inner]) => hasUnstorableText(key) || hasUnstorableText(inner))
}
