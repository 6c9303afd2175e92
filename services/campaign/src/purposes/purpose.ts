import { ask } from '@renmai/platform/events/ask'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import type { Context } from '../context.ts'
import { purposeFailure } from './purpose.failures.ts'

/** The key of a purpose, with its path in the input. */
export type Purpose = { readonly key: string; readonly field: string }

/**
 * Queries compliance whether purposes exist: a message for one that does not exist would never be sent.
 * @throws AppError NOT_FOUND that names the first one that does not exist, UNAVAILABLE when compliance does not answer
 */
export async function requirePurposes({ bus, viewer }: Context, purposes: readonly Purpose[]): Promise<void> {
  if (purposes.length === 0) return
  const keys = [...new Set(purposes.map(({ key }) => key))]
  const found = new Set((await ask(bus, ComplianceService.method.findPurposes, { tenantId: viewer.tenantId, keys })).keys)
  const missing = purposes.find(({ key }) => !found.has(key))
  if (missing) throw purposeFailure('PURPOSE_NOT_FOUND', missing.field, { key: missing.key })
}
