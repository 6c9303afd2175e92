import { trade } from './meet.ts'
import { expect, SHOP, type Step, type Story, until } from './story.ts'

/** A member returns and uses the coupon. The order is attributed to the message with the coupon. */
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
