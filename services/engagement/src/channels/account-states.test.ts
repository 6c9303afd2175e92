import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { NativeWebhook } from '../connectors/event-source/verify-events.ts'
import { createIntake } from '../intake/intake.ts'
import { dispatchMessages } from '../messages/dispatch-messages.ts'
import { archiveAccount } from './archive-account.ts'
import { connectAccount } from './connect-account.ts'
import { disableAccount } from './disable-account.ts'
import { enableAccount } from './enable-account.ts'
import { restoreAccount } from './restore-account.ts'

const seed = engagementSeed()

const connect = () => connectAccount(seed.contextOf(), 'EVENT_API', { idempotencyKey: key(), name: 'web', channel: 'WEB' })
const change = (accountId: string, expectedVersion?: number) => ({ idempotencyKey: key(), accountId, expectedVersion })

async function post(id: string, secret: string, no: number) {
  const payload = JSON.stringify({ events: [viewed(no)] })
  const at = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': `m${no}`,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new NativeWebhook(secret).sign(`m${no}`, at, payload),
  }
  const intake = createIntake(seed.worker, { refusalMs: 0 })
  const { statusCode } = await intake.inject({ method: 'POST', url: `/v1/events/${seed.tenant}/${id}`, headers, payload })
  return statusCode
}

describe('a disabled account', () => {
  it('refuses events so that their sender keeps them, and takes them once it is enabled', async () => {
    const { id, secret } = await connect()
    expect(await post(id, secret!, 1)).toBe(200)
    await disableAccount(seed.contextOf(), change(id))
    expect(await post(id, secret!, 2)).toBe(503)
    // Only a proven caller learns that it is disabled.
    expect(await post(id, `whsec_${Buffer.alloc(32).toString('base64')}`, 2)).toBe(401)
    await enableAccount(seed.contextOf(), change(id))
    expect(await post(id, secret!, 2)).toBe(200)
  })

  it('sends nothing: its messages wait without a decision, and go out once it is enabled', async () => {
    const mail = await seed.startMail()
    seed.startIdentity()
    seed.startGate()
    const { rows } = await seed.test.owner.query("SELECT id FROM channel_accounts WHERE kind = 'SMTP' AND tenant_id = $1", [seed.tenant])
    await disableAccount(seed.contextOf(), change(rows[0].id))
    const [message] = await seed.request()
    seed.work([dispatchMessages])
    const waiting = { state: 'PLANNED', reasons: ['CHANNEL_ACCOUNT_DISABLED'], decision_id: null }
    await eventually(async () => expect(await seed.stateOf(message!)).toEqual(waiting))
    await enableAccount(seed.contextOf(), change(rows[0].id))
    await seed.test.owner.query('UPDATE messages SET next_at = now()')
    await eventually(async () => expect(await seed.stateOf(message!)).toMatchObject({ state: 'SENT' }))
    expect(mail.accepted).toBe(1)
  })

  it('is shown with its state and version; another version is a conflict', async () => {
    const { id } = await connect()
    const shown = async () =>
      (await query(seed.contextOf(), 'query A($id: ID!) { channelAccount(id: $id) { state version disabledAt problem { code } } }', { id }))
        .channelAccount
    expect(await shown()).toEqual({ state: 'CONNECTED', version: 1, disabledAt: null, problem: null })
    await disableAccount(seed.contextOf(), change(id, 1))
    expect(await shown()).toMatchObject({ state: 'DISABLED', version: 2, disabledAt: expect.any(String) })
    await expect(enableAccount(seed.contextOf(), change(id, 1))).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining('version 2') },
    })
    // A change that changes nothing has no version.
    await disableAccount(seed.contextOf(), change(id))
    expect(await shown()).toMatchObject({ version: 2 })
  })
})

describe('an archived account', () => {
  it('receives nothing and takes nothing new; restored, it receives again', async () => {
    const { id, secret } = await connect()
    await archiveAccount(seed.contextOf(), change(id))
    expect(await post(id, secret!, 1)).toBe(404)
    await expect(seed.ingest(id, [viewed(1)])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await restoreAccount(seed.contextOf(), change(id))
    expect(await post(id, secret!, 1)).toBe(200)
  })

  it('is archived only when no message waits that it alone can send', async () => {
    await seed.startMail()
    const ctx = seed.contextOf()
    const { channelAccounts } = await query(ctx, '{ channelAccounts(filter: { kind: SMTP }) { nodes { id } } }')
    const [{ id }] = channelAccounts.nodes
    await seed.request(2)
    const refused = { code: 'CONFLICT', fields: { accountId: expect.stringContaining('is in use by 2 waiting messages') } }
    await expect(archiveAccount(ctx, change(id))).rejects.toMatchObject(refused)
    await connectAccount(ctx, 'SMTP', { idempotencyKey: key(), name: 'n', host: '127.0.0.1', port: 1_025, from: 'b@renmai.example' })
    await archiveAccount(ctx, change(id))
  })

  it('does not exist for another tenant', async () => {
    const { id } = await connect()
    const other = { ...seed.contextOf(), viewer: { ...seed.contextOf().viewer, tenantId: newId() } }
    for (const act of [disableAccount, enableAccount, archiveAccount, restoreAccount])
      await expect(act(other, change(id))).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { accountId: expect.any(String) } })
  })
})

it('accounts are listed by kind, state and name, in a chosen order, without archived ones', async () => {
  const make = async (name: string) =>
    (await connectAccount(seed.contextOf(), 'EVENT_API', { idempotencyKey: key(), name, channel: 'WEB' })).id
  const [b, , c] = [await make('b shop'), await make('a site'), await make('c Shop')]
  await disableAccount(seed.contextOf(), change(c!))
  const names = async (args: string) =>
    (await query(seed.contextOf(), `{ channelAccounts${args} { nodes { name } } }`)).channelAccounts.nodes.map(
      (one: { name: string }) => one.name,
    )
  expect(await names('')).toEqual(['b shop', 'a site', 'c Shop'])
  expect(await names('(orderBy: { field: NAME, direction: DESC })')).toEqual(['c Shop', 'b shop', 'a site'])
  expect(await names('(filter: { nameContains: "SHOP" })')).toEqual(['b shop', 'c Shop'])
  expect(await names('(filter: { states: [DISABLED, BROKEN] })')).toEqual(['c Shop'])
  expect(await names('(filter: { kinds: [WECOM, SMTP] })')).toEqual([])
  await archiveAccount(seed.contextOf(), change(b!))
  expect(await names('')).toEqual(['a site', 'c Shop'])
  expect(await names('(filter: { isArchived: true })')).toEqual(['b shop'])
})
