import * as client from '@kubernetes/client-node'
import type { Manifest } from './render.ts'

type Attribute = { baseName: string; type: string }
type Typed = { getAttributeTypeMap(): Attribute[] }

/** Packages with the types of Kubernetes and of the extensions that the charts can use, by group. */
const PACKAGES: Record<string, string> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'keda.sh': '@kubernetes-models/keda',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
}

/**
 * Checks an object against the types of Kubernetes: values of the wrong kind, missing fields, and unknown fields, which
 * Kubernetes would drop silently (`imagePullPolicyy`).
 * @returns one line for each fault
 */
export async function faultsOf(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind, metadata } = manifest
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  const path = `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`
  const module = (await import(path)) as Record<string, new (data: object) => { validate(): void }>
  const name = `${kind}/${metadata.name}`
  const wrong: string[] = []
  try {
    new module[kind]!(manifest).validate()
  } catch (error) {
    wrong.push(`${name}: ${(error as Error).message}`)
  }
  if (PACKAGES[group]) return wrong
  const version = apiVersion.split('/').at(-1)!
  return [...wrong, ...unknownFields(manifest, typeOf(`${version[0]!.toUpperCase()}${version.slice(1)}${kind}`), name)]
}

function typeOf(name: string): Typed | undefined {
  return (client as unknown as Record<string, Typed | undefined>)[name]
}

function unknownFields(value: unknown, type: Typed | undefined, path: string): string[] {
  if (!type || value === null || typeof value !== 'object') return []
  const known = new Map(type.getAttributeTypeMap().map(({ baseName, type: inner }) => [baseName, inner]))
  return Object.entries(value).flatMap(([key, inner]) => {
    const found = known.get(key)
    if (found === undefined) return [`${path}.${key} is no field of it`]
    return within(inner, found, `${path}.${key}`)
  })
}

/** A type as the client writes it: `V1Container`, `Array<V1Container>` or `{ [key: string]: V1Container; }`. */
function within(value: unknown, type: string, path: string): string[] {
  const list = /^Array<(.+)>$/.exec(type)?.[1]
  if (list) return Array.isArray(value) ? value.flatMap((one, at) => within(one, list, `${path}[${at}]`)) : [`${path} is no list`]
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (map) return Object.entries((value as object) ?? {}).flatMap(([key, one]) => within(one, map, `${path}.${key}`))
  return unknownFields(value, typeOf(type), path)
}
