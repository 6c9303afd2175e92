import { eventually } from '@renmai/platform/testing/eventually'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STEPS } from '../demo/steps.ts'
import { CORP, createStory, type Story } from '../demo/story.ts'
import { startWhole, type Whole } from './whole.ts'

let whole: Whole
let story: Story
beforeAll(async () => {
  whole = await startWhole()
  story = createStory(whole.client, whole.platform.secrets, new Date())
})
afterAll(() => whole.stop())

describe('the demo', () => {
  it.each(STEPS.map((step) => [step.title, step] as const))('%s', async (_title, step) => {
    expect(await step.run(story)).not.toBe('')
  })

  it('run again changes nothing', async () => {
    const counts = () =>
      whole.client.query(
        `{ customers(first: 1) { totalCount } profiles(first: 1) { totalCount } orders(first: 1) { totalCount } parkedOrders(first: 1) { totalCount } touchpoints(first: 1) { totalCount }
          messages(first: 1) { totalCount } sent: messages(first: 1, filter: { state: SENT }) { totalCount } }`,
      )
    const before = await counts()
    for (const step of STEPS) await step.run(story)
    expect(await counts()).toEqual(before)
  })
})

type Delivery = { channel: string; to: string }
const deliveries = async (channel: string, to: string) =>
  ((await whole.client.simulate('deliveries')) as { deliveries: Delivery[] }).deliveries.filter(
    (one) => one.channel === channel && one.to === to,
  ).length
const fault = (path: string, kind: string, times = 1) => whole.client.simulate('faults', { path, kind, times })

async function added(externalUserId: string, change: object = {}) {
  await whole.client.simulate('wecom/contact', {
    corpId: CORP.corpId,
    staffUserId: 'advisor_chen',
    externalUserId,
    state: 'poster-hangzhou',
    name: '测试',
    unionid: `u-${externalUserId}`,
    ...change,
  })
}
const contactsOf = async (externalUserId: string) => {
  const { customerByIdentifier } = await whole.client.query<{
    customerByIdentifier: { contacts: { nodes: { lostBy: string | null }[] } } | null
  }>('query C($v: String!, $n: String!) { customerByIdentifier(namespace: $n, value: $v) { contacts { nodes { staffUserId lostBy } } } }', {
    v: externalUserId,
    n: `external_userid@${CORP.corpId}`,
  })
  return customerByIdentifier?.contacts.nodes
}

async function storedPushes(): Promise<number> {
  const client = new pg.Client({
    connectionString: Object.assign(new URL(whole.client.endpoints.postgres), { pathname: '/engagement' }).href,
  })
  await client.connect()
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM webhooks')
  await client.end()
  return rows[0]!.n
}

describe('a platform that misbehaves', () => {
  it('pushes twice: one contact, one welcome', async () => {
    const before = await storedPushes()
    await added('wmTwice', { fault: 'duplicate' })
    await eventually(async () => expect(await deliveries('WELCOME', 'wmTwice')).toBe(1))
    await eventually(async () => expect(await contactsOf('wmTwice')).toHaveLength(1))
    expect(await deliveries('WELCOME', 'wmTwice')).toBe(1)
    expect(await storedPushes()).toBe(before + 1)
  })

  it('pushes the loss before the addition: the contact is lost', async () => {
    await added('wmLate', { fault: 'reorder', createTime: 1_760_000_000 })
    await added('wmLate', { changeType: 'del_follow_user', createTime: 1_760_000_060 })
    await eventually(async () => expect(await contactsOf('wmLate')).toEqual([{ staffUserId: 'advisor_chen', lostBy: 'CUSTOMER' }]))
  })

  it('lets the token expire and limits the rate: the welcome still comes in time, once', async () => {
    await fault('/cgi-bin/externalcontact/send_welcome_msg', 'expired-token')
    await fault('/cgi-bin/externalcontact/send_welcome_msg', 'rate-limit')
    await added('wmLimited')
    await eventually(async () => expect(await deliveries('WELCOME', 'wmLimited')).toBe(1))
  })

  it('receives what a member of staff writes to the app, who becomes no customer', async () => {
    const count = () => whole.client.query('{ customers(first: 1) { totalCount } }')
    const before = await count()
    const pushes = await storedPushes()
    for (let times = 0; times < 2; times++)
      await whole.client.simulate('wecom/message', { corpId: CORP.corpId, userId: 'advisor_chen', text: '你好', messageId: '7001' })
    expect(await storedPushes()).toBe(pushes + 1)
    expect(await count()).toEqual(before)
    const { channelAccounts } = await whole.client.query<{ channelAccounts: { nodes: { pendingClaims: number }[] } }>(
      '{ channelAccounts { nodes { pendingClaims } } }',
    )
    expect(channelAccounts.nodes.every((account) => account.pendingClaims === 0)).toBe(true)
  })
})
