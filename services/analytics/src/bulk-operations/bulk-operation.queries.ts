import type { Viewer } from '@renmai/platform/serve/viewer'
import { and, eq } from 'drizzle-orm'
import { bulkOperations } from './bulk-operation.table.ts'

/** Only the viewer that began an operation sees it: another one may have other scopes. */
export const isOwn = ({ kind, id, tenantId }: Viewer) =>
  and(eq(bulkOperations.tenantId, tenantId), eq(bulkOperations.viewerKind, kind), eq(bulkOperations.viewerId, id))

/** Place that a part is sealed to. */
export const placeOf = (operationId: string, part: number) => `bulk_parts.lines|${operationId}|${part}`
