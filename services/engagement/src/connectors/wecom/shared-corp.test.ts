import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Claimed, startIdentity } from '../../../test/neighbours.ts'
import { type Stand, startStand } from '../../../test/stand.ts'
import { startWecom } from '../../../test/wecom-server.ts'
import { connectAccount } from '../../channels/connect-account.ts'
import { type OpenAccount, readAccount } from '../../channels/credentials.ts'
import { reachOf } from '../../channels/reach.ts'
import { testConnection } from '../../channels/test-connection.ts'
import { readContactDetails } from '../../contacts/read-contact-details.ts'
import { processPushes } from '../../intake/process-pushes.ts'
import { createLiveCode } from '../../live-codes/create-live-code.ts'
import { registerLiveCodes } from '../../live-codes/register-live-codes.ts'
import { addContactWay, addMassMessage, readExternalContact, sendWelcome } from './client.ts'
import { sealCallback } from './crypto.ts'
import type { WecomReach } from './token.ts'

const CORP = { corpId: 'wwvictimKPNuROHF', secret: 'the-right-secret' }
const KEYS = { token: 'attTok', encodingAesKey: 'z'.repeat(43) }
const [victim, attacker] = [newId(), newId()]
const person = 'wmVictimCustomer'

let stand: Stand
let wecom: Awaited<ReturnType<typeof startWecom>>
let own: OpenAccount<'WECOM'>
let forged: OpenAccount<'WECOM'>
let stops: (() => Promise<unknown>)[] = []
const reach = () => reachOf(stand.worker, 'WECOM') as WecomReach

beforeAll(async () => {
  wecom = await startWecom(CORP)
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: wecom.url }) })
  const connect = async (tenantId: string, secret: string) => {
    const input = { idempotencyKey: key(), name: 'w', corpId: CORP.corpId, agentId: 77, secret, ...KEYS }
    const account = await connectAccount(stand.contextOf(tenantId), 'WECOM', input)
    return withTenant(stand.test.db, tenantId, (tx) => readAccount(tx, stand.worker.keyRing, account.id, 'WECOM'))
  }
  own = await connect(victim, CORP.secret)
  forged = await connect(attacker, 'not-the-secret')
  // The process has cached the corp's token.
  await readExternalContact(reach(), own, person)
  wecom.did.length = 0
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await stand.stop()
  await wecom.close()
})

const write = (by: OpenAccount<'WECOM'>) => addMassMessage(reach(), by, { staffUserId: 'u', externalUserIds: [person], body: 'hello' })
const refusal = { errcode: 40001 }
const run = (loops: { stop: () => Promise<void> } | { stop: () => Promise<void> }[]) =>
  void stops.push(...[loops].flat().map((loop) => () => loop.stop()))

async function pushAdded(account: OpenAccount<'WECOM'>) {
  const fields = {
    FromUserName: 'sys',
    CreateTime: String(Math.floor(Date.now() / 1_000)),
    MsgType: 'event',
    Event: 'change_external_contact',
  }
  const event = { ...fields, ChangeType: 'add_external_contact', UserID: 'staff', ExternalUserID: person, WelcomeCode: 'code' }
  const xml = `<xml>${Object.entries(event)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}</xml>`
  const { cipherText, signature } = sealCallback(account.credentials, xml, fields.CreateTime, 'n')
  const query = new URLSearchParams({ msg_signature: signature, timestamp: fields.CreateTime, nonce: 'n' })
  const { statusCode } = await stand.intake.inject({
    method: 'POST',
    url: `/hooks/wecom/${account.tenantId}/${account.id}?${query}`,
    headers: { 'content-type': 'text/xml' },
    payload: `<xml><ToUserName><![CDATA[${CORP.corpId}]]></ToUserName><Encrypt><![CDATA[${cipherText}]]></Encrypt></xml>`,
  })
  expect(statusCode).toBe(200)
}

describe('a corp that two tenants name', () => {
  it.each([
    [
      'registers a code',
      (by: OpenAccount<'WECOM'>) => addContactWay(reach(), by, { state: 's', user: ['u'], skip_verify: true, remark: 'r' }),
    ],
    ['reads a contact', (by: OpenAccount<'WECOM'>) => readExternalContact(reach(), by, person)],
    ['welcomes', (by: OpenAccount<'WECOM'>) => sendWelcome(reach(), by, 'code', 'hello')],
    ['writes', write],
  ])('%s for the tenant that has its secret, and for no other', async (_what, call) => {
    await call(own)
    expect(wecom.did).toHaveLength(1)
    await expect(call(forged)).rejects.toMatchObject(refusal)
    expect(wecom.did.splice(0)).toHaveLength(1)
  })

  it('gives the other no code and no message', async () => {
    await createLiveCode(stand.contextOf(attacker), {
      idempotencyKey: key(),
      accountId: forged.id,
      name: 'n',
      reference: 's',
      owners: ['u'],
    })
    run(runQueues(stand.worker, [registerLiveCodes]))
    await eventually(async () => {
      const { rows } = await stand.test.owner.query('SELECT config_id, problem FROM live_codes WHERE tenant_id = $1', [attacker])
      expect(rows).toEqual([{ config_id: null, problem: expect.stringContaining('40001') }])
    })
    await expect(write(forged)).rejects.toMatchObject(refusal)
    const { rows } = await stand.test.owner.query('SELECT refused_code FROM channel_accounts WHERE id = $1', [forged.id])
    expect(rows).toEqual([{ refused_code: 'WECOM_40001' }])
    expect(wecom.did).toEqual([])
  })

  it("resolves people of the corp's own callbacks, and of no forged one", async () => {
    const told: Claimed[] = []
    stops.push(startIdentity(stand.bus, { claimed: told }))
    run(runQueues(stand.worker, [processPushes, readContactDetails]))
    await pushAdded(forged)
    await pushAdded(own)
    const attempted = async () =>
      (await stand.test.owner.query('SELECT processed_at, problem FROM webhooks WHERE tenant_id = $1', [attacker])).rows
    await eventually(async () => expect(await attempted()).toEqual([{ processed_at: null, problem: expect.stringContaining('secret') }]))
    await eventually(async () => expect(told.some(({ displayName }) => displayName === '王秘密')).toBe(true))
    const tenants = await stand.test.owner.query('SELECT DISTINCT tenant_id FROM contacts')
    expect(tenants.rows).toEqual([{ tenant_id: victim }])
    // One for the callback, one for the details after it.
    expect(told).toHaveLength(2)
  })

  it("requests a token with each tenant's own secret; a refusal of one does not affect the other", async () => {
    const refused = testConnection(stand.contextOf(attacker), { accountId: forged.id })
    const taken = testConnection(stand.contextOf(victim), { accountId: own.id })
    expect(await taken).toMatchObject({ isOk: true })
    expect(await refused).toMatchObject({
      isOk: false,
      steps: [{ name: 'gettoken', isOk: false, detail: expect.stringContaining('40001') }],
    })
  })

  it('receives no further requests with a secret that it has just refused', async () => {
    await expect(write(forged)).rejects.toMatchObject(refusal)
    const before = wecom.gettokens
    for (let no = 0; no < 20; no++) await expect(write(forged)).rejects.toMatchObject(refusal)
    expect(wecom.gettokens).toBe(before)
  })

  it('does nothing for a secret that was replaced by a wrong one', async () => {
    const changed = { ...own, credentials: { ...own.credentials, secret: 'typed wrongly' } }
    await expect(readExternalContact(reach(), changed, person)).rejects.toMatchObject(refusal)
  })
})
