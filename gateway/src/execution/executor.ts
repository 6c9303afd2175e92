import type { Viewer } from '@renmai/platform/viewer'
import { type DocumentNode, type ExecutionResult, type GraphQLError, getVariableValues } from 'graphql'
import { compileOperation, type ExecutorOptions, type Operation } from './compile-operation.ts'

export type Execution = {
  document: DocumentNode
  operationName: string | undefined
  variables: Record<string, unknown>
  viewer: Viewer
}

export type Executor = {
  /** Runs an operation that has been validated. */
  execute: (execution: Execution) => Promise<ExecutionResult>
  /** Plans and compiles an operation before anybody asks for it. */
  prepare: (document: DocumentNode, operationName: string | undefined) => void
}

/**
 * Executes operations over subgraphs. Everything that does not depend on variables is done once for an operation and kept
 * as long as its document is.
 */
export function createExecutor(options: ExecutorOptions): Executor {
  const compiled = new WeakMap<DocumentNode, Map<string, Operation>>()
  const operationOf = (document: DocumentNode, name: string | undefined) => {
    const known = compiled.get(document) ?? new Map<string, Operation>()
    compiled.set(document, known)
    const operation = known.get(name ?? '') ?? compileOperation(document, name, options)
    known.set(name ?? '', operation)
    return operation
  }
  const execute: Executor['execute'] = async ({ document, operationName, variables: rawVariables, viewer }) => {
    const operation = operationOf(document, operationName)
    const { errors: invalid, coerced } = getVariableValues(options.apiSchema, operation.variableDefinitions, rawVariables)
    if (invalid) return { errors: invalid }
    const run = { viewer, rawVariables, variables: coerced, root: {}, errors: [] as GraphQLError[] }
    await operation.step?.(run, { path: [], entities: [run.root] })
    Object.assign(run.root, operation.introspect?.(coerced))
    const data = operation.shape(run.root, coerced) as ExecutionResult['data']
    return run.errors.length > 0 ? { errors: run.errors, data } : { data }
  }
  return { execute, prepare: operationOf }
}
