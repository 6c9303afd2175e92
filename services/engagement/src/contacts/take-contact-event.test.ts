import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { ContactAddedSchema, ContactLostSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { wecomSeed } from '../../test/wecom-seed.ts'
import { testConnection } from '../channels/test-connection.ts'
import { updateAccount } from '../channels/update-account.ts'
import { processPushes } from '../intake/process-pushes.ts'
import { createLiveCode } from '../live-codes/create-live-code.ts'
import { contacts } from './contact.table.ts'
import { readContactDetails } from './read-contact-details.ts'

const seed = wecomSeed()
const NOW = Math.floor(Date.now() / 1_000) - 600

const processed = (count: number) =>
  eventually(async () => expect(await seed.rows('SELECT 1 FROM webhooks WHERE processed_at IS NOT NULL')).toHaveLength(count))
const ofPerson = <T extends { profileId: string }>(told: T[], externalUserId: string) =>
  told.filter(({ profileId }) => profileId === seed.personOf(externalUserId))
const pairs = () => seed.rows('SELECT added_at, lost_at, lost_by, live_code_id FROM contacts')
const makeCode = async () =>
  (
    await createLiveCode(seed.contextOf(), {
      idempotencyKey: key(),
      accountId: seed.accountId,
      name: 'p',
      reference: 'shop',
      owners: ['chen'],
    })
  ).id

describe('an addition', () => {
  it('that its loss overtakes is published with its code, and the contact is lost', async () => {
    const codeId = await makeCode()
    seed.work(processPushes)
    await seed.contact('wmFast', { changeType: 'del_follow_user', createTime: NOW + 60 })
    await processed(1)
    await seed.contact('wmFast', { state: 'shop', createTime: NOW })
    await processed(2)
    expect(await pairs()).toMatchObject([{ added_at: new Date(NOW * 1_000), lost_by: 'CUSTOMER', live_code_id: codeId }])
    expect(ofPerson(await published(seed.test, ContactAddedSchema), 'wmFast')).toMatchObject([{ liveCodeId: codeId }])
    expect(ofPerson(await published(seed.test, ContactLostSchema), 'wmFast')).toHaveLength(1)
  })

  it('that is half before it is whole counts once', async () => {
    const codeId = await makeCode()
    seed.work(processPushes)
    await seed.contact('wmHalf', { changeType: 'add_half_external_contact', state: 'shop', createTime: NOW })
    await seed.contact('wmHalf', { state: 'shop', createTime: NOW + 5 })
    await processed(2)
    expect(await pairs()).toMatchObject([{ added_at: new Date(NOW * 1_000), live_code_id: codeId }])
    expect(ofPerson(await published(seed.test, ContactAddedSchema), 'wmHalf')).toHaveLength(1)
    const touchpoints = (await published(seed.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)
    expect(ofPerson(touchpoints, 'wmHalf')).toMatchObject([{ type: 'live_code_scan', referenceId: codeId }])
    expect(await seed.rows('SELECT kind, state FROM contact_events ORDER BY at')).toEqual([
      { kind: 'HALF_ADDED', state: 'shop' },
      { kind: 'ADDED', state: 'shop' },
    ])
  })

  it('of an earlier release keeps its time and its code when the contact ends', async () => {
    const codeId = await makeCode()
    const row = { id: newId(), accountId: seed.accountId, staffUserId: 'chen', externalUserId: 'wmOld', profileId: seed.personOf('wmOld') }
    const addedAt = new Date(NOW * 1_000)
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      tx.insert(contacts).values({ tenantId: seed.tenant, ...row, liveCodeId: codeId, addedAt, changedAt: addedAt }),
    )
    seed.work(processPushes)
    await seed.contact('wmOld', { changeType: 'del_external_contact', createTime: NOW + 60 })
    await processed(1)
    expect(await pairs()).toEqual([{ added_at: addedAt, lost_at: new Date((NOW + 60) * 1_000), lost_by: 'STAFF', live_code_id: codeId }])
    expect(ofPerson(await published(seed.test, ContactAddedSchema), 'wmOld')).toEqual([])
  })
})

describe('what a callback is about', () => {
  it('a message to an app is of a member of staff, who becomes no customer', async () => {
    seed.work(processPushes)
    await seed.simulator.order('wecom/message', { corpId: seed.corpId, userId: 'chen', text: 'hi', messageId: '1' })
    await processed(1)
    expect(await seed.rows('SELECT problem FROM webhooks')).toEqual([{ problem: 'OTHER: text of a member of staff' }])
    expect([seed.claimed, await seed.rows('SELECT 1 FROM inbound_messages')]).toEqual([[], []])
  })

  it('events of two groups in one second are two, and a repeated one is one', async () => {
    const group = { corpId: seed.corpId, changeType: 'create', createTime: NOW }
    for (const chatId of ['wr1', 'wr2', 'wr2']) await seed.simulator.order('wecom/group', { ...group, chatId })
    expect(await seed.rows('SELECT 1 FROM webhooks')).toHaveLength(2)
  })
})

describe('the details of a contact', () => {
  const names = () => seed.claimed.map(({ displayName }) => displayName).filter(Boolean)

  it('give the name and how the member came to the contact; the unionid only where its subject is stated', async () => {
    seed.work(processPushes, readContactDetails)
    await seed.contact('wmOne', { unionid: 'union-1', remark: 'Ann of shop 3', addWay: 16 })
    await eventually(() => expect(names()).toEqual(['Ann']))
    expect(seed.claimed.flatMap(({ identifiers }) => identifiers).join()).not.toContain('union')
    await eventually(async () =>
      expect(await seed.rows('SELECT add_way, remark IS NOT NULL AS has FROM contact_events')).toEqual([{ add_way: 16, has: true }]),
    )
    expect(JSON.stringify(await seed.rows('SELECT * FROM contact_events'))).not.toContain('Ann')
    const [{ id }] = await seed.rows('SELECT id FROM contacts')
    const source = `query C($of: [_Any!]!) { _entities(representations: $of) { ... on Contact { events(filter: { kind: ADDED }) { nodes { kind addWay remark } } } } }`
    const { _entities: found } = await query(seed.contextOf(), source, { of: [{ __typename: 'Contact', id }] })
    expect(found).toEqual([{ events: { nodes: [{ kind: 'ADDED', addWay: 16, remark: 'Ann of shop 3' }] } }])
    await updateAccount(seed.contextOf(), {
      idempotencyKey: key(),
      accountId: seed.accountId,
      settings: { wecom: { openPlatformSubject: 'our-subject' } },
    })
    await seed.contact('wmTwo', { unionid: 'union-2' })
    await eventually(() => expect(seed.claimed.at(-1)?.identifiers).toContain('unionid@our-subject=union-2'))
  })

  it('of a person who is no contact any more are none, and that is no fault', async () => {
    seed.work(processPushes, readContactDetails)
    await seed.contact('wmGone', { changeType: 'del_follow_user' })
    const read = 'SELECT details_at IS NOT NULL AS read, parked_at FROM contacts'
    await eventually(async () => expect(await seed.rows(read)).toEqual([{ read: true, parked_at: null }]))
  })

  it.each([
    ['an IP address that is not trusted', { trustedIps: ['10.0.0.1'] }, 'WECOM_60020'],
    ['an app without the permission', { mayUseContacts: false }, 'WECOM_48002'],
  ])('wait for %s, which the account shows, and are read when it is fixed', async (_what, broken, platformCode) => {
    seed.work(processPushes, readContactDetails)
    await seed.setCorp(seed.corpId, seed.accountId, broken)
    await seed.contact('wmWaits', { name: 'Bo' })
    const shown = async () =>
      (
        await query(seed.contextOf(), 'query A($id: ID!) { channelAccount(id: $id) { state problem { code platformCode message } } }', {
          id: seed.accountId,
        })
      ).channelAccount
    const problem = { code: 'CALLS_REFUSED', platformCode, message: expect.stringContaining('WeCom') }
    await eventually(async () => expect(await shown()).toEqual({ state: 'BROKEN', problem }))
    const { channelAccounts } = await query(seed.contextOf(), '{ channelAccounts(filter: { state: BROKEN }) { nodes { id } } }')
    expect(channelAccounts.nodes).toHaveLength(1)
    expect(await seed.rows('SELECT details_at, parked_at FROM contacts')).toEqual([{ details_at: null, parked_at: null }])
    await seed.rows("UPDATE contacts SET next_at = now() + interval '1 hour' WHERE attempt_id IS NULL")
    await eventually(async () =>
      expect(await seed.rows("SELECT 1 FROM contacts WHERE next_at > now() + interval '50 minutes'")).toHaveLength(1),
    )
    await seed.setCorp(seed.corpId, seed.accountId)
    expect(await testConnection(seed.contextOf(), { accountId: seed.accountId })).toMatchObject({ isOk: true })
    await eventually(() => expect(names()).toEqual(['Bo']))
    expect(await shown()).toEqual({ state: 'CONNECTED', problem: null })
  })
})
