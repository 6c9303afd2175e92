import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
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

async function addressOf(tenantId: string, profileId: string, addressKind: IdentifierKind) {
  const question = create(ReadContactCardsRequestSchema, { tenantId, profileIds: [profileId], purpose: 'p', addressKind })
  const reply = await readContactCards(test.db, ring, () => new Date()).reply(toBinary(ReadContactCardsRequestSchema, question))
  const [card] = fromBinary(ReadContactCardsResponseSchema, reply).cards
  return [card!.address, card!.addressSource]
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

  it('is never a name that a source has made up for a person', async () => {
    const tenant = newId()
    const [said] = await resolve(test, tenant, [
      { source: 'events:1', externalId: 'a-keyed-hash', others: { telegram_id: '43', 'external_userid@corp': 'wmOther' } },
    ])
    for (const kind of [IdentifierKind.TELEGRAM_ID, IdentifierKind.EXTERNAL_USERID])
      expect(await addressOf(tenant, said!.profileId, kind)).toEqual(['', ''])
  })
})
