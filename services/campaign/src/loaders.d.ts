import type { BaseContext } from '@renmai/platform/mutate'
export type Loaders = ReturnType<typeof createLoaders>
export declare function createLoaders(ctx: BaseContext): {
  segment: import('dataloader')<
    string,
    | {
        attempts: number
        createdAt: Date
        definition: import('./segments/clause.rules.ts').Clause
        id: string
        name: string
        nextAt: Date | null
        parkedAt: Date | null
        problem: string | null
        sweptAt: Date | null
        tenantId: string
        usesClock: boolean
      }
    | undefined,
    string
  >
  segmentSize: import('dataloader')<string, number | undefined, string>
  segmentsOf: import('dataloader')<
    string,
    | {
        attempts: number
        createdAt: Date
        definition: import('./segments/clause.rules.ts').Clause
        id: string
        name: string
        nextAt: Date | null
        parkedAt: Date | null
        problem: string | null
        sweptAt: Date | null
        tenantId: string
        usesClock: boolean
      }[]
    | undefined,
    string
  >
  template: import('dataloader')<
    string,
    | {
        body: string
        channel: string
        createdAt: Date
        id: string
        name: string
        subject: string
        tenantId: string
        variables: import('./templates/template.rules.ts').Variable[]
        version: number
      }
    | undefined,
    string
  >
  journey: import('dataloader')<
    string,
    | {
        createdAt: Date
        id: string
        name: string
        nodes: {
          id: string
          type: 'EXIT' | 'SEND' | 'SPLIT' | 'WAIT'
          next: string | null
          otherwise: string | null
          waitSeconds: number | null
          condition: NonNullable<import('./segments/clause.rules.ts').Clause> | null
          templateId: string | null
          purpose: string | null
          messageClass: 'COMMERCIAL' | 'TRANSACTIONAL'
          couponTemplateId: string | null
          variables: {
            name: string
            value: string
          }[]
        }[]
        segmentId: string
        tenantId: string
      }
    | undefined,
    string
  >
  journeyCounts: import('dataloader')<
    string,
    | {
        nodeId: string
        isEnded: boolean
        count: number
      }[]
    | undefined,
    string
  >
  entriesOf: import('dataloader')<
    string,
    | {
        attempts: number
        dueAt: Date | null
        enteredAt: Date
        id: string
        journeyId: string
        nodeId: string
        outcome: string | null
        parkedAt: Date | null
        problem: string | null
        profileId: string
        tenantId: string
      }[]
    | undefined,
    string
  >
  coupon: import('dataloader')<
    string,
    | {
        code: string
        discountMinor: number | null
        expiresAt: Date
        id: string
        issuedAt: Date
        journeyId: string | null
        lockedUntil: Date | null
        orderKey: string | null
        profileId: string
        sourceKey: string
        state: 'EXPIRED' | 'ISSUED' | 'LOCKED' | 'RETURNED' | 'USED'
        templateId: string
        tenantId: string
      }
    | undefined,
    string
  >
  couponTemplate: import('dataloader')<
    string,
    | {
        amountMinor: number | null
        createdAt: Date
        currency: string
        id: string
        issued: number
        kind: 'AMOUNT_OFF' | 'PERCENT_OFF'
        maxDiscountMinor: number | null
        name: string
        perCustomer: number
        percent: number | null
        stock: number
        tenantId: string
        thresholdMinor: number
        validDays: number
      }
    | undefined,
    string
  >
  usedCoupons: import('dataloader')<string, number | undefined, string>
  couponsOf: import('dataloader')<
    string,
    | {
        code: string
        discountMinor: number | null
        expiresAt: Date
        id: string
        issuedAt: Date
        journeyId: string | null
        lockedUntil: Date | null
        orderKey: string | null
        profileId: string
        sourceKey: string
        state: 'EXPIRED' | 'ISSUED' | 'LOCKED' | 'RETURNED' | 'USED'
        templateId: string
        tenantId: string
      }[]
    | undefined,
    string
  >
}
