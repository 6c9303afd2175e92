/**
 * The id by which other services refer to an identifier. It is made of the blind index, so it needs no look-up, is the same
 * for every profile that carries the value, exists before anybody carries it, and reveals nothing without the key.
 */
import { idFrom } from '@renmai/platform/serve/ids'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'

/** @param valueIndex blind index of the value; its key is derived from the tenant and the namespace */
export const identifierIdOf = (valueIndex: Buffer): string => idFrom('identifier', valueIndex.toString('hex'))

/** The kind that a namespace begins with. */
export function kindOf(namespace: string): IdentifierKind {
  const name = namespace.split('@')[0]!.toUpperCase()
  return IdentifierKind[name as keyof typeof IdentifierKind] ?? IdentifierKind.UNSPECIFIED
}
