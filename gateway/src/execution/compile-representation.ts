import { isObjectOfType } from '@apollo/gateway/dist/dataRewrites.js'
import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { merge } from './merge.ts'
import type { Entity } from './step.ts'

/** The part of an entity that a subgraph needs to add fields to it; null when not all of that part is known. */
export type Represent = (entity: Entity) => Entity | null

type Part = (entity: Entity, into: Entity) => boolean

/** Compiles the `requires` of a fetch. @param schema with every type of the supergraph */
export function compileRepresentation(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]): Represent {
  const parts = selections.map((selection) => compilePart(schema, selection))
  return (entity) => {
    const representation: Entity = {}
    return parts.every((part) => part(entity, representation)) ? representation : null
  }
}

function compilePart(schema: GraphQLSchema, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === 'InlineFragment') {
    const { typeCondition } = selection
    const represent = compileRepresentation(schema, selection.selections)
    return (entity, into) => {
      if (!typeCondition || !isObjectOfType(schema, entity, typeCondition)) return true
      const found = represent(entity)
      if (found) merge(into, found)
      return true
    }
  }
  const name = selection.alias ?? selection.name
  const represent = selection.selections && compileRepresentation(schema, selection.selections)
  return (entity, into) => {
    const value = entity[name]
    if (value === undefined) return false
    into[name] = represent ? representEach(value, represent) : value
    return true
  }
}

function representEach(value: unknown, represent: Represent): unknown {
  if (Array.isArray(value)) return value.map((element) => representEach(element, represent))
  return value === null ? null : represent(value as Entity)
}
