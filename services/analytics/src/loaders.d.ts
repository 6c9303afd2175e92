import type { BaseContext } from '@renmai/platform/mutate'
export type Loaders = ReturnType<typeof createLoaders>
export declare function createLoaders(ctx: BaseContext): {
  bulkOperation: import('dataloader')<
    string,
    | {
        after: string
        attemptId: string | null
        createdAt: Date
        document: string
        endedAt: Date | null
        errorCode: string | null
        errorMessage: string | null
        failures: number
        fileSize: number
        id: string
        nextAt: Date
        objectCount: number
        parts: number
        status: import('./bulk-operations/bulk-operation.table.ts').BulkStatus
        tenantId: string
        viewerId: string
        viewerKind: 'CLIENT' | 'SERVICE' | 'STAFF'
      }
    | undefined,
    string
  >
  rfm: import('dataloader')<
    string,
    | ({
        customerId: string
        frequency: number
        frequencyScore: number
        monetaryMinor: number
        monetaryScore: number
        recencyDays: number
        recencyScore: number
        rfmClass: string
        runId: string
        tenantId: string
      } & {
        asOf: string
        currency: string
      })
    | undefined,
    string
  >
}
