import { event, shuffle } from '@renmai/platform/testing/events'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { at, campaignSeed, type Person } from '../../test/seed.ts'

const seed = campaignSeed()

const city = (person: Person, value: string | null, day: number, version = 0) =>
  event(CustomerChangedSchema, seed.tenant, {
    ...person,
    attributes: [{ key: 'city', value: value ?? '', isRemoved: value === null, observedAt: at(day), version: BigInt(version) }],
  })
const keptOf = async ({ profileId }: Person) =>
  (await seed.test.owner.query('SELECT value FROM attribute_facts WHERE profile_id = $1', [profileId])).rows.map(({ value }) => value)

it('what a person set and released is kept by its version, in whatever order it arrives', async () => {
  for (const order of [1, 2, 3, 4, 5]) {
    const person = await seed.meet()
    const history = [city(person, 'observed', 1), city(person, 'set', 9, 1), city(person, 'after', 3, 2), city(person, 'late', 2, 2)]
    await seed.hear(...shuffle(history, order))
    expect(await keptOf(person)).toEqual(['after'])
  }
})

it('a segment finds no released value, and that of another profile of the customer', async () => {
  const person = await seed.meet()
  const other = { ...person, profileId: (await seed.meet()).profileId }
  await seed.link(other.profileId, person.customerId, 2n)
  const has = await seed.segment({ attribute: { key: 'city', operator: 'EXISTS' } })
  const membersAfter = async (...events: ReturnType<typeof city>[]) => {
    await seed.hear(...events)
    await seed.evaluate()
    return seed.members(has.id)
  }
  expect(await membersAfter(city(person, 'set', 8, 1))).toEqual([person.customerId])
  expect(await membersAfter(city(person, null, 9, 2))).toEqual([])
  expect(await membersAfter(city(other, 'observed', 1))).toEqual([person.customerId])
})
