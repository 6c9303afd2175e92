import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { ReadContactCardsRequestSchema, ReadContactCardsResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { resolve, ring } from '../../test/fixture.ts'
import { identity } from '../service.ts'
import { readContactCards } from './read-contact-cards.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

async function cardOf(tenantId: string, profileId: string, addressKind: IdentifierKind) {
  const question = create(ReadContactCardsRequestSchema, { tenantId, profileIds: [profileId], purpose: 'p', addressKind })
  const reply = await readContactCards(test.db, ring, () => new Date()).reply(toBinary(ReadContactCardsRequestSchema, question))
  const [card] = fromBinary(ReadContactCardsResponseSchema, reply).cards
  return card!
}
async function addressOf(...about: Parameters<typeof cardOf>) {
  const { address, addressSource } = await cardOf(...about)
  return [address, addressSource]
}

describe('the address of a customer', () => {
  it('is of the requested kind, from any profile that has it', async () => {
    const tenant = newId()
    const phone = '13912345678'
    const [shop] = await resolve(test, tenant, [
      { source: 'shop', externalId: 'hidden', phone, email: 'a@mail.example' },
      { source: 'wecom:corp', externalId: 'wmPerson', phone, others: { 'external_userid@corp': 'wmPerson' } },
      { source: 'telegram:1', externalId: '42', phone, others: { telegram_id: '42' } },
    ])
    const of = (kind: IdentifierKind) => addressOf(tenant, shop!.profileId, kind)
    expect(await of(IdentifierKind.PHONE)).toEqual(['+8613912345678', expect.any(String)])
    expect(await of(IdentifierKind.EMAIL)).toEqual(['a@mail.example', 'shop'])
    expect(await of(IdentifierKind.EXTERNAL_USERID)).toEqual(['wmPerson', 'wecom:corp'])
    expect(await of(IdentifierKind.TELEGRAM_ID)).toEqual(['42', 'telegram:1'])
    expect(await of(IdentifierKind.OPENID)).toEqual(['', ''])
    expect(await of(IdentifierKind.UNSPECIFIED)).toEqual(['', ''])
  })

  it('is referred to by the id that its identifier is published with', async () => {
    const tenant = newId()
    const others = { 'external_userid@corp': 'wmPerson' }
    const [said] = await resolve(test, tenant, [{ source: 'wecom:corp', externalId: 'wmPerson', phone: '13912345678', others }])
    const events = (await published(test, IdentifierObservedSchema)).filter(({ tenantId }) => tenantId === tenant)
    const idOf = (kind: IdentifierKind) => events.flatMap(({ identifiers }) => identifiers).find((one) => one.kind === kind)!.identifierId
    for (const kind of [IdentifierKind.PHONE, IdentifierKind.EXTERNAL_USERID])
      expect((await cardOf(tenant, said!.profileId, kind)).addressIdentifierId).toBe(idOf(kind))
    expect((await cardOf(tenant, said!.profileId, IdentifierKind.EMAIL)).addressIdentifierId).toBe('')
  })

  it('is never a name that a source has made up for a person', async () => {
    const tenant = newId()
    const [said] = await resolve(test, tenant, [
      { source: 'events:1', externalId: 'a-keyed-hash', others: { telegram_id: '43', 'external_userid@corp': 'wmOther' } },
    ])
    for (const kind of [IdentifierKind.TELEGRAM_ID, IdentifierKind.EXTERNAL_USERID])
      expect(await addressOf(tenant, said!.profileId, kind)).toEqual(['', ''])
  })
})

it('a card that cannot be opened is returned as such, beside the others of its batch', async () => {
  const tenantId = newId()
  const [bad, good] = await resolve(test, tenantId, [
    { source: 'shop', externalId: 'bad', email: 'bad@mail.example' },
    { source: 'shop', externalId: 'good', email: 'good@mail.example' },
  ])
  await test.owner.query('UPDATE contact_cards SET sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20)) WHERE profile_id = $1', [
    bad!.profileId,
  ])
  const profileIds = [bad!.profileId, good!.profileId]
  const question = create(ReadContactCardsRequestSchema, { tenantId, profileIds, purpose: 'p', addressKind: IdentifierKind.EMAIL })
  const reply = await readContactCards(test.db, ring, () => new Date()).reply(toBinary(ReadContactCardsRequestSchema, question))
  const cards = new Map(fromBinary(ReadContactCardsResponseSchema, reply).cards.map((card) => [card.profileId, card]))
  expect(cards.get(bad!.profileId)).toMatchObject({ address: '', displayName: '', isUnreadable: true })
  expect(cards.get(good!.profileId)).toMatchObject({ address: 'good@mail.example', isUnreadable: false })
})
