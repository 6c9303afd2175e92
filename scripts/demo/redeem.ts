import { trade } from './meet.ts'
import { expect, SHOP, type Step, type Story, until } from './story.ts'

/** A member returns and uses the coupon. The order is attributed to the message with the coupon. */
export const redeem: Step = {
  title: '核销与归因 coupon redeemed, order attributed',
  async run(story) {
    const { client, base, people } = story
    const person = people.find((one) => one.isLapsed && one.no % 80 === 7)!
    const held = await client.query<{ customerByIdentifier: { id: string; coupons: { nodes: { code: string; state: string }[] } } }>(
      'query C($phone: String!) { customerByIdentifier(namespace: "phone", value: $phone) { id coupons { nodes { code state } } } }',
      { phone: person.phone },
    )
    const code = held.customerByIdentifier.coupons.nodes[0]!.code
    const { messages } = await client.query<{ messages: { nodes: { sentAt: string | null }[] } }>(
      'query M($journeyId: ID) { messages(first: 1, filter: { journeyId: $journeyId, state: SENT }) { nodes { sentAt } } }',
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
        client.query<{ customer: { coupons: { nodes: { state: string; discount: { amount: string } | null; orderId: string }[] } } }>(
          'query C($id: ID!) { customer(id: $id) { coupons { nodes { state orderId discount { amount } } } } }',
          { id: held.customerByIdentifier.id },
        ),
      ({ customer }) => customer.coupons.nodes[0]?.state === 'USED',
    )
    const { orderId, discount } = customer.coupons.nodes[0]!
    const { attributionPath } = await until(
      'attribution',
      () =>
        client
          .query<{ attributionPath: { channel: string; type: string }[] }>(
            'query A($orderId: ID!) { attributionPath(orderId: $orderId) { channel type } }',
            { orderId },
          )
          .catch((error: Error) => {
            // Analytics receives the order a moment after engagement has stored it.
            if (error.message.includes('no such order')) return { attributionPath: [] }
            throw error
          }),
      ({ attributionPath: path }) => path.at(-1)?.type === 'message_sent',
    )
    const report = await readReport(story, at)
    return `${Number(discount!.amount)} yuan off; path ${attributionPath.map((touch) => `${touch.channel} ${touch.type}`).join(' > ')}; ${report}`
  },
}

type Report = {
  conversions: number
  revenue: { amount: string }
  channels: { channel: string; conversions: string; revenue: { amount: string } }[]
}

async function readReport({ client }: Story, at: Date): Promise<string> {
  const query =
    'query A($from: DateTime!, $to: DateTime!, $model: AttributionModel!) { attribution(model: $model, from: $from, to: $to) { conversions revenue { amount } channels { channel conversions revenue { amount } } } }'
  const span = { from: new Date(at.getTime() - 86_400_000).toISOString(), to: new Date(at.getTime() + 86_400_000).toISOString() }
  for (const model of ['LAST_TOUCH', 'LINEAR']) {
    const { attribution } = await client.query<{ attribution: Report }>(query, { ...span, model })
    const total = attribution.channels.reduce((all, one) => all + fen(one.revenue.amount), 0)
    expect(total === fen(attribution.revenue.amount), `${model}: channels sum to ${total}`)
  }
  return 'last touch and linear sum exactly'
}

/** Whole numbers of the smallest unit, which add up exactly. */
const fen = (amount: string) => Math.round(Number(amount) * 100)
