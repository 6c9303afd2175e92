import { AppError } from '../serve/errors.ts'
import { quarantineFailure } from './quarantine.failures.ts'
import type { QuarantinedItem } from './quarantine.table.ts'
import type { QuarantineKind } from './quarantine-kind.ts'

/** Kinds by their tables. */
export type Kinds = ReadonlyMap<string, QuarantineKind<never>>

export const kindsByTable = (kinds: readonly QuarantineKind<never>[]): Kinds => new Map(kinds.map((kind) => [kind.table, kind]))

/** @throws AppError CONFLICT for an item of a kind that this release does not know */
export function kindOf(kinds: Kinds, { kind, originTable }: Pick<QuarantinedItem, 'kind' | 'originTable'>): QuarantineKind<never> {
  const found = kinds.get(originTable)
  if (!found) throw quarantineFailure('KIND_NOT_REPLAYED', undefined, { kind })
  return found
}

/** @throws AppError INVALID for an item that cannot be processed again by itself */
export function requireReplay(kinds: Kinds, item: QuarantinedItem, field: string): QuarantineKind<never> {
  const kind = kindOf(kinds, item)
  if (!kind.replay)
    throw new AppError('INVALID', kind.instead ?? 'The item cannot be replayed', { [field]: kind.instead ?? 'cannot be replayed' })
  return kind
}
