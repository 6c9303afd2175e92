import { ADVISOR, CORP, expect, type Step, type Story, until } from './story.ts'

/** Customers with a WeCom contact get the coupon from their member of staff, the others by e-mail. Each entry is a row that survives restarts. */
export const runJourney: Step = {
  title: '自动化旅程 journey sends coupons',
  async run({ client, ids }) {
    const coupon = await client.query<{ createCouponTemplate: { couponTemplate: { id: string } } }>(
      'mutation C($input: CreateCouponTemplateInput!) { createCouponTemplate(input: $input) { couponTemplate { id } } }',
      {
        input: {
          idempotencyKey: 'demo-coupon',
          name: '满200减50',
          threshold: { amount: '200', currency: 'CNY' },
          discount: { amountOff: { amount: '50', currency: 'CNY' } },
          stock: 5_000,
          perCustomer: 1,
          validFor: 'P30D',
        },
      },
    )
    const template = async (channel: string, subject: string) =>
      (
        await client.query<{ publishMessageTemplate: { messageTemplate: { id: string } } }>(
          'mutation T($input: PublishMessageTemplateInput!) { publishMessageTemplate(input: $input) { messageTemplate { id } } }',
          {
            input: {
              idempotencyKey: `demo-template-${channel}`,
              name: `回归礼 ${channel}`,
              channel,
              subject,
              body: '{{ customer.name | default: "您" }}，好久不见！送您一张满200减50的优惠券：{{ coupon }}',
              variables: [{ name: 'coupon', kind: 'COUPON' }],
            },
          },
        )
      ).publishMessageTemplate.messageTemplate.id
    const send = { purpose: 'marketing', next: 'end', couponTemplateId: coupon.createCouponTemplate.couponTemplate.id }
    const nodes = [
      { wait: { id: 'pause', wait: 'PT1S', next: 'met' } },
      { split: { id: 'met', condition: { behaviour: { type: 'live_code_scan' } }, next: 'wecom', otherwise: 'mail' } },
      { send: { id: 'wecom', ...send, messageTemplateId: await template('WECOM', '') } },
      { send: { id: 'mail', ...send, messageTemplateId: await template('EMAIL', '{{ customer.name | default: "您" }}，您的回归礼') } },
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
      async () => {
        // The member of staff sends what waits in the member's own app.
        await client.simulate('wecom/confirm', { corpId: CORP.corpId, userId: ADVISOR })
        return readCounts(client, ids.journey!)
      },
      (all) => sum(all, () => true) >= segment.size && sum(all, (one) => UNSETTLED.includes(one.state)) === 0,
      COUNT_MS,
    )
    expect(sum(counts, (one) => ['REJECTED', 'EXPIRED', 'UNKNOWN'].includes(one.state)) === 0, JSON.stringify(counts))
    return counts.map((one) => `${one.channel} ${one.state} ${one.count}`).join(', ')
  },
}

type Count = { channel: string; state: string; count: number }
const sum = (counts: Count[], which: (one: Count) => boolean) => counts.filter(which).reduce((total, one) => total + one.count, 0)

const CHANNELS = ['WECOM', 'EMAIL', 'SMS', 'TELEGRAM']
/** Each count is forty lists, and a caller has so many points a second. */
const COUNT_MS = 1_500
const UNSETTLED = ['PLANNED', 'CLAIMED', 'SENDING', 'WAITING_FOR_STAFF']
const STATES = [...UNSETTLED, 'SENT', 'BLOCKED', 'REJECTED', 'EXPIRED', 'UNKNOWN']
const STATES_OF_A_CHANNEL = STATES.map(
  (state) => `${state}: messages(first: 1, filter: { journeyId: $journeyId, channel: $channel, state: ${state} }) { totalCount }`,
)

async function readCounts(client: Story['client'], journeyId: string): Promise<Count[]> {
  const ofChannel = async (channel: string) => {
    const query = `query M($journeyId: ID!, $channel: MessageChannel!) { ${STATES_OF_A_CHANNEL.join(' ')} }`
    const counts = await client.query<Record<string, { totalCount: number }>>(query, { journeyId, channel })
    return STATES.map((state) => ({ channel, state, count: counts[state]!.totalCount }))
  }
  return (await Promise.all(CHANNELS.map(ofChannel))).flat().filter(({ count }) => count > 0)
}

/** The customer who withdrew got nothing, and the receipt states the reason. The platforms delivered nothing twice. */
export const showReceipt: Step = {
  title: '决策回执 withdrawn: nothing sent, with a receipt',
  async run({ client, ids }) {
    const { customer } = await client.query<{
      customer: {
        messages: { nodes: { id: string; state: string }[] }
        sendDecisions: { nodes: { id: string; messageId: string; isAllowed: boolean; reasons: string[] }[] }
      }
    }>(
      'query C($id: ID!) { customer(id: $id) { messages { nodes { id state } } sendDecisions(first: 1) { nodes { id messageId isAllowed reasons } } } }',
      {
        id: ids.withdrawn,
      },
    )
    const [message, decision] = [customer.messages.nodes[0], customer.sendDecisions.nodes[0]]
    expect(customer.messages.nodes.length === 1 && message?.state === 'BLOCKED' && decision?.isAllowed === false, JSON.stringify(customer))
    const { deliveries } = (await client.simulate('deliveries')) as { deliveries: { channel: string; to: string; text: string }[] }
    const coupons = deliveries.filter((one) => one.channel !== 'WELCOME')
    const twice = coupons.length - new Set(coupons.map((one) => `${one.channel}|${one.to}|${one.channel === 'EMAIL' ? '' : one.text}`)).size
    expect(twice === 0, `${twice} messages were delivered twice`)
    return `receipt ${decision!.id.slice(0, 13)}…: ${decision!.reasons.join()}; ${coupons.length} delivered, ${twice} twice`
  },
}
