import type { Example } from './example.ts'

const yuan = (amount: string) => ({ amount, currency: 'CNY' })
const terms = { couponTemplateId: '<CouponTemplate>' }
const use = { code: '<code>', orderKey: 'shop-1001' }
const lock: Example = { mutation: 'lockCoupon', input: { ...use, eligible: yuan('120.00') }, select: 'coupon { id state }' }

/** Calls about coupons: one is held, released, held again and used. */
export const COUPONS: readonly Example[] = [
  {
    mutation: 'createCouponTemplate',
    input: {
      name: 'Ten off a hundred',
      threshold: yuan('100.00'),
      discount: { amountOff: yuan('10.00') },
      stock: 1000,
      perCustomer: 2,
      validFor: 'P30D',
    },
    select: 'couponTemplate { id name version }',
    brings: { CouponTemplate: 'couponTemplate.id' },
  },
  { mutation: 'updateCouponTemplate', input: { ...terms, stock: 2000, expectedVersion: 1 }, select: 'couponTemplate { id stock version }' },
  { mutation: 'archiveCouponTemplate', input: terms, select: 'couponTemplate { id archivedAt }' },
  { mutation: 'restoreCouponTemplate', input: terms, select: 'couponTemplate { id archivedAt }' },
  {
    mutation: 'issueCoupon',
    input: { ...terms, recipient: { customerId: '<Customer>' } },
    select: 'coupon { id code expiresAt }',
    brings: { code: 'coupon.code' },
  },
  lock,
  { mutation: 'releaseCoupon', input: use, select: 'coupon { id state }' },
  lock,
  { mutation: 'confirmCoupon', input: use, select: 'coupon { id state }' },
]

const template = { messageTemplateId: '<MessageTemplate>' }

/** Calls about messages, and who gets them. */
export const JOURNEYS: readonly Example[] = [
  {
    mutation: 'publishMessageTemplate',
    input: {
      name: 'Thank you',
      channel: 'EMAIL',
      subject: 'Thank you',
      body: 'Dear {{ first_name }}, thank you for your order.',
      variables: [{ name: 'first_name', kind: 'TEXT', defaultValue: 'customer' }],
    },
    select: 'messageTemplate { id name }',
    brings: { MessageTemplate: 'messageTemplate.id' },
  },
  { mutation: 'archiveMessageTemplate', input: template, select: 'messageTemplate { id archivedAt }' },
  { mutation: 'restoreMessageTemplate', input: template, select: 'messageTemplate { id archivedAt }' },
  {
    mutation: 'createSegment',
    input: {
      name: 'Bought twice this year, no VIP',
      definition: { all: [{ orders: { within: 'P365D', minCount: 2 } }, { not: { tagId: '<Tag>' } }] },
    },
    select: 'segment { id name }',
    brings: { Segment: 'segment.id' },
  },
  {
    mutation: 'publishJourney',
    input: {
      name: 'Thanks for the second order',
      trigger: { segmentEntered: { segmentId: '<Segment>' } },
      nodes: [
        { wait: { id: 'pause', wait: 'P1D', next: 'thank' } },
        { send: { id: 'thank', ...template, purpose: '<purpose>', next: 'end' } },
        { exit: { id: 'end' } },
      ],
    },
    select: 'journey { id name }',
  },
]
