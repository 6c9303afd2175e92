import { expect, type Step, type Story, until } from './story.ts'

/** Customers with a WeCom contact get the coupon there, the others by e-mail. Each entry is a row that survives restarts. */
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
    const send = { purpose: 'marketing', next: 'end', couponTemplateId: coupon.createCouponTemplate.template.id }
    const nodes = [
      { wait: { id: 'pause', waitSeconds: 1, next: 'met' } },
      { split: { id: 'met', condition: { behaviour: { type: 'live_code_scan' } }, next: 'wecom', otherwise: 'mail' } },
      { send: { id: 'wecom', ...send, templateId: await template('WECOM', '') } },
      { send: { id: 'mail', ...send, templateId: await template('EMAIL', '{{ customer.name }}，您的回归礼') } },
      { exit: { id: 'end' } },
    ]
    const trigger = { segmentEntered: { segmentId: ids.segment, includeMembers: true } }
    const { publishJourney } = await client.query<{ publishJourney: { journey: { id: string } } }>(
      'mutation J($input: PublishJourneyInput!) { publishJourney(input: $input) { journey { id } } }',
      { input: { idempotencyKey: 'demo-journey', name: '回归礼', trigger, nodes } },
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

/** The customer who withdrew got nothing, and the receipt states the reason. The platforms delivered nothing twice. */
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
