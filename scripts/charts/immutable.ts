import type { Manifest } from './render.ts'

/** Fields that Kubernetes does not let anybody change: an upgrade that changes one fails half-way. */
const IMMUTABLE: Record<string, readonly string[]> = {
  Deployment: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  Service: ['spec.clusterIP'],
  Secret: ['type'],
}

/** Immutable fields that a newer release would have to change, one line each. */
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
