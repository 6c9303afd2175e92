import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { MessageFailedSchema, MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { wecomSeed } from '../../test/wecom-seed.ts'
import { archiveAccount } from '../channels/archive-account.ts'
import { disableAccount } from '../channels/disable-account.ts'
import { dispatchMessages } from '../messages/dispatch-messages.ts'
import { runStaffTasks } from './run-staff-tasks.ts'

const seed = wecomSeed()
const CREATE = '/cgi-bin/externalcontact/add_msg_template'

/** Messages whose task is on the platform. */
async function entrust(people: string[], text?: string): Promise<string[]> {
  const ids = await seed.request(await seed.meet(...people), text)
  seed.work(dispatchMessages, runStaffTasks)
  await seed.becomes(ids, ...ids.map(() => 'WAITING_FOR_STAFF'))
  await seed.hurry('staff_tasks')
  await eventually(async () => expect(await seed.tasks()).not.toEqual([]))
  return ids
}
const settled = async (ids: string[], ...states: string[]) => {
  await eventually(async () => {
    await seed.hurry('staff_tasks')
    expect(await Promise.all(ids.map(seed.stateOf))).toEqual(states)
  })
}

describe('a message to a WeCom customer', () => {
  it('waits for the member of staff who has the contact, and is sent when that member confirms it', async () => {
    const ids = await entrust(['wmA', 'wmB'])
    const customers = expect.arrayContaining(['wmA', 'wmB'])
    expect(await seed.tasks()).toMatchObject([{ text: 'Hello', members: [{ userid: 'chen', customers }] }])
    expect(await seed.simulator.deliveries()).not.toContainEqual(expect.objectContaining({ to: 'wmA' }))
    const { messages } = await query(seed.contextOf(), '{ messages(filter: { state: WAITING_FOR_STAFF }) { totalCount } }')
    expect(messages.totalCount).toBe(2)
    await seed.confirm()
    await settled(ids, 'SENT', 'SENT')
    const told = (await published(seed.test, MessageSentSchema)).filter(({ messageId }) => ids.includes(messageId))
    expect(told.map(({ decisionId }) => decisionId !== '')).toEqual([true, true])
    expect(await seed.rows('SELECT body, state, next_at FROM staff_tasks')).toEqual([{ body: null, state: 'ENDED', next_at: null }])
    const reached = (await seed.simulator.deliveries()).filter(({ channel }) => channel === 'WECOM').map(({ to }) => to)
    expect(reached).toEqual(expect.arrayContaining(['wmA', 'wmB']))
  })

  it('has the result of its customer: no contact any more, or too many mass messages', async () => {
    await seed.setCorp(seed.corpId, seed.accountId, { massLimit: 'DAY' })
    const first = await entrust(['wmFull'])
    await seed.confirm()
    await settled(first, 'SENT')
    const ids = await seed.request(await seed.meet('wmFull', 'wmGone', 'wmFine'), 'Again')
    await seed.becomes(ids, 'WAITING_FOR_STAFF', 'WAITING_FOR_STAFF', 'WAITING_FOR_STAFF')
    await seed.hurry('staff_tasks')
    await eventually(async () => expect(await seed.tasks()).toHaveLength(2))
    await seed.contact('wmGone', { changeType: 'del_follow_user' })
    await seed.confirm()
    await settled(ids, 'REJECTED WECOM_TOO_MANY_MASS_MESSAGES', 'REJECTED WECOM_NOT_A_CONTACT', 'SENT')
    const told = (await published(seed.test, MessageFailedSchema)).filter(({ messageId }) => ids.includes(messageId))
    expect(told.map(({ code }) => code).sort((a, b) => (a < b ? -1 : 1))).toEqual(['WECOM_NOT_A_CONTACT', 'WECOM_TOO_MANY_MASS_MESSAGES'])
  })

  it('of one text is one task of each member, and one of another text another task', async () => {
    const ann = await seed.meet('wmA1', 'wmA2')
    await seed.contact('wmW1', { staffUserId: 'wu' })
    await eventually(async () => expect(await seed.rows("SELECT 1 FROM contacts WHERE external_user_id = 'wmW1'")).toHaveLength(1))
    const same = await seed.request([...ann, seed.personOf('wmW1')])
    const other = await seed.request(ann.slice(0, 1), 'Other')
    seed.work(dispatchMessages)
    await seed.becomes([...same, ...other], ...Array.from({ length: 4 }, () => 'WAITING_FOR_STAFF'))
    const sizes = await seed.rows('SELECT staff_user_id, size FROM staff_tasks ORDER BY staff_user_id, size')
    expect(sizes).toEqual([
      { staff_user_id: 'chen', size: 1 },
      { staff_user_id: 'chen', size: 2 },
      { staff_user_id: 'wu', size: 1 },
    ])
  })

  it('that would be the same text to the same person in one task waits for the next', async () => {
    const [ann] = await seed.meet('wmTwice')
    const [one, two] = await seed.request([ann!, ann!])
    seed.work(dispatchMessages)
    await eventually(async () => {
      const states = await Promise.all([seed.stateOf(one!), seed.stateOf(two!)])
      expect(states.sort((a, b) => (a < b ? -1 : 1))).toEqual(['PLANNED SAME_MESSAGE_WAITS', 'WAITING_FOR_STAFF'])
    })
  })

  it('that the member does not send in time is cancelled, and ends as EXPIRED', async () => {
    const ids = await entrust(['wmLate'])
    await eventually(async () => expect(await seed.rows("SELECT 1 FROM staff_tasks WHERE state = 'WAITING'")).toHaveLength(1))
    await seed.rows("UPDATE staff_tasks SET expires_at = now() - interval '1 second'")
    await settled(ids, 'EXPIRED EXPIRED')
    expect(await seed.tasks()).toMatchObject([{ isCancelled: true }])
    await seed.confirm()
    expect(await seed.simulator.deliveries()).not.toContainEqual(expect.objectContaining({ to: 'wmLate' }))
  })

  it('that was sent in the last moment counts as sent', async () => {
    const ids = await entrust(['wmLast'])
    await eventually(async () => expect(await seed.rows("SELECT 1 FROM staff_tasks WHERE state = 'WAITING'")).toHaveLength(1))
    await seed.confirm()
    await seed.rows("UPDATE staff_tasks SET expires_at = now() - interval '1 second'")
    await settled(ids, 'SENT')
  })
})

describe('a task', () => {
  it('that the platform created without an answer is never created again', async () => {
    await seed.simulator.fault(CREATE, 'hang-after-accept')
    const ids = await entrust(['wmHang'])
    await eventually(async () => {
      await seed.hurry('staff_tasks')
      expect(await seed.stateOf(ids[0]!)).toBe('UNKNOWN ABANDONED')
    })
    expect(await seed.tasks()).toHaveLength(1)
    expect((await published(seed.test, MessageFailedSchema)).find(({ messageId }) => messageId === ids[0])).toMatchObject({
      isUnknown: true,
    })
  })

  it('whose worker died while the platform was called is never created again', async () => {
    const ids = await seed.request(await seed.meet('wmDied'))
    seed.work(dispatchMessages)
    await seed.becomes(ids, 'WAITING_FOR_STAFF')
    await seed.rows("UPDATE staff_tasks SET state = 'CREATING', attempt_id = $1, next_at = now() - interval '1 second'", newId())
    seed.work(runStaffTasks)
    await seed.becomes(ids, 'UNKNOWN ABANDONED')
    expect(await seed.tasks()).toEqual([])
  })

  it('that the platform did not take for a reason that passes is created later, once', async () => {
    await seed.simulator.fault(CREATE, 'rate-limit', 2)
    const ids = await entrust(['wmLimit'])
    await seed.confirm()
    await settled(ids, 'SENT')
    expect(await seed.tasks()).toHaveLength(1)
  })

  it('of a member without the permission is refused with the code of the platform', async () => {
    const ids = await seed.request(await seed.meet('wmNoPermission'))
    await seed.setCorp(seed.corpId, seed.accountId, { staff: ['wu'], withoutContacts: ['chen'] })
    seed.work(dispatchMessages, runStaffTasks)
    await settled(ids, 'REJECTED WECOM_84074')
  })

  it('waits while its account is broken, which shows why, and goes on when the account is fixed', async () => {
    await seed.setCorp(seed.corpId, seed.accountId, { trustedIps: ['10.0.0.1'] })
    const ids = await seed.request([...(await seed.meet('wmBroken'))])
    seed.work(dispatchMessages, runStaffTasks)
    const shown = async () =>
      (
        await query(seed.contextOf(), 'query A($id: ID!) { channelAccount(id: $id) { state problem { code platformCode } } }', {
          id: seed.accountId,
        })
      ).channelAccount
    await eventually(async () => {
      await seed.hurry('staff_tasks')
      expect(await shown()).toEqual({ state: 'BROKEN', problem: { code: 'CALLS_REFUSED', platformCode: 'WECOM_60020' } })
    })
    expect(await seed.stateOf(ids[0]!)).toBe('WAITING_FOR_STAFF')
    await seed.setCorp(seed.corpId, seed.accountId)
    await eventually(async () => {
      await seed.hurry('staff_tasks')
      expect(await shown()).toEqual({ state: 'CONNECTED', problem: null })
    })
    await seed.confirm()
    await settled(ids, 'SENT')
  })

  it('that the platform does not know any more ends its messages as UNKNOWN, not as unsent', async () => {
    const ids = await entrust(['wmForgotten'])
    await eventually(async () => expect(await seed.rows("SELECT 1 FROM staff_tasks WHERE state = 'WAITING'")).toHaveLength(1))
    await seed.rows("UPDATE staff_tasks SET external_id = 'unknown', expires_at = now() - interval '1 second'")
    await settled(ids, 'UNKNOWN WECOM_40058')
  })

  it('keeps its account from being archived', async () => {
    await entrust(['wmKept'])
    const archive = archiveAccount(seed.contextOf(), { idempotencyKey: key(), accountId: seed.accountId })
    await expect(archive).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { accountId: expect.stringContaining('in use by 1 waiting messages') },
    })
  })
})

describe('the account that sends', () => {
  it('is the one that has the contact', async () => {
    const [otherCorp] = await seed.connect()
    const ids = await entrust(['wmOwn'])
    expect(await seed.tasks(otherCorp)).toEqual([])
    await seed.confirm()
    await settled(ids, 'SENT')
  })

  it('is none for a customer who is nobody\u2019s contact, or no more', async () => {
    const [lost] = await seed.meet('wmLost')
    await seed.contact('wmLost', { changeType: 'del_follow_user', createTime: Math.floor(Date.now() / 1_000) + 1 })
    await eventually(async () => expect(await seed.rows('SELECT 1 FROM contacts WHERE lost_at IS NOT NULL')).toHaveLength(1))
    const ids = await seed.request([lost!, newId()])
    seed.work(dispatchMessages)
    await seed.becomes(ids, 'BLOCKED NO_CONTACT', 'BLOCKED NO_CONTACT')
  })

  it('that is disabled keeps the message waiting, although another one is in use', async () => {
    await seed.connect()
    const profiles = await seed.meet('wmDisabled')
    await disableAccount(seed.contextOf(), { idempotencyKey: key(), accountId: seed.accountId })
    const ids = await seed.request(profiles)
    seed.work(dispatchMessages)
    await seed.becomes(ids, 'PLANNED CHANNEL_ACCOUNT_DISABLED')
  })
})

it('a text that is longer than WeCom takes, in bytes, is blocked', async () => {
  const profiles = await seed.meet('wmLong')
  const ids = [...(await seed.request(profiles, '好'.repeat(1_333))), ...(await seed.request(profiles, '好'.repeat(1_334)))]
  seed.work(dispatchMessages)
  await seed.becomes(ids, 'WAITING_FOR_STAFF', 'BLOCKED TEXT_TOO_LONG')
})
