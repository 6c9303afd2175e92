import type { ConditionNode, FlattenNode, PlanNode, SubscriptionNode } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'
import { type Compiling, compileFetch } from './compile-fetch.ts'
import type { Cursor, Entity, Step } from './step.ts'

/** Compiles the plan of an operation; of a subscription, the part that runs for each event. */
export function compilePlan(node: PlanNode | SubscriptionNode, compiling: Compiling): Step {
  if (node.kind !== 'Subscription') return compileNode(node, compiling)
  const nodes = [node.primary, ...(node.rest ? [node.rest] : [])]
  return compileNode({ kind: 'Sequence', nodes }, compiling)
}

/** Compiles a plan of the query planner into a function, once for all executions of an operation. */
function compileNode(node: PlanNode, compiling: Compiling): Step {
  switch (node.kind) {
    case 'Sequence': {
      const steps = node.nodes.map((each) => compileNode(each, compiling))
      return async (run, cursor) => {
        for (const step of steps) await step(run, cursor)
      }
    }
    case 'Parallel': {
      const steps = node.nodes.map((each) => compileNode(each, compiling))
      return async (run, cursor) => {
        await Promise.all(steps.map((step) => step(run, cursor)))
      }
    }
    case 'Flatten':
      return compileFlatten(node, compiling)
    case 'Condition':
      return compileCondition(node, compiling)
    case 'Fetch':
      return reportFaults(compileFetch(node, compiling), node.serviceName)
    case 'Defer':
      throw new Error('Deferred parts are not executed')
  }
}

function compileCondition(node: ConditionNode, compiling: Compiling): Step {
  const [whenTrue, whenFalse] = [node.ifClause, node.elseClause].map((each) => each && compileNode(each, compiling))
  return async (run, cursor) => (run.variables[node.condition] ? whenTrue : whenFalse)?.(run, cursor)
}

function compileFlatten(node: FlattenNode, compiling: Compiling): Step {
  const step = compileNode(node.node, compiling)
  const path = node.path.map(String)
  return async (run, cursor) => {
    const entities = descend(cursor.entities, path)
    if (entities.length > 0) await step(run, { path: [...cursor.path, ...path], entities })
  }
}

function descend(entities: Cursor['entities'], path: readonly string[]): Entity[] {
  let level: unknown[] = [...entities]
  for (const part of path) {
    const next: unknown[] = []
    for (const value of level) {
      if (part !== '@') next.push((value as Entity)[part])
      else if (Array.isArray(value)) for (const element of value) next.push(element)
    }
    level = next.filter(isThere)
  }
  return level as Entity[]
}

const isThere = (value: unknown) => value !== null && value !== undefined

/** An error in one fetch leaves the rest of the answer as it is. */
function reportFaults(step: Step, service: string): Step {
  return (run, cursor) =>
    step(run, cursor).catch((error: Error) => {
      run.explained.push(cursor.path)
      run.errors.push(new GraphQLError(error.message, { originalError: error, extensions: { serviceName: service } }))
    })
}
