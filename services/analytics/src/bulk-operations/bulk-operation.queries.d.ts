import type { Tx } from '@renmai/platform/db'
import type { Viewer } from '@renmai/platform/viewer'
import { type BulkOperation, type BulkStatus } from './bulk-operation.table.ts'
/** Nobody sees what another had read with other scopes. */
export declare const isOwn: ({ kind, id, tenantId }: Viewer) => import('drizzle-orm').SQL<unknown> | undefined
/** Where a part is sealed to. */
export declare const placeOf: (operationId: string, part: number) => string
type Ended = {
  status: Extract<BulkStatus, 'COMPLETED' | 'FAILED' | 'CANCELED'>
  errorCode?: string
  errorMessage?: string
}
/** Ends an operation, and says so. Its file, or what there is of it, is kept for its time. */
export declare function end(tx: Tx, { id }: Pick<BulkOperation, 'id'>, { status, errorCode, errorMessage }: Ended): Promise<BulkOperation>
export {}
