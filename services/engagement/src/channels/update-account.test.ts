import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { engagementSeed } from '../../test/seed.ts'
import { connectAccount } from './connect-account.ts'
import { updateAccount } from './update-account.ts'

const seed = engagementSeed()
const PASSWORD = 'a-password-of-a-mail-server'
const mailbox = { host: '127.0.0.1', port: 1_025, user: 'u', password: PASSWORD, from: 'a@renmai.example' }

const connect = async (from = mailbox.from) =>
  (await connectAccount(seed.contextOf(), 'SMTP', { idempotencyKey: key(), name: 'mail', ...mailbox, from })).id
const update = (accountId: string, more: object) => updateAccount(seed.contextOf(), { idempotencyKey: key(), accountId, ...more })
const read = async (id: string) =>
  (
    await query(
      seed.contextOf(),
      `query A($id: ID!) { channelAccount(id: $id) {
        name externalId version settings { smtp { host port user from } wecom { agentId } eventSource { channel } } } }`,
      { id },
    )
  ).channelAccount

describe('an update of an account', () => {
  it('changes the name and settings that are no secret, which are all that can be read', async () => {
    const id = await connect()
    await update(id, { name: 'post', settings: { smtp: { from: 'b@renmai.example' } }, expectedVersion: 1 })
    const found = await read(id)
    const smtp = { host: '127.0.0.1', port: 1_025, user: 'u', from: 'b@renmai.example' }
    const settings = { smtp, wecom: null, eventSource: null }
    expect(found).toEqual({ name: 'post', externalId: 'b@renmai.example', version: 2, settings })
    expect(JSON.stringify(found)).not.toContain(PASSWORD)
    await update(id, { name: 'letters' })
    expect(await read(id)).toMatchObject({ name: 'letters', settings: { smtp } })
  })

  it('cannot send the stored password to another host', async () => {
    const id = await connect()
    await update(id, { settings: { smtp: { host: '127.0.0.9', port: 1_026, user: 'v' } } })
    expect(await read(id)).toMatchObject({ settings: { smtp: { host: '127.0.0.1', port: 1_025, user: 'u' } } })
  })

  it.each([
    [{}, { code: 'INVALID' }],
    [{ settings: { wecom: { agentId: 1 } } }, { code: 'INVALID', fields: { settings: expect.any(String) } }],
    [{ settings: { smtp: { from: 'nobody' } } }, { code: 'INVALID', fields: { 'settings.smtp.from': expect.any(String) } }],
    [
      { name: 'x', expectedVersion: 7 },
      { code: 'CONFLICT', fields: { expectedVersion: expect.stringContaining('version 1') } },
    ],
  ])('is refused as a whole with the wrong field: %j', async (more, refused) => {
    const id = await connect()
    await expect(update(id, more)).rejects.toMatchObject(refused)
    expect(await read(id)).toMatchObject({ name: 'mail', version: 1 })
  })

  it('makes one account of a kind the default, in place of the one before', async () => {
    const [one, two] = [await connect('one@renmai.example'), await connect('two@renmai.example')]
    const defaults = async () =>
      (
        await query(seed.contextOf(), '{ channelAccounts(filter: { kind: SMTP }) { nodes { externalId isDefault } } }')
      ).channelAccounts.nodes
        .filter((account: { isDefault: boolean }) => account.isDefault)
        .map((account: { externalId: string }) => account.externalId)
    expect(await defaults()).toEqual([])
    await update(one, { isDefault: true })
    await update(two, { isDefault: true })
    expect(await defaults()).toEqual(['two@renmai.example'])
    await update(two, { isDefault: false })
    expect(await defaults()).toEqual([])
  })

  it('does not give an account the address of another', async () => {
    const [id] = [await connect(), await connect('c@renmai.example')]
    const taken = update(id!, { settings: { smtp: { from: 'c@renmai.example' } } })
    await expect(taken).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
