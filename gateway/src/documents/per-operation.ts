import type { DocumentNode } from 'graphql'

/** Finds a value of one operation of a document. */
export type OfOperation<T> = (document: DocumentNode, operationName: string | undefined) => T

/** Finds a value of an operation once, and keeps it as long as its document is kept. */
export function perOperation<T>(find: OfOperation<T>): OfOperation<T> {
  const known = new WeakMap<DocumentNode, Map<string, T>>()
  return (document, operationName) => {
    const byName = known.get(document) ?? new Map<string, T>()
    known.set(document, byName)
    const found = byName.get(operationName ?? '') ?? find(document, operationName)
    byName.set(operationName ?? '', found)
    return found
  }
}
