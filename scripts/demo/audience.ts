import { expect, type Step, type Story, until } from './story.ts'

const NOTICE = '我们仅在您同意后，通过企业微信或邮件向您发送优惠信息。您可以随时撤回同意。'
const day = (date: Date) => new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

/** Computes the eight classes over the whole history. */
export const classify: Step = {
  title: 'RFM 八类客户 customers classified',
  async run({ client, base }) {
    const input = { idempotencyKey: 'demo-rfm-1', asOf: day(base), method: 'MEAN' }
    const { computeRfm } = await client.query<{ computeRfm: { run: { scored: number; classes: { label: string; customers: number }[] } } }>(
      'mutation R($input: ComputeRfmInput!) { computeRfm(input: $input) { run { scored classes { label customers } } } }',
      { input },
    )
    const { scored, classes } = computeRfm.run
    expect(classes.reduce((sum, one) => sum + one.customers, 0) === scored, 'classes do not add up')
    return `${scored} scored: ${classes.map((one) => `${one.label} ${one.customers}`).join(', ')}`
  },
}

/** The segment of customers worth keeping: high spending, frequent, not seen for long. */
export const formSegment: Step = {
  title: '人群包 customers worth keeping',
  async run({ client, ids }) {
    const definition = { all: [{ rfmClasses: ['KEY_RETAIN'] }, { orders: { minCount: 3 } }] }
    const { createSegment } = await client.query<{ createSegment: { segment: { id: string } } }>(
      'mutation S($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }',
      { input: { idempotencyKey: 'demo-segment', name: '重要保持客户', definition } },
    )
    ids.segment = createSegment.segment.id
    const { segment } = await until(
      'segment members',
      () =>
        client.query<{ segment: { size: number; isReady: boolean } }>('query S($id: ID!) { segment(id: $id) { size isReady } }', {
          id: ids.segment,
        }),
      ({ segment }) => segment.isReady && segment.size > 0,
    )
    const { previewSegment } = await client.query<{
      previewSegment: { size: number; total: number; attrition: { clause: string; remaining: number }[] }
    }>(
      'query P($definition: SegmentClauseInput!) { previewSegment(definition: $definition) { size total attrition { clause remaining } } }',
      { definition },
    )
    return `${segment.size} of ${previewSegment.total}; ${previewSegment.attrition.map((step) => `${step.clause}: ${step.remaining}`).join(', ')}`
  },
}

type Member = { id: string; displayName: string; profiles: { nodes: { id: string; source: string }[] } }

async function readMembers({ client, ids }: Story): Promise<Member[]> {
  const members: Member[] = []
  for (let after: string | null = null; ; ) {
    const { segment }: { segment: { members: { nodes: Member[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } } =
      await client.query(
        'query M($id: ID!, $after: String) { segment(id: $id) { members(first: 100, after: $after) { nodes { id displayName profiles(first: 5) { nodes { id source } } } pageInfo { hasNextPage endCursor } } } }',
        { id: ids.segment, after },
      )
    members.push(...segment.members.nodes)
    if (!segment.members.pageInfo.hasNextPage) return members
    after = segment.members.pageInfo.endCursor
  }
}

const CONSENTS = {
  grant: 'mutation G($input: GrantConsentInput!) { grantConsent(input: $input) { consent { id } } }',
  withdraw: 'mutation W($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { consent { id } } }',
}

/** The members agree to marketing on both channels; one of them withdraws. */
export const askConsent: Step = {
  title: '同意 consent given, one withdraws',
  async run(story) {
    const { client, ids, base } = story
    await client.query('mutation P($input: CreatePurposeInput!) { createPurpose(input: $input) { purpose { key } } }', {
      input: { idempotencyKey: 'demo-purpose', key: 'marketing', name: '营销信息', consentLevel: 'GENERAL', noticeText: NOTICE },
    })
    const members = await readMembers(story)
    const withdrawing = members.find((member) => member.profiles.nodes.every((profile) => profile.source.startsWith('shop:')))!
    ids.withdrawn = withdrawing.id
    const record = (what: keyof typeof CONSENTS, member: Member, channel: string, at: number, more: object = {}) =>
      client.query(CONSENTS[what], {
        input: {
          idempotencyKey: `demo-${what}-${channel}-${member.id}`,
          subject: { customerId: member.id },
          purpose: 'marketing',
          channel,
          method: 'wecom_menu',
          evidence: 'form v1',
          statedAt: new Date(base.getTime() - at).toISOString(),
          ...more,
        },
      })
    // The members agreed on paper, before the notice was stored here.
    const grant = (member: Member, channel: string) => record('grant', member, channel, 600_000, { noticeVersion: 1 })
    const waiting = members.flatMap((member) => ['WECOM', 'EMAIL'].map((channel) => ({ member, channel })))
    const count = waiting.length
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop()) await grant(next.member, next.channel)
      }),
    )
    for (const channel of ['WECOM', 'EMAIL']) await record('withdraw', withdrawing, channel, 300_000)
    return `${count} granted, 2 withdrawn by ${withdrawing.displayName}`
  },
}
