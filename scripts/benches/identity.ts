import { type Extent as GrowExtent, measureGrowth } from './identity/grow.ts'
import { type Extent as GroupExtent, measureGrouping } from './identity/measure-grouping.ts'
import { measureResolve, type Extent as ResolveExtent } from './identity/resolve.ts'
import { measureMatching } from './identity-matching.ts'
import { openStage, type Stage } from './stage.ts'

export type Extent = {
  grouping: GroupExtent
  resolving: ResolveExtent
  matching: { people: number; seed: number; rounds: number }
  growth: GrowExtent
}

const WHOLE: Extent = {
  grouping: { edges: 2_000_000, rounds: 3 },
  resolving: { rounds: 5, records: 20_000, latencySeconds: 10 },
  matching: { people: 2_000, seed: 1, rounds: 5 },
  growth: { few: 100_000, many: 2_000_000, rounds: 4, records: 10_000 },
}

/** Measures the identity graph: a whole stock, a stream, pairs of records, and whether the cost depends on what is stored. */
export async function identity(options: string[]): Promise<object> {
  const parts = options.length > 0 ? options : Object.keys(WHOLE)
  const stage = await openStage(['engagement', 'campaign', 'analytics', 'compliance', 'gateway'])
  try {
    return await measureIdentity(stage, WHOLE, parts)
  } finally {
    await stage.close()
  }
}

/** @param parts which of them are measured; all by default */
export async function measureIdentity(stage: Stage, extent: Extent, parts: readonly string[] = Object.keys(extent)): Promise<object> {
  const measures: Record<keyof Extent, () => Promise<object>> = {
    grouping: () => measureGrouping(extent.grouping),
    resolving: () => measureResolve(stage, extent.resolving),
    matching: async () => ({ wanted: 1_000_000, ...(await measureMatching(extent.matching)) }),
    growth: () => measureGrowth(stage, extent.growth),
  }
  const measured: Record<string, object> = {}
  for (const [name, measure] of Object.entries(measures)) if (parts.includes(name)) measured[name] = await measure()
  return measured
}
