import { ADVISOR, CORP, expect, SHOP, type Step, type Story, SUBJECT, until } from './story.ts'

const STATE = 'poster-hangzhou'
/** Number of lapsed customers with a WeCom contact; the others are reached by e-mail. */
const WECOM_SHARE = 4

/** A live code on a poster. Customers who scan it are welcomed within the platform's twenty seconds. */
export const scanLiveCode: Step = {
  title: '渠道活码 customers scan, are welcomed',
  async run({ client, hero, people, accounts, ids }) {
    const { createTagGroup } = await client.query<{ createTagGroup: { group: { id: string } } }>(
      'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
      { input: { idempotencyKey: 'demo-tag-group', name: '来源' } },
    )
    const { createTag } = await client.query<{ createTag: { tag: { id: string } } }>(
      'mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }',
      { input: { idempotencyKey: 'demo-tag', groupId: createTagGroup.group.id, name: '杭州海报' } },
    )
    ids.tag = createTag.tag.id
    const input = {
      idempotencyKey: 'demo-live-code',
      accountId: accounts.wecom,
      name: '杭州海报',
      reference: STATE,
      owners: [ADVISOR],
      tagIds: [ids.tag],
      welcomeText: '欢迎来到云栖生活！回复 1 领取新人礼。',
    }
    const { createLiveCode } = await client.query<{ createLiveCode: { liveCode: { id: string } } }>(
      'mutation L($input: CreateLiveCodeInput!) { createLiveCode(input: $input) { liveCode { id } } }',
      { input },
    )
    ids.liveCode = createLiveCode.liveCode.id
    const scanning = [hero, ...people.filter((person) => person.isLapsed && person.no % (20 * WECOM_SHARE) === 7)]
    for (const person of scanning) {
      await client.simulate('wecom/contact', {
        corpId: CORP.corpId,
        staffUserId: ADVISOR,
        externalUserId: person.externalUserId,
        state: STATE,
        name: person.name,
        unionid: person.unionid,
        createTime: 1_760_000_000 + (person.no % 100_000),
      })
    }
    const { stats, qrUrl } = await until(
      'every welcome',
      () => readCode(client, ids.liveCode!),
      (code) => code.stats.welcomed + code.stats.missed >= scanning.length && code.qrUrl !== null,
    )
    expect(stats.added === scanning.length && stats.missed === 0, `added ${stats.added}, missed ${stats.missed}`)
    return `${stats.added} added, ${stats.welcomed} welcomed, ${stats.missed} missed; ${qrUrl}`
  },
}

type Code = { id: string; qrUrl: string | null; stats: { added: number; welcomed: number; missed: number } }

async function readCode(client: Story['client'], id: string): Promise<Code> {
  const { liveCode } = await client.query<{ liveCode: Code }>(
    'query C($id: ID!) { liveCode(id: $id) { id qrUrl stats { added welcomed missed } } }',
    { id },
  )
  return liveCode
}

/** Customers browse the mini-program, which knows their unionid and has verified their phone by a code. */
export const browse: Step = {
  title: '小程序浏览 browsing, with a proven phone',
  async run({ client, hero, people, accounts, secrets, base }) {
    const browsing = [hero, ...people.filter((person) => person.isLapsed && person.no % (20 * WECOM_SHARE) === 7)]
    const events = browsing.flatMap((person) =>
      ['page_view', 'product_view'].map((type, index) => ({
        messageId: `browse-${person.no}-${index}`,
        type,
        occurredAt: new Date(base.getTime() - 3_600_000 + index * 60_000).toISOString(),
        identifiers: [
          { namespace: `unionid@${SUBJECT}`, value: person.unionid },
          { namespace: 'phone', value: person.phone, isVerified: true },
        ],
        attributes: index === 0 ? [{ key: 'city', value: '杭州' }] : [],
        properties: [{ key: 'page', value: '/spring' }],
      })),
    )
    await client.query('mutation F($input: CreateAttributeFieldInput!) { createAttributeField(input: $input) { field { key } } }', {
      input: { idempotencyKey: 'demo-field-city', key: 'city', label: '城市', kind: 'TEXT', sensitivity: 'NONE' },
    })
    const { ingestEvents } = await client.query<{ ingestEvents: { accepted: number; duplicates: number; rejected: number } }>(
      'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted duplicates rejected } }',
      { input: { accountId: accounts.events, events } },
    )
    expect(ingestEvents.rejected === 0 && ingestEvents.accepted + ingestEvents.duplicates === events.length, JSON.stringify(ingestEvents))
    void secrets
    await until(
      'touchpoints attached',
      () =>
        client.query<{ touchpoints: { totalCount: number } }>('{ touchpoints(first: 1, filter: { isAnonymous: true }) { totalCount } }'),
      ({ touchpoints }) => touchpoints.totalCount === 0,
    )
    return `${events.length} events in, ${ingestEvents.rejected} rejected`
  },
}

/** The trade that Youzan pushes for an order. */
export function trade(
  person: { no: number; phone: string },
  tid: string,
  yuan: number,
  at: Date,
  coupon?: { code: string; yuan: number },
): object {
  const time = new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const paid = (yuan - (coupon?.yuan ?? 0)).toFixed(2)
  return {
    full_order_info: {
      order_info: { tid, status: 'WAIT_SELLER_SEND_GOODS', created: time, pay_time: time, update_time: time },
      buyer_info: { yz_open_id: `yz${person.no}`, buyer_phone: person.phone },
      pay_info: { total_fee: yuan.toFixed(2), payment: paid, post_fee: '0.00' },
      orders: [{ outer_sku_id: 'SPRING-1', title: '春日礼盒', num: 1, price: yuan.toFixed(2), total_fee: yuan.toFixed(2) }],
    },
    order_promotion: coupon
      ? { order: [{ coupon_code: coupon.code }], order_discount_fee: coupon.yuan.toFixed(2), item_discount_fee: '0.00' }
      : {},
    refund_order: [],
  }
}

/** The same phone in a Youzan shop makes one customer of WeCom, mini-program and shop. */
export const becomeOne: Step = {
  title: '跨渠道合一 one customer across channels',
  async run({ client, hero, base, ids }) {
    await client.simulate('youzan/trade', {
      kdtId: SHOP.kdtId,
      id: 'E-HERO-1',
      type: 'trade_TradePaid',
      payload: trade(hero, 'E-HERO-1', 268, new Date(base.getTime() - 1_800_000)),
    })
    const { customerByIdentifier: customer } = await until(
      'one customer',
      () =>
        client.query<{
          customerByIdentifier: {
            id: string
            displayName: string
            profiles: { nodes: { source: string }[] }
            orders: { totalCount: number }
            tags: { nodes: { name: string }[] }
            identity: { evidence: { nodes: { namespace: string }[] } }
          } | null
        }>(
          'query C($phone: String!) { customerByIdentifier(namespace: "phone", value: $phone) { id displayName profiles { nodes { source } } orders { totalCount } tags { nodes { name } } identity { evidence { nodes { namespace weight } } } } }',
          { phone: hero.phone },
        ),
      ({ customerByIdentifier: found }) => (found?.profiles.nodes.length ?? 0) >= 3 && (found?.orders.totalCount ?? 0) >= 1,
    )
    ids.hero = customer!.id
    return `${customer!.displayName}: ${customer!.profiles.nodes
      .map((profile) => profile.source.split(':')[0]!)
      .sort((a, b) => (a < b ? -1 : 1))
      .join(
        ' + ',
      )}, by ${[...new Set(customer!.identity.evidence.nodes.map((one) => one.namespace.split('@')[0]))].join(' and ')}, tag ${customer!.tags.nodes.map((tag) => tag.name).join()}`
  },
}
