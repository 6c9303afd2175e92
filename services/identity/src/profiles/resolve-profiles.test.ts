import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { createAttributeField } from '../attributes/create-attribute-field.ts'
import { setAttributes } from '../attributes/set-attributes.ts'

const seed = identitySeed()

describe('resolving', () => {
  it('gives the same profile for the same claim, and one customer for one proven phone', async () => {
    const [shop] = await resolve(seed.test, seed.tenant, [{ source: 'shop', externalId: '1', phone: '13912345678' }])
    const [again, wecom, other] = await resolve(seed.test, seed.tenant, [
      { source: 'shop', externalId: '1', phone: '13912345678' },
      { source: 'wecom', externalId: 'w', phone: '+86 139 1234 5678' },
      { source: 'wecom', externalId: 'x', phone: '13912345679' },
    ])
    expect(again).toMatchObject({ profileId: shop!.profileId, isNew: false })
    expect(wecom!.customerId).toBe(shop!.customerId)
    expect(other!.customerId).not.toBe(shop!.customerId)
  })

  it('refuses one bad claim without the others', async () => {
    const [bad, good] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: '', phone: '13700001112' },
      { source: 's', externalId: '2', phone: '13700001111' },
    ])
    expect(bad).toMatchObject({ errorCode: 'INVALID', profileId: '' })
    expect(good!.profileId).not.toBe('')
  })

  it('leaves out a bad part of a claim, names it, and takes the rest', async () => {
    const claim = { source: 's', externalId: '1', phone: '138****0000', email: 'a@mail.example', name: '王' }
    const [person, next] = await resolve(seed.test, seed.tenant, [
      { ...claim, attributes: { city: '杭州', bad: 'a\u0000' }, others: { login: 'null', openid: 'o' } },
      { source: 's', externalId: '2', unionid: 'u', attributes: { city: 'x'.repeat(1_001) }, verifiedAt: new Date('1970-01-02') },
    ])
    expect(person).toMatchObject({ errorCode: '', isNew: true })
    expect(person!.leftOut.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/identifiers/0/value', 'INVALID_IDENTIFIER'],
      ['/identifiers/2/value', 'JUNK_IDENTIFIER'],
      ['/identifiers/3/namespace', 'UNKNOWN_NAMESPACE'],
      ['/attributes/1', 'INVALID_PAIR'],
    ])
    expect(JSON.stringify(person!.leftOut)).not.toContain('138')
    expect(next!.leftOut.map(({ pointer }) => pointer)).toEqual(['/identifiers/0/verifiedAt', '/attributes/0'])
    const [again] = await resolve(seed.test, seed.tenant, [{ source: 't', externalId: '1', email: 'A@mail.example' }])
    expect(again!.customerId).toBe(person!.customerId)
  })

  it('joins nobody by a value that means nobody', async () => {
    const people = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: 'a', phone: '13800138000', others: { login: '0' } },
      { source: 's', externalId: 'b', phone: '+86 138 0013 8000', others: { login: '0' } },
      { source: 's', externalId: 'c', phone: '13800138001-12' },
      { source: 's', externalId: 'd', phone: '13800138001-13' },
      { source: 's', externalId: 'e', phone: '13800138001' },
    ])
    expect(new Set(people.map(({ customerId }) => customerId)).size).toBe(5)
  })

  it('opens one customer for one phone that is claimed twice concurrently', async () => {
    const asked = Array.from({ length: 8 }, (_, index) =>
      resolve(seed.test, seed.tenant, [{ source: `race-${index}`, externalId: '1', phone: '13600001111' }]),
    )
    const customers = new Set((await Promise.all(asked)).map(([one]) => one!.customerId))
    expect(customers.size).toBe(1)
  })

  it('keeps no phone, address or name in the clear', async () => {
    await resolve(seed.test, seed.tenant, [
      {
        source: 's',
        externalId: 'clear',
        phone: '13511112222',
        email: 'secret@mail.example',
        name: '王秘密',
        attributes: { diary: 'dear diary' },
      },
    ])
    const text = JSON.stringify(await dumpTables(seed.test))
    for (const secret of ['13511112222', 'secret@mail.example', '王秘密', 'dear diary']) expect(text).not.toContain(secret)
    const { rows } = await seed.test.relayDb.pool.query("SELECT encode(payload, 'escape') AS text FROM outbox")
    for (const secret of ['13511112222', 'secret@mail.example', '王秘密', 'dear diary']) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('publishes the values of open fields only', async () => {
    const ctx = seed.context()
    await createAttributeField(ctx, { idempotencyKey: key(), key: 'city', label: '城市', kind: 'TEXT', sensitivity: 'NONE' })
    await createAttributeField(ctx, { idempotencyKey: key(), key: 'due_date', label: '预产期', kind: 'DATE', sensitivity: 'SENSITIVE' })
    const [{ profileId } = { profileId: '' }] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: 'a', attributes: { city: '杭州', due_date: '2026-09-01', shoe: '42' } },
    ])
    const told = (await published(seed.test, CustomerChangedSchema))
      .filter((event) => event.profileId === profileId)
      .flatMap((event) => event.attributes.map((one) => one.key))
    expect(told).toEqual(['city'])
    await expect(
      setAttributes(ctx, { idempotencyKey: key(), target: { profileId }, attributes: [{ key: 'due_date', value: 'soon' }] }),
    ).rejects.toMatchObject({ code: 'INVALID' })
  })
})
