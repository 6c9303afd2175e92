import type { Manifest } from './render.ts'

/** Fields that Kubernetes lets nobody change: an upgrade that does fails half-way. */
const IMMUTABLE: Record<string, readonly string[]> = {
  Deployment: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  Service: ['spec.clusterIP'],
  Secret: ['type'],
}

/** What of an older state of a release a newer one would have to change and cannot, one line each. */
export function immutableChanges(old: readonly Manifest[], now: readonly Manifest[]): string[] {
  const byName = new Map(now.map((one) => [nameOf(one), one]))
  return old.flatMap((before) => {
    const after = byName.get(nameOf(before))
    if (!after) return []
    return (IMMUTABLE[before.kind] ?? [])
      .filter((path) => JSON.stringify(read(before, path)) !== JSON.stringify(read(after, path)))
      .map((path) => `${before.kind}/${before.metadata.name}: ${path} cannot be changed`)
  })
}

export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`

const read = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
