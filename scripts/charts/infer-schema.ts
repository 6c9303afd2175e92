import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml'

export type Schema = { [keyword: string]: unknown }

/** More rules for values than their defaults show, by path. */
export type Refinements = Readonly<Record<string, Schema>>

/**
 * The schema of a chart's values, from their defaults: a path without a default is unknown and fails, so that a misspelt value
 * is reported at installation. Values that are empty by default (`{}`, `[]`) are open, and so are values handed to Kubernetes.
 * @param open paths whose contents Kubernetes defines
 */
export function inferSchema(values: string, { open = [], refine = {} }: { open?: readonly string[]; refine?: Refinements }): Schema {
  const root = parseDocument(values, { merge: true }).contents as YAMLMap
  const isOpen = (path: string) => open.some((one) => one === path || new RegExp(`^${one.replaceAll('*', '[^.]+')}$`).test(path))
  const schemaOf = (node: unknown, path: string): Schema => {
    const refined = refine[path]
    if (refined) return refined
    if (isMap(node)) {
      if (node.items.length === 0 || isOpen(path)) return { type: 'object' }
      const ofPair = (pair: Pair, at: number): Schema => {
        const [schema, description] = [schemaOf(pair.value, join(path, keyOf(pair))), commentOf(pair, at === 0 ? node : undefined)]
        return description ? { ...schema, description } : schema
      }
      const properties = Object.fromEntries(node.items.map((pair, at) => [keyOf(pair), ofPair(pair, at)]))
      return { type: 'object', additionalProperties: false, properties }
    }
    if (isSeq(node)) return { type: 'array' }
    return ofScalar(isScalar(node) ? node.value : null)
  }
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(root, '') }
}

const join = (path: string, key: string) => (path ? `${path}.${key}` : key)
export const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

function ofScalar(value: unknown): Schema {
  if (typeof value === 'boolean') return { type: 'boolean' }
  if (typeof value === 'number') return { type: 'integer', minimum: 0 }
  return { type: 'string' }
}

/**
 * The text behind `# --` above a value.
 * @param map the map of which it is the first key; the parser attaches the comment to that map
 */
export function commentOf(pair: Pair, map?: YAMLMap): string {
  const { commentBefore } = (pair.key as { commentBefore?: string | null }) ?? {}
  const lines = (commentBefore ?? map?.commentBefore ?? '').split('\n').map((line) => line.trim())
  const from = lines.findLastIndex((line) => line.startsWith('-- '))
  return from === -1 ? '' : lines.slice(from).join(' ').slice('-- '.length)
}
