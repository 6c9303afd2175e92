/**
 * What a journey must be before anybody enters it: every step leads on, all of them can be reached and reach an exit,
 * none leads back, and each has what its kind needs.
 */
import { AppError } from '@renmai/platform/errors'
import { z } from 'zod'
import { definitionSchema, MAX_CLAUSES, measure } from '../segments/clause.rules.ts'

const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null)

const nodeId = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/)

const nodeSchema = z.object({
  id: nodeId,
  type: z.enum(['WAIT', 'SPLIT', 'SEND', 'EXIT']),
  next: orNull(nodeId),
  otherwise: orNull(nodeId),
  waitSeconds: orNull(z.int().min(1).max(31_536_000)),
  condition: orNull(definitionSchema),
  templateId: orNull(z.uuid()),
  purpose: orNull(z.string().min(1).max(64)),
  couponTemplateId: orNull(z.uuid()),
  variables: z
    .array(z.object({ name: z.string().max(32), value: z.string().max(1_000) }))
    .max(50)
    .nullish()
    .transform((value) => value ?? []),
})

export const nodesSchema = z.array(nodeSchema).min(1).max(50)
export type JourneyNode = z.output<typeof nodeSchema>

/** @throws AppError INVALID naming the step and what is wrong with it */
export function checkNodes(nodes: JourneyNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  if (byId.size !== nodes.length) throw invalid(nodes[0]!.id, 'two steps have the same id')
  for (const node of nodes) checkNode(node, byId)
  checkConditions(nodes)
  const reached = new Set<string>()
  follow(nodes[0]!, byId, reached, new Set())
  const lost = nodes.find((node) => !reached.has(node.id))
  if (lost) throw invalid(lost.id, 'no step leads here')
}

const invalid = (node: string, message: string) => new AppError('INVALID', `step ${node}: ${message}`, { [`nodes.${node}`]: message })

function checkNode(node: JourneyNode, byId: Map<string, JourneyNode>): void {
  const ways = waysOf(node)
  for (const way of ways) if (!byId.has(way)) throw invalid(node.id, `leads to ${way}, which does not exist`)
  if (node.type === 'EXIT' ? ways.length > 0 : node.next === null)
    throw invalid(node.id, node.type === 'EXIT' ? 'an exit leads nowhere' : 'needs a next step')
  if (node.type === 'WAIT' && node.waitSeconds === null) throw invalid(node.id, 'needs waitSeconds')
  if (node.type === 'SPLIT' && (node.condition === null || node.otherwise === null))
    throw invalid(node.id, 'needs a condition and otherwise')
  if (node.type === 'SEND' && (node.templateId === null || node.purpose === null))
    throw invalid(node.id, 'needs a template and the purpose that consent is asked for')
}

/** An entry may pass them all in one pass of the worker, so they have the limit of one together. */
function checkConditions(nodes: JourneyNode[]): void {
  const conditions = nodes.map((node) => node.condition).filter((condition) => condition !== null)
  if (conditions.reduce((sum, condition) => sum + measure(condition).clauses, 0) <= MAX_CLAUSES) return
  const message = `the conditions of all steps have more than ${MAX_CLAUSES} clauses together`
  throw new AppError('INVALID', `nodes: ${message}`, { nodes: message })
}

const waysOf = (node: JourneyNode) => [node.next, node.otherwise].filter((way) => way !== null)

/** Depth first; a step that is met again on its own way closes a loop, in which a customer would go round for ever. */
function follow(node: JourneyNode, byId: Map<string, JourneyNode>, reached: Set<string>, path: Set<string>): void {
  if (path.has(node.id)) throw invalid(node.id, 'leads back to itself')
  if (reached.has(node.id)) return
  reached.add(node.id)
  path.add(node.id)
  for (const way of waysOf(node)) follow(byId.get(way)!, byId, reached, path)
  path.delete(node.id)
}
