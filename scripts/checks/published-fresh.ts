import { byShape, type Example, readPublished } from '@renmai/platform/testing/published'
import { SERVICES } from '../compose-supergraph.ts'
import { requireNone } from './lock.ts'

/**
 * Compares the events that the services published in all their tests with proto/published.
 * @param run examples by service
 * @param committed the examples of a service
 * @throws Error with each shape that only one of them has
 */
export function publishedFresh(
  run: ReadonlyMap<string, readonly Example[]>,
  committed: (service: string) => Example[] = readPublished,
): void {
  const differences = SERVICES.flatMap((service) => {
    const [kept, seen] = [byShape(committed(service)), byShape(run.get(service) ?? [])]
    const fresh = [...seen.keys()]
      .filter((shape) => !kept.has(shape))
      .map((shape) => `${service} publishes, and no example shows: ${shape}`)
    const stale = [...kept.keys()].filter((shape) => !seen.has(shape)).map((shape) => `${service} publishes no more in its tests: ${shape}`)
    return [...fresh, ...stale]
  })
  requireNone('proto/published is not what the services publish in their tests; run node scripts/write-published.ts:', differences)
}
