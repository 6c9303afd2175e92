import type { BaseContext } from '@renmai/platform/mutate'
export type Loaders = ReturnType<typeof createLoaders>
export declare function createLoaders(ctx: BaseContext): {
  /** Facts by customer, oldest first. */
  consents: import('dataloader')<
    string,
    | {
        at: Date
        channel: string
        createdAt: Date
        evidence: string | null
        id: string
        method: string
        noticeVersion: number
        profileId: string
        purpose: string
        recordedBy: string
        seq: number
        status: 'GRANTED' | 'WITHDRAWN'
        tenantId: string
      }[]
    | undefined,
    string
  >
  decisions: import('dataloader')<
    string,
    | {
        at: Date
        channel: string
        consentIds: string[]
        customerId: string | null
        id: string
        isAllowed: boolean
        messageClass: string
        messageId: string
        profileId: string
        purpose: string
        reasons: string[]
        tenantId: string
      }[]
    | undefined,
    string
  >
  noticeVersion: import('dataloader')<string, number | undefined, string>
}
