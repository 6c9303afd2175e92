import { createEgress } from '@renmai/platform/secrets/egress'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { LOOPBACK, NOBODY, source, webhookSeed } from '../../test/webhook-seed.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { replayWebhookDeliveries } from './replay-webhook-deliveries.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'

const seed = webhookSeed()

describe('an endpoint', () => {
  const tricks = [
    [
      'http://127.1',
      'https://2130706433',
      'https://0x7f.1',
      'https://0177.0.0.1',
      'https://0',
      'https://①②⑦.0.0.1',
      'https://127。0。0。1',
    ],
    ['https://[::1]', 'https://[::ffff:7f00:1]', 'https://[64:ff9b::7f00:1]', 'https://[2002:7f00:1::]', 'https://[::127.0.0.1]'],
    ['https://169.254.169.254', 'https://100.100.100.200', 'https://100.64.0.1', 'https://192.0.2.1', 'https://198.18.0.1', 'https://[::]'],
    [
      'https://localhost.',
      'https://kubernetes.default.svc',
      'https://nats',
      'https://db.internal',
      'https://x.local',
      'https://a.cluster.local',
    ],
    [
      'https://user@hooks.example.com',
      'https://hooks.example.com:22',
      'https://hooks.example.com:8443',
      'file:///etc/passwd',
      'gopher://x.com',
    ],
    [
      'https://hooks.example.com/#@127.0.0.1',
      'http://hooks.example.com',
      'http://93.184.215.14',
      'http://93.184.215.14:443',
      'hooks',
      'https://',
    ],
    ['https://two-faced.example.com', 'https://inside.example.com', 'https://nobody.example.com'],
  ]
  const addresses: Record<string, string[]> = {
    'hooks.example.com': ['93.184.215.14'],
    'two-faced.example.com': ['93.184.215.14', '10.0.0.5'],
    'inside.example.com': ['169.254.169.254'],
  }
  const find = async (name: string) => addresses[name] ?? (/^[\d.:a-f]+$/.test(name) ? [name] : Promise.reject(new Error('ENOTFOUND')))
  const strict = () => seed.contextOf(seed.tenant, { webEgress: createEgress([], 'webhook', [443], find) })

  it.each(tricks.flat())('is refused in one and the same way where it must not be: %s', async (bad) => {
    await expect(seed.create({ url: bad }, strict())).rejects.toMatchObject({
      code: 'INVALID',
      message: 'url must be an https URL of a public host',
    })
  })

  it('by a host name is on port 443, also when internal IP addresses are allowed', async () => {
    const own = seed.contextOf(seed.tenant, { webEgress: createEgress(LOOPBACK, 'webhook', [443], find) })
    for (const bad of ['https://hooks.example.com:8443', 'http://hooks.example.com'])
      await expect(seed.create({ url: bad }, own)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('is accepted on a public host', async () => {
    const url = 'https://hooks.example.com/renmai?a=1'
    expect((await seed.seen(await seed.create({ url }, strict()))).url).toBe(url)
    await expect(
      updateWebhookEndpoint(strict(), { idempotencyKey: key(), endpointId: newId(), url: 'https://10.0.0.1' }),
    ).rejects.toMatchObject({
      code: 'INVALID',
    })
  })

  it('has a secret of 24 to 64 bytes, shown once and kept sealed', async () => {
    for (const secret of [
      'whsec_',
      `whsec_${Buffer.alloc(23).toString('base64')}`,
      `whsec_${Buffer.alloc(65).toString('base64')}`,
      'x'.repeat(40),
    ])
      await expect(seed.create({ secret })).rejects.toMatchObject({
        code: 'INVALID',
        fields: { secret: expect.stringContaining('24 to 64') },
      })
    const [input, ctx] = [{ idempotencyKey: key() }, seed.contextOf()]
    const { secret, ...made } = await seed.create(input, ctx)
    expect(secret).toMatch(/^whsec_.{44}$/)
    expect((await seed.create(input, ctx)).secret).toBeUndefined()
    expect(JSON.stringify(made) + JSON.stringify(await seed.endpoint(made.id))).not.toContain(secret!.slice(6))
  })

  it('needs a document that the client may read and webhooks deliver', async () => {
    seed.check = () => {
      throw new AppError('FORBIDDEN', 'document: not for you')
    }
    await expect(seed.create()).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'document: not for you' })
    seed.check = () => ({ ...source, field: 'kpiChanged', types: ['renmai.engagement.v1.TouchpointsRecorded'] })
    await expect(seed.create()).rejects.toMatchObject({ code: 'INVALID', message: expect.stringContaining('live views only') })
  })

  it("is the client's own: others find nothing, and staff name the client", async () => {
    const made = await seed.create({ clientId: undefined }, seed.asClient(seed.client))
    expect((await seed.seen(made)).clientId).toBe(seed.client)
    await expect(seed.create({ clientId: newId() }, seed.asClient(seed.client))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(seed.create({ clientId: undefined })).rejects.toMatchObject({ code: 'INVALID' })
    const unknown = seed.create({ clientId: NOBODY })
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { clientId: expect.any(String) } })
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    for (const ctx of [seed.asClient(newId()), seed.contextOf(newId())]) {
      for (const act of [
        () => updateWebhookEndpoint(ctx, { ...input(), isEnabled: false }),
        () => updateWebhookEndpoint(ctx, { ...input(), document: 'subscription { messageReceived { id } }' }),
        () => rotateWebhookSecret(ctx, input()),
        () => testWebhookEndpoint(ctx, input()),
        () => replayWebhookDeliveries(ctx, { ...input(), failedSince: new Date('2000-01-01') }),
        () => deleteWebhookEndpoint(ctx, input()),
      ])
        await expect(act()).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(await ctx.load.webhookEndpoint.load(made.id)).toBeUndefined()
    }
    await expect(
      seed.create({}, seed.contextOf(seed.tenant, { viewer: { ...seed.contextOf().viewer, scopes: new Set() } })),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  it('is not changed by a caller who has not read the latest version', async () => {
    const made = await seed.create()
    const update = (expectedVersion: number) =>
      updateWebhookEndpoint(seed.contextOf(), { idempotencyKey: key(), endpointId: made.id, isEnabled: true, expectedVersion })
    expect(await seed.seen(await update(1))).toMatchObject({ version: 2 })
    await expect(update(1)).rejects.toMatchObject({ code: 'CONFLICT', fields: { expectedVersion: expect.stringContaining('version 2') } })
  })

  it('is one of at most twenty of its client', async () => {
    const made = await Promise.allSettled(Array.from({ length: 24 }, () => seed.create()))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    await expect(seed.create()).rejects.toMatchObject({ code: 'CONFLICT' })
    await seed.create({ clientId: newId() })
  })
})
