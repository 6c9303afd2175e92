import type { QueryPlan } from '@apollo/query-planner'
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql'
import { type Denied, filterOperation } from '../access/filter-operation.ts'
import type { Need } from '../access/read-access.ts'
import { type Weights, weightOf } from '../cost/read-weights.ts'
import { askForNodes, type Nodes } from './ask-for-nodes.ts'
import { fragmentsOf, type Variables } from './collect-fields.ts'
import type { Compiling } from './compile-fetch.ts'
import { compilePlan } from './compile-plan.ts'
import { compileShape } from './compile-shape.ts'
import type { Tally } from './faults.ts'
import type { IdTypes } from './read-id-types.ts'
import type { Entity, Step } from './step.ts'

export type ExecutorOptions = Compiling &
  Nodes & {
    weights: Weights
    idTypes: IdTypes
    plan: (document: DocumentNode, operationName: string | undefined) => QueryPlan
    /** The same document with the places of its tokens. */
    located: (document: DocumentNode) => DocumentNode
  }

/** An operation, ready to run with any variables. */
export type Operation = {
  denied: readonly Denied[]
  variableDefinitions: readonly VariableDefinitionNode[]
  step: Step | undefined
  introspect: ((variables: Variables) => Entity) | undefined
  shape: (root: Entity, variables: Variables, tally: Tally) => unknown
}

/** @param isGranted whether the viewer meets a need */
export function compileOperation(
  document: DocumentNode,
  name: string | undefined,
  options: ExecutorOptions,
  isGranted: (need: Need) => boolean,
): Operation {
  const operation = getOperationAST(document, name)!
  const fragments = fragmentsOf(document)
  const filtered = filterOperation(options.apiSchema, options.access, document, name, isGranted)
  const left = filtered.denied.length > 0 ? filtered.document : document
  const { node } = options.plan(askForNodes(options, left, isGranted), name)
  const isAllowed = (field: string) => options.access.get(field)?.every(isGranted) ?? true
  const root = options.apiSchema.getRootType(operation.operation)!
  return {
    denied: filtered.denied,
    variableDefinitions: operation.variableDefinitions ?? [],
    step: node && compilePlan(node, options),
    introspect: compileIntrospection(options.apiSchema, operation, fragments),
    shape: compileShape(
      {
        schema: options.apiSchema,
        fragments,
        isAllowed,
        weightOf: (field, type) => weightOf(options.weights, field, type),
        idTypes: options.idTypes,
        nodes: options.nodes,
      },
      root,
      { condition: undefined, selectionSet: operation.selectionSet },
    ),
  }
}

/** The gateway answers introspection itself; no subgraph knows the whole schema. */
function compileIntrospection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Operation['introspect'] {
  const selections = introspectionOf(operation.selectionSet, fragments)
  if (selections.length === 0) return undefined
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...operation, operation: OperationTypeNode.QUERY, selectionSet: { kind: Kind.SELECTION_SET, selections } },
      ...fragments.values(),
    ],
  }
  return (variableValues) => ({ ...executeSync({ schema, document, variableValues }).data })
}

function introspectionOf(selectionSet: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return /^__(schema|type)$/.test(selection.name.value) ? [selection] : []
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    return fragment ? introspectionOf(fragment.selectionSet, fragments) : []
  })
}
