import { trade } from './meet.ts'
import { expect, SHOP, type Step, type Story, until } from './story.ts'

const NOTICE = '我们仅在您同意后，通过企业微信或邮件向您发送优惠信息。您可以随时撤回同意。'
const day = (date: Date) => new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

/** The eight classes over the whole history. */
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

/** Customers worth keeping: high spending, frequent, not seen for long. */
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

type Member = { id: string; displayName: string; profiles: { id: string; source: string }[] }

async function readMembers({ client, ids }: Story): Promise<Member[]> {
  const members: Member[] = []
  for (let after: string | null = null; ; ) {
    const { segment }: { segment: { members: { nodes: Member[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } } =
      await client.query(
        'query M($id: ID!, $after: String) { segment(id: $id) { members(first: 100, after: $after) { nodes { id displayName profiles { id source } } pageInfo { hasNextPage endCursor } } } }',
        { id: ids.segment, after },
      )
    members.push(...segment.members.nodes)
    if (!segment.members.pageInfo.hasNextPage) return members
    after = segment.members.pageInfo.endCursor
  }
}

const CONSENT = (name: string) => `mutation C($input: RecordConsentInput!) { ${name}(input: $input) { consent { id } } }`

/** The members agree to marketing on both channels; one of them withdraws. */
export const askConsent: Step = {
  title: '同意 consent asked, one withdraws',
  async run(story) {
    const { client, ids, base } = story
    await client.query('mutation P($input: DefinePurposeInput!) { definePurpose(input: $input) { purpose { key } } }', {
      input: { idempotencyKey: 'demo-purpose', key: 'marketing', name: '营销信息', consentLevel: 'GENERAL', noticeText: NOTICE },
    })
    const members = await readMembers(story)
    const withdrawing = members.find((member) => member.profiles.every((profile) => profile.source.startsWith('shop:')))!
    ids.withdrawn = withdrawing.id
    const record = (name: string, member: Member, channel: string, at: number) =>
      client.query(CONSENT(name), {
        input: {
          idempotencyKey: `demo-${name}-${channel}-${member.profiles[0]!.id}`,
          profileId: member.profiles[0]!.id,
          purpose: 'marketing',
          channel,
          method: 'wecom_menu',
          evidence: 'form v1',
          at: new Date(base.getTime() - at).toISOString(),
        },
      })
    const waiting = members.flatMap((member) => ['WECOM', 'EMAIL'].map((channel) => ({ member, channel })))
    const count = waiting.length
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop()) await record('grantConsent', next.member, next.channel, 600_000)
      }),
    )
    for (const channel of ['WECOM', 'EMAIL']) await record('withdrawConsent', withdrawing, channel, 300_000)
    return `${count} granted, 2 withdrawn by ${withdrawing.displayName}`
  },
}

/** Those met on WeCom get the coupon there, the others by e-mail; each entry is a row that survives restarts. */
export const runJourney: Step = {
  title: '自动化旅程 journey sends coupons',
  async run({ client, ids }) {
    const coupon = await client.query<{ createCouponTemplate: { template: { id: string } } }>(
      'mutation C($input: CreateCouponTemplateInput!) { createCouponTemplate(input: $input) { template { id } } }',
      {
        input: {
          idempotencyKey: 'demo-coupon',
          name: '满200减50',
          kind: 'AMOUNT_OFF',
          currency: 'CNY',
          thresholdMinor: 20_000,
          amountMinor: 5_000,
          stock: 5_000,
          perCustomer: 1,
          validDays: 30,
        },
      },
    )
    const template = async (channel: string, subject: string) =>
      (
        await client.query<{ publishTemplate: { template: { id: string } } }>(
          'mutation T($input: PublishTemplateInput!) { publishTemplate(input: $input) { template { id } } }',
          {
            input: {
              idempotencyKey: `demo-template-${channel}`,
              name: `回归礼 ${channel}`,
              channel,
              subject,
              body: '{{ customer.name }}，好久不见！送您一张满200减50的优惠券：{{ coupon }}',
              variables: [{ name: 'coupon', type: 'COUPON' }],
            },
          },
        )
      ).publishTemplate.template.id
    const send = { type: 'SEND', purpose: 'marketing', next: 'end', couponTemplateId: coupon.createCouponTemplate.template.id }
    const nodes = [
      { id: 'pause', type: 'WAIT', waitSeconds: 1, next: 'met' },
      { id: 'met', type: 'SPLIT', condition: { behaviour: { type: 'live_code_scan' } }, next: 'wecom', otherwise: 'mail' },
      { id: 'wecom', ...send, templateId: await template('WECOM', '') },
      { id: 'mail', ...send, templateId: await template('EMAIL', '{{ customer.name }}，您的回归礼') },
      { id: 'end', type: 'EXIT' },
    ]
    const { publishJourney } = await client.query<{ publishJourney: { journey: { id: string } } }>(
      'mutation J($input: PublishJourneyInput!) { publishJourney(input: $input) { journey { id } } }',
      { input: { idempotencyKey: 'demo-journey', name: '回归礼', segmentId: ids.segment, includeMembers: true, nodes } },
    )
    ids.journey = publishJourney.journey.id
    const { segment } = await client.query<{ segment: { size: number } }>('query S($id: ID!) { segment(id: $id) { size } }', {
      id: ids.segment,
    })
    const counts = await until(
      'every message settled',
      () => readCounts(client, ids.journey!),
      (all) => sum(all, () => true) >= segment.size && sum(all, (one) => ['PLANNED', 'CLAIMED', 'SENDING'].includes(one.state)) === 0,
    )
    expect(sum(counts, (one) => ['REJECTED', 'UNKNOWN'].includes(one.state)) === 0, JSON.stringify(counts))
    return counts.map((one) => `${one.channel} ${one.state} ${one.count}`).join(', ')
  },
}

type Count = { channel: string; state: string; count: number }
const sum = (counts: Count[], which: (one: Count) => boolean) => counts.filter(which).reduce((total, one) => total + one.count, 0)

async function readCounts(client: Story['client'], journeyId: string): Promise<Count[]> {
  return (
    await client.query<{ messageCounts: Count[] }>(
      'query M($journeyId: ID) { messageCounts(journeyId: $journeyId) { channel state count } }',
      { journeyId },
    )
  ).messageCounts
}

/** The one who withdrew got nothing, and the receipt says why; the platforms delivered nothing twice. */
export const showReceipt: Step = {
  title: '决策回执 withdrawn: nothing sent, with a receipt',
  async run({ client, ids }) {
    const { customer } = await client.query<{
      customer: {
        messages: { id: string; state: string }[]
        sendDecisions: { id: string; messageId: string; isAllowed: boolean; reasons: string[] }[]
      }
    }>('query C($id: ID!) { customer(id: $id) { messages { id state } sendDecisions { id messageId isAllowed reasons } } }', {
      id: ids.withdrawn,
    })
    const [message, decision] = [customer.messages[0], customer.sendDecisions[0]]
    expect(customer.messages.length === 1 && message?.state === 'BLOCKED' && decision?.isAllowed === false, JSON.stringify(customer))
    const { deliveries } = (await client.simulate('deliveries')) as { deliveries: { channel: string; to: string; text: string }[] }
    const coupons = deliveries.filter((one) => one.channel !== 'WELCOME')
    const twice = coupons.length - new Set(coupons.map((one) => `${one.channel}|${one.to}|${one.channel === 'EMAIL' ? '' : one.text}`)).size
    expect(twice === 0, `${twice} messages were delivered twice`)
    return `receipt ${decision!.id.slice(0, 13)}…: ${decision!.reasons.join()}; ${coupons.length} delivered, ${twice} twice`
  },
}

/** A member comes back and uses the coupon; the order is credited to the message that brought them. */
export const redeem: Step = {
  title: '核销与归因 coupon redeemed, order attributed',
  async run(story) {
    const { client, base, people } = story
    const person = people.find((one) => one.isLapsed && one.no % 80 === 7)!
    const held = await client.query<{ customerByIdentifier: { id: string; coupons: { code: string; state: string }[] } }>(
      'query C($phone: String!) { customerByIdentifier(namespace: "phone", value: $phone) { id coupons { code state } } }',
      { phone: person.phone },
    )
    const code = held.customerByIdentifier.coupons[0]!.code
    const { messages } = await client.query<{ messages: { nodes: { sentAt: string | null }[] } }>(
      'query M($journeyId: ID) { messages(first: 1, journeyId: $journeyId, state: SENT) { nodes { sentAt } } }',
      { journeyId: story.ids.journey },
    )
    const at = new Date(Math.max(base.getTime(), Date.parse(messages.nodes[0]!.sentAt!)) + 60_000)
    const tid = `E-BACK-${person.no}`
    await client.simulate('youzan/trade', {
      kdtId: SHOP.kdtId,
      id: tid,
      type: 'trade_TradePaid',
      payload: trade(person, tid, 320, at, { code, yuan: 50 }),
    })
    const { customer } = await until(
      'coupon used',
      () =>
        client.query<{ customer: { coupons: { state: string; discount: { amountMinor: string } | null; orderId: string }[] } }>(
          'query C($id: ID!) { customer(id: $id) { coupons { state orderId discount { amountMinor } } } }',
          { id: held.customerByIdentifier.id },
        ),
      ({ customer }) => customer.coupons[0]?.state === 'USED',
    )
    const { orderId, discount } = customer.coupons[0]!
    const { attributionPath } = await until(
      'attribution',
      () =>
        client.query<{ attributionPath: { channel: string; type: string }[] }>(
          'query A($orderId: ID!) { attributionPath(orderId: $orderId) { channel type } }',
          { orderId },
        ),
      ({ attributionPath: path }) => path.at(-1)?.type === 'message_sent',
    )
    const report = await readReport(story, at)
    return `${Number(discount!.amountMinor) / 100} yuan off; path ${attributionPath.map((touch) => `${touch.channel} ${touch.type}`).join(' > ')}; ${report}`
  },
}

type Report = {
  conversions: number
  revenue: { amountMinor: string }
  channels: { channel: string; conversions: string; revenue: { amountMinor: string } }[]
}

async function readReport({ client }: Story, at: Date): Promise<string> {
  const query =
    'query A($from: DateTime!, $to: DateTime!, $model: AttributionModel!) { attribution(model: $model, from: $from, to: $to) { conversions revenue { amountMinor } channels { channel conversions revenue { amountMinor } } } }'
  const span = { from: new Date(at.getTime() - 86_400_000).toISOString(), to: new Date(at.getTime() + 86_400_000).toISOString() }
  for (const model of ['LAST_TOUCH', 'LINEAR']) {
    const { attribution } = await client.query<{ attribution: Report }>(query, { ...span, model })
    const total = attribution.channels.reduce((all, one) => all + Number(one.revenue.amountMinor), 0)
    expect(total === Number(attribution.revenue.amountMinor), `${model}: channels sum to ${total}`)
  }
  return 'last touch and linear sum exactly'
}
