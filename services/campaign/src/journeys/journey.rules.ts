/**
 * The rules that a journey keeps before customers enter it: every step leads to another one, all steps can be reached and
 * reach an exit, and none leads back.
 */
import { z } from 'zod'
import type { JourneyOutcome } from '../gen/resolvers.ts'
import { MAX_CLAUSES, measure } from '../segments/clause.rules.ts'
import { journeyFailure } from './journey.failures.ts'
import { type JourneyNode, kindOf, nodeSchema } from './nodes.ts'

export const nodesSchema = z.array(nodeSchema).min(1).max(50)

/** A stored outcome, which names the variable that was missing, with its code. */
export function outcomeOf(stored: string | null): { outcome: JourneyOutcome | null; missingVariable: string | null } {
  const [outcome = null, missingVariable = null] = stored?.split(': ') ?? []
  return { outcome: outcome as JourneyOutcome | null, missingVariable }
}

/** @throws AppError INVALID naming the step and what is wrong with it */
export function checkNodes(nodes: JourneyNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  if (byId.size !== nodes.length) throw journeyFailure('JOURNEY_STEP_ID_REPEATED', `nodes.${nodes[0]!.id}`, { step: nodes[0]!.id })
  for (const node of nodes)
    for (const way of waysOf(node))
      if (!byId.has(way)) throw journeyFailure('JOURNEY_STEP_LEADS_NOWHERE', `nodes.${node.id}`, { step: node.id, target: way })
  checkConditions(nodes)
  const reached = new Set<string>()
  follow(nodes[0]!, byId, reached, new Set())
  const lost = nodes.find((node) => !reached.has(node.id))
  if (lost) throw journeyFailure('JOURNEY_STEP_UNREACHED', `nodes.${lost.id}`, { step: lost.id })
}

const waysOf = (node: JourneyNode) => kindOf(node).ways(node)

/** An entry may pass all of them in one run of the worker, so together they have the limit of one condition. */
function checkConditions(nodes: JourneyNode[]): void {
  const conditions = nodes.flatMap((node) => kindOf(node).conditions?.(node) ?? [])
  if (conditions.reduce((sum, condition) => sum + measure(condition).clauses, 0) <= MAX_CLAUSES) return
  throw journeyFailure('JOURNEY_CONDITIONS_TOO_LARGE', 'nodes', { most: MAX_CLAUSES })
}

/** Depth first. A step that is met again on its own way closes a loop, which a customer would never leave. */
function follow(node: JourneyNode, byId: Map<string, JourneyNode>, reached: Set<string>, path: Set<string>): void {
  if (path.has(node.id)) throw journeyFailure('JOURNEY_STEP_IN_LOOP', `nodes.${node.id}`, { step: node.id })
  if (reached.has(node.id)) return
  reached.add(node.id)
  path.add(node.id)
  for (const way of waysOf(node)) follow(byId.get(way)!, byId, reached, path)
  path.delete(node.id)
}
