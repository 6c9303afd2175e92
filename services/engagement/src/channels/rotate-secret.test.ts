import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { type Stand, startStand } from '../../test/stand.ts'
import { startWecom } from '../../test/wecom-server.ts'
import { NativeWebhook } from '../connectors/event-source/verify-events.ts'
import { sealCallback } from '../connectors/wecom/crypto.ts'
import { connectAccount } from './connect-account.ts'
import { finishSecretRotation } from './finish-secret-rotation.ts'
import { rotateSecret } from './rotate-secret.ts'

const CORP = { corpId: 'wwRotatedCorp', secret: 'the-right-secret' }
const OLD = { token: 'oldTok', encodingAesKey: 'o'.repeat(43) }
const NEW = { token: 'newTok', encodingAesKey: 'n'.repeat(43) }

let stand: Stand
let wecom: Awaited<ReturnType<typeof startWecom>>
let tenant: string
beforeAll(async () => {
  wecom = await startWecom(CORP)
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: wecom.url }) })
})
afterAll(async () => {
  await stand.stop()
  await wecom.close()
})

const ctx = () => stand.contextOf(tenant)
const input = (accountId: string, more: object = {}) => ({ idempotencyKey: key(), accountId, ...more })
const isRotating = async (id: string) =>
  (await query(ctx(), 'query A($id: ID!) { channelAccount(id: $id) { isRotating version } }', { id })).channelAccount

describe('a rotated secret of an event source', () => {
  const post = async (id: string, secret: string) => {
    const [payload, at, no] = ['{"events":[]}', new Date(), newId()]
    const headers = {
      'content-type': 'application/json',
      'webhook-id': no,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new NativeWebhook(secret).sign(no, at, payload),
    }
    return (await stand.intake.inject({ method: 'POST', url: `/v1/events/${tenant}/${id}`, headers, payload })).statusCode
  }

  it('is accepted beside the previous one until the rotation is finished, and shown once', async () => {
    tenant = newId()
    const { id, secret: first } = await connectAccount(ctx(), 'EVENT_API', { idempotencyKey: key(), name: 'w', channel: 'WEB' })
    const unsigned = await post(id, `whsec_${Buffer.alloc(32).toString('base64')}`)
    const asked = input(id, { expectedVersion: 1 })
    const { secret: second } = await rotateSecret(ctx(), asked)
    expect(second).toMatch(/^whsec_/)
    expect((await rotateSecret({ ...ctx(), viewer: stand.contextOf(tenant).viewer }, input(id)).catch((error) => error)).message).toContain(
      'finish that rotation first',
    )
    const accepted = await post(id, first!)
    expect(await post(id, second!)).toBe(accepted)
    expect(await isRotating(id)).toEqual({ isRotating: true, version: 2 })
    await finishSecretRotation(ctx(), input(id))
    expect([await post(id, first!), await post(id, second!)]).toEqual([unsigned, accepted])
    expect(await isRotating(id)).toEqual({ isRotating: false, version: 3 })
    await expect(finishSecretRotation(ctx(), input(id))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('is made by Renmai: no credentials of a caller are taken', async () => {
    tenant = newId()
    const { id } = await connectAccount(ctx(), 'EVENT_API', { idempotencyKey: key(), name: 'w', channel: 'WEB' })
    const refused = { code: 'INVALID', fields: { credentials: expect.any(String) } }
    await expect(rotateSecret(ctx(), input(id, { credentials: { wecom: {} } }))).rejects.toMatchObject(refused)
  })
})

describe("new credentials of a corp's app", () => {
  const credentials = (change: object = {}) => ({ wecom: { corpId: CORP.corpId, agentId: 8, secret: CORP.secret, ...NEW, ...change } })
  const connect = async () => {
    tenant = newId()
    const given = {
      idempotencyKey: key(),
      name: 'w',
      corpId: CORP.corpId,
      agentId: 7,
      secret: CORP.secret,
      ...OLD,
      openPlatformSubject: 'ours',
    }
    return (await connectAccount(ctx(), 'WECOM', given)).id
  }
  const push = async (id: string, keys: typeof OLD) => {
    const now = String(Math.floor(Date.now() / 1_000))
    const xml = `<xml><ToUserName>x</ToUserName><MsgType>event</MsgType><Event>x</Event><CreateTime>${now}</CreateTime></xml>`
    const { cipherText, signature } = sealCallback({ corpId: CORP.corpId, ...keys }, xml, now, 'n')
    const at = new URLSearchParams({ msg_signature: signature, timestamp: now, nonce: 'n' })
    const payload = `<xml><Encrypt><![CDATA[${cipherText}]]></Encrypt></xml>`
    const request = { method: 'POST', url: `/hooks/wecom/${tenant}/${id}?${at}`, headers: { 'content-type': 'text/xml' }, payload } as const
    return (await stand.intake.inject(request)).statusCode
  }

  it('are used once the platform has accepted them; callbacks of both are taken until the rotation is finished', async () => {
    const id = await connect()
    await rotateSecret(ctx(), input(id, { credentials: credentials() }))
    expect([await push(id, OLD), await push(id, NEW)]).toEqual([200, 200])
    await finishSecretRotation(ctx(), input(id))
    expect([await push(id, OLD), await push(id, NEW)]).toEqual([401, 200])
    const { channelAccount } = await query(
      ctx(),
      'query A($id: ID!) { channelAccount(id: $id) { settings { wecom { agentId openPlatformSubject } } } }',
      {
        id,
      },
    )
    expect(channelAccount).toEqual({ settings: { wecom: { agentId: 8, openPlatformSubject: 'ours' } } })
  })

  it.each([
    ['that the platform refuses', { secret: 'typed wrongly' }, /gettoken.*40001/],
    ['of another corp', { corpId: 'wwAnotherCorp' }, /not those of wwRotatedCorp/],
    ['that are not whole', { encodingAesKey: 'short' }, /credentials\.wecom\.encodingAesKey/],
  ])('%s change nothing', async (_what, change, message) => {
    const id = await connect()
    const refused = { code: 'INVALID', message: expect.stringMatching(message) }
    await expect(rotateSecret(ctx(), input(id, { credentials: credentials(change) }))).rejects.toMatchObject(refused)
    expect(await isRotating(id)).toEqual({ isRotating: false, version: 1 })
    expect([await push(id, OLD), await push(id, NEW)]).toEqual([200, 401])
  })

  it('change nothing for a caller who has not read the latest version, or may not write', async () => {
    const id = await connect()
    const given = input(id, { credentials: credentials(), expectedVersion: 9 })
    await expect(rotateSecret(ctx(), given)).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining('version 1') },
    })
    const before = wecom.gettokens
    const reader = { ...ctx(), viewer: { ...ctx().viewer, scopes: new Set(['channels:read']) } }
    await expect(rotateSecret(reader, input(id, { credentials: credentials() }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(wecom.gettokens).toBe(before)
  })
})
