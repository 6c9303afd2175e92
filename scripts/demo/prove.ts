import { expect, type Step, type Story, until } from './story.ts'

const EVERYTHING = `query E($a: ID!, $b: ID!) { a: customer(id: $a) { ...All } b: customer(id: $b) { ...All } customers(first: 1) { totalCount } profiles(first: 1) { totalCount } }
fragment All on Customer { id displayName profiles { nodes { id source } } attributes { key value } tags { nodes { id } } segments { nodes { id } } orders(first: 100) { nodes { id } } orderSummary { paidOrders netPaid { amount } }
  touchpoints(first: 100) { nodes { id } } messages(first: 100) { nodes { id state } } contacts(first: 100) { nodes { staffUserId } } rfm { label } consents(first: 100) { nodes { id } } effectiveConsents { channel isAllowed } coupons { nodes { id state } } journeyEntries { nodes { id nodeId } } }`

async function snapshot({ client }: Story, a: string, b: string): Promise<string> {
  const { a: one, b: two, ...counts } = await client.query<Record<string, unknown>>(EVERYTHING, { a, b })
  return JSON.stringify({ one, two, counts })
}

/** Merges two people by mistake. Undoing it restores the data of both in every service. */
export const undoMerge: Step = {
  title: '合并与拆分 a wrong merge undone',
  async run(story) {
    const { client, people, ids } = story
    const find = async (phone: string) =>
      (
        await client.query<{ customerByIdentifier: { id: string } }>(
          'query C($phone: String!) { customerByIdentifier(namespace: "phone", value: $phone) { id } }',
          { phone },
        )
      ).customerByIdentifier.id
    const other = await find(people.find((person) => person.isLapsed && person.no % 80 === 27)!.phone)
    const before = await snapshot(story, ids.hero!, other)
    const merge = { idempotencyKey: 'demo-merge', survivorId: ids.hero, absorbedId: other, reason: '看起来像同一个人' }
    const { mergeCustomers } = await client.query<{ mergeCustomers: { merge: { id: string } } }>(
      'mutation M($input: MergeCustomersInput!) { mergeCustomers(input: $input) { merge { id } } }',
      { input: merge },
    )
    const unmerge = { idempotencyKey: 'demo-unmerge', mergeId: mergeCustomers.merge.id, reason: '不是同一个人' }
    if (ids.mergeShown === undefined)
      await until(
        'the merge is seen',
        () =>
          client.query<{ customer: { id: string; orderSummary: { paidOrders: number } } }>(
            'query C($id: ID!) { customer(id: $id) { id orderSummary { paidOrders } } }',
            { id: other },
          ),
        ({ customer }) => customer.id === ids.hero || customer.id === other,
      )
    await client.query('mutation U($input: UnmergeCustomersInput!) { unmergeCustomers(input: $input) { unmerge { id } } }', {
      input: unmerge,
    })
    await until(
      'both are as they were',
      () => snapshot(story, ids.hero!, other),
      (now) => now === before,
    )
    return `2 entries of the merge history kept; profiles, orders, touchpoints, messages, coupons, consents, segments of both as before (${before.length} bytes compared)`
  },
}

/** Verifies the signed audit chain from its first entry. */
export const verifyAudit: Step = {
  title: '审计链 the audit chain verifies',
  async run({ client }) {
    await client.query('mutation S($input: SignAuditCheckpointInput!) { signAuditCheckpoint(input: $input) { checkpoint { seq } } }', {
      input: { idempotencyKey: `demo-checkpoint-${Date.now()}` },
    })
    const { verifyAuditLog: found } = await client.query<{ verifyAuditLog: { isValid: boolean; entries: number; checkpoints: number } }>(
      '{ verifyAuditLog { isValid entries checkpoints } }',
    )
    expect(found.isValid && found.entries > 0 && found.checkpoints > 0, JSON.stringify(found))
    return `${found.entries} entries, ${found.checkpoints} signed checkpoint${found.checkpoints === 1 ? '' : 's'}, valid`
  },
}

/** One query over all five services. */
export const showCustomer: Step = {
  title: '360 one customer, five services, one query',
  async run({ client, ids }) {
    const started = performance.now()
    const { customer } = await client.query<{
      customer: { displayName: string; profiles: { nodes: unknown[] }; orders: { totalCount: number }; touchpoints: { totalCount: number } }
    }>(
      'query C($id: ID!) { customer(id: $id) { displayName profiles { nodes { source } } attributes { key value } tags { nodes { name } } segments { nodes { name } } orders { totalCount nodes { orderNo state total { amount } } } touchpoints { totalCount nodes { type } } messages { nodes { state } } rfm { label } effectiveConsents { channel isAllowed } journeyEntries { nodes { nodeId } } } }',
      { id: ids.hero },
    )
    return `${customer.displayName}: ${customer.profiles.nodes.length} profiles, ${customer.orders.totalCount} order, ${customer.touchpoints.totalCount} touchpoints in ${Math.round(performance.now() - started)} ms`
  },
}
