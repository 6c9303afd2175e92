import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it } from 'vitest'
import { broken, hidden, liveSeed, mine, type Told, theirs } from '../../test/live-seed.ts'

const seed = liveSeed()

describe.each([
  ['server-sent events', seed.overEvents],
  ['a WebSocket', seed.overSocket],
] as const)('over %s a listener', (_how, over) => {
  it('receives changes of its tenant, with fields of other services', async () => {
    const [id, other] = [newId(), newId()]
    const listening = over('subscription { changed { id name orders } }', `a|${mine}|x`)
    await seed.untilTold([listening], id)
    const person = { id: writeGlobalId('Person', id), name: `name ${id.slice(-4)}`, orders: 3 }
    expect(listening.told[0]).toEqual({ data: { changed: person } })
    const foreign = newId()
    seed.publish(foreign, theirs)
    seed.publish(hidden)
    seed.publish(other)
    await eventually(() => expect(listening.told.at(-1)?.data?.changed).toMatchObject({ id: writeGlobalId('Person', other) }))
    expect(JSON.stringify(listening.told)).not.toContain(writeGlobalId('Person', foreign))
    expect(listening.told.map(({ data }) => data!.changed)).not.toContain(null)
    listening.stop()
  })

  it('receives an error without internal details', async () => {
    const listening = over('subscription { changed { id } }', `a|${mine}|x`)
    await seed.untilTold([listening], broken)
    const [{ errors, data }] = listening.told as [Told]
    expect(data).toEqual({ changed: null })
    expect(errors).toMatchObject([{ message: 'Something went wrong on our side', extensions: { code: 'INTERNAL' } }])
    listening.stop()
  })

  it('of one object receives changes of this object only', async () => {
    const [id, other] = [newId(), newId()]
    const listening = over('subscription ($id: ID) { changed(id: $id) { id } }', `a|${mine}|x`, { id: writeGlobalId('Person', id) })
    await seed.untilTold([listening], id)
    for (let no = 0; no < 5; no++) seed.publish(other)
    seed.publish(id)
    const before = listening.told.length
    await eventually(() => expect(listening.told.length).toBeGreaterThan(before))
    expect(new Set(listening.told.map(({ data }) => (data!.changed as { id: string }).id))).toEqual(new Set([writeGlobalId('Person', id)]))
    listening.stop()
  })

  it('is refused a denied field, and an invalid document', async () => {
    const refused = async (query: string, code: string) => {
      const listening = over(query, `a|${mine}|x`)
      await eventually(() => expect(listening.ended).toHaveLength(1))
      expect(JSON.stringify([listening.told, listening.ended])).toContain(code)
      listening.stop()
    }
    await refused('subscription { secret { id } }', 'UNAUTHORIZED_FIELD_OR_TYPE')
    await refused('subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED')
    const allowed = over('subscription { secret { id } }', `a|${mine}|secrets:read`)
    await seed.untilTold([allowed], newId())
    allowed.stop()
  })

  it('without a valid credential is refused, and receives nothing after its credential is revoked', async () => {
    const nobody = over('subscription { changed { id } }', 'nobody')
    await eventually(() => expect(nobody.ended).toHaveLength(1))
    const name = `leaving-${over.name}`
    const listening = over('subscription { changed { id } }', `${name}|${mine}|x`)
    await seed.untilTold([listening], newId())
    seed.revoked.add(name)
    await eventually(() => expect(listening.ended).toHaveLength(1))
    const before = listening.told.length
    const another = over('subscription { changed { id } }', `a|${mine}|x`)
    await seed.untilTold([another], newId())
    another.stop()
    expect(listening.told).toHaveLength(before)
  })

  it('has a limited number of connections', async () => {
    const busy = `busy-${over.name}|${mine}|x`
    const three = [1, 2, 3].map(() => over('subscription { changed { id } }', busy))
    await seed.untilTold(three, newId())
    const fourth = over('subscription { changed { id } }', busy)
    await eventually(() => expect(fourth.ended).toHaveLength(1))
    three[0]!.stop()
    await eventually(async () => {
      const again = over('subscription { changed { id } }', busy)
      const { ended, told } = again
      await eventually(() => {
        seed.publish(newId())
        expect(ended.length + told.length).toBeGreaterThan(0)
      })
      again.stop()
      expect(ended).toHaveLength(0)
    })
    for (const one of three) one.stop()
  })

  it('is ended when this gateway ends', async () => {
    const listening = over('subscription { changed { id } }', `a|${mine}|x`)
    await seed.untilTold([listening], newId())
    seed.stopLive()
    await eventually(() => expect(listening.ended).toEqual(['complete']))
    listening.stop()
  })
})
