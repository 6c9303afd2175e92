import type { BaseContext } from '@renmai/platform/mutate'
export type Loaders = ReturnType<typeof createLoaders>
type OrderSummary = {
  id: string
  paidOrders: number
  netPaid: number
  currency: string
  lastPaidAt: Date | null
}
type Stats = {
  id: string
  added: number
  lost: number
  welcomed: number
  missed: number
}
export declare function createLoaders(ctx: BaseContext): {
  customerOf: import('dataloader')<string, string | undefined, string>
  order: import('dataloader')<
    string,
    | {
        couponCodes: string[]
        createdAt: Date
        currency: string
        discountMinor: number
        id: string
        isRefundDocument: boolean
        modifiedAt: Date
        orderNo: string
        paidAt: Date | null
        platform: string
        profileId: string | null
        refundedAt: Date | null
        refundedMinor: number
        shopId: string
        status: 'CLOSED' | 'CREATED' | 'FINISHED' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'SHIPPED'
        tenantId: string
        totalMinor: number
        version: number
      }
    | undefined,
    string
  >
  lines: import('dataloader')<
    string,
    | {
        amountMinor: number
        line: number
        orderId: string
        quantity: number
        sku: string
        tenantId: string
        title: string
      }[]
    | undefined,
    string
  >
  orders: import('dataloader')<
    string,
    | {
        couponCodes: string[]
        createdAt: Date
        currency: string
        discountMinor: number
        id: string
        isRefundDocument: boolean
        modifiedAt: Date
        orderNo: string
        paidAt: Date | null
        platform: string
        profileId: string | null
        refundedAt: Date | null
        refundedMinor: number
        shopId: string
        status: 'CLOSED' | 'CREATED' | 'FINISHED' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'SHIPPED'
        tenantId: string
        totalMinor: number
        version: number
      }[]
    | undefined,
    string
  >
  touchpoints: import('dataloader')<
    string,
    | {
        channel: string
        id: string
        identityKey: Buffer<ArrayBufferLike>
        messageId: string
        occurredAt: Date
        profileId: string | null
        properties: Record<string, string> | null
        referenceId: string | null
        sourceId: string
        tenantId: string
        type: string
      }[]
    | undefined,
    string
  >
  messages: import('dataloader')<
    string,
    | {
        attemptId: string | null
        attempts: number
        channel: string
        createdAt: Date
        decisionId: string | null
        id: string
        journeyId: string | null
        leaseUntil: Date | null
        messageClass: string
        nextAt: Date
        profileId: string
        providerId: string | null
        purpose: string
        reasons: string[]
        sentAt: Date | null
        state: 'BLOCKED' | 'CLAIMED' | 'PLANNED' | 'REJECTED' | 'SENDING' | 'SENT' | 'UNKNOWN'
        templateId: string
        templateVersion: number
        tenantId: string
        variables: Record<string, string>
      }[]
    | undefined,
    string
  >
  contacts: import('dataloader')<
    string,
    | {
        accountId: string
        addedAt: Date
        attemptId: string | null
        attempts: number
        changedAt: Date
        detailsAt: Date | null
        externalUserId: string
        id: string
        liveCodeId: string | null
        lostAt: Date | null
        lostBy: 'CUSTOMER' | 'STAFF' | null
        nextAt: Date | null
        parkedAt: Date | null
        problem: string | null
        profileId: string
        staffUserId: string
        tenantId: string
      }[]
    | undefined,
    string
  >
  message: import('dataloader')<
    string,
    | {
        attemptId: string | null
        attempts: number
        channel: string
        createdAt: Date
        decisionId: string | null
        id: string
        journeyId: string | null
        leaseUntil: Date | null
        messageClass: string
        nextAt: Date
        profileId: string
        providerId: string | null
        purpose: string
        reasons: string[]
        sentAt: Date | null
        state: 'BLOCKED' | 'CLAIMED' | 'PLANNED' | 'REJECTED' | 'SENDING' | 'SENT' | 'UNKNOWN'
        templateId: string
        templateVersion: number
        tenantId: string
        variables: Record<string, string>
      }
    | undefined,
    string
  >
  liveCode: import('dataloader')<
    string,
    | {
        accountId: string
        attemptId: string | null
        attempts: number
        configId: string | null
        createdAt: Date
        id: string
        name: string
        nextAt: Date | null
        owners: string[]
        parkedAt: Date | null
        problem: string | null
        qrUrl: string | null
        skipVerify: boolean
        state: string
        tagIds: string[]
        tenantId: string
        welcomeText: string | null
      }
    | undefined,
    string
  >
  webhookEndpoint: import('dataloader')<
    string,
    | {
        clientId: string
        createdAt: Date
        disabledReason: import('./webhook-endpoints/webhook-endpoint.table.ts').DisabledReason | null
        document: string
        everyMs: number
        failingSince: Date | null
        field: string
        fields: string[]
        id: string
        previousSecretUntil: Date | null
        secrets: Buffer<ArrayBufferLike>
        tenantId: string
        testedAt: Date | null
        types: string[]
        url: string
        value: string | null
        version: number
      }
    | undefined,
    string
  >
  orderImport: import('dataloader')<
    string,
    | {
        accountId: string
        completedAt: Date | null
        createdAt: Date
        currency: string
        fileName: string
        id: string
        mapping: {
          orderNo: string
          sku: string
          title: string
          quantity: string
          unitPrice: string
          occurredAt: string
          customerId: string
          refundPrefix?: string | null | undefined
        } & Partial<Record<'email' | 'name' | 'phone', string | null | undefined>>
        orders: number
        receiver: string | null
        receivingUntil: Date | null
        refunds: number
        rowsDone: number
        sha256: string
        state: 'COMPLETED' | 'RECEIVING'
        tenantId: string
        zone: string
      }
    | undefined,
    string
  >
  orderSummary: import('dataloader')<string, OrderSummary | undefined, string>
  pendingClaims: import('dataloader')<string, number | undefined, string>
  liveCodeStats: import('dataloader')<string, Stats | undefined, string>
  rejections: import('dataloader')<
    string,
    | {
        reason: string
        rows: number
      }[]
    | undefined,
    string
  >
}
export {}
