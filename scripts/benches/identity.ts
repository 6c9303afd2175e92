import { measureResolve } from './identity/resolve.ts'
import { openStage, type Stage } from './stage.ts'

const WHOLE = { resolve: { rounds: 4, records: 20_000, latencySeconds: 10 } }

/** Measures the identity graph: grouping of a whole stock, resolving of a stream, scoring of pairs, and growth. */
export async function identity(): Promise<object> {
  const stage = await openStage(['engagement', 'campaign', 'analytics', 'compliance', 'gateway'])
  try {
    return await measureIdentity(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

export async function measureIdentity(stage: Stage, extent: typeof WHOLE): Promise<object> {
  return { resolving: await measureResolve(stage, extent.resolve) }
}
