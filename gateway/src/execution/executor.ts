import { grantsOf, type Viewer } from '@renmai/platform/serve/viewer'
import { type DocumentNode, type ExecutionResult, GraphQLError, getVariableValues } from 'graphql'
import { filterOperation } from '../access/filter-operation.ts'
import { isMet, type Need } from '../access/read-access.ts'
import { perOperation } from '../documents/per-operation.ts'
import { needsOfNodes } from './ask-for-nodes.ts'
import type { Variables } from './collect-fields.ts'
import { compileOperation, type ExecutorOptions, type Operation } from './compile-operation.ts'
import { faultErrors, type Tally } from './faults.ts'
import type { Run } from './step.ts'

export type Execution = {
  document: DocumentNode
  operationName: string | undefined
  variables: Record<string, unknown>
  viewer: Viewer
  /** The event, for a subscription. */
  event?: object
}

/**
 * @property points the actual cost of the answer
 * @property isReplay whether a mutation in it had been carried out before, and was not carried out again
 */
export type Executed = ExecutionResult & { points: number; isReplay?: boolean }

export type Executor = {
  /** Runs an operation that has been validated. */
  execute: (execution: Execution) => Promise<Executed>
  /** Errors because of which a viewer gets no part of an operation: of its variables, or of its root fields. */
  refusals: (execution: Execution) => readonly GraphQLError[]
  /** Plans and compiles an operation before a client sends it. */
  prepare: (document: DocumentNode, operationName: string | undefined) => void
}

/** An operation with a compiled variant for each combination of granted needs. */
type Guarded = { needs: readonly Need[]; variants: Map<string, Operation> }

/** Few combinations of scopes make a difference; each variant holds a plan. */
const MAX_VARIANTS = 8
const all = () => true

/**
 * Executes operations over subgraphs; each viewer gets the parts that it may have. Work that depends neither on variables nor on
 * the viewer is done once per operation, and kept as long as its document.
 */
export function createExecutor(options: ExecutorOptions): Executor {
  const guardedOf = perOperation((document, name): Guarded => {
    const { needs } = filterOperation(options.apiSchema, options.access, document, name, all)
    return { needs: [...new Set([...needs, ...needsOfNodes(options, document)])], variants: new Map() }
  })
  const operationOf = (document: DocumentNode, name: string | undefined, isGranted: (need: Need) => boolean) => {
    const { needs, variants } = guardedOf(document, name)
    const key = needs.map((need) => (isGranted(need) ? '1' : '0')).join('')
    const operation = variants.get(key) ?? compileOperation(document, name, options, isGranted)
    if (variants.size >= MAX_VARIANTS) variants.clear()
    variants.set(key, operation)
    return operation
  }
  const execute: Executor['execute'] = async ({ document, operationName, variables: rawVariables, viewer, event }) => {
    const operation = operationOf(document, operationName, (need) => isMet(need, grantsOf(viewer)))
    const { errors: invalid, coerced } = getVariableValues(options.apiSchema, operation.variableDefinitions, rawVariables)
    if (invalid) return { errors: invalid, points: 0 }
    const errors = denials(operation, coerced)
    const run: Run = { viewer, rawVariables, variables: coerced, event, root: {}, errors, explained: [], isReplay: false }
    await operation.step?.(run, { path: [], entities: [run.root] })
    Object.assign(run.root, operation.introspect?.(coerced))
    const tally: Tally = { points: 0, faults: [] }
    const data = operation.shape(run.root, coerced, tally) as ExecutionResult['data']
    errors.push(...faultErrors(tally.faults, run, operationName, () => options.located(document)))
    const told = { data, points: tally.points, ...(run.isReplay ? { isReplay: true } : {}) }
    return errors.length > 0 ? { errors, ...told } : told
  }
  const refusals: Executor['refusals'] = ({ document, operationName, variables, viewer }) => {
    const operation = operationOf(document, operationName, (need) => isMet(need, grantsOf(viewer)))
    const { errors, coerced } = getVariableValues(options.apiSchema, operation.variableDefinitions, variables)
    return errors ?? denials(operation, coerced).filter(({ path }) => path?.length === 1)
  }
  return { execute, refusals, prepare: (document, operationName) => void operationOf(document, operationName, all) }
}

/** One error for each path that the viewer selected and may not have. */
function denials({ denied }: Operation, variables: Variables): GraphQLError[] {
  const asked = denied.filter(({ wanted }) => !wanted || wanted(variables))
  const byPath = new Map(asked.map((one) => [one.path.join('.'), one]))
  return [...byPath.values()].map(
    ({ path, need }) => new GraphQLError(`This needs ${need.text}`, { path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }),
  )
}
