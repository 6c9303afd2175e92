import { open, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { claimPlace } from './keep-claims.ts'
import { forgetLeftOut, leftOutPlace } from './keep-left-out.ts'
import { movePendingClaims } from './move-pending-claims.ts'
import { resolvePending } from './resolve-pending.ts'

const seed = engagementSeed()
const rows = async (text: string) => (await seed.test.owner.query(text, [seed.tenant])).rows
const told = async () =>
  (await published(seed.test, TouchpointsRecordedSchema)).filter((one) => one.tenantId === seed.tenant).flatMap((one) => one.touchpoints)

describe('the bad part of an event', () => {
  it('is left out and named; the person is resolved by the good identifiers, and the event is attached', async () => {
    const account = await seed.source()
    const identifiers = [
      { namespace: 'phone', value: 'call me' },
      { namespace: 'device', value: '9774d56d682e549c' },
      { namespace: 'email', value: ' A@Mail.Example ' },
    ]
    const answer = await seed.ingest(account, [{ ...viewed(1), identifiers }, viewed(2)])
    expect(answer).toMatchObject({ accepted: 2, rejected: 0, warnings: 2 })
    expect(answer.results[0]!.warnings).toEqual([
      { reason: 'INVALID_IDENTIFIER', pointer: '/events/0/identifiers/0/value' },
      { reason: 'JUNK_IDENTIFIER', pointer: '/events/0/identifiers/1/value' },
    ])
    seed.work([resolvePending])
    const asked = seed.startIdentity()
    await eventually(async () => expect(await told()).toHaveLength(2))
    expect(asked.flatMap((one) => one.identifiers).toSorted()).toEqual(['email=a@mail.example', 'login=user-2'])
  })

  it('stays findable with its value, sealed, until it is a month old', async () => {
    const account = await seed.source()
    const secret = '139 1234 5678'
    await seed.ingest(account, [viewed(1), { ...viewed(2), properties: [{ key: 'note', value: secret }], details: { sku: 'two words' } }])
    const [row, ...others] = await rows('SELECT * FROM left_out_parts WHERE tenant_id = $1')
    expect(others).toEqual([])
    expect(row).toMatchObject({ account_id: account, message_id: 'm2', problem: 'PERSONAL_DATA: /properties/0' })
    expect(JSON.stringify(row)).not.toContain(secret)
    expect(JSON.parse(open(seed.worker.keyRing, seed.tenant, leftOutPlace(row.id), row.parts))).toEqual([
      { reason: 'PERSONAL_DATA', pointer: '/properties/0', value: JSON.stringify({ key: 'note', value: secret }) },
      { reason: 'INVALID_DETAIL', pointer: '/details/sku', value: '"two words"' },
    ])
    await seed.ingest(account, [{ ...viewed(3), properties: [{ key: 'note', value: secret }] }])
    await seed.test.owner.query("UPDATE left_out_parts SET created_at = now() - interval '31 days' WHERE message_id = 'm2'")
    seed.work([forgetLeftOut])
    await eventually(async () =>
      expect(await rows('SELECT message_id FROM left_out_parts WHERE tenant_id = $1')).toEqual([{ message_id: 'm3' }]),
    )
  })

  it('an event without a good identifier is rejected and not stored', async () => {
    const account = await seed.source()
    const { results } = await seed.ingest(account, [{ ...viewed(1), identifiers: [{ namespace: 'phone', value: '13800138000' }] }])
    expect(results).toEqual([{ messageId: 'm1', outcome: 'REJECTED', reason: 'JUNK_IDENTIFIER', pointer: '/events/0/identifiers/0/value' }])
    expect(await rows('SELECT 1 FROM touchpoints WHERE tenant_id = $1')).toEqual([])
  })

  it('two spellings are one person: the second event needs no other profile', async () => {
    const account = await seed.source()
    const by = (no: number, value: string) => ({ ...viewed(no), identifiers: [{ namespace: 'phone', value, isVerified: true }] })
    await seed.ingest(account, [by(1, '13912345678'), by(2, '+86 139-1234-5678'), by(3, '13912345678-1')])
    const keys = await rows('SELECT DISTINCT identity_key FROM touchpoints WHERE tenant_id = $1')
    expect(keys).toHaveLength(2)
  })
})

describe('details of an event', () => {
  it('are stored, and published with the touchpoint, now or when its person is known', async () => {
    const account = await seed.source()
    const details = {
      productId: 'P-1',
      amount: { amount: '19.99', currency: 'CNY' },
      duration: 'PT5S',
      extras: [
        { key: 'is_gift', boolean: false },
        { key: 'rating', number: 4.5 },
        { key: 'size', code: 'XL' },
        { key: 'slot', time: '2026-02-03T02:00:00Z' },
      ],
    }
    const expected = {
      productId: 'P-1',
      amountMinor: 1999n,
      currency: 'CNY',
      durationS: 5,
      extras: [
        { key: 'is_gift', value: { case: 'boolean', value: false } },
        { key: 'rating', value: { case: 'number', value: 4.5 } },
        { key: 'size', value: { case: 'code', value: 'XL' } },
        { key: 'slot', value: { case: 'time', value: { seconds: 1_770_084_000n } } },
      ],
    }
    expect(await seed.ingest(account, [{ ...viewed(1), details }])).toMatchObject({ accepted: 1, warnings: 0 })
    seed.work([resolvePending])
    seed.startIdentity()
    await eventually(async () => expect(await told()).toMatchObject([{ properties: expected }]))
    await seed.ingest(account, [{ ...viewed(2, 1), details }, viewed(3, 1)])
    const [first, second, third] = await told()
    expect([first, second]).toMatchObject([{ properties: expected }, { properties: expected }])
    expect(third?.properties).toBeUndefined()
  })
})

describe('claims that the previous release kept', () => {
  const keep = async (identityKey: Buffer, identifiers: { namespace: string; value: string }[]) => {
    const claim = {
      source: 's',
      externalId: newId(),
      identifiers,
      attributes: [],
      tagIds: [],
      displayName: '',
      observedAt: '2026-01-01T00:00:00Z',
    }
    const sealed = seal(seed.worker.keyRing, seed.tenant, claimPlace(identityKey.toString('hex')), JSON.stringify(claim))
    await seed.test.owner.query('INSERT INTO pending_claims (tenant_id, identity_key, account_id, claim) VALUES ($1, $2, $3, $4)', [
      seed.tenant,
      identityKey,
      newId(),
      sealed,
    ])
    await seed.test.owner.query(
      `INSERT INTO touchpoints (tenant_id, id, source_id, message_id, identity_key, type, channel, occurred_at) VALUES ($1, $2, $2, 'm', $3, 'x', 'WEB', now())`,
      [seed.tenant, newId(), identityKey],
    )
  }

  it('are resolved; one that names nobody is parked with its reason and attached to nobody', async () => {
    await keep(Buffer.from('somebody'), [{ namespace: 'login', value: 'l' }])
    await keep(Buffer.from('nobody'), [{ namespace: 'phone', value: 'call me' }])
    seed.work([movePendingClaims, resolvePending])
    seed.startIdentity()
    await eventually(async () => expect(await told()).toHaveLength(1))
    await eventually(async () =>
      expect(await rows('SELECT problem, parked_at IS NOT NULL AS parked FROM event_claims WHERE tenant_id = $1')).toEqual([
        { problem: 'INVALID: No identifier of the event identifies a person', parked: true },
      ]),
    )
    expect(await rows('SELECT 1 FROM pending_claims WHERE tenant_id = $1')).toEqual([])
  })
})

it('what an event is about is published with it, whole', async () => {
  const details = {
    productId: 'P-1',
    sku: 'P-1/red',
    categoryId: 'shoes',
    amount: { amount: '19.99', currency: 'CNY' },
    campaignRef: 'spring_2026',
    contentId: 'article:7',
    urlPath: '/p/shoes',
    duration: 'PT1M5S',
    extras: [
      { key: 'rating', number: 4.5 },
      { key: 'size', code: 'XL' },
      { key: 'is_gift', boolean: false },
      { key: 'slot', time: '2026-02-03T10:00:00Z' },
    ],
  }
  await seed.ingest(await seed.source(), [{ ...viewed(1), details }])
  seed.work([resolvePending])
  seed.startIdentity()
  await eventually(async () =>
    expect((await told()).at(-1)?.properties).toMatchObject({ productId: 'P-1', urlPath: '/p/shoes', durationS: 65 }),
  )
})
