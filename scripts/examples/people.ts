import type { Example } from './example.ts'

/** Calls about customers, and what is known about them. */
export const PEOPLE: readonly Example[] = [
  {
    mutation: 'ingestEvents',
    input: {
      accountId: '<ChannelAccount>',
      events: [
        {
          messageId: 'page-view-1001',
          type: 'page_view',
          occurredAt: '2026-01-15T08:00:00Z',
          identifiers: [
            { namespace: 'login', value: 'li.na' },
            { namespace: 'phone', value: '13812345678', isVerified: true },
          ],
          properties: [{ key: 'page', value: '/shoes' }],
        },
      ],
    },
    select: 'accepted duplicates rejected',
  },
  {
    mutation: 'setAttributes',
    input: { target: { customerId: '<Customer>' }, attributes: [{ key: 'birthday', value: '1990-05-17' }] },
    select: 'customer { id displayName }',
  },
  {
    mutation: 'releaseAttributes',
    input: { target: { customerId: '<Customer>' }, keys: ['birthday'] },
    select: 'customer { attributes { key value rule source others { value source } } }',
  },
  {
    mutation: 'mergeCustomers',
    input: { survivorId: '<Customer>', absorbedId: '<Customer.other>', reason: 'One person with two cards' },
    select: 'merge { id } survivor { id }',
    brings: { CustomerMerge: 'merge.id' },
  },
  {
    mutation: 'unmergeCustomers',
    input: { mergeId: '<CustomerMerge>', reason: 'Two people of one family' },
    select: 'survivor { id } restored { id }',
  },
  {
    mutation: 'revealIdentifier',
    input: { profileId: '<Profile>', identifierId: '<identifier>', reason: 'A call about the number that we have' },
    select: 'value',
  },
  {
    mutation: 'retractIdentifier',
    input: { profileId: '<Profile>', identifierId: '<identifier>', reason: 'The number of a colleague' },
    select: 'ruling { id kind holds } customer { id }',
    brings: { IdentityRuling: 'ruling.id' },
  },
  {
    mutation: 'undoIdentityRuling',
    input: { rulingId: '<IdentityRuling>', reason: 'It was the right number' },
    select: 'ruling { id kind } undone { id holds }',
  },
  {
    mutation: 'separateCustomers',
    input: { customerA: '<Customer>', customerB: '<Customer.other>', reason: 'Two people of one name' },
    select: 'ruling { id kind holds }',
  },
  {
    mutation: 'blockIdentifier',
    input: { namespace: 'phone', value: '13900000000', reason: 'The phone of the till' },
    select: 'ruling { id kind holds }',
  },
  {
    mutation: 'grantConsent',
    input: { subject: { customerId: '<Customer>' }, purpose: '<purpose>', channel: 'EMAIL', method: 'web_form' },
    select: 'consent { id } storedCount',
  },
  {
    mutation: 'withdrawConsent',
    input: { subject: { customerId: '<Customer>' }, purpose: '<purpose>', channel: 'EMAIL', method: 'preference_page' },
    select: 'consent { id } storedCount',
  },
]

const reviewCase = { reviewCaseId: '<ReviewCase>' }

/** Calls about customers that rules may not join. */
export const REVIEWS: readonly Example[] = [
  {
    mutation: 'assignReviewCase',
    input: { ...reviewCase, dueAt: '2030-01-15T08:00:00Z', expectedVersion: 1 },
    select: 'reviewCase { id dueAt version }',
  },
  {
    mutation: 'decideReviewCase',
    input: { ...reviewCase, decision: 'DIFFERENT', reason: 'Father and son' },
    select: 'batchId rulings { id kind }',
    brings: { batchId: 'batchId' },
  },
  {
    mutation: 'undoIdentityRulings',
    input: { batchId: '<batchId>', reason: 'One person after all' },
    select: 'batchId undone',
  },
  {
    mutation: 'decideReviewCases',
    input: {
      cases: { filter: { reason: 'DIFFERENT_UNIONIDS', isSnoozed: false } },
      decision: 'DIFFERENT',
      reason: 'Families that share a phone',
    },
    select: 'batchId decided skipped hasMore',
  },
]

const group = { groupId: '<TagGroup>' }
const tag = { tagId: '<Tag>' }
const target = { customerIds: ['<Customer>'] }

/** Calls about tags. */
export const TAGS: readonly Example[] = [
  {
    mutation: 'createTagGroup',
    input: { name: 'Life cycle' },
    select: 'group { id name version }',
    brings: { TagGroup: 'group.id' },
  },
  { mutation: 'updateTagGroup', input: { ...group, name: 'Stage', expectedVersion: 1 }, select: 'group { id name version }' },
  { mutation: 'archiveTagGroup', input: group, select: 'group { id archivedAt }' },
  { mutation: 'restoreTagGroup', input: group, select: 'group { id archivedAt }' },
  {
    mutation: 'createTag',
    input: { ...group, name: 'Regular' },
    select: 'tag { id name group { name } }',
    brings: { Tag: 'tag.id' },
  },
  { mutation: 'updateTag', input: { ...tag, name: 'VIP', expectedVersion: 1 }, select: 'tag { id name version }' },
  { mutation: 'tagProfiles', input: { ...tag, target }, select: 'changed' },
  { mutation: 'untagProfiles', input: { ...tag, target }, select: 'changed' },
  { mutation: 'archiveTag', input: tag, select: 'tag { id archivedAt }' },
  { mutation: 'restoreTag', input: tag, select: 'tag { id archivedAt }' },
]
