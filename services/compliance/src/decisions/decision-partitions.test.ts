import { withTenant } from '@renmai/platform/db/db'
import { migrate } from '@renmai/platform/db/migrate'
import { newId } from '@renmai/platform/serve/ids'
import { testDatabase } from '@renmai/platform/testing/database'
import { earlierMigrations } from '@renmai/platform/testing/earlier-migrations'
import { expect, inject, it } from 'vitest'
import { complianceOf } from '../../test/fixture.ts'
import { complianceSeed } from '../../test/seed.ts'
import { compliance } from '../service.ts'
import { decisionResolvers } from './decision.resolvers.ts'

const seed = complianceSeed()
const { Query, SendDecision } = decisionResolvers

it('decisions of several months are listed, paged and found by their ids as those of one', async () => {
  const profile = await seed.people.meet()
  for (const days of [70, 35, 0]) {
    const { decisionId } = await seed.people.decide(profile)
    await seed.test.relayDb.pool.query("SELECT ensure_partition('decisions', now() - $1 * interval '1 day', 'month')", [days])
    await seed.test.owner.query(
      "UPDATE decisions SET id = uuidv7($2 * interval '-1 day'), at = now() - $2 * interval '1 day' WHERE id = $1",
      [decisionId, days],
    )
  }
  const { rows } = await seed.test.owner.query(
    'SELECT id, tableoid::regclass::text AS part FROM decisions WHERE tenant_id = $1 ORDER BY at DESC',
    [seed.tenant],
  )
  expect(new Set(rows.map(({ part }) => part)).size).toBe(3)
  const ids = rows.map(({ id }) => id)
  for (const orderBy of [undefined, { field: 'DECIDED_AT', direction: 'DESC' } as never]) {
    const first = await Query.sendDecisions({}, { first: 2, orderBy }, seed.context())
    const rest = await Query.sendDecisions({}, { first: 2, after: first.pageInfo.endCursor, orderBy }, seed.context())
    expect([...first.nodes, ...rest.nodes].map(({ id }) => id)).toEqual(ids)
  }
  expect(await SendDecision.__resolveReference({ __typename: 'SendDecision', id: ids[2] }, seed.context())).toMatchObject({
    id: ids[2],
    profileId: profile,
  })
  for (const statement of [`SELECT 1 FROM ${rows[0].part}`, `DELETE FROM ${rows[0].part}`])
    await expect(seed.test.db.pool.query(statement)).rejects.toThrow('permission denied')
})

it('decisions of the previous release stay, and remain append-only with those that come after', async () => {
  const earlier = earlierMigrations(compliance.migrations, '0006_decision-partitions')
  const [name, tenant] = ['compliance_earlier', newId()]
  const test = await testDatabase(inject('postgresUrl'), { ...compliance, name, migrations: earlier.path, partitioned: [] })
  const people = complianceOf(test, tenant)
  const profile = await people.meet()
  await people.decide(profile)
  await migrate(test.urls.owner, compliance.migrations, {
    ...compliance,
    appRole: `template_${name}_app`,
    relayRole: `template_${name}_relay`,
  })
  await people.decide(profile)
  const { rows } = await withTenant(test.db, tenant, (tx) => tx.client.query('SELECT tableoid::regclass::text AS part FROM decisions'))
  expect(rows.map(({ part }) => part)).toEqual(['decisions_past', 'decisions_past'])
  for (const statement of ['UPDATE decisions SET at = at', 'DELETE FROM decisions', 'SELECT 1 FROM decisions_past'])
    await expect(test.db.pool.query(statement), statement).rejects.toThrow('permission denied')
  await test.drop()
  earlier.remove()
})
