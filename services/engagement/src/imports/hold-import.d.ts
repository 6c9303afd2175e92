import type { Worker } from '../context.ts'
/**
 * Receives one import in one place: of two transfers of it, to whichever replicas, the second is refused. The lease of a
 * process that died ends by itself within seconds.
 * @throws AppError CONFLICT while it is being received, NOT_FOUND when there is none
 */
export declare function holdImport<T>(worker: Worker, tenantId: string, importId: string, work: () => Promise<T>): Promise<T>
