import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { runQueues } from '@renmai/platform/work/run-queues'
import { type IdentifierFact, IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import type { Deps } from '../context.ts'
import { publishOlderIdentifiers } from './publish-older-identifiers.ts'

const seed = identitySeed()

/** What was published about the identifiers of this tenant, oldest first. */
async function observed(): Promise<IdentifierFact[]> {
  const events = await published(seed.test, IdentifierObservedSchema)
  return events.filter(({ tenantId }) => tenantId === seed.tenant).flatMap(({ identifiers }) => identifiers)
}
const phone = '+8613912345678'
/** A claim of one person by a phone number; without a time the number is not proven. */
const claim = (externalId: string, verifiedAt: Date | null = null) =>
  resolve(seed.test, seed.tenant, [{ source: 's', externalId, phone, verifiedAt }])

describe('an identifier', () => {
  it('is published when it is new for a profile or newly verified, once, with one id for all who carry it', async () => {
    const [first] = await claim('a')
    await claim('a')
    expect(await observed()).toMatchObject([{ profileId: first!.profileId, kind: IdentifierKind.PHONE, isVerified: false }])
    await claim('a', new Date('2026-01-02'))
    await claim('a', new Date('2026-01-03'))
    const [second] = await claim('b')
    const facts = await observed()
    expect(facts).toMatchObject([
      { profileId: first!.profileId, isVerified: false },
      { profileId: first!.profileId, isVerified: true },
      { profileId: second!.profileId, isVerified: false },
    ])
    expect(new Set(facts.map(({ identifierId }) => identifierId)).size).toBe(1)
    expect(JSON.stringify(facts.map(({ at: _, ...fact }) => fact))).not.toContain('13912345678')
  })

  it('that one batch names twice stays proven when one of the claims proves it', async () => {
    await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: 'a', phone },
      { source: 's', externalId: 'a', phone, verifiedAt: null },
    ])
    expect(await observed()).toMatchObject([{ isVerified: true }])
  })
})

describe('identifiers that were stored before they had ids', () => {
  it('get their ids and are published once each, in steps, by whichever process has time', async () => {
    const { profileId } = await seed.meet()
    const count = 2_500
    await seed.test.owner.query(
      `INSERT INTO identifiers (tenant_id, namespace, value_index, profile_id)
       SELECT $1, 'device', sha256(convert_to(n::text, 'UTF8')), $2 FROM generate_series(1, ${count}) n`,
      [seed.tenant, profileId],
    )
    const log = createLog('test', 'silent')
    const loops = [1, 2].flatMap(() => runQueues({ db: seed.test.db, relayDb: seed.test.relayDb, log } as Deps, [publishOlderIdentifiers]))
    await eventually(async () => expect((await observed()).length).toBe(count))
    for (const loop of loops) await loop.stop()
    const facts = await observed()
    expect(new Set(facts.map(({ identifierId }) => identifierId)).size).toBe(count)
    const { rows } = await seed.test.owner.query<{ id: string }>('SELECT identifier_id AS id FROM identifiers WHERE tenant_id = $1', [
      seed.tenant,
    ])
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(facts.map(({ identifierId }) => identifierId)))
    const { work } = publishOlderIdentifiers.start({ db: seed.test.db } as Deps)
    expect(await work(seed.tenant, AbortSignal.timeout(1_000))).toBe(0)
    expect(await work(newId(), AbortSignal.timeout(1_000))).toBe(0)
  })
})
