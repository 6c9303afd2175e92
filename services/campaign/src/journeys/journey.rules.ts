/**
 * The rules that a journey keeps before customers enter it: every step leads to another one, all steps can be reached and
 * reach an exit, and none leads back.
 */
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import { MAX_CLAUSES, measure } from '../segments/clause.rules.ts'
import { type JourneyNode, kindOf, nodeSchema } from './nodes.ts'

export const nodesSchema = z.array(nodeSchema).min(1).max(50)

/** @throws AppError INVALID naming the step and what is wrong with it */
export function checkNodes(nodes: JourneyNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  if (byId.size !== nodes.length) throw invalid(nodes[0]!.id, 'two steps have the same id')
  for (const node of nodes)
    for (const way of waysOf(node)) if (!byId.has(way)) throw invalid(node.id, `leads to ${way}, which does not exist`)
  checkConditions(nodes)
  const reached = new Set<string>()
  follow(nodes[0]!, byId, reached, new Set())
  const lost = nodes.find((node) => !reached.has(node.id))
  if (lost) throw invalid(lost.id, 'no step leads here')
}

const invalid = (node: string, message: string) => new AppError('INVALID', `step ${node}: ${message}`, { [`nodes.${node}`]: message })
const waysOf = (node: JourneyNode) => kindOf(node).ways(node)

/** An entry may pass all of them in one run of the worker, so together they have the limit of one condition. */
function checkConditions(nodes: JourneyNode[]): void {
  const conditions = nodes.flatMap((node) => kindOf(node).conditions?.(node) ?? [])
  if (conditions.reduce((sum, condition) => sum + measure(condition).clauses, 0) <= MAX_CLAUSES) return
  const message = `the conditions of all steps have more than ${MAX_CLAUSES} clauses together`
  throw new AppError('INVALID', `nodes: ${message}`, { nodes: message })
}

/** Depth first. A step that is met again on its own way closes a loop, which a customer would never leave. */
function follow(node: JourneyNode, byId: Map<string, JourneyNode>, reached: Set<string>, path: Set<string>): void {
  if (path.has(node.id)) throw invalid(node.id, 'leads back to itself')
  if (reached.has(node.id)) return
  reached.add(node.id)
  path.add(node.id)
  for (const way of waysOf(node)) follow(byId.get(way)!, byId, reached, path)
  path.delete(node.id)
}
